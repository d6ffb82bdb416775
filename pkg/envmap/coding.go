package envmap

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Coding is the logarithmic code in which networks see radiance:
//
//	code = log(1+µx) / log(1+µ), x clamped to [0, Max]
//
// Radiance 1 codes to 1, whatever µ: small µ spends the code on highlights,
// large µ on shadows.
type Coding struct {
	Mu  float64
	Max float64 // radiance above it is clamped; 0 stands for no limit
}

var (
	// DeepShadows is the µ-law of Text2Light (Chen et al. 2022,
	// arXiv:2209.09898), µ = 5000, over the range of a half float. A sun at
	// the limit codes to 2.30.
	DeepShadows = Coding{Mu: 5000, Max: 65536}

	// EvenLight has µ = 50: it codes 1/100 of white to .10, where DeepShadows
	// codes it to .46. A sun at its limit codes to 3.51.
	EvenLight = Coding{Mu: 50, Max: 2e4}
)

// Encode returns the code of radiance x; NaN codes to 0.
func (c Coding) Encode(x float32) float32 {
	v := c.clamp(float64(x))
	return float32(math.Log1p(c.Mu*v) / math.Log1p(c.Mu))
}

// Decode returns the radiance of a code, in [0, Max].
func (c Coding) Decode(code float32) float32 {
	return float32(c.clamp(math.Expm1(float64(code)*math.Log1p(c.Mu)) / c.Mu))
}

func (c Coding) clamp(v float64) float64 {
	switch {
	case !(v > 0):
		return 0
	case c.Max > 0 && v > c.Max:
		return c.Max
	}
	return v
}

// Planar returns a map's radiance as [3,H,W]: all red, all green, all blue, row by
// row.
func Planar(im *hdr.Image) []float32 {
	n := im.W * im.H
	pix := make([]float32, 3*n)
	parallel.Rows(im.H, func(from, to int) {
		for i := from * im.W; i < to*im.W; i++ {
			pix[i], pix[n+i], pix[2*n+i] = im.Pix[3*i], im.Pix[3*i+1], im.Pix[3*i+2]
		}
	})
	return pix
}

// FromPlanar returns the map whose radiance is pix, [3,h,w].
func FromPlanar(pix []float32, w, h int) (*hdr.Image, error) {
	if w < 1 || h < 1 || len(pix) != 3*w*h {
		return nil, fmt.Errorf("envmap: %d values as a map of 3 channels, %d×%d, want %d", len(pix), w, h, 3*w*h)
	}
	im, n := hdr.New(w, h), w*h
	parallel.Rows(h, func(from, to int) {
		for i := from * w; i < to*w; i++ {
			im.Pix[3*i], im.Pix[3*i+1], im.Pix[3*i+2] = pix[i], pix[n+i], pix[2*n+i]
		}
	})
	return im, nil
}
