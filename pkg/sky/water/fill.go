package water

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// What mirrors a bank, breaks or glitters has grain, and is no part of what is sure
// to be water. It is told by where it lies, and by its colour.
const (
	waterApart = .5   // stops of blue over red from most of the ground to most of the water
	waterEven  = .2   // and at least, where the ground has one colour
	waterAside = 2.   // times what most of the ground lies off its middle
	waterFar   = -35. // degrees from which on down there is ground and little else

	waterMirrored = 30. // degrees of what may be mirrored between water and water
	waterGlitter  = 14. // degrees across of a sun's glitter
	waterGlow     = 80. // and of the glow about it, under a low one
	waterHorizon  = 4.  // degrees under it that water reaches it from
	waterOther    = .03 // steradians of what is smooth and no water
	waterRail     = 4.  // texels at 512×256: half the width of what stands before water
)

// spread adds to water what lies beside it and has its colour, where no ground has it.
func (w *watery) spread(in []bool) {
	bluer := w.f[2].Like().Each(func(i int) float32 { return w.f[2].V[i] - w.f[1].V[i] })
	under := bluer.Where(func(x, y int) bool { return w.s.Elevation[y] < waterFar && !in[y*w.s.W+x] })
	middle, ground := raster.Quantile(under, .5), raster.Quantile(under, .95)
	water := raster.Quantile(bluer.Where(func(x, y int) bool { return in[y*w.s.W+x] }), .25)
	if water < ground+min(max(waterAside*(ground-middle), waterEven), waterApart) {
		return
	}
	may := make([]bool, len(in))
	for i := w.s.H / 2 * w.s.W; i < len(in); i++ {
		may[i] = in[i] || bluer.V[i] > (ground+water)/2
	}
	p := raster.Connect(may, w.s.W, w.s.H)
	sure := p.Sum(func(i int) float64 {
		if in[i] {
			return 1
		}
		return 0
	})
	for i, part := range p.Of {
		in[i] = part >= 0 && sure[part] > 0
	}
}

// between adds to water what lies between water and water. What it mirrors has
// grain, and so have rails before it and the sun's glitter. Of what is smooth and
// no water there is only a little. Under a low sun water is brighter than on the
// sides. Water that is seen nearly to the horizon reaches it.
func (w *watery) between(in, is []bool) {
	width, first := w.s.W, w.s.H/2
	behind := raster.Closed(in, width, w.s.H, w.steps(waterRail))
	other := func(i int, most float64) bool {
		part := w.parts.Of[i]
		return part >= 0 && !is[part] && w.size[part] > most
	}
	for i := range in {
		in[i] = in[i] || behind[i] && i >= first*width && !other(i, 0)
	}
	texels := func(degrees float64) int { return int(math.Ceil(degrees / 360 * float64(width))) }
	// span fills the gaps of a line of texels that are narrow and not closed.
	span := func(n int, at func(k int) int, narrow func(from, to int) bool, closes func(i int) bool) {
		last := -1
		for k := range n {
			switch i := at(k); {
			case in[i]:
				if last >= 0 && narrow(last, k) {
					for l := last + 1; l < k; l++ {
						in[at(l)] = true
					}
				}
				last = k
			case closes(i):
				last = -1
			}
		}
	}
	for x := range width {
		span(w.s.H-first, func(k int) int { return (first+k)*width + x },
			func(from, to int) bool { return to-from < texels(waterMirrored) },
			func(i int) bool { return other(i, waterOther) })
	}
	sun := w.lowSun()
	for y := first; y < w.s.H; y++ {
		row, level := w.f[0].Row(y), w.level(in, y)
		// Round the seam, and once more for what lies over it.
		span(width+width/4, func(k int) int { return y*width + k%width },
			func(from, to int) bool {
				var over float32
				for k := from + 1; k < to; k++ {
					over += row[k%width] - level
				}
				under := sun >= 0 && (sun-from+2*width)%width < to-from
				return to-from < texels(waterGlitter) || under && over > 0 && to-from < texels(waterGlow)
			},
			func(i int) bool {
				away := (i%width-sun+3*width/2)%width - width/2
				glow := sun >= 0 && max(away, -away) < texels(waterGlow)/2 && row[i%width] > level
				return !glow && other(i, waterOther)
			})
	}
	for x := range width {
		for y := first; y < w.s.Row(-waterHorizon); y++ {
			if in[y*width+x] {
				for ; y >= first; y-- {
					in[y*width+x] = true
				}
				break
			}
		}
	}
}

// level is the mean of log luminance of the water in a row.
func (w *watery) level(in []bool, y int) float32 {
	var sum, n float32
	for x, v := range w.f[0].Row(y) {
		if in[y*w.s.W+x] {
			sum, n = sum+v, n+1
		}
	}
	return sum / max(n, 1)
}

// lowSun is the column that a low sun stands in, -1 without one.
func (w *watery) lowSun() int {
	if !w.sun.Found || w.sun.Direction.Elevation() > sun.GlareAbove {
		return -1
	}
	x, _ := w.s.Texel(w.sun.Direction)
	return x
}
