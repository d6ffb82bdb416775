package edit

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// tap reads between two neighbours of a row or column.
type tap struct {
	a, b int
	w    float32 // of b
}

func (t tap) at(row []float32, c int) float32 {
	return row[3*t.a+c] + t.w*(row[3*t.b+c]-row[3*t.a+c])
}

// bilinear returns where each of n samples lies among few. Its neighbours may
// stand just beyond the first and the last.
func bilinear(n, few int) []tap {
	taps := make([]tap, n)
	for i := range taps {
		at := (float64(i)+.5)*float64(few)/float64(n) - .5
		low := math.Floor(at)
		taps[i] = tap{int(low), int(low) + 1, float32(at - low)}
	}
	return taps
}

// around is bilinear on a circle: longitude closes on itself.
func around(n, few int) []tap {
	taps := bilinear(n, few)
	for i := range taps {
		taps[i].a, taps[i].b = envmap.Periodic(taps[i].a, few), envmap.Periodic(taps[i].b, few)
	}
	return taps
}

// blendRows returns the row of im between two, of which one may lie beyond a
// pole.
func blendRows(im *hdr.Image, t tap) []float32 {
	a, b := envmap.PanoramaRow(im, t.a), envmap.PanoramaRow(im, t.b)
	out := make([]float32, len(a))
	for i := range out {
		out[i] = a[i] + t.w*(b[i]-a[i])
	}
	return out
}
