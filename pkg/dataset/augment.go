package dataset

import (
	"math"
	"math/rand/v2"
)

// Augmentation says how maps are varied. All of it leaves the words true.
type Augmentation struct {
	Stops        float64 `yaml:"stops" json:"stops"`                 // exposure changes by up to this many stops either way
	WhiteBalance float64 `yaml:"white_balance" json:"white_balance"` // standard deviation of the channels' log gains
	HorizonMix   float64 `yaml:"horizon_mix" json:"horizon_mix"`     // share of maps whose lower half is another's; not for captions
}

// variation is how a map is varied.
type variation struct {
	turn, turnBelow int // texels
	mirror          bool
	gains           [3]float32
}

// draw draws a variation.
func (a Augmentation) draw(size Size, r *rand.Rand) (v variation) {
	exposure := a.Stops * math.Ln2 * (2*r.Float64() - 1)
	v.turn, v.mirror = r.IntN(size.W), r.IntN(2) == 1
	v.turnBelow = r.IntN(size.W)
	for c := range v.gains {
		v.gains[c] = float32(math.Exp(exposure + a.WhiteBalance*r.NormFloat64()))
	}
	return v
}

// apply writes a turned, mirrored, relit copy of src, [3,H,W], to dst. below,
// if not nil, gives the lower half.
func (v variation) apply(dst, src, below []float32, size Size) {
	for c, gain := range v.gains {
		for y := range size.H {
			from, by := src, v.turn
			if below != nil && y >= size.H/2 {
				from, by = below, v.turnBelow
			}
			at := (c*size.H + y) * size.W
			row, out := from[at:at+size.W], dst[at:at+size.W]
			for x := range out {
				i := x + by
				if i >= size.W {
					i -= size.W
				}
				if v.mirror {
					i = size.W - 1 - i
				}
				out[x] = row[i] * gain
			}
		}
	}
}

// Turn returns a copy of a map, [3,H,W], turned about the vertical by so many
// texels.
func Turn(src []float32, size Size, by int) []float32 {
	dst := make([]float32, len(src))
	for at := 0; at < len(src); at += size.W {
		for x := range size.W {
			dst[at+x] = src[at+(x+by)%size.W]
		}
	}
	return dst
}
