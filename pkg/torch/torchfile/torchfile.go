// Package torchfile reads weights that PyTorch wrote, and runs nothing of them:
//
//	zip         torch.save since 1.6, and TorchScript: data.pkl and a file for each storage
//	legacy      torch.save before 1.6: five pickles, then the storages
//
// Both hold pickles, and a pickle is a program (package pickle). What one may
// call here is a list of some ten names that make tensors and plain containers
// (rules.go); the first other name refuses the file.
//
// A file is mapped, not read: a tensor costs its pages when they are touched.
package torchfile

import (
	"fmt"
	"io"
	"os"

	"github.com/clipenv/toolkit/pkg/torch"
)

// File is an open file of weights. Several goroutines may use it at once.
type File struct {
	path    string
	tensors []tensor
	index   map[string]int
	pages   *torch.Mapping
}

// Open maps the file at path, after checking that every tensor lies in it.
// While the file, or a tensor from it, is in use no one may shorten it in
// place.
func Open(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("torchfile: %w", err)
	}
	if !info.Mode().IsRegular() { // a pipe would even keep us from opening it
		return nil, fmt.Errorf("torchfile: %s: is a folder, a pipe or a device, want a file, which can be mapped", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("torchfile: %w", err)
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, fmt.Errorf("torchfile: %w", err)
	}
	tensors, err := read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("torchfile: %s: %w", path, err)
	}
	pages, err := torch.MapFile(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("torchfile: %w", err)
	}
	file := &File{path: path, tensors: tensors, index: map[string]int{}, pages: pages}
	for i, t := range tensors {
		file.index[t.name] = i
	}
	return file, nil
}

// read lists the tensors of a file of size bytes.
func read(r io.ReaderAt, size int64) ([]tensor, error) {
	var magic [2]byte
	if _, err := r.ReadAt(magic[:], 0); err != nil {
		return nil, fmt.Errorf("has %d bytes: it is cut off", size)
	}
	layout := readLegacy
	if string(magic[:]) == "PK" {
		layout = readZip
	}
	top, err := layout(r, size)
	if err != nil {
		return nil, err
	}
	tensors, err := flatten(top)
	if err != nil {
		return nil, err
	}
	if len(tensors) == 0 {
		return nil, fmt.Errorf("holds no tensors by name, want a state_dict, or what has one under %q", stateKeys[0])
	}
	return tensors, bounded(tensors, size)
}

// bounded refuses tensors that together are far larger than their file: the
// same elements under many names. Weights that are tied are there twice.
func bounded(tensors []tensor, size int64) error {
	var all int64
	for _, t := range tensors {
		all += t.numel() * t.storage.dtype.Size() // neither overflows: a tensor is no larger than its storage, nor that than the file
		if limit := 4*size + 1<<20; all > limit {
			return fmt.Errorf("its tensors have more than %d bytes, in a file of %d: they share their elements too often", limit, size)
		}
	}
	return nil
}

// Path returns the path that the file was opened by.
func (f *File) Path() string { return f.path }

// Close ends the use of the file; tensors made from it stay whole.
func (f *File) Close() error {
	f.pages.Close()
	return nil
}

// Names returns the tensors' names, in the order of the file.
func (f *File) Names() []string {
	names := make([]string, len(f.tensors))
	for i, t := range f.tensors {
		names[i] = t.name
	}
	return names
}

// Shape returns the shape of a tensor, nil if there is none of that name.
func (f *File) Shape(name string) []int64 {
	if i, ok := f.index[name]; ok {
		return f.tensors[i].shape
	}
	return nil
}

// Metadata is nil: such a file says nothing about itself.
func (f *File) Metadata() map[string]string { return nil }

// Tensor returns the tensor of that name on the session's device, and stops
// the session if there is none. On the CPU it lies in the file's pages, which
// are private, where no other tensor has its elements and they are in order;
// else it is a copy.
func (f *File) Tensor(s *torch.Session, name string) (x torch.Tensor) {
	defer s.Tidy(&x)()

	i, ok := f.index[name]
	if !ok {
		s.Check(fmt.Errorf("torchfile: %s: no tensor %q among its %d", f.path, name, len(f.tensors)))
	}
	t := f.tensors[i]
	dtype := t.storage.dtype
	at := t.storage.at + t.offset*dtype.Size()
	switch {
	case !t.inOrder():
		return s.FromMapping(f.pages, at, dtype, t.span()).Strided(t.shape, t.strides).Contiguous()
	case t.storage.users > 1:
		return s.FromMapping(f.pages, at, dtype, t.shape...).Clone()
	}
	return s.FromMapping(f.pages, at, dtype, t.shape...)
}
