package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// cloudTone puts a sky's own clouds into another light. Their detail is stops over
// the sky behind: where a sun shone on them, white and bright over blue; the same
// stops over a bluer sky would be blue, and before a low sun as bright as at noon.
type cloudTone struct {
	far    float32    // how far the light changes, 0 to 1
	calm   float32    // how far the beam that lit them goes behind cloud
	old    hues       // in the light they stood in
	new    hues       // and in that which they stand in
	shaded hues       // of their shade in that
	low    float32    // how far a low sun colours it
	gaps   bool       // what is dark and blue lies between them
	tint   [3]float32 // stops, of all new light
	none   float32    // how far there is no beam, and their shade has the colour of all else
	was    cloudLit
	is     cloudLit
	kept   float32 // of the stops by which a cloud is brighter than its old light tells
	told   bool    // whether it is known how a sun lit them
	moves  float32 // share of the change of its brightness that it takes
	raised float32 // the most by which one becomes brighter
}

// cloudLit is how bright clouds are in a light.
type cloudLit struct {
	shade float32    // stops of the radiance of their shaded side, which the sky lights
	beam  float32    // radiance, over that, which the sun adds to the side that faces it
	to    envmap.Vec // the sun
	below bool       // it has set, and lights the side that is seen of clouds near it
}

const (
	cloudShade = .7  // radiance of a cloud's shaded side over that of a white plane under the sky
	cloudSides = .5  // and of its sunny side over that of a white plane that faces the sun
	cloudLeast = .35 // of it, that is seen right before the sun
)

// newCloudLit is of the irradiances of a sky on level ground and of a beam.
func newCloudLit(sky, beam float64, to envmap.Vec) cloudLit {
	shade := max(cloudShade*sky/math.Pi, 1e-30)
	return cloudLit{shade: float32(math.Log2(shade)), beam: float32(cloudSides * beam / math.Pi / shade), to: to}
}

// over is how many stops the sunny side of a cloud lies over its shade, at a cosine
// of the angle to the sun, opposite of which all of that side is seen.
func (l *cloudLit) over(cosine float32) float32 {
	if l.below {
		cosine = -cosine
	}
	return num.Log2(1 + l.beam*(cloudLeast+(1-cloudLeast)*(1-cosine)/2))
}

// most is that of all of its sunny side.
func (l *cloudLit) most() float32 { return num.Log2(1 + l.beam) }

// Under cloud what the sun lit keeps its stops over the sky around up to about
// calmBright, what lay in shade to calmDark, and more of them ever less.
const calmBright, calmDark float32 = .2, .8

// softly is about v where that is small, and rises as its logarithm does.
func softly(v float32) float32 { return num.Log2(1+v) / math.Log2E }

// whiteNone is the squared length, in stops, of a way from a sky's colour to white
// below which nothing tells how white a cloud is.
const whiteNone = .15

// thinnest is the least that a cloud may be thought to hide of the sky, and
// cloudThrough how much of the sky's colour comes through one right before the sun.
const thinnest, cloudThrough = .4, .6

// gapBlue is how many stops of blue over red more than the smooth sky has what is dark between
// clouds.
const gapBlue float32 = .15

// formKept is how much of a cloud's stops stays in any light, so that it keeps its form.
const formKept float32 = .3

// sidesLeast is how many stops a cloud's sunny side lies at least over its shade
// where the two are told apart, and raisedMost the most by which one rises that
// a sun lower than raisedLow degrees lit, from below or not at all.
const (
	sidesLeast, raisedMost float32 = .7, 1
	raisedLow                      = 5.
)

// tinted is a target's tint of all new light, in stops of luminance 1.
func tinted(t Target) (stops [3]float32) {
	for c, v := range t.Tint {
		stops[c] = float32(math.Log2(max(v, 1e-3) / max(rgb.Lum(t.Tint), 1e-3)))
	}
	return stops
}

// cloudTone is that of a plan.
func (p *plan) cloudTone() (t cloudTone) {
	sc := p.sc
	if p.far == 0 {
		return t
	}
	t.far = float32(p.far)
	lit := 1.
	if !sc.Sun.Found {
		lit -= sc.Light.Cover
	}
	t.calm = float32(lit * num.Step(.4, .9, p.t.Cover) * p.far)
	beam := rgb.Lum(p.sky.beam)
	side := beam * max(p.sky.source.Y, cloudSide)
	t.none = float32(1 - num.Step(0, .2, side/max(side+p.sky.level, 1e-30)))
	t.old, t.new, t.tint = sc.clouds.hues(1), p.sky.clouds.hues(whiteAdapted), tinted(p.t)
	t.gaps = true
	t.low, t.shaded = p.sky.clouds.shade()
	t.was = newCloudLit(rgb.Lum(sc.old.sky), rgb.Lum(sc.Sun.Disc()), sc.Sun.Direction)
	t.is = newCloudLit(p.sky.level, beam, p.sky.source)
	if after := rgb.Lum(p.sky.after); after > beam {
		// The glow of a sun that has set lights clouds near it from below.
		t.is = newCloudLit(p.sky.level, after, envmap.Vec{X: p.sky.source.X, Y: -p.sky.source.Y, Z: p.sky.source.Z})
		t.is.below = true
	}
	t.kept = min(t.is.most()/max(t.was.most(), sidesLeast), 1)
	if t.told = sc.Sun.Found || sc.Kind == Dusk; t.told {
		t.moves = 1 - formKept
	}
	t.raised = raisedMost * float32(1-num.Step(raisedLow, 2*raisedLow, sc.Sun.Direction.Elevation()))
	return t
}

// relit changes the detail of a texel. fit is the old sky behind it and base the
// new, in stops of red, green, blue and luminance; was and is are cosines of the
// angles to the old sun and the new. The way that the cloud's colour went from the
// old sky to white, it goes from the new sky to the new white.
func (t *cloudTone) relit(detail *[3]float32, fit, base [4]float32, was, is float32) {
	grey := rgb.Luminance(detail[0], detail[1], detail[2])
	shade, side := t.was.shade-fit[3], t.was.over(was)
	span := max(side, sidesLeast)
	var along, length float32
	old, new := t.old.at(was), t.new.at(is)
	for c := range detail {
		from := old[c] - (fit[c] - fit[3])
		along += from * (detail[c] - grey)
		length += from * from
	}
	cloud := min(max(along/(length+whiteNone), 0), 1)
	if t.told {
		cloud = max(cloud, min(grey/max(shade+side, sidesLeast), 1))
	}
	// The edge of a cloud is thin, and not in its shade.
	whole := grey / max(cloud, thinnest)
	lit := min(max((whole-shade)/span, 0), 1)
	more := float32(0)
	if t.moves > 0 {
		newShade, newSide, over := t.is.shade-base[3], t.is.over(is), max(whole-shade-span, 0)
		more = cloud * (newShade - shade + lit*(newSide-side) - (1-t.kept)*over)
	}
	lum := grey + t.far*t.moves*min(more, t.raised)
	if t.calm > 0 {
		calm := -calmDark * softly(-lum/calmDark)
		if lum > 0 {
			calm = calmBright * softly(lum/calmBright)
		}
		lum += t.calm * (calm - lum)
	}
	through := float32(1)
	if before := max(is, 0); !t.is.below { // what is lit from below is not seen through
		through -= cloudThrough * before * before
	}
	if t.told && t.low > 0 { // its shade is told by darkness
		dark := t.low * min(-grey/sidesLeast, 1)
		if t.gaps {
			dark *= num.Step(gapBlue, 0, detail[2]-detail[0])
		}
		cloud = max(cloud, dark)
	}
	bright := lit + t.none - lit*t.none
	var dim [3]float32
	if t.low > 0 && bright < 1 {
		dim = t.shaded.at(is)
	}
	for c := range detail {
		colour := detail[c] - grey
		white := bright*(t.far*new[c]+(1-t.far)*whiteAdapted*old[c]) + (1-bright)*t.far*t.low*dim[c]
		to := through * (t.tint[c] + white - (base[c] - base[3]))
		detail[c] = lum + colour + t.far*(cloud*to-colour)
	}
}

// tone is the brightness of the old smooth sky.
func (sc *Scene) tone() raster.Plane {
	return sc.toneOnce.of(func() raster.Plane { return brightness(sc.fit) })
}

// brightness is the logarithm of the luminance of colours in stops.
func brightness(p [3]raster.Plane) raster.Plane {
	return p[0].Like().Each(func(i int) float32 {
		return num.Log2(rgb.Luminance(num.Exp2(p[0].V[i]), num.Exp2(p[1].V[i]), num.Exp2(p[2].V[i])))
	})
}

// brightnessOver is the luminance of stops over a sky, in stops.
func brightnessOver(p [3]raster.Plane) raster.Plane {
	return p[0].Like().Each(func(i int) float32 { return rgb.Luminance(p[0].V[i], p[1].V[i], p[2].V[i]) })
}
