package shelf

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
)

var errNoFolder = errors.New("it is no folder, want one that holds maps")

// An index's file is
//
//	magic, u32 length of the head, the head as JSON,
//	f32 [N,E] unit vectors of the entries without a fault, in their order,
//	u32 CRC-32 (IEEE) of all before it
//
// with numbers little-endian.
const magic = "clipenv shelf 1\n"

type head struct {
	CLIP    string   `json:"clip"`
	E       int      `json:"e"`
	Entries []*Entry `json:"entries"`
}

// longest is the most bytes of an index: some millions of maps.
const longest = 4 << 30

// Suffix ends the name of an index's file.
const Suffix = ".index"

func ours(name string) bool { return strings.HasSuffix(name, Suffix) }

// Sweep removes from a folder what killed processes were writing of indexes.
func Sweep(folder string) { run.SweepShared(folder, ours) }

// Path is the file in a cache's folder that holds what the CLIP with a hash
// saw.
func Path(cache, clip string) string {
	return filepath.Join(cache, "shelf", clip[:min(len(clip), 16)]+Suffix)
}

// Open reads an index. Where there is no file, or one of no use, the index is
// empty; damaged says why it is of no use.
func Open(path, clip string) (x *Index, damaged error) {
	data, err := run.ReadFile(path, longest)
	if errors.Is(err, fs.ErrNotExist) {
		return New(clip), nil
	}
	if err == nil {
		x, err = parse(data, clip)
	}
	if err != nil {
		return New(clip), fmt.Errorf("the index %s: %w", path, err)
	}
	return x, nil
}

func parse(data []byte, clip string) (*Index, error) {
	if len(data) < len(magic)+8 || string(data[:len(magic)]) != magic {
		return nil, errors.New("it is no index, or of another version")
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if checksum(body) != sum {
		return nil, errors.New("its checksum is not that of its content: it is cut short or damaged")
	}
	body = body[len(magic):]
	long := int64(binary.LittleEndian.Uint32(body))
	if body = body[4:]; long > int64(len(body)) {
		return nil, fmt.Errorf("its head has %d bytes, the file %d", long, len(body))
	}
	var h head
	if err := json.Unmarshal(body[:long], &h); err != nil {
		return nil, fmt.Errorf("its head: %w", err)
	}
	if h.CLIP != clip {
		return nil, fmt.Errorf("it is of the CLIP %.12s, want %.12s", h.CLIP, clip)
	}
	x := New(clip)
	x.size = h.E
	body = body[long:]
	for _, e := range h.Entries {
		if e == nil {
			return nil, errors.New("an entry is null")
		}
		if e.Fault == "" {
			if h.E < 1 || len(body) < 4*h.E {
				return nil, fmt.Errorf("%d bytes of vectors are left, want %d for one", len(body), 4*h.E)
			}
			e.unit = make([]float32, h.E)
			for i := range e.unit {
				e.unit[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[4*i:]))
			}
			body = body[4*h.E:]
		}
		x.put(e)
	}
	if len(body) > 0 {
		return nil, fmt.Errorf("%d bytes of vectors are of no entry", len(body))
	}
	x.changed = false
	return x, nil
}

// Save writes the index to path, whole or not at all, unless nothing of it has
// changed. What killed processes did not finish of indexes in its folder goes.
func (x *Index) Save(path string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.changed {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var file bytes.Buffer
	if err := x.encode(&file); err != nil {
		return err
	}
	err := run.WriteShared(path, ours, func(f *os.File) error {
		_, err := io.Copy(f, &file)
		return err
	})
	if err == nil {
		x.changed = false
	}
	return err
}

// encode writes the index as its file has it.
func (x *Index) encode(file *bytes.Buffer) error {
	h := head{CLIP: x.clip, E: x.size}
	var vectors []byte
	for _, way := range slices.Sorted(maps.Keys(x.entries)) {
		e := x.entries[way]
		h.Entries = append(h.Entries, e)
		for _, v := range e.unit {
			vectors = binary.LittleEndian.AppendUint32(vectors, math.Float32bits(v))
		}
	}
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if int64(len(text)) > math.MaxUint32 {
		return fmt.Errorf("the index's head has %d bytes, want at most %d", len(text), uint32(math.MaxUint32))
	}
	file.WriteString(magic)
	file.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(text))))
	file.Write(text)
	file.Write(vectors)
	file.Write(binary.LittleEndian.AppendUint32(nil, checksum(file.Bytes())))
	return nil
}

func checksum(data []byte) uint32 { return crc32.ChecksumIEEE(data) }
