package edit

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// significant is the number of bits after the leading one that an edit
// computes: four times as fine as a half float. What would follow is noise,
// of which a compressed file of floats would be half full (Kouznetsov, "A note on
// precision-preserving compression of scientific data", 2021, section 2).
const significant = 12

// trim rounds the values of the output that the edit has changed; the others
// stay the input's to the last bit.
func trim(output, input *hdr.Image) {
	out, in := output.Pix, input.Pix
	parallel.Rows(len(out), func(from, to int) {
		for i, v := range out[from:to] {
			if v != in[from+i] {
				out[from+i] = rounded(v)
			}
		}
	})
}

// rounded is the nearest value of so many significant bits, the even one of
// two that are as near. It is finite where v is.
func rounded(v float32) float32 {
	const dropped = 23 - significant
	bits := math.Float32bits(v)
	near := math.Float32frombits((bits + 1<<(dropped-1) - 1 + bits>>dropped&1) &^ (1<<dropped - 1))
	if math.IsInf(float64(near), 0) {
		return v
	}
	return near
}
