package app

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/clipenv/toolkit/internal/cachedir"
	"github.com/clipenv/toolkit/internal/files"
	"github.com/clipenv/toolkit/pkg/edit"
)

// What a CLIP says of the known lights is kept from run to run where the CLIP
// has so many weights: a smaller one has said it before the file is read.
const worthRecalling = 32 << 20

// mostRecalled is how many files of it are kept; each has some hundred
// kilobytes at most.
const mostRecalled = 256

// recall keeps vectors in the toolkit's cache; it is nil where the environment
// names no place. A file is the SHA-256 of the numbers, and they. One that is
// damaged is made anew, and one that cannot be written is made each time.
func recall() edit.Recall {
	cache := cachedir.Path()
	if cache == "" {
		return nil
	}
	dir := filepath.Join(cache, "vectors")
	return func(name string, make func() []float32) []float32 {
		path := filepath.Join(dir, name+".f32")
		if values, ok := readVectors(path); ok {
			return values
		}
		values := make()
		if os.MkdirAll(dir, 0o755) == nil && writeVectors(path, values) == nil {
			dropOldest(dir, mostRecalled)
		}
		return values
	}
}

func readVectors(path string) (values []float32, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < sha256.Size || (len(data)-sha256.Size)%4 != 0 {
		return nil, false
	}
	sum, data := data[:sha256.Size], data[sha256.Size:]
	if want := sha256.Sum256(data); !bytes.Equal(sum, want[:]) {
		return nil, false
	}
	values = make([]float32, len(data)/4)
	_, err = binary.Decode(data, binary.LittleEndian, values)
	return values, err == nil
}

func writeVectors(path string, values []float32) error {
	data, err := binary.Append(nil, binary.LittleEndian, values)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	return files.Write(path, func(f *os.File) error {
		_, err := f.Write(append(sum[:], data...))
		return err
	})
}

// dropOldest keeps so many of a folder's files.
func dropOldest(dir string, keep int) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= keep {
		return
	}
	var all []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			all = append(all, info)
		}
	}
	slices.SortFunc(all, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, old := range all[:max(0, len(all)-keep)] {
		_ = os.Remove(filepath.Join(dir, old.Name())) // another process may have
	}
}
