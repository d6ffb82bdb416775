package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strconv"

	"github.com/edsrzf/mmap-go"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/torch/safetensors/header"
)

const (
	sumsName  = "sums"
	mapsName  = "maps"
	indexName = "index"
)

var metadata = map[string]string{"format": "toolkit maps 2", "mu": strconv.Itoa(Mu), "top": strconv.Itoa(Top)}

// File is an open file of maps. Several goroutines may use it at once. It is
// let go when nothing refers to it any more.
type File struct {
	pages             mmap.MMap
	sums, maps, index []byte // parts of pages
	w, h, number      int
}

// Open maps the file at path, after checking that every byte of it is what was
// written: it reads the file once. While it is in use no one may shorten it in place; replacing
// it by renaming, as Write does, is harmless.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("store: %s: is no regular file, and only those can be mapped", path)
	}
	s, data, err := parse(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	if s.pages, err = mmap.Map(f, mmap.RDONLY, 0); err != nil {
		return nil, &fs.PathError{Op: "map", Path: path, Err: err}
	}
	begin := data + int64(sumBytes*(s.number+1))
	end := begin + int64(s.number*s.mapBytes())
	s.sums, s.maps, s.index = s.pages[data:begin], s.pages[begin:end], s.pages[end:]
	runtime.AddCleanup(s, func(pages mmap.MMap) { _ = pages.Unmap() }, s.pages) // nobody is left to tell
	if err := s.verify(); err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	return s, nil
}

// verify holds what is mapped against its checksums: a disk, or a copy that
// was cut off, may change what the header does not show.
func (f *File) verify() error {
	defer runtime.KeepAlive(f)
	sum := func(i int) uint32 { return binary.LittleEndian.Uint32(f.sums[sumBytes*i:]) }
	for i := range f.number {
		if got, want := crc32.Checksum(f.codes(i), castagnoli), sum(i); got != want {
			return fmt.Errorf("map %d is damaged: its checksum is %08x, want %08x", i, got, want)
		}
	}
	if got, want := crc32.Checksum(f.index, castagnoli), sum(f.number); got != want {
		return fmt.Errorf("the index is damaged: its checksum is %08x, want %08x", got, want)
	}
	return nil
}

// castagnoli is the polynomial that processors have an instruction for.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const sumBytes = 4

// parse reads the header of a file of size bytes; data is where the maps begin.
func parse(r interface {
	ReadAt(p []byte, off int64) (int, error)
}, size int64) (s *File, data int64, err error) {
	h, err := header.Read(r, size)
	if err != nil {
		return nil, 0, err
	}
	for key, want := range metadata {
		if got := h.Metadata[key]; got != want {
			return nil, 0, fmt.Errorf("%s is %q, want %q: is this a cache of maps?", key, got, want)
		}
	}
	if len(h.Entries) != 3 || h.Entries[0].Name != sumsName || h.Entries[1].Name != mapsName || h.Entries[2].Name != indexName {
		return nil, 0, fmt.Errorf("has %d tensors, want %s, %s and %s", len(h.Entries), sumsName, mapsName, indexName)
	}
	sums, m, index := h.Entries[0], h.Entries[1], h.Entries[2]
	if m.Type != header.U16 || len(m.Shape) != 4 || m.Shape[1] != 3 || slices.Max(m.Shape) > 1<<31 || index.Type != header.U8 {
		return nil, 0, fmt.Errorf("%s is %s %v and %s %s, want U16 [N,3,H,W] and U8", mapsName, m.Type, m.Shape, indexName, index.Type)
	}
	if sums.Type != header.I32 || sums.End-sums.Begin != sumBytes*(m.Shape[0]+1) {
		return nil, 0, fmt.Errorf("%s is %s %v, want I32 [%d], for each map and the index", sumsName, sums.Type, sums.Shape, m.Shape[0]+1)
	}
	return &File{number: int(m.Shape[0]), h: int(m.Shape[2]), w: int(m.Shape[3])}, h.Data, nil
}

func (f *File) mapBytes() int { return 2 * 3 * f.w * f.h }

// Len returns how many maps there are.
func (f *File) Len() int { return f.number }

// Size returns the size of every map, in texels.
func (f *File) Size() (w, h int) { return f.w, f.h }

// Index returns a copy of the index's text.
func (f *File) Index() []byte {
	text := bytes.TrimRight(bytes.Clone(f.index), " ")
	runtime.KeepAlive(f)
	return text
}

// Radiance writes map i to dst, [3,H,W].
func (f *File) Radiance(dst []float32, i int) {
	Decode(dst[:3*f.w*f.h], f.codes(i))
	runtime.KeepAlive(f)
}

// AppendCodes appends the codes of map i to dst.
func (f *File) AppendCodes(dst []byte, i int) []byte {
	dst = append(dst, f.codes(i)...)
	runtime.KeepAlive(f)
	return dst
}

// codes of map i lie in the file's pages: whoever reads them keeps f alive
// meanwhile.
func (f *File) codes(i int) []byte { return f.maps[i*f.mapBytes():][:f.mapBytes()] }

// Write makes the file at path of number maps of w by h texels. fill puts the
// codes of each, in any order, from any goroutine; a map that is never put is
// black. It returns the index, of at most room bytes. The file appears whole or
// not at all; what killed processes left of others in its folder goes.
func Write(path string, w, h, number, room int, fill func(put func(i int, codes []byte) error) (index []byte, err error)) error {
	entries, head, err := header.Format([]header.Entry{
		{Name: sumsName, Type: header.I32, Shape: []int64{int64(number) + 1}},
		{Name: mapsName, Type: header.U16, Shape: []int64{int64(number), 3, int64(h), int64(w)}},
		{Name: indexName, Type: header.U8, Shape: []int64{int64(room)}},
	}, metadata)
	if err != nil {
		return fmt.Errorf("store: %s: %w", path, err)
	}
	data, one := int64(len(head)), 2*3*w*h
	sums := make([]uint32, number+1)
	black := crc32.Checksum(make([]byte, one), castagnoli)
	for i := range sums {
		sums[i] = black
	}
	err = run.WriteShared(path, ours, func(f *os.File) error {
		if _, err := f.WriteAt(head, 0); err != nil {
			return err
		}
		index, err := fill(func(i int, codes []byte) error {
			if i < 0 || i >= number || len(codes) != one {
				return fmt.Errorf("map %d has %d bytes, want 0 to %d and %d bytes", i, len(codes), number-1, one)
			}
			sums[i] = crc32.Checksum(codes, castagnoli)
			_, err := f.WriteAt(codes, data+entries[1].Begin+int64(i)*int64(one))
			return err
		})
		if err != nil {
			return err
		}
		if len(index) > room {
			return fmt.Errorf("the index has %d bytes, want at most %d", len(index), room)
		}
		index = append(index, bytes.Repeat([]byte{' '}, room-len(index))...)
		sums[number] = crc32.Checksum(index, castagnoli)
		table := make([]byte, 0, sumBytes*len(sums))
		for _, sum := range sums {
			table = binary.LittleEndian.AppendUint32(table, sum)
		}
		_, err = f.WriteAt(table, data+entries[0].Begin)
		_, err2 := f.WriteAt(index, data+entries[2].Begin)
		return errors.Join(err, err2)
	})
	if err != nil {
		return fmt.Errorf("store: %s: %w", path, err)
	}
	return nil
}
