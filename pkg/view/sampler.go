package view

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Sampler draws views of a map that should all read as the same words: turned
// about the vertical, mirrored, a little brighter or darker, a little warmer
// or cooler, half of them blurred. An edit that must please all of them
// cannot please CLIP by a pattern that people do not see.
type Sampler struct {
	Stops        float64 // exposure changes by up to this many stops either way
	WhiteBalance float64 // standard deviation of the channels' log gains
	Noise        float64 // standard deviation of what is added to the picture
	Blur         float64 // the share of views at half resolution
}

// Gentle is the sampler that edits are made with.
var Gentle = Sampler{Stops: .36, WhiteBalance: .03, Noise: .02, Blur: .5}

// Draw returns one view for each map of radiance [N,3,H,W], as a picture in
// [0,1] up to the noise. All randomness comes from r.
func (v Sampler) Draw(radiance torch.Tensor, r *rand.Rand) (picture torch.Tensor) {
	shape := radiance.Shape()
	return v.Draws(shape[0], shape[2], shape[3], r).View(radiance)
}

// Draws is what was drawn for one view of each of n maps of h×w.
type Draws struct {
	n, h, w  int64
	shifts   []int64   // columns to the right, one a map
	mirrored []bool    // after that, one a map
	gains    []float32 // of the channels, three a map
	blurred  bool
	noise    []float32 // [N,3,H,W], nil for none
}

// Draws draws a view of n maps of h×w, all of it from r.
func (v Sampler) Draws(n, h, w int64, r *rand.Rand) Draws {
	d := Draws{n: n, h: h, w: w}
	for range n {
		d.shifts = append(d.shifts, r.Int64N(w))
		d.mirrored = append(d.mirrored, r.IntN(2) == 1)
		exposure := v.Stops * math.Ln2 * (2*r.Float64() - 1)
		for range 3 {
			d.gains = append(d.gains, float32(math.Exp(exposure+v.WhiteBalance*r.NormFloat64())))
		}
	}
	d.blurred = r.Float64() < v.Blur
	if v.Noise > 0 {
		d.noise = normals(r, 3*n*h*w, v.Noise)
	}
	return d
}

// View is the view of maps, radiance [N,3,H,W], as a picture.
func (d Draws) View(radiance torch.Tensor) (picture torch.Tensor) {
	defer radiance.Tidy(&picture)()
	s := radiance.Session()

	maps := make([]torch.Tensor, d.n)
	for i := range maps {
		maps[i] = radiance.Narrow(0, int64(i), 1).Roll(d.shifts[i], 3)
		if d.mirrored[i] {
			maps[i] = maps[i].Flip(3)
		}
	}
	picture = Picture(torch.Cat(0, maps...).Mul(s.FromFloats(d.gains, d.n, 3, 1, 1)))
	if d.blurred {
		picture = soften(picture)
	}
	if d.noise != nil {
		picture = picture.Add(s.FromFloats(d.noise, d.n, 3, d.h, d.w))
	}
	return picture
}

// soften is a picture at half its resolution, at its own size.
func soften(picture torch.Tensor) (soft torch.Tensor) {
	defer picture.Tidy(&soft)()
	return picture.AvgPool2d(2).Resize(picture.Size(2), picture.Size(3), torch.Bilinear)
}

func normals(r *rand.Rand, n int64, sd float64) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(sd * r.NormFloat64())
	}
	return out
}
