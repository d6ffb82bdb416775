package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// hedge is the elevation, in degrees, of the foot of the bushes in thicket.
func hedge(s *raster.Sphere, x int) float64 {
	return -5 + 3*math.Sin(2*math.Pi*9*float64(x)/float64(s.W)) + 1.5*math.Sin(2*math.Pi*23*float64(x)/float64(s.W))
}

// thicket is a pale field with dark green bushes all around, which stand on it
// nearer here and farther there.
func thicket(w int) *hdr.Image {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: 1, Haze: .25}, w, false)
	s, r := raster.NewSphere(w, w/2), rand.New(rand.NewPCG(8, 2))
	for y := range s.H {
		for x := range s.W {
			if s.Elevation[y] < 14 && s.Elevation[y] > hedge(s, x) {
				leaf := float32(.012 * math.Exp2(1.6*(r.Float64()-.5)))
				copy(im.Row(y)[3*x:], []float32{.8 * leaf, 1.4 * leaf, .5 * leaf})
			}
		}
	}
	return im
}

// Snow ends where the ground does, and at no one elevation.
func TestSnowEndsWhereTheGroundDoes(t *testing.T) {
	sc := analysed(t, thicket(512), Day)
	s, n := sc.s, sc.newSnow(1)
	var over, under, count float64
	var edges []float64
	for x := range s.W {
		foot := s.Row(hedge(s, x))
		for d := 2; d < 6; d++ {
			over += float64(n.cover.Row(foot - 1 - d)[x])
			under += float64(n.cover.Row(foot + d)[x])
			count++
		}
		for y := s.H - 1; y > s.H/2; y-- {
			if n.cover.Row(y)[x] < .4 {
				edges = append(edges, s.Elevation[y]-hedge(s, x))
				break
			}
		}
	}
	if over, under = over/count, under/count; over > .3 || under < .75 {
		t.Errorf("snow covers %.2f of the foot of the bushes and %.2f of the ground before them, want less than .3 and more than .75", over, under)
	}
	var mean, spread float64
	for _, d := range edges {
		mean += d / float64(len(edges))
	}
	for _, d := range edges {
		spread += (d - mean) * (d - mean) / float64(len(edges))
	}
	// The foot itself goes up and down by 2.4° about its mean.
	if math.Abs(mean) > 1.5 || math.Sqrt(spread) > 1.6 {
		t.Errorf("snow ends %.2f° over the bushes' foot, give or take %.2f°, want within 1.5°, give or take 1.6°", mean, math.Sqrt(spread))
	}
}

// Snow lets the ground's relief through, weaker, and is never as flat as fog.
func TestSnowKeepsRelief(t *testing.T) {
	im := field(daylights[0], 512, false)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("winter snow")
	was, is := raster.Luminances(im), raster.Luminances(rendered(t, sc, target))
	relief := func(p raster.Plane) []float64 {
		lg := p.Like().Each(func(i int) float32 { return num.Log2(p.V[i]) })
		far := lg.Blur(6)
		var v []float64
		for y := sc.s.Row(-20); y < sc.s.Row(-50); y++ {
			for x := range sc.s.W {
				v = append(v, float64(lg.Row(y)[x]-far.Row(y)[x]))
			}
		}
		return v
	}
	a, b := relief(was), relief(is)
	var aa, bb, ab float64
	for i := range a {
		aa += a[i] * a[i]
		bb += b[i] * b[i]
		ab += a[i] * b[i]
	}
	if alike, left := ab/math.Sqrt(aa*bb), math.Sqrt(bb/aa); alike < .85 || left < .25 || left > .9 {
		t.Errorf("snow keeps %.2f of the relief, and is like it by %.2f: want .25 to .9, and more than .85", left, alike)
	}
}

// Under leaves that hide most of the sky less snow lies than in the open.
func TestSnowIsThinUnderLeaves(t *testing.T) {
	cover := func(trees bool) float64 {
		im := field(atmosphere.Light{SunElevation: num.Radians(40), Cover: 1}, 512, false)
		s, r := raster.NewSphere(im.W, im.H), rand.New(rand.NewPCG(4, 4))
		for i := len(im.Pix) / 2; trees && i < len(im.Pix); i++ {
			im.Pix[i] *= .5 // which little light reaches
		}
		for y := range s.H / 2 {
			for x := range s.W {
				if trees && r.Float64() < .8 {
					leaf := float32(.02 * math.Exp2(2*(r.Float64()-.5)))
					copy(im.Row(y)[3*x:], []float32{.7 * leaf, 1.3 * leaf, .4 * leaf})
				}
			}
		}
		sc := analysed(t, im, Day)
		if trees == (sc.Mask.Share > .5) || !sc.SkySeen() {
			t.Fatalf("trees %v: %.2f of the sky is seen", trees, sc.Mask.Share)
		}
		n := sc.newSnow(1)
		var sum, all float64
		for y := s.Row(-25); y < s.H; y++ {
			for _, v := range n.cover.Row(y) {
				sum += s.Solid[y] * float64(v)
				all += s.Solid[y]
			}
		}
		return sum / all
	}
	if open, wood := cover(false), cover(true); wood > .8*open || wood < .2 {
		t.Errorf("snow covers %.2f of a wood's ground and %.2f in the open, want less, and some", wood, open)
	}
}

// A camera is set for snow and fog: how bright the picture is then goes little
// with how dark the ground was, and what words ask beyond it stays theirs.
func TestCameraIsSetForSnowAndFog(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"winter snow", "foggy morning"} {
		var bright []float64
		for _, albedo := range []float32{.3, 1, 2} {
			im := field(daylights[0], 256, false)
			for i := 3 * im.W * im.H / 2; i < len(im.Pix); i++ {
				im.Pix[i] *= albedo
			}
			sc := analysed(t, im, Day)
			target, _ := sc.Preset(name)
			out := rendered(t, sc, target)
			low := raster.Luminances(out).Where(func(_, y int) bool { return sc.s.Elevation[y] > 5 && sc.s.Elevation[y] < 25 })
			bright = append(bright, math.Log2(float64(raster.Quantile(low, .5)))+envmap.AutoExposure(im))
			target.ExposureStops++
			if by := envmap.Stops(envmap.IrradianceFromAbove(out), envmap.IrradianceFromAbove(rendered(t, sc, target))); math.Abs(by-1) > .02 {
				t.Errorf("%s: a stop of exposure makes the map %.3f stops brighter", name, by)
			}
			target.KeepEnergy = true
			target.ExposureStops = 0
			if by := envmap.Stops(envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(rendered(t, sc, target))); math.Abs(by) > .3 {
				t.Errorf("%s that keeps energy moves it by %.2f stops", name, by)
			}
		}
		// .18 is middle grey: 1 to 2.4 stops over it is bright and not white.
		for _, b := range bright {
			if over := b - math.Log2(.18); over < 1 || over > 2.6 {
				t.Errorf("%s: the low sky is %.2f stops over middle grey, want 1 to 2.6", name, over)
			}
		}
	}
}

// From under a roof that is open to one side, snow is seen through the opening:
// out to where it ends, and the farther in the higher it opens.
func TestSnowEndsUnderTheRoofsEdge(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(60), Haze: .25}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	opens := func(x int) float64 { // degrees
		if away := math.Abs(float64(x - 256)); away < 90 {
			return 52 * math.Sqrt(1-away*away/8100)
		}
		return 0
	}
	level := raster.Quantile(raster.Luminances(im).Where(func(_, y int) bool { return s.Elevation[y] < -20 }), .5)
	for y := range s.H / 2 {
		for x := range s.W {
			if s.Elevation[y] > opens(x) || x >= 297 && x < 303 { // a post
				copy(im.Row(y)[3*x:], []float32{.12 * level, .12 * level, .12 * level})
			}
		}
	}
	sc := analysed(t, im, Day)
	if sc.roofed() < .9 {
		t.Fatalf("the roof is told for one by %.2f", sc.roofed())
	}
	n := sc.newSnow(1)
	at := func(x int, elevation float64) float64 {
		var sum float64
		for d := -6; d <= 6; d++ {
			sum += float64(n.cover.Row(s.Row(elevation))[x+d]) / 13
		}
		return sum
	}
	for _, c := range []struct {
		x           int
		elevation   float64
		least, most float64
	}{{256, -10, .3, 1}, {256, -22, .8, 1}, {300, -17, .8, 1}, {256, -60, 0, .02}, {185, -40, 0, .02}, {60, -8, 0, .05}, {60, -30, 0, .02}} {
		if got := at(c.x, c.elevation); got < c.least || got > c.most {
			t.Errorf("column %d, %v°: snow covers %.2f, want %v to %v", c.x, c.elevation, got, c.least, c.most)
		}
	}
}

// On undergrowth, which is dark and rough, snow lies as a dusting: more of it on what
// is bright from above, no patches of white and black, and leaves still show.
func TestSnowOnUndergrowthIsADusting(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: 1, Haze: .25}, 512, false)
	s, r := raster.NewSphere(im.W, im.H), rand.New(rand.NewPCG(8, 4))
	leaves := raster.NewPlane(im.W/3, im.H/3)
	for i := range leaves.V {
		leaves.V[i] = float32(r.NormFloat64())
	}
	grown := leaves.To(im.W, im.H)
	in := func(y int) bool { return s.Elevation[y] < -12 && s.Elevation[y] > -45 }
	for y := range s.H {
		for x := range s.W {
			if in(y) {
				leaf := .03 * num.Exp2(1.6*grown.Row(y)[x])
				copy(im.Row(y)[3*x:], []float32{.8 * leaf, 1.3 * leaf, .6 * leaf})
			}
		}
	}
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("winter snow")
	cover, out := sc.newSnow(1).cover, raster.Luminances(rendered(t, sc, target))
	var some, all, a, b, aa, bb, ab float64
	for y := s.Row(-18); y < s.Row(-40); y++ {
		for x := range s.W {
			if v := cover.Row(y)[x]; v > .15 && v < .8 {
				some++
			}
			was, is := float64(num.Log2(sc.lum.Row(y)[x])), float64(num.Log2(out.Row(y)[x]))
			a, b, aa, bb, ab, all = a+was, b+is, aa+was*was, bb+is*is, ab+was*is, all+1
		}
	}
	like := (ab - a*b/all) / math.Sqrt((aa-a*a/all)*(bb-b*b/all))
	if some /= all; some < .3 || like < .85 {
		t.Errorf("%.2f of the undergrowth is covered in part, and the leaves show through by %.2f: want .3 and .85 or more", some, like)
	}
}

// What the sun lit through leaves has no more snow than the ground around it.
func TestSnowForgetsTheSpotsOfSun(t *testing.T) {
	t.Parallel()
	im, inside := spotted(512)
	sc := analysed(t, im, Day)
	cover := sc.newSnow(1).cover
	var sum, n [2]float64
	for y := sc.s.Row(-12); y < sc.s.Row(-55); y++ {
		for x, v := range cover.Row(y) {
			k := 0
			if inside(x, y) {
				k = 1
			}
			sum[k], n[k] = sum[k]+float64(v), n[k]+1
		}
	}
	if shade, spots := sum[0]/n[0], sum[1]/n[1]; math.Abs(spots-shade) > .1 || shade < .4 {
		t.Errorf("snow covers %.2f of the spots of sun and %.2f of the shade, want the same within .1, and .4 or more", spots, shade)
	}
}

// A tall bush has a dusting on what is seen of it from above, nowhere white, and none where
// its leaves are seen from below. Grass as green is ground, up to the bush.
func TestTallBushesHaveADustingBelowTheEye(t *testing.T) {
	t.Parallel()
	im := field(atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: 1, Haze: .25}, 512, false)
	s, r := raster.NewSphere(im.W, im.H), rand.New(rand.NewPCG(3, 5))
	const top, foot = 30., -10.
	bush := func(x int) bool { return x > 100 && x < 300 }
	for y := range s.H {
		for x := range s.W {
			switch e := s.Elevation[y]; {
			case bush(x) && e < top && e > foot:
				leaf := float32(.02 * math.Exp2(2.4*(r.Float64()-.5)))
				copy(im.Row(y)[3*x:], []float32{.8 * leaf, 1.4 * leaf, .5 * leaf})
			case e < 0:
				grass := .08 * float32(math.Exp2(.6*(r.Float64()-.5)))
				copy(im.Row(y)[3*x:], []float32{.8 * grass, 1.3 * grass, .5 * grass})
			}
		}
	}
	sc := analysed(t, im, Day)
	cover := sc.newSnow(1).cover
	of := func(from, to float64) (mean, white float64) {
		var n float64
		for y := s.Row(from); y < s.Row(to); y++ {
			for x := 110; x < 290; x++ {
				v := float64(cover.Row(y)[x])
				mean, n = mean+v, n+1
				if v > .6 {
					white++
				}
			}
		}
		return mean / n, white / n
	}
	if above, _ := of(25, 3); above > .01 {
		t.Errorf("above the eye snow covers %.2f of the leaves, want none", above)
	}
	if below, white := of(-5, -9); below < .02 || below > .4 || white > .02 {
		t.Errorf("below the eye snow covers %.2f of the leaves, and %.2f of them are white: want .02 to .4, and .02 at most", below, white)
	}
	if grass, _ := of(-13, -25); grass < .8 {
		t.Errorf("snow covers %.2f of the grass before the bush, want .8 and more", grass)
	}
}

// Snow that lies already keeps its relief when more is to fall, and its shade, blue
// under a blue sky, is as grey as the rest of it where the new sky is.
func TestSnowThatLiesKeepsItsRelief(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(22), SunAzimuth: num.Radians(40), Haze: .1}
	im := field(l, 512, false)
	sky := atmosphere.New(l)
	light := onLevel(l)
	const albedo = .75
	scale := albedo / .18 * .1 / rgb.Lum(light) // field's ground is .1 by an albedo of .18
	s := raster.NewSphere(im.W, im.H)
	shaded := func(x, y int) bool { return s.Elevation[y] < -6 && s.Elevation[y] > -14 && x%64 < 24 }
	for y := im.H / 2; y < im.H; y++ {
		for x := range im.W {
			from := light
			if shaded(x, y) {
				from = sky.Horizontal()
			}
			grain := .8 + .4*float32((3*x+5*y)%7)/7 // too rough for water
			for c := range 3 {
				im.Row(y)[3*x+c] = grain * float32(scale*from[c])
			}
		}
	}
	sc := analysed(t, im, Day)
	if !sc.snowy().some {
		t.Fatal("a field of snow is none")
	}
	for _, name := range []string{"overcast", "winter snow"} {
		target, _ := sc.Preset(name)
		out := rendered(t, sc, target)
		of := func(in bool, value func(v []float32) float64) float64 {
			var all []float64
			for y := s.Row(-8); y < s.Row(-12); y++ {
				for x := range im.W {
					if shaded(x, y) == in && shaded(x+6, y) == in && shaded(x+im.W-6, y) == in {
						all = append(all, value(out.Row(y)[3*x:3*x+3]))
					}
				}
			}
			return raster.Quantile(all, .5)
		}
		red := func(v []float32) float64 { return math.Log2(float64(v[0] / v[2])) }
		lum := func(v []float32) float64 { return math.Log2(float64(rgb.Luminance(v[0], v[1], v[2]))) }
		if off := of(true, red) - of(false, red); math.Abs(off) > .1 {
			t.Errorf("%s: the shade's red over blue lies %.2f stops from that of what was lit, want none", name, off)
		}
		if deep := of(false, lum) - of(true, lum); deep < .1 || deep > 1 {
			t.Errorf("%s: what lay in shade is %.2f stops darker, want it seen and soft", name, deep)
		}
	}
}
