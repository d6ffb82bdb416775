package feature

import "github.com/clipenv/toolkit/pkg/sky/raster"

// What the flood takes for sky.
const (
	FloodLowest  = .3  // degrees above the horizon at which a sky may start
	floodLeast   = .13 // steradians of a part that may be sky
	floodReaches = 18. // degrees that it has to reach
	floodGap     = .05 // steradians of a part that is bluer than the largest,
	floodBluer   = .35 // by so many stops of blue over red
	floodDeeper  = .8  // and for each stop may be so many darker
	floodWarmer  = 1.1 // stops of red over blue, over the largest part's
	floodDarker  = .9  // stops under the largest part

	// What lies so many stops under another part, and has so many stops less of
	// blue over red, is the underside of something.
	ceilingDarker, ceilingGreyer = 2.5, .2
)

// Flood is the smooth part of what lies above the horizon, and its area. Out
// of doors a ceiling is none of it, be it the largest part.
func (f *Features) Flood(outdoors bool) (keep []bool, area float64) {
	s, limit := f.Sphere, f.Smooth()
	in := make([]bool, s.W*s.H)
	for y := range s.Row(FloodLowest) {
		for x, v := range f.Texture.Row(y) {
			in[y*s.W+x] = v < limit
		}
	}
	in = raster.Opened(in, s.W, s.H, f.Texels(2))
	p := raster.Connect(in, s.W, s.H)
	size := p.Sum(func(i int) float64 { return s.Solid[i/s.W] })
	top := make([]float64, p.Count)
	for i := len(p.Of) - 1; i >= 0; i-- {
		if part := p.Of[i]; part >= 0 {
			top[part] = s.Elevation[i/s.W]
		}
	}
	// A wall may be as smooth as the sky beside it, but is warmer, and glass
	// that mirrors the sky is darker.
	mean := func(value func(i int) float32) []float64 {
		sum := p.Sum(func(i int) float64 { return s.Solid[i/s.W] * float64(value(i)) })
		for part := range sum {
			sum[part] /= size[part]
		}
		return sum
	}
	blue := mean(func(i int) float32 { return (f.F[2].V[i] - f.F[1].V[i]) / ChromaPart })
	light := mean(func(i int) float32 { return f.F[0].V[i] })
	largest := -1
	tall := func(part int) bool { return size[part] >= floodLeast && top[part] >= floodReaches }
	under := func(part int) bool {
		for other := range size {
			if tall(other) && light[other] > light[part]+ceilingDarker && blue[other] > blue[part]+ceilingGreyer {
				return true
			}
		}
		return false
	}
	sky := func(part int) bool { return tall(part) && !(outdoors && under(part)) }
	for part := range size {
		if sky(part) && (largest < 0 || size[part] > size[largest]) {
			largest = part
		}
	}
	clear := make([]bool, p.Count)
	for part := range clear {
		if largest < 0 {
			break
		}
		// Clear sky away from the sun is darker and bluer. A small gap of it may be
		// told by that.
		bluer := blue[part] - blue[largest]
		gap := bluer > floodBluer && size[part] >= floodGap && top[part] >= floodReaches
		clear[part] = (sky(part) || gap) && bluer > -floodWarmer && light[part] > light[largest]-floodDarker-floodDeeper*max(bluer, 0)
	}
	for i, part := range p.Of {
		in[i] = part >= 0 && clear[part]
		if in[i] {
			area += s.Solid[i/s.W]
		}
	}
	return in, area
}
