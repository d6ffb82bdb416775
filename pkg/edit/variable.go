package edit

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
)

// variable is what the steps of an optimisation move: offsets from a start.
type variable interface {
	// offsets returns the zeros to begin with.
	offsets() latent.Latent
	// at returns the latents that offsets stand for.
	at(offsets latent.Latent) latent.Latent
	// look returns what of them is decoded in a step.
	look(z latent.Latent) latent.Latent
}

// origin is where an optimisation begins.
type origin struct {
	generator Generator
	maps      torch.Tensor  // radiance [N,3,H,W]; none where it begins with the prior
	start     latent.Latent // of the maps
	anchor    latent.Latent // its point, after the move
	unit      latent.Latent // of offset in each dimension
}

// newOrigin starts from the maps of a problem, moved as a guided edit moves.
func newOrigin(p Problem, c Config) origin {
	s := p.Text.Session()
	o := origin{generator: p.Generator, maps: p.Maps}
	if p.Maps.IsZero() {
		o.start = p.Generator.Prior(s, p.Text.Size(0))
	} else {
		o.start = p.Generator.Start(p.Maps)
	}
	o.anchor = point(o.generator, o.start)
	if c.Mode == Guided && !p.Move.IsZero() {
		o.anchor = o.anchor.Zip(p.Move, func(a, move torch.Tensor) torch.Tensor { return a.AddScaled(move, c.Strength) })
	}
	exponent := 0.
	if c.Mode == Guided {
		exponent = c.SpreadExponent
	}
	o.unit = units(o.generator.Spread(s), exponent)
	return o
}

// units returns the size of a step in each dimension: larger where the map
// changes more, with mean square 1 over each part.
func units(spread latent.Latent, exponent float64) latent.Latent {
	return spread.Map(func(x torch.Tensor) (unit torch.Tensor) {
		defer x.Tidy(&unit)()
		if exponent == 0 {
			return x.ZerosLike().AddScalar(1)
		}
		scaled := x.PowScalar(exponent)
		return scaled.Div(scaled.Square().Mean().Sqrt())
	})
}

// variables are the kinds by name.
var variables = map[string]func(origin) (variable, error){
	FC: func(o origin) (variable, error) {
		g, ok := o.generator.(layered)
		if !ok || o.maps.IsZero() {
			return nil, fmt.Errorf("edit: variable is fc, which needs a map and a generator with a layer before its latent's heads, such as a VAE")
		}
		return fc{o, g, g.Hidden(o.maps)}, nil
	},
	MuLogvar: func(o origin) (variable, error) {
		g, ok := o.generator.(sampler)
		if !ok {
			return nil, fmt.Errorf("edit: variable is mulogvar, which needs a generator whose latent is a distribution, such as a VAE")
		}
		return distribution{whole{o}, g}, nil
	},
	Pixels: func(o origin) (variable, error) { return whole{o}, nil },
	Whole:  func(o origin) (variable, error) { return whole{o}, nil },
}

// whole moves the latent itself, each part of it.
type whole struct{ origin }

func (x whole) offsets() latent.Latent {
	return x.start.Map(torch.Tensor.ZerosLike)
}

func (x whole) at(offsets latent.Latent) latent.Latent {
	base := x.start.With(x.anchor)
	moved := offsets.Zip(x.unit, func(o, unit torch.Tensor) torch.Tensor { return unit.Mul(o) })
	return base.Zip(moved, torch.Tensor.Add)
}

func (x whole) look(z latent.Latent) latent.Latent { return point(x.generator, z) }

// distribution moves the parameters of the latent's distribution and looks at
// draws from it, as D'Orazio, "CLIP-guided Editing of Environment Maps using
// Inversion Techniques", does with mu and logvar.
type distribution struct {
	whole
	sampler sampler
}

func (x distribution) look(z latent.Latent) latent.Latent { return x.sampler.Sample(z) }

// fc moves the vector before the heads. A guided edit's move comes after them,
// where the bank's latents are.
type fc struct {
	origin
	layered layered
	hidden  torch.Tensor // [N,D]
}

const hiddenPart = "hidden"

func (x fc) offsets() latent.Latent { return latent.Of(hiddenPart, x.hidden.ZerosLike()) }

func (x fc) at(offsets latent.Latent) latent.Latent {
	unit := x.unit[0].Value
	z := x.layered.Heads(x.hidden.Add(unit.Mul(offsets.Part(hiddenPart))))
	moved := x.anchor.Zip(x.start, torch.Tensor.Sub)
	return z.With(moved.Zip(z, func(by, mean torch.Tensor) torch.Tensor { return mean.Add(by) }))
}

func (x fc) look(z latent.Latent) latent.Latent { return x.layered.Mean(z) }
