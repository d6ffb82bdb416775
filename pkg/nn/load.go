package nn

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
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
	NotFinite []NotFinite // hold NaN or infinity: nothing could be computed with them
}

// NotFinite is a tensor of which Bad values, of its All, are NaN or infinite.
type NotFinite struct {
	Name     string
	Bad, All int64
}

// Misshapen is a tensor of another shape in the file than in the model.
type Misshapen struct {
	Name      string
	Got, Want []int64
}

func (e *LoadError) Error() string {
	var parts, misshapen, notFinite []string
	for _, m := range e.Misshapen {
		misshapen = append(misshapen, fmt.Sprintf("%s is %v in the file, want %v", quote.Text(m.Name), m.Got, m.Want))
	}
	for _, n := range e.NotFinite {
		notFinite = append(notFinite, fmt.Sprintf("%s (%d of %d values)", quote.Text(n.Name), n.Bad, n.All))
	}
	add := func(what string, names []string, separator string) {
		const most = 12
		if len(names) == 0 {
			return
		}
		if more := len(names) - most; more > 0 {
			names = append(slices.Clone(names[:most]), fmt.Sprintf("and %d more", more))
		}
		parts = append(parts, what+strings.Join(names, separator))
	}
	add("", misshapen, "; ")
	add("missing in the file: ", quoted(e.Missing), ", ")
	add("in the file but not in the model: ", quoted(e.Extra), ", ")
	add("NaN or infinite in the file: ", notFinite, ", ")
	return strings.Join(parts, "; ")
}

// quoted are names from a file, fit to be read.
func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = quote.Text(name)
	}
	return out
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

// finite tells whether all values of a tensor of the file are, and lists it
// where they are not.
func (c *comparison) finite(name string, w torch.Tensor) {
	if !floating(w.DType()) || w.Numel() == 0 {
		return
	}
	defer w.Tidy()()
	// A sum has what is no number in it; one pass, and nothing is kept.
	if sum := w.Detach().Sum().Item(); !math.IsNaN(sum) && !math.IsInf(sum, 0) {
		return
	}
	fine := w.Detach().IsFinite()
	if fine.To(torch.Uint8).Min().Item() == 1 {
		return
	}
	all := w.Numel()
	c.faults.NotFinite = append(c.faults.NotFinite, NotFinite{name, all - int64(fine.To(torch.Float64).Sum().Item()), all})
}

// err lists what is left over too; nil where all agrees.
func (c *comparison) err() error {
	for _, name := range c.names {
		if !c.wanted[name] {
			c.faults.Extra = append(c.faults.Extra, name)
		}
	}
	f := &c.faults
	if len(f.Missing)+len(f.Extra)+len(f.Misshapen)+len(f.NotFinite) == 0 {
		return nil
	}
	return f
}

// Load overwrites the weights with src's, converted to their type. On an error
// in names, shapes or values, a [LoadError], nothing changes.
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
		for name := range dst {
			s.Scope(func() { c.finite(name, src.Tensor(s, name)) })
		}
		s.Check(c.err())
		for name, w := range dst {
			s.Scope(func() { w.CopyFrom(src.Tensor(s, name)) })
		}
	})
}
