// Package view turns what the VAE speaks of into what CLIP looks at.
//
//	Radiance: code [N,3,H,W]     -> radiance [N,3,H,W]
//	Picture:  radiance [N,3,H,W] -> picture [N,3,H,W] in (0,1]
//	Sampler:  radiance [N,3,H,W] -> picture of a turned, mirrored, relit copy
//
// The rule from radiance to picture is that of package envmap; here it is with
// gradients.
package view

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Radiance undoes the logarithmic coding: [N,3,H,W] to linear radiance of the
// same shape, in [0, c.Max].
func Radiance(code torch.Tensor, c envmap.Coding) (radiance torch.Tensor) {
	defer code.Tidy(&radiance)()

	k := math.Log1p(c.Mu)
	highest := math.Inf(1)
	if c.Max > 0 {
		highest = math.Log1p(c.Mu*c.Max) / k
	}
	return code.Clamp(0, highest).MulScalar(k).Expm1().MulScalar(1 / c.Mu)
}

// Code is the inverse of Radiance.
func Code(radiance torch.Tensor, c envmap.Coding) (code torch.Tensor) {
	defer radiance.Tidy(&code)()

	highest := math.Inf(1)
	if c.Max > 0 {
		highest = c.Max
	}
	return radiance.Clamp(0, highest).MulScalar(c.Mu).Log1p().MulScalar(1 / math.Log1p(c.Mu))
}

// Picture applies the one fixed rule, clamp(radiance, 10⁻⁵, 1)^(1/2.2): what
// CLIP sees in training, editing and scoring (envmap.Picture).
func Picture(radiance torch.Tensor) (picture torch.Tensor) {
	defer radiance.Tidy(&picture)()

	return radiance.Clamp(envmap.PictureFloor, 1).PowScalar(1 / envmap.PictureGamma)
}
