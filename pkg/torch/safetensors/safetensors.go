// Package safetensors reads and writes weights in the safetensors format. It
// stands on package torch, and on package header for what is not tensors.
//
// A file is mapped, not read: a tensor costs its pages when they are touched,
// and copying one into a model's parameter moves it once.
package safetensors

import (
	"bytes"
	"fmt"
	"os"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors/header"
)

// Entry describes one tensor of a file.
type Entry struct {
	Name  string
	DType torch.DType
	Shape []int64
}

// File is an open safetensors file. Several goroutines may use it at once.
type File struct {
	path    string
	header  header.Header
	entries []Entry
	index   map[string]int
	pages   *torch.Mapping // none for one in memory
	data    []byte         // the whole of one in memory
}

// Open maps the file at path, after checking that every byte of it is
// accounted for. While the file, or a tensor from it, is in use no one may
// shorten it in place; replacing it by renaming, as [Write] does, is harmless.
func Open(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	if !info.Mode().IsRegular() { // a pipe would even keep us from opening it
		return nil, fmt.Errorf("safetensors: %s: is a folder, a pipe or a device, want a file, which can be mapped", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	h, err := header.Read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("safetensors: %s: %w", path, err)
	}
	if err := known(h); err != nil {
		return nil, fmt.Errorf("safetensors: %s: %w", path, err)
	}
	pages, err := torch.MapFile(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	file := newFile(path, h)
	file.pages = pages
	return file, nil
}

// FromBytes is Open for a file that is in memory, such as one embedded in the
// program; name stands for its path in messages. Its tensors are copies.
func FromBytes(name string, data []byte) (*File, error) {
	h, err := header.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("safetensors: %s: %w", name, err)
	}
	if err := known(h); err != nil {
		return nil, fmt.Errorf("safetensors: %s: %w", name, err)
	}
	file := newFile(name, h)
	file.data = data
	return file, nil
}

// known refuses a file with elements of which torch makes no tensors.
func known(h header.Header) error {
	for _, e := range h.Entries {
		if _, ok := dtypes[e.Type]; !ok {
			return fmt.Errorf("tensor %q: type is %s, which is for caches of maps and tables of words, not for weights", e.Name, e.Type)
		}
	}
	return nil
}

func newFile(path string, h header.Header) *File {
	f := &File{path: path, header: h, index: map[string]int{}}
	for i, e := range h.Entries {
		f.entries = append(f.entries, Entry{e.Name, dtypes[e.Type], e.Shape})
		f.index[e.Name] = i
	}
	return f
}

// Path returns the path that the file was opened by, or its name in memory.
func (f *File) Path() string { return f.path }

// Close ends the use of the file; tensors made from it stay whole.
func (f *File) Close() error {
	if f.pages != nil {
		f.pages.Close()
	}
	return nil
}

// Entries returns the tensors in the order of their bytes in the file. The
// slice is the file's own.
func (f *File) Entries() []Entry { return f.entries }

// Entry returns the tensor of that name, and whether there is one.
func (f *File) Entry(name string) (Entry, bool) {
	i, ok := f.index[name]
	if !ok {
		return Entry{}, false
	}
	return f.entries[i], true
}

// Metadata returns what the file says about itself. The map is the file's own.
func (f *File) Metadata() map[string]string { return f.header.Metadata }

// Tensor returns the tensor of that name on the session's device, and stops
// the session if there is none. On the CPU it lies in the file's pages, which
// are private: writing to it leaves the file alone.
func (f *File) Tensor(s *torch.Session, name string) torch.Tensor {
	i, ok := f.index[name]
	if !ok {
		s.Check(fmt.Errorf("safetensors: %s: no tensor %q among its %d", f.path, name, len(f.entries)))
	}
	e := f.header.Entries[i]
	at := f.header.Data + e.Begin
	if f.pages == nil {
		return s.FromBytes(f.data[at:f.header.Data+e.End], dtypes[e.Type], e.Shape...)
	}
	return s.FromMapping(f.pages, at, dtypes[e.Type], e.Shape...)
}

var dtypes = map[header.Type]torch.DType{
	header.Bool: torch.Bool,
	header.U8:   torch.Uint8,
	header.F16:  torch.Float16,
	header.BF16: torch.BFloat16,
	header.I32:  torch.Int32,
	header.F32:  torch.Float32,
	header.F64:  torch.Float64,
	header.I64:  torch.Int64,
}
