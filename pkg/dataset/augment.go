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

// vary writes a turned, mirrored, relit copy of src, [3,H,W], to dst. below,
// if not nil, gives the lower half.
func (a Augmentation) vary(dst, src, below []float32, size Size, r *rand.Rand) {
	exposure := a.Stops * math.Ln2 * (2*r.Float64() - 1)
	turn, mirror := r.IntN(size.W), r.IntN(2) == 1
	turnBelow := r.IntN(size.W)
	for c := range 3 {
		gain := float32(math.Exp(exposure + a.WhiteBalance*r.NormFloat64()))
		for y := range size.H {
			from, by := src, turn
			if below != nil && y >= size.H/2 {
				from, by = below, turnBelow
			}
			at := (c*size.H + y) * size.W
			row, out := from[at:at+size.W], dst[at:at+size.W]
			for x := range out {
				i := x + by
				if i >= size.W {
					i -= size.W
				}
				if mirror {
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
