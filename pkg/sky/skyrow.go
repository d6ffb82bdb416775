package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/fit"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// skyReader draws the new sky row by row at any size: the new base under the
// clouds of the map, or of another.
type skyReader struct {
	sc     *Scene
	s      *raster.Sphere
	clouds float32 // gain
	v      float32 // how far the detail is the cloud detail: 0 is all that the old sky was
	tone   cloudTone
	gone   float32    // how far the old disc is, and its glare with it
	over   float32    // stops that a texel may lie over the clouds
	grain  [3]float32 // stops of a texel over them that are grain; 0 for none
	base   [3]*raster.Reader
	fit    [3]*raster.Reader
	fill   [3]*raster.Reader
	veil   [3]*raster.Reader
	other  bool
	shown  []float32    // how far a row is seen: what is not is left undrawn; nil to draw all
	things raster.Lines // stops over the old sky below which things stand before other clouds

	tones     [2]*raster.Reader // luminance of fit and base, in stops; nil where the clouds keep their tone
	lineTones [2][]float32

	lineBase, lineFit, lineFill, lineVeil [3][]float32
}

func (p *plan) skyReader(s *raster.Sphere) *skyReader {
	sc := p.sc
	r := &skyReader{sc: sc, s: s, clouds: float32(p.t.Detail), v: float32(p.detailFar), other: p.t.Clouds != nil, over: overClouds}
	if r.tone = p.cloudTone(); r.tone.far > 0 && !r.other {
		for k, q := range p.tones {
			r.tones[k], r.lineTones[k] = q.Reader(s.W, s.H), make([]float32, s.W)
		}
	}
	if sc.glows {
		r.gone = float32(p.discFar)
	}
	if sc.starry {
		r.over = overStars
	}
	fill := sc.detail
	if sc.Kind == Night && !p.night && p.far > 0 {
		clean := sc.smoothed()
		fill = clean.detail
		for c, v := range clean.grain {
			r.grain[c] = v * float32(s.W) / float32(sc.s.W)
		}
	}
	if r.other {
		fill, r.things = p.clouds, p.things.Lines(s.W, s.H)
	}
	veil := [3]raster.Plane{sc.veil.gain, sc.veil.least, sc.veil.most}
	for c := range 3 {
		r.base[c], r.fit[c] = p.sky.base[c].Reader(s.W, s.H), sc.fit[c].Reader(s.W, s.H)
		r.fill[c], r.veil[c] = fill[c].Reader(s.W, s.H), veil[c].Reader(s.W, s.H)
		r.lineBase[c], r.lineFit[c] = make([]float32, s.W), make([]float32, s.W)
		r.lineFill[c], r.lineVeil[c] = make([]float32, s.W), make([]float32, s.W)
	}
	return r
}

// row draws row y into out, W RGB radiances, without the disc; pix is the map's row, of which only
// what alpha calls sky is used. Below the horizon it is what stands there.
func (r *skyReader) row(y int, pix, alpha, out []float32) {
	whole := r.v >= 1 // nothing but clouds is left of the old sky's detail
	for c := range 3 {
		r.base[c].Row(y, r.lineBase[c])
		r.fit[c].Row(y, r.lineFit[c])
		r.fill[c].Row(y, r.lineFill[c])
		if !whole || !r.other {
			r.veil[c].Row(y, r.lineVeil[c])
		}
	}
	r.things.Read(y)
	for k, q := range r.tones {
		if q != nil {
			q.Row(y, r.lineTones[k])
		}
	}
	fade := horizonFade(r.s.Elevation[y])
	near := r.sc.Sun.Found && math.Abs(r.s.Elevation[y]-r.sc.Sun.Direction.Elevation()) < discOuter
	for x, a := range alpha {
		if r.hidden(x) {
			continue
		}
		seen := num.Step(.8, .97, a)
		clouds := [3]float32{r.lineFill[0][x], r.lineFill[1][x], r.lineFill[2][x]}
		all := clouds
		var over [3]float32
		thing := float32(0)
		if seen > 0 {
			var own [3]float32
			v := [3]float32(pix[3*x : 3*x+3])
			if near {
				for c := range v {
					v[c] = min(v[c], r.sc.capAt(r.s.Towards(x, y, r.sc.Sun.Direction), c))
				}
			}
			over = fit.Stops(v[:], r.sc.f.Floor)
			for c := range over {
				over[c] -= r.lineFit[c][x]
			}
			if r.other && !(near && r.s.Towards(x, y, r.sc.Sun.Direction) > cosOuter) {
				thing = seen * num.Step(0, thingLeast, r.things.At[x]-rgb.Luminance(over[0], over[1], over[2]))
			} else if !r.other {
				own = detailOf(over, r.lineVeil[0][x], r.lineVeil[1][x], r.lineVeil[2][x])
			}
			for c := range clouds {
				if !r.other {
					// Stars and birds are no clouds.
					clouds[c] += seen * cored(min(own[c]-clouds[c], r.over), r.grain[c])
				}
				all[c] = clouds[c] + seen*(over[c]-clouds[c])
			}
		}
		if r.tones[0] != nil {
			r.tone.relit(&clouds, [4]float32{r.lineFit[0][x], r.lineFit[1][x], r.lineFit[2][x], r.lineTones[0][x]},
				[4]float32{r.lineBase[0][x], r.lineBase[1][x], r.lineBase[2][x], r.lineTones[1][x]},
				float32(r.s.Towards(x, y, r.tone.was.to)), float32(r.s.Towards(x, y, r.tone.is.to)))
		}
		grey := rgb.Luminance(clouds[0], clouds[1], clouds[2])
		for c := range clouds {
			// What is more contrast is no more colour: white over blue would be orange.
			d := fade * (r.clouds*grey + min(r.clouds, 1)*(clouds[c]-grey))
			d += thing * (over[c] - d)
			if !whole {
				v := max(r.v, r.gone*(1-r.lineVeil[0][x]))
				d = all[c] + v*(d-all[c])
			}
			out[3*x+c] = num.Exp2(r.lineBase[c][x] + d)
		}
	}
}

// hidden tells that nothing of a row's sky is seen at a column.
func (r *skyReader) hidden(x int) bool { return r.shown != nil && r.shown[x] <= 0 }

// lensGlow is a veil around a direction as a lens makes, of the given share
// of a beam; share and angle in degrees. It falls as the third power of the
// angle.
func lensGlow(s *raster.Sphere, x, y int, d envmap.Vec) float32 {
	angle := num.Degrees(num.Acos(s.Towards(x, y, d))) / glowDegrees
	by := 1 + angle*angle
	return float32(1 / (by * math.Sqrt(by)))
}

// glowDegrees is the angle at which a lens's veil has fallen to a third, and
// glowShare its part of the beam.
const glowDegrees, glowShare = .8, .02
