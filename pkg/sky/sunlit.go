package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/water"
)

// sunlit is what a low beam fell on whose sun the map does not show: it stands behind
// trees or houses, or has just gone. One that grazes the ground lights what stands there and
// no level ground that would tell. What is paler than paper under the light that
// is known was lit by more, and so was what is as warm beside things that are not.
// The zero value is none.
type sunlit struct {
	any   bool
	stops raster.Guided // by how much that light raised the luminance, at the working size
	hue   [3]float32    // of the light, over the known one's, with a luminance of 1
	most  float32       // stops
	known [3]float32    // what the known light makes of most things, with a luminance of 1
}

const (
	sunlitHigh   = 50.    // degrees that lit things stand up to
	sunlitGrazes = 5.     // degrees up to which a sun that is seen grazes the ground
	sunlitMargin = 5.     // degrees beyond that its filter reaches at most
	sunlitAlbedo = .9     // over which no thing's is
	sunlitPaper  = .45    // the albedo that such things are taken to have
	sunlitDark   = .06    // that of the darkest thing that shows the beam
	sunlitArea   = 1.5e-3 // steradians that vouch for one
	sunlitWarm   = .8     // stops of red over blue that they are warmer than what is around
	sunlitThing  = .5     // stops that things are warm by themselves
	sunlitBare   = .7     // and that is taken of those of which little is left
	sunlitAround = 60.    // texels at 1024×512 that are around
)

// findSunlit looks for light that the known lights do not explain.
func (sc *Scene) findSunlit() (l sunlit) {
	if sc.Kind != Day && sc.Kind != Dusk || sc.Pure || !sc.fits || sc.canopy.spots > 0 ||
		sc.Sun.Found && (sc.shadow.hard || sc.Sun.Direction.Elevation() > sunlitGrazes) {
		return l
	}
	looks, water := sc.underKnownLight(), sc.wetness()
	var hue [3][]float32
	var bright []float32
	var area float64
	for i, albedo := range looks.albedo.V {
		if albedo > sunlitAlbedo && looks.warm.V[i] > sunlitWarm && water.at(i) < .5 {
			area += sc.s.Solid[i/sc.s.W]
			bright = append(bright, albedo)
			for c := range hue {
				hue[c] = append(hue[c], looks.part[c].V[i]/albedo)
			}
		}
	}
	if area < sunlitArea {
		return l
	}
	var q [3]float64
	for c := range q {
		q[c] = float64(raster.Quantile(hue[c], .5))
	}
	own := .9 * min(q[0], q[1], q[2]) // of the known light
	for c := range q {
		q[c] = max(q[c]-own, .03)
	}
	if q[0] < 1.2*q[1] { // light through leaves
		return l
	}
	q = rgb.Times(q, 1/rgb.Lum(q))
	known, warm := sc.old.level(), math.Exp2(sunlitBare/2)
	known[0], known[2] = known[0]*warm, known[2]/warm
	l.any = true
	for c := range l.hue {
		l.hue[c] = float32(q[c])
		l.known[c] = float32(max(known[c]/max(rgb.Lum(known), 1e-30), 1e-3))
	}
	l.most = num.Log2(1.5 * max(raster.Quantile(bright, .75)/sunlitPaper, 1))
	stops := sc.lum.Like().Each(func(i int) float32 {
		green := num.Log2(max(looks.part[1].V[i], 1e-6)/max(looks.part[0].V[i], 1e-6)) + looks.around.V[i]/2
		return l.beam(green, looks.albedo.V[i], looks.warm.V[i]) * (1 - num.Step(.05, .3, sc.Mask.Alpha.V[i]))
	})
	l.stops = raster.NewGuided(sc.f.Guide(), stops, sc.f.Texels(3), 1e-3)
	return l
}

// looks is what the foreground looks like under the light that is known.
type looks struct {
	albedo raster.Plane    // 0 where nothing lit can stand
	warm   raster.Plane    // stops of red over blue over what is around, or over most things
	part   [3]raster.Plane // albedo by channels
	around raster.Plane    // stops that what is around is warm
}

func (sc *Scene) underKnownLight() (k looks) {
	s := sc.s
	k.albedo, k.warm = sc.lum.Like(), sc.lum.Like()
	for c := range k.part {
		k.part[c] = sc.lum.Like()
	}
	walls, level, waters := sc.old.columns(s), sc.old.level(), sc.wetness()
	shade := sc.lum.Like() // where no beam falls, by its darkness
	for y := s.Row(sunlitHigh); y < s.Row(-sunlitHigh); y++ {
		for x := range s.W {
			i := y*s.W + x
			// Water shows what it mirrors.
			wet, elevation, back := waters.at(i) > .5, s.Elevation[y], 1.
			if wet {
				elevation, back = -elevation, water.Fresnel(-elevation)
			}
			if sc.Mask.Alpha.V[i] > .3 || wet && waters.sky.V[i] > .5 {
				continue
			}
			share := wallShare(elevation)
			light := rgb.Times(rgb.Plus(rgb.Times(walls[x], share), rgb.Times(level, 1-share)), back)
			for c := range k.part {
				k.part[c].V[i] = max(sc.im.Pix[3*i+c], 0) * math.Pi / float32(max(light[c], 1e-30))
			}
			k.albedo.V[i] = sc.lum.V[i] * math.Pi / float32(max(rgb.Lum(light), 1e-30))
			k.warm.V[i] = num.Log2(max(k.part[0].V[i], 1e-6) / max(k.part[2].V[i], 1e-6))
			if !wet {
				shade.V[i] = num.Step(.2, .08, k.albedo.V[i])
			}
		}
	}
	small := shade.Smaller(lightWidth)
	by := sunlitAround * float64(small.W) / 1024
	weight := small.Blur(by)
	around := k.warm.Like().Each(func(i int) float32 { return k.warm.V[i] * shade.V[i] }).Smaller(lightWidth).Blur(by)
	around.Each(func(i int) float32 { return (around.V[i] + .05*sunlitThing) / (weight.V[i] + .05) })
	around = around.To(s.W, s.H)
	for i := range k.warm.V {
		around.V[i] = max(around.V[i], sunlitThing)
		k.warm.V[i] -= around.V[i]
	}
	k.around = around
	return k
}

// beam is by how many stops the light raised what has an albedo by the known light,
// and stops of green over red and of red over blue beside what is around.
func (l *sunlit) beam(green, albedo, warm float32) float32 {
	if albedo <= sunlitDark || warm <= 0 {
		return 0
	}
	most := num.Exp2(l.most) - 1
	by := most
	// What is grey by itself and has this warmth got so much of it.
	if ratio := num.Exp2(warm); ratio*l.hue[2] < l.hue[0] {
		by = (ratio - 1) / (l.hue[0] - ratio*l.hue[2])
	}
	by = min(by, most)
	green -= num.Log2((1 + by*l.hue[1]) / (1 + by*l.hue[0])) // paint is of other colours
	sure := num.Step(.75*sunlitWarm, 1.5*sunlitWarm, warm*(1+2*num.Step(sunlitAlbedo, 2*sunlitAlbedo, albedo))) * num.Step(-3, -1.5, num.Log2(albedo)) * (1 - num.Step(.6, 1.2, num.Abs(green)))
	by = min(max(by, albedo/sunlitPaper-1), most, albedo/sunlitDark-1)
	return sure * num.Log2(1+by)
}

// takeOff takes it out of a texel of the map, which becomes no cooler than most
// things are; and what is left of little takes that colour.
func (l *sunlit) takeOff(v *[3]float32, stops float32) {
	if stops <= 0 {
		return
	}
	by := num.Exp2(min(stops, l.most)) - 1
	f := [3]float32{1 + by*l.hue[0], 1 + by*l.hue[1], 1 + by*l.hue[2]}
	colour := float32(1)
	warm := max(num.Log2(max(v[0], 1e-12)/max(v[2], 1e-12))-num.Log2(l.known[0]/l.known[2]), 0)
	if takes := num.Log2(f[0] / f[2]); takes > warm {
		colour = warm / takes
	}
	for c := range v {
		// Luminance goes by all of it, colour by as much as there is.
		v[c] /= (1 + by) * num.Exp2(colour*num.Log2(f[c]/(1+by)))
	}
	lum, guess := rgb.Luminance(v[0], v[1], v[2]), by/(1+by)
	guess *= guess
	for c := range v {
		v[c] += guess * guess * (lum*l.known[c] - v[c])
	}
}
