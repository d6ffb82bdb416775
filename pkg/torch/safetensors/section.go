package safetensors

import (
	"strings"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Section is the tensors of a file whose names begin alike, without that
// beginning: the weights, or the optimiser's state, of a checkpoint.
type Section struct {
	file   *File
	prefix string
}

// Section returns the tensors whose names begin with prefix; "" is all.
func (f *File) Section(prefix string) Section { return Section{f, prefix} }

// Names returns the tensors' names, in the order of their bytes in the file.
func (f *File) Names() []string { return f.Section("").Names() }

// Shape returns the shape of a tensor, nil if there is none of that name.
func (f *File) Shape(name string) []int64 { return f.Section("").Shape(name) }

// Names returns the names, without the prefix, in the order of the file.
func (x Section) Names() []string {
	var names []string
	for _, e := range x.file.entries {
		if name, ok := strings.CutPrefix(e.Name, x.prefix); ok {
			names = append(names, name)
		}
	}
	return names
}

// Shape returns the shape of a tensor, nil if there is none of that name.
func (x Section) Shape(name string) []int64 {
	e, _ := x.file.Entry(x.prefix + name)
	return e.Shape
}

// Tensor is [File.Tensor] by the name without the prefix.
func (x Section) Tensor(s *torch.Session, name string) torch.Tensor {
	return x.file.Tensor(s, x.prefix+name)
}
