package nn

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Source is where named tensors come from: a section of a safetensors file, or
// the Params of another model.
type Source interface {
	// Names returns the names of all tensors.
	Names() []string
	// Shape returns the shape of the tensor with one of the names.
	Shape(name string) []int64
	// Tensor returns the tensor with one of the names, as one of the session
	// and in memory that a model may keep and overwrite.
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

// comparison holds a file against what a model wants, one weight after the
// other.
type comparison struct {
	src    Source
	names  []string // in the file
	there  map[string]bool
	wanted map[string]bool
	faults LoadError
}

func compare(src Source) *comparison {
	c := &comparison{src: src, names: src.Names(), there: map[string]bool{}, wanted: map[string]bool{}}
	for _, name := range c.names {
		c.there[name] = true
	}
	return c
}

// has tells whether the file has a tensor of that name and shape, and lists
// what is wrong.
func (c *comparison) has(name string, want []int64) bool {
	c.wanted[name] = true
	if !c.there[name] {
		c.faults.Missing = append(c.faults.Missing, name)
		return false
	}
	if got := c.src.Shape(name); !slices.Equal(got, want) {
		c.faults.Misshapen = append(c.faults.Misshapen, Misshapen{name, slices.Clone(got), slices.Clone(want)})
		return false
	}
	return true
}

// err lists what is left over too; nil where all agrees.
func (c *comparison) err() error {
	for _, name := range c.names {
		if !c.wanted[name] {
			c.faults.Extra = append(c.faults.Extra, name)
		}
	}
	f := &c.faults
	if len(f.Missing)+len(f.Extra)+len(f.Misshapen) == 0 {
		return nil
	}
	return f
}

// Load overwrites the weights with src's, converted to their type. On an error
// in names or shapes, a [LoadError], nothing changes.
func (p *Params) Load(src Source) error { return LoadInto(p.Each, src) }

// LoadInto overwrites named tensors with src's, which must be the same names
// and shapes. On a [LoadError] nothing changes.
func LoadInto(dst iter.Seq2[string, torch.Tensor], src Source) error {
	return torch.Do(torch.CPU, func(s *torch.Session) {
		c := compare(src)
		for name, w := range dst {
			c.has(name, w.Shape())
		}
		s.Check(c.err())
		for name, w := range dst {
			s.Scope(func() { w.CopyFrom(src.Tensor(s, name)) })
		}
	})
}
