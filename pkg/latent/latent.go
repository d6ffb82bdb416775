// Package latent holds what generators make maps of: a latent is a few named
// tensors, one row of each for a map.
//
//	VAE:    mean [N,D], logvar [N,D]
//	pixels: pixels [N,3,H,W]
//	sky:    light [N,D]
package latent

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Latent is the latents of N maps: named tensors, each [N,…].
type Latent []Part

// Part is one tensor of a latent.
type Part struct {
	Name  string
	Value torch.Tensor
}

// Of is a latent of one part.
func Of(name string, value torch.Tensor) Latent { return Latent{{name, value}} }

// IsZero tells whether the latent has no parts.
func (z Latent) IsZero() bool { return len(z) == 0 }

// Maps returns N, how many maps the latent is of.
func (z Latent) Maps() int64 { return z[0].Value.Size(0) }

// Part returns the tensor of that name; none is the zero Tensor.
func (z Latent) Part(name string) torch.Tensor {
	for _, p := range z {
		if p.Name == name {
			return p.Value
		}
	}
	return torch.Tensor{}
}

// With returns the latent with the parts of other in place of its own of the
// same names; its other parts are shared.
func (z Latent) With(other Latent) Latent {
	out := make(Latent, len(z))
	for i, p := range z {
		out[i] = p
		if v := other.Part(p.Name); !v.IsZero() {
			out[i].Value = v
		}
	}
	return out
}

// Only returns the parts that other has too, in other's order.
func (z Latent) Only(other Latent) Latent {
	out := make(Latent, len(other))
	for i, p := range other {
		out[i] = Part{p.Name, z.need(p.Name)}
	}
	return out
}

// Map returns the latent with f applied to each part.
func (z Latent) Map(f func(torch.Tensor) torch.Tensor) Latent {
	out := make(Latent, len(z))
	for i, p := range z {
		out[i] = Part{p.Name, f(p.Value)}
	}
	return out
}

// Zip returns the latent with f applied to each part and other's part of the
// same name, which must be there.
func (z Latent) Zip(other Latent, f func(a, b torch.Tensor) torch.Tensor) Latent {
	out := make(Latent, len(z))
	for i, p := range z {
		out[i] = Part{p.Name, f(p.Value, other.need(p.Name))}
	}
	return out
}

// need is Part for a part that must be there.
func (z Latent) need(name string) torch.Tensor {
	v := z.Part(name)
	if v.IsZero() {
		z[0].Value.Session().Check(fmt.Errorf("latent: no part %q among %q", name, z.Names()))
	}
	return v
}

// Names returns the names of the parts, in order.
func (z Latent) Names() []string {
	names := make([]string, len(z))
	for i, p := range z {
		names[i] = p.Name
	}
	return names
}

// Flat returns all the numbers of each map in one row: [N,D].
func (z Latent) Flat() torch.Tensor {
	rows := make([]torch.Tensor, len(z))
	for i, p := range z {
		rows[i] = p.Value.Flatten(1)
	}
	if len(rows) == 1 {
		return rows[0]
	}
	return torch.Cat(1, rows...)
}

// Each visits the parts by name, in order.
func (z Latent) Each(yield func(name string, value torch.Tensor) bool) {
	for _, p := range z {
		if !yield(p.Name, p.Value) {
			return
		}
	}
}

// Free frees the parts, where they are owned.
func (z Latent) Free() {
	for _, p := range z {
		p.Value.Free()
	}
}
