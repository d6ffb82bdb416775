package pickle

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"unicode/utf8"
)

func (m *machine) byte() (byte, error) {
	b, err := m.in.ReadByte()
	if err == io.EOF {
		err = errShort
	}
	if m.at++; err == nil && m.at > MaxBytes {
		err = fmt.Errorf("it is longer than %d MiB: it is no model's", MaxBytes>>20)
	}
	return b, err
}

// bytes reads n bytes. Memory grows with what is there, not with what n says.
func (m *machine) bytes(n uint64) ([]byte, error) {
	if n > MaxBytes-uint64(min(m.at, MaxBytes)) {
		return nil, fmt.Errorf("%d bytes are said to follow, want a pickle of at most %d MiB", n, MaxBytes>>20)
	}
	const step = 64 << 10
	var out []byte
	for n > 0 {
		part := min(n, step)
		out = append(out, make([]byte, part)...)
		got, err := io.ReadFull(m.in, out[uint64(len(out))-part:])
		m.at += int64(got)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, errShort
		}
		if err != nil {
			return nil, err
		}
		n -= part
	}
	return out, nil
}

// integer reads an unsigned little-endian integer of 1, 2 or 4 bytes.
func (m *machine) integer(size int) (int64, error) {
	b, err := m.bytes(uint64(size))
	if err != nil {
		return 0, err
	}
	return int64(little(b)), nil
}

func little(b []byte) (n uint64) {
	for i, x := range b {
		n |= uint64(x) << (8 * i)
	}
	return n
}

// block reads bytes after their number, which has size bytes.
func (m *machine) block(size int) (Bytes, error) {
	b, err := m.bytes(uint64(size))
	if err != nil {
		return nil, err
	}
	b, err = m.bytes(little(b))
	return Bytes(b), err
}

func (m *machine) text(size int) (string, error) {
	b, err := m.block(size)
	if err == nil && !utf8.Valid(b) {
		err = errors.New("a text in it is not UTF-8")
	}
	return string(b), err
}

// long reads a signed little-endian integer of up to 255 bytes.
func (m *machine) long() (any, error) {
	b, err := m.block(1)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 {
		return int64(0), nil
	}
	negative := b[len(b)-1]&0x80 != 0
	slices.Reverse(b)
	n := new(big.Int).SetBytes(b)
	if negative {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if n.IsInt64() {
		return n.Int64(), nil
	}
	return n, nil
}
