package nn

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Source is where named tensors come from, such as a checkpoint.
type Source interface {
	// Names returns the names of all tensors.
	Names() []string
	// Shape returns the shape of the tensor with one of the names.
	Shape(name string) []int64
	// Tensor returns the tensor with one of the names, as one of the session,
	// and stops the session where it cannot.
	Tensor(s *torch.Session, name string) torch.Tensor
}

// LoadError lists all that disagrees between a model and a [Source]. Whoever
// knows their names puts them in front: "vae: last.safetensors: …".
type LoadError struct {
	Missing   []string // wanted, not in the file
	Extra     []string // in the file, not wanted
	Misshapen []Misshapen
}

// Misshapen is a tensor of another shape in the file than in the model.
type Misshapen struct {
	Name      string
	Got, Want []int64
}

func (e *LoadError) Error() string {
	var parts []string
	for _, m := range e.Misshapen {
		parts = append(parts, fmt.Sprintf("%s is %v in the file, want %v", m.Name, m.Got, m.Want))
	}
	if len(e.Missing) > 0 {
		parts = append(parts, "missing in the file: "+strings.Join(e.Missing, ", "))
	}
	if len(e.Extra) > 0 {
		parts = append(parts, "in the file but not in the model: "+strings.Join(e.Extra, ", "))
	}
	return strings.Join(parts, "; ")
}

// err returns e if it lists anything.
func (e *LoadError) err() error {
	if len(e.Missing)+len(e.Extra)+len(e.Misshapen) == 0 {
		return nil
	}
	return e
}

// check tells whether src has a tensor of that name and shape, and lists what
// is wrong.
func (e *LoadError) check(src Source, has map[string]bool, name string, want []int64) bool {
	if !has[name] {
		e.Missing = append(e.Missing, name)
		return false
	}
	if got := src.Shape(name); !slices.Equal(got, want) {
		e.Misshapen = append(e.Misshapen, Misshapen{name, slices.Clone(got), slices.Clone(want)})
		return false
	}
	return true
}

func (e *LoadError) findExtra(src Source, wanted func(name string) bool) {
	for _, name := range src.Names() {
		if !wanted(name) {
			e.Extra = append(e.Extra, name)
		}
	}
}

func nameSet(src Source) map[string]bool {
	has := map[string]bool{}
	for _, name := range src.Names() {
		has[name] = true
	}
	return has
}

// Load overwrites the weights with src's, converted to their type. On an error
// in names or shapes, a [LoadError], nothing changes.
func (p *Params) Load(src Source) error { return LoadInto(p.Each, src) }

// LoadInto overwrites named tensors with src's, which must be the same names
// and shapes. On a [LoadError] nothing changes.
func LoadInto(dst iter.Seq2[string, torch.Tensor], src Source) error {
	var faults LoadError
	has := nameSet(src)
	wanted := map[string]bool{}
	return torch.Do(torch.CPU, func(s *torch.Session) {
		for name, w := range dst {
			wanted[name] = true
			faults.check(src, has, name, w.Shape())
		}
		faults.findExtra(src, func(name string) bool { return wanted[name] })
		s.Check(faults.err())
		for name, w := range dst {
			s.Scope(func() { w.CopyFrom(src.Tensor(s, name)) })
		}
	})
}
