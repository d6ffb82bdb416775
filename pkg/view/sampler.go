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
	defer radiance.Tidy(&picture)()
	s := radiance.Session()
	shape := radiance.Shape()
	n, h, w := shape[0], shape[2], shape[3]

	maps := make([]torch.Tensor, n)
	gains := make([]float32, 0, 3*n)
	for i := range maps {
		maps[i] = radiance.Narrow(0, int64(i), 1).Roll(r.Int64N(w), 3)
		if r.IntN(2) == 1 {
			maps[i] = maps[i].Flip(3)
		}
		exposure := v.Stops * math.Ln2 * (2*r.Float64() - 1)
		for range 3 {
			gains = append(gains, float32(math.Exp(exposure+v.WhiteBalance*r.NormFloat64())))
		}
	}
	relit := torch.Cat(0, maps...).Mul(s.FromFloats(gains, n, 3, 1, 1))
	picture = Picture(relit)
	if r.Float64() < v.Blur {
		picture = picture.AvgPool2d(2).Resize(h, w, torch.Bilinear)
	}
	if v.Noise > 0 {
		picture = picture.Add(s.FromFloats(normals(r, 3*n*h*w, v.Noise), n, 3, h, w))
	}
	return picture
}

func normals(r *rand.Rand, n int64, sd float64) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(sd * r.NormFloat64())
	}
	return out
}
