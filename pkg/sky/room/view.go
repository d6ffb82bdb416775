package room

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/feature"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// clearSpread is the least number of stops between the dark and the bright tenth of
// a window of clear glass, with what stands outside: curtains, blinds and frosted
// glass are more even, and no sky is seen in them.
const clearSpread = 3.1

// What is seen through a window is sky where it is about as bright and as blue as
// its brightest part: stops, and of a green leaf the ratio of green to the mean of red
// and blue.
const (
	viewDark, viewBright   = -1.2, -.7
	viewWarm, viewBlue     = -.55, 1.8 // of blue over red; none at half of it
	viewDarker             = 2.4       // of what is bluer, by stops of that: a sky far from its sun
	viewDarkest            = 1.2       // and at most
	viewLowest             = -2.6      // stops of one window's sky under that of all
	viewLeaf, viewLeafFull = 1.1, 1.25
	viewSky                = .85 // share of what is over the horizon that is darker than its sky
)

// viewWidth is the width at which the old sky in windows is told.
const viewWidth = 256

// brightest is how bright each window's sky is, log2 of luminance, at the size that
// windows were found at: the brightest that is seen in it over the horizon.
func (o *openings) brightest(windows []opening) raster.Plane {
	level, known := o.lg.Like(), o.lg.Like()
	for _, a := range windows {
		var bright []float32
		for _, i := range a.texels {
			if o.s.Elevation[int(i)/o.s.W] > 2 {
				bright = append(bright, o.lg.V[i])
			}
		}
		if bright == nil {
			continue
		}
		v := raster.Quantile(bright, viewSky) + num.Log2(o.median)
		for _, i := range a.texels {
			level.V[i], known.V[i] = v, 1
		}
	}
	return raster.PullPush(level, known)
}

// findSky says where windows may show sky, and how bright it is there. local is each
// window's brightest.
func (r *Room) findSky(sc *picture, local raster.Plane) {
	s := sc.s
	var bright, blue []float32
	for i, a := range r.Windows.Alpha.V {
		if a > .5 && s.Elevation[i/s.W] > 2 {
			bright = append(bright, sc.lum.V[i])
		}
	}
	level := float64(raster.Quantile(bright, viewSky))
	for i, a := range r.Windows.Alpha.V {
		if v := float64(sc.lum.V[i]); a > .5 && s.Elevation[i/s.W] > 2 && v > .7*level && v < 3*level {
			blue = append(blue, bluish(sc.f, sc.im.Pix[3*i:3*i+3]))
		}
	}
	hue := raster.Quantile(blue, .5)
	of := r.Windows.Alpha.Like().Fill(func(x, y int) float32 {
		i := y*s.W + x
		a := r.Windows.Alpha.V[i]
		if a < .5 || s.Elevation[y] < 0 {
			return 0
		}
		p := sc.im.Pix[3*i : 3*i+3]
		off := float64(bluish(sc.f, p) - hue)
		stops := float64(num.Log2(sc.lum.V[i]+1e-20)) - max(float64(local.V[i]), math.Log2(max(level, 1e-30))+viewLowest)
		stops += min(viewDarker*max(off, 0), viewDarkest)
		return a * (1 - Leaf(p)) * AboveGround(s.Elevation[y]) *
			float32(num.Step(viewDark, viewBright, stops)*num.Step(viewWarm, viewWarm/2, off)*num.Step(viewBlue, viewBlue/2, off))
	})
	mean := func(of, share raster.Plane) raster.Plane {
		p := of.Like().Each(func(i int) float32 { return of.V[i] * num.Log2(sc.lum.V[i]+1e-20) }).Smaller(viewWidth)
		return p.Each(func(i int) float32 { return p.V[i] / max(share.V[i], 1e-6) })
	}
	share, all := of.Smaller(viewWidth), r.Windows.Alpha.Smaller(viewWidth)
	seen := mean(r.Windows.Alpha, all)
	r.About = raster.PullPush(seen, all.Like().Each(func(i int) float32 { return num.Step(.2, .8, all.V[i]) })).To(s.W, s.H)
	r.Old = raster.PullPush(mean(of, share), share.Like().Each(func(i int) float32 { return num.Step(.05, .4, share.V[i]) })).To(s.W, s.H)
	frame := num.Log2(float32(level)) + frameUnder
	r.Sky = open(share, all, seen, frame).To(s.W, s.H)
}

// frameUnder is how many stops under the sky a window's frame lies at most: what is
// brighter stands outside.
const frameUnder = -5.

// barTall and thingTall are how many degrees a bar across a window is high at most, and
// what stands on the ground at least.
const barTall, thingTall float32 = 2.5, 4.5

// open is where windows show sky, for a small map of the share of it, that of windows,
// and what is seen in them in stops: nothing below what stands on the ground.
func open(share, windows, seen raster.Plane, frame float32) raster.Plane {
	out := share.Blur(.8)
	solid := func(x, y int) bool {
		i := y*out.W + (x+out.W)%out.W
		return windows.V[i] < .3 || share.V[i] < .25*windows.V[i] && seen.V[i] > frame
	}
	for x := range out.W {
		run, longest := 0, 0
		for y := range out.H {
			i := y*out.W + x
			switch {
			case windows.V[i] < .3: // between windows
				run, longest = 0, 0
			case solid(x-1, y) && solid(x, y) && solid(x+1, y): // no upright bar
				run++
			default:
				run = 0
			}
			longest = max(longest, run)
			out.V[i] *= 1 - num.Step(barTall, thingTall, float32(longest)*180/float32(out.H))
			out.V[i] = num.Step(.15, .4, out.V[i])
		}
	}
	return out
}

// bluish is a texel's stops of blue over red.
func bluish(f *feature.Features, p []float32) float32 {
	return num.Log2(max(p[2], 0)+f.Floor) - num.Log2(max(p[0], 0)+f.Floor)
}

// AboveGround is how far sky is seen at an elevation in degrees.
func AboveGround(elevation float64) float32 { return float32(num.Step(0, 2, elevation)) }

// Leaf is how far a texel is green.
func Leaf(p []float32) float32 {
	return num.Step(float32(viewLeaf), viewLeafFull, 2*p[1]/max(p[0]+p[2], 1e-30))
}
