// Package header reads and writes the header of a safetensors file, and knows
// nothing of tensors: package safetensors stands on it.
//
// A file is a length N, u64 little-endian; N bytes of JSON; and the tensors'
// elements, little-endian and row-major, which cover the rest without holes.
//
//	{"__metadata__": {"format": "pt"},
//	 "fc.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
//
// The format is that of https://github.com/huggingface/safetensors.
package header

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
)

// MaxSize bounds the JSON, in bytes, as in the reference.
const MaxSize = 100_000_000

// Type is the name of an element type, as it stands in the header.
type Type string

// The types that the toolkit has.
const (
	Bool Type = "BOOL"
	U8   Type = "U8"
	I8   Type = "I8"
	U16  Type = "U16"
	F16  Type = "F16"
	BF16 Type = "BF16"
	I32  Type = "I32"
	F32  Type = "F32"
	F64  Type = "F64"
	I64  Type = "I64"
)

// types are in the order in which the reference lays tensors out, backwards.
var types = []Type{Bool, U8, I8, U16, F16, BF16, I32, F32, F64, I64}

// Size returns the bytes of one element, 0 for a type that is not listed.
func (t Type) Size() int64 {
	switch t {
	case Bool, U8, I8:
		return 1
	case U16, F16, BF16:
		return 2
	case I32, F32:
		return 4
	case I64, F64:
		return 8
	}
	return 0
}

// Entry is one tensor: its elements are bytes Begin to End of what follows the
// header.
type Entry struct {
	Name       string
	Type       Type
	Shape      []int64
	Begin, End int64
}

// Header is what a file says before its elements.
type Header struct {
	Entries  []Entry // in the order of their elements
	Metadata map[string]string
	Data     int64 // where in the file the elements begin
}

// Read reads the header of a file of size bytes and checks that its tensors
// cover the file.
func Read(r io.ReaderAt, size int64) (Header, error) {
	var prefix [8]byte
	if size < int64(len(prefix)) {
		return Header{}, fmt.Errorf("the file has %d bytes, want at least %d", size, len(prefix))
	}
	if _, err := r.ReadAt(prefix[:], 0); err != nil {
		return Header{}, fmt.Errorf("header's length: %w", err)
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	if n > MaxSize {
		return Header{}, fmt.Errorf("header's length is %d, want at most %d: is this a safetensors file?", n, MaxSize)
	}
	data := int64(len(prefix)) + int64(n)
	if data > size {
		return Header{}, fmt.Errorf("header's length is %d, but only %d bytes follow", n, size-int64(len(prefix)))
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, int64(len(prefix))); err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	h, err := Parse(text, size-data)
	h.Data = data
	return h, err
}

// Parse reads the JSON of a header that data bytes of elements follow.
func Parse(text []byte, data int64) (Header, error) {
	h, err := parse(text)
	if err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	slices.SortStableFunc(h.Entries, func(a, b Entry) int {
		if a.Begin != b.Begin {
			return compare(a.Begin, b.Begin)
		}
		return compare(a.End, b.End)
	})
	end := int64(0)
	for i, e := range h.Entries {
		if err := e.check(); err != nil {
			return Header{}, fmt.Errorf("tensor %q: %w", e.Name, err)
		}
		switch {
		case e.Begin < end:
			return Header{}, fmt.Errorf("tensor %q begins at %d, within %q, which ends at %d", e.Name, e.Begin, h.Entries[i-1].Name, end)
		case e.Begin > end:
			return Header{}, fmt.Errorf("tensor %q begins at %d, want %d: no tensor has the bytes between", e.Name, e.Begin, end)
		}
		end = e.End
	}
	if end != data {
		return Header{}, fmt.Errorf("the tensors end at %d, but the file has %d bytes of them: is it cut short, or two files joined?", end, data)
	}
	return h, nil
}

func compare(a, b int64) int {
	if a < b {
		return -1
	}
	return 1
}

// check compares shape and type with the bytes taken.
func (e Entry) check() error {
	if e.Type.Size() == 0 {
		return fmt.Errorf("type is %q, want one of %s", e.Type, known())
	}
	if e.Begin < 0 || e.End < e.Begin {
		return fmt.Errorf("data_offsets are [%d %d], want 0 or more and in order", e.Begin, e.End)
	}
	want, ok := bytesOf(e.Type, e.Shape)
	if !ok {
		return fmt.Errorf("shape is %v, want sizes of 0 or more with a product below 2⁶³ bytes", e.Shape)
	}
	if got := e.End - e.Begin; got != want {
		return fmt.Errorf("data_offsets [%d %d] hold %d bytes, want %d for %v %s", e.Begin, e.End, got, want, e.Shape, e.Type)
	}
	return nil
}

// bytesOf returns the bytes of a tensor, and whether they can be counted. A
// size of 0 does not excuse an overflow before it: the reference refuses both.
func bytesOf(t Type, shape []int64) (int64, bool) {
	n := uint64(t.Size())
	for _, d := range shape {
		high, low := bits.Mul64(n, uint64(d))
		if d < 0 || high != 0 || low > 1<<63-1 {
			return 0, false
		}
		n = low
	}
	return int64(n), true
}

func known() string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}
