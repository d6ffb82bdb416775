package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/clouds"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// Borrowed says whose clouds a clear sky got.
type Borrowed struct {
	From     string  `json:"from"`     // a sky of package clouds
	Turn     float64 `json:"turn"`     // degrees to the right of the sun, of what stood at its own
	Mirrored bool    `json:"mirrored"` // left and right of its sun
}

// When a sky is too clear, or too even a grey, to have the clouds that a light asks
// for: how far its detail may deviate, in stops, the least cover that is clouds,
// and by how much the cover must change.
const (
	clearDetail = .115
	cloudsFrom  = .14
	cloudsMore  = .1
	cloudsGain  = .2 // of the detail: fog has none
)

// A cover from closedFrom on hides what clouds a sky had, unless they were closed
// themselves: of a cover of openBelow or more.
const closedFrom, openBelow = .85, .7

// LacksClouds tells whether the scene's sky is too clear or too even for the
// clouds that a target asks for, or its clouds too few for a closed cover: heaps
// before a grey sky would be shapes cut out of paper. What a clear window shows of
// a sky has none.
func (sc *Scene) LacksClouds(t Target) bool {
	if t.Clouds != nil || t.Cover < cloudsFrom || t.Detail < cloudsGain {
		return false
	}
	if math.Abs(t.Cover-sc.Light.Cover) < cloudsMore && (t.Detail <= wholeClouds || t.Cover >= closedFrom) {
		return false // the cover that it has, of which no more form is asked than it may show
	}
	if sc.room != nil && sc.room.Clear {
		return true
	}
	return sc.fits && (t.Cover >= closedFrom && sc.Light.Cover < openBelow || sc.cloudiness() < clearDetail)
}

// darkThings is below how many stops over a sky that gets other clouds a thing
// stands before it, as a crane's arm, thinner than the mask tells. It stands before
// those clouds, too. What is dark as broadly is cloud; in a sky with clouds of its own
// all that is dark is. Before the glow of a low sun things are darker than anywhere, and
// what is little darker than the glow is haze.
func (sc *Scene) darkThings() raster.Plane { return sc.thingOnce.of(sc.findThings) }

func (sc *Scene) findThings() raster.Plane {
	p := brightnessOver(sc.detail).Smaller(cloudWidth)
	least := thingLeast
	if sc.cloudiness() > clearDetail {
		least = 2 * detailMost
	}
	broad, s := p.Blur(thingBlur*float64(p.W)/360), raster.NewSphere(p.W, p.H)
	glow := float32(0)
	if sc.Sun.Found {
		glow = thingGlow * float32(1-num.Step(lowSun, highSun, sc.Sun.Direction.Elevation()))
	}
	return broad.Each(func(i int) float32 {
		near := num.Step(cosGlow, cosBeforeGlow, s.Towards(i%p.W, i/p.W, sc.Sun.Direction))
		return 2*min(broad.V[i]+thingBroad, 0) - least - glow*float32(near)
	})
}

// thingLeast is by how many stops a thing is darker than a sky without clouds, and
// thingBroad by how many it is still where it is blurred by a deviation of thingBlur
// degrees. Before the glow of a low sun, within 15 to 35 degrees of it, it is darker
// by thingGlow more.
const (
	thingLeast float32 = .35
	thingBroad float32 = .22
	thingBlur          = 1.2

	thingGlow              float32 = 1.2
	lowSun, highSun                = 8., 20. // degrees
	cosGlow, cosBeforeGlow         = .819, .966
)

// cloudiness is the deviation, in stops, of the detail of the sky that is seen
// from its own blur: clouds have edges, and glare that the fit missed has none.
func (sc *Scene) cloudiness() float64 { return sc.cloudyOnce.of(sc.findCloudiness) }

func (sc *Scene) findCloudiness() float64 {
	p := sc.detail[1].Smaller(cloudWidth)
	alpha, blurred := sc.Mask.Alpha.Smaller(cloudWidth), p.Blur(cloudBlur*float64(p.W)/360)
	s := raster.NewSphere(p.W, p.H)
	var square, all float64
	for y := range s.Row(4) {
		for x, a := range alpha.Row(y) {
			if a > .97 && !(sc.Sun.Found && s.Towards(x, y, sc.Sun.Direction) > glareEnds) {
				v := float64(p.Row(y)[x] - blurred.Row(y)[x])
				square, all = square+s.Solid[y]*v*v, all+s.Solid[y]
			}
		}
	}
	return math.Sqrt(square / max(all, 1e-9))
}

// Clouds are looked at at a width, and their blur has a deviation of so many
// degrees. Glare ends at glareEnds, the cosine of the angle to the sun.
const cloudWidth, cloudBlur = 256, 6.

var glareEnds = math.Cos(num.Radians(20))

// BorrowClouds returns the target with the clouds of a sky that suits it. The
// same seed gives the same clouds, turned and mirrored alike about the sun.
func (sc *Scene) BorrowClouds(t Target, seed int64) (Target, *Borrowed, error) {
	low := math.Abs(t.SunElevation) < num.Radians(clouds.LowSun)
	choice := clouds.For(t.Cover, low, seed)
	stops, err := clouds.Read(choice.Name)
	if err != nil {
		return t, nil, err
	}
	d := &Detail{azimuth: -choice.Turn}
	for c := range stops {
		p := raster.NewPlane(clouds.Width, clouds.Width/2)
		for y := range p.H {
			from := stops[c][min(y, clouds.Height-1)*clouds.Width:][:clouds.Width]
			row := p.Row(y)
			copy(row, from)
			if choice.Mirrored {
				for x := range row {
					row[x] = from[clouds.Width-1-x]
				}
			}
		}
		d.planes[c] = p
	}
	d.stoodIn(atmosphere.Light{SunElevation: num.Radians(choice.Sun), Haze: borrowedHaze, Cover: choice.Cover})
	return t.Under(d), &Borrowed{choice.Name, math.Round(num.Degrees(choice.Turn)*10) / 10, choice.Mirrored}, nil
}

// Under is the target with other clouds, nil for the map's own.
func (t Target) Under(clouds *Detail) Target {
	if t.Clouds = clouds; clouds != nil {
		t.Detail = min(t.Detail, wholeClouds)
	}
	return t
}

// wholeClouds is the most gain of clouds that are as they were photographed:
// more is for what is left of a sky's own.
const wholeClouds = 1.2

// smoothly is a plane at twice the size, without the facets of linear
// interpolation.
func smoothly(p raster.Plane) raster.Plane { return p.To(2*p.W, 2*p.H).Blur(.8) }

// between is the light of the sky between a target's clouds, which may be the scene's own.
func (sc *Scene) between(t Target) atmosphere.Light {
	if t.Clouds != nil || sc.keepsClouds(t) {
		return gaps(t.Light)
	}
	return t.Light
}

// keepsClouds tells whether a target's cover is the scene's own clouds. A veil over the
// sky between them would take its blue and make the clouds dull.
func (sc *Scene) keepsClouds(t Target) bool {
	return sc.fits && t.Detail >= cloudsGain && sc.Light.Cover < openBelow && sc.cloudiness() >= clearDetail
}

// gaps is the light that comes through a cover's gaps: a broken one leaves it clear.
func gaps(l atmosphere.Light) atmosphere.Light {
	l.Cover *= num.Step(.5, .95, l.Cover)
	return l
}

// stoodIn gives clouds the smooth sky that they were photographed before, with its sun
// in the middle, and the light that they stood in, as package atmosphere draws both.
func (d *Detail) stoodIn(l atmosphere.Light) {
	was := draw(Target{Light: l}, gaps(l), clouds.Width)
	for c := range d.before {
		d.before[c] = raster.NewPlane(was.s.W, was.s.H).Each(func(i int) float32 { return num.Log2(max(was.im.Pix[3*i+c], 1e-30)) })
	}
	d.light = was.onClouds(Target{Light: l})
}

// borrowedHaze is the air that clouds were photographed in.
const borrowedHaze = .3

// clouded are a plan's clouds of another map, at its scene's size: as bright over the sky
// as they were photographed, and as white in the new light, before the new sky that base
// shows in stops, as they were in theirs.
func (p *plan) clouded(base [3]raster.Plane, in cloudLight) (out [3]raster.Plane) {
	d, w, h := p.t.Clouds, base[0].W, base[0].H
	out = d.turned(d.planes, p.t.SunAzimuth, w, h)
	if d.before[0].V != nil {
		before := d.turned(d.before, p.t.SunAzimuth, w, h)
		to := vec(atmosphere.Toward(num.Radians(d.light.to.Elevation()), p.t.SunAzimuth-d.azimuth))
		tone := cloudTone{far: 1, told: true, old: d.light.hues(1), new: in.hues(whiteAdapted), tint: tinted(p.t)}
		tone.low, tone.shaded = in.shade()
		tone.was = newCloudLit(rgb.Lum(d.light.sky), rgb.Lum(d.light.beam), to)
		was, is, s := brightness(before), brightness(base), raster.NewSphere(w, h)
		for y := range h / 2 {
			for x := range w {
				i := y*w + x
				cloud := [3]float32{out[0].V[i], out[1].V[i], out[2].V[i]}
				tone.relit(&cloud, [4]float32{before[0].V[i], before[1].V[i], before[2].V[i], was.V[i]},
					[4]float32{base[0].V[i], base[1].V[i], base[2].V[i], is.V[i]},
					float32(s.Towards(x, y, to)), float32(s.Towards(x, y, in.to)))
				for c, v := range cloud {
					out[c].V[i] = v
				}
			}
		}
	}
	for c := range out {
		out[c] = out[c].To(p.sc.s.W, p.sc.s.H)
	}
	return out
}
