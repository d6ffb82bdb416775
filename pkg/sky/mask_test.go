package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/synth"
)

// Over a plain the mask is what lies above the horizon, at every size.
func TestMaskOfAPlain(t *testing.T) {
	t.Parallel()
	for _, w := range []int{256, 2048} {
		sc := analysed(t, field(atmosphere.Light{SunElevation: num.Radians(30), Haze: .2}, w, false), Day)
		alpha, s := sc.SkyMask(), raster.NewSphere(w, w/2)
		var wrong, all float64
		for y := range s.H {
			for x := range s.W {
				if e := s.Elevation[y]; e < -1.5 || e > 1.5 {
					a := float64(alpha[y*w+x])
					if e > 0 {
						a = 1 - a
					}
					wrong += a * s.Solid[y]
					all += s.Solid[y]
				}
			}
		}
		if wrong/all > .01 {
			t.Errorf("%d texels: %.1f %% of the sphere is masked wrongly", w, 100*wrong/all)
		}
	}
}

func TestKindOfSynthetic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want  label.Attributes
		kind  Kind
		share float64
	}{
		{label.Indoor, Indoor, .8},
		{label.Outdoor | label.Day | label.Clear, Day, .8},
	} {
		right, n := 0, 12
		for i := range uint64(n) {
			kind, err := KindOf(synth.NewLike(11, i, c.want).Draw(256, 128))
			if err != nil {
				t.Fatal(err)
			}
			if kind == c.kind {
				right++
			}
		}
		if float64(right) < c.share*float64(n) {
			t.Errorf("%v: %d of %d told, want %.0f %%", c.kind, right, n, 100*c.share)
		}
	}
}

func TestKindDoesNotChangeWithExposure(t *testing.T) {
	for i := range uint64(6) {
		im := synth.New(13, i).Draw(256, 128)
		before, _ := KindOf(im)
		for i := range im.Pix {
			im.Pix[i] *= 64
		}
		if after, _ := KindOf(im); after != before {
			t.Errorf("scene %d: %v, six stops brighter %v", i, before, after)
		}
	}
}

// A smooth ceiling is no sky, though it be larger than the sky beside it; no
// snow falls under it.
func TestACeilingIsNoSky(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(30), SunAzimuth: num.Radians(90), Haze: .2}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	under := func(x, y int) bool { return s.Elevation[y] > 40 || s.Elevation[y] > 0 && x < 150 }
	for y := range im.H {
		for x := range im.W {
			if under(x, y) {
				for c := range 3 {
					im.Row(y)[3*x+c] = .012
				}
			}
		}
	}
	sc := analysed(t, im, Day)
	var taken, all, sky, open float64
	for y := range s.H / 2 {
		for x, a := range sc.Mask.Alpha.Row(y) {
			if under(x, y) {
				taken += s.Solid[y] * float64(a)
				all += s.Solid[y]
			} else if s.Elevation[y] > 4 && s.Elevation[y] < 36 && x > 156 && x < 506 {
				sky += s.Solid[y] * float64(a)
				open += s.Solid[y]
			}
		}
	}
	if taken > .05*all || sky < .9*open {
		t.Errorf("%.2f of the ceiling and %.2f of the sky are sky, want none and all", taken/all, sky/open)
	}
	if n := sc.newSnow(1); n.cover.Row(s.Row(-60))[0] > .05 {
		t.Errorf("snow covers %.2f of the floor under the ceiling", n.cover.Row(s.Row(-60))[0])
	}
	if n := analysed(t, noonField(256), Day).newSnow(1); n.cover.Row(n.cover.H * 5 / 6)[0] < .5 {
		t.Errorf("snow covers %.2f of a field", n.cover.Row(n.cover.H * 5 / 6)[0])
	}
}

// Clouds down to the horizon that a low sun colours are sky at dusk; a wall in
// the sun is none by day.
func TestWhatOutshinesTheGround(t *testing.T) {
	for kind, most := range map[Kind][2]float64{Dusk: {.9, 1}, Day: {0, .2}} {
		im := field(atmosphere.Light{SunElevation: num.Radians(-1), Haze: .3}, 512, false)
		s, lum := raster.NewSphere(im.W, im.H), raster.Luminances(im)
		ground := raster.Quantile(lum.Where(func(_, y int) bool { return s.Elevation[y] < -4 }), .9)
		patch := func(x, y int) bool { return s.Elevation[y] > 0 && s.Elevation[y] < 24 && x > 100 && x < 140 }
		for y := range im.H {
			for x := range im.W {
				v := im.Row(y)[3*x : 3*x+3]
				if s.Elevation[y] > 0 { // a dull sky, so that the patch stands out
					v[0], v[1], v[2] = 2*ground, 2.2*ground, 2.6*ground
				}
				if patch(x, y) {
					grain := 1 + .5*float32((3*x+5*y)%7)/7
					v[0], v[1], v[2] = 30*ground*grain, 17*ground*grain, 8*ground*grain
				}
			}
		}
		m := analysed(t, im, kind).Mask.Alpha
		var sum, n float64
		for y := range s.H {
			for x := range s.W {
				if patch(x, y) && s.Elevation[y] > 14 && s.Elevation[y] < 20 {
					sum += float64(m.Row(y)[x])
					n++
				}
			}
		}
		if share := sum / n; share < most[0] || share > most[1] {
			t.Errorf("%v: %.2f of the patch is sky, want %v to %v", kind, share, most[0], most[1])
		}
	}
}

// What shines between trees on the sun's side, as haze under clouds, is sky though it is
// whiter than the sky above; a white wall on the other side is none.
func TestAGapOnTheSunsSideIsSky(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(30), SunAzimuth: 0, Haze: .25}, 512, false)
	s, lum := raster.NewSphere(im.W, im.H), raster.Luminances(im)
	ground := raster.Quantile(lum.Where(func(_, y int) bool { return s.Elevation[y] < -4 }), .9)
	side := func(x int) int { return (x + 128) % 256 } // of the middle of each side, 128
	gap := func(x, y int) bool {
		return s.Elevation[y] > 2 && s.Elevation[y] < 14 && side(x) > 120 && side(x) < 136
	}
	for y := range s.H / 2 {
		for x := range s.W {
			v := im.Row(y)[3*x : 3*x+3]
			grain := 1 + .4*float32((3*x+5*y)%7)/7
			switch {
			case gap(x, y):
				v[0], v[1], v[2] = 9*ground*grain, 9*ground*grain, 9.5*ground*grain
			case s.Elevation[y] < 19 && side(x) > 113 && side(x) < 143:
				v[0], v[1], v[2] = .12*ground*grain, .2*ground*grain, .1*ground*grain
			case s.Towards(x, y, vec(atmosphere.Toward(num.Radians(30), 0))) < .995:
				v[0], v[1], v[2] = 1.7*ground, 2.2*ground, 3*ground
			}
		}
	}
	sc := analysed(t, im, Day)
	share := func(left, right int) (mean float64) {
		var n float64
		for y := range s.H {
			for x := left; x < right; x++ {
				if gap(x, y) && s.Elevation[y] < 11 && s.Elevation[y] > 5 && side(x) > 123 && side(x) < 133 {
					mean, n = mean+float64(sc.Mask.Alpha.Row(y)[x]), n+1
				}
			}
		}
		return mean / n
	}
	if before, behind := share(128, 384), share(0, 128); before < .9 || behind > .2 || !sc.Sun.Found {
		t.Errorf("%.2f of the gap towards the sun is sky, and %.2f of a wall away from it: want .9 or more, and .2 at most", before, behind)
	}
}

// A cloud that stands on the horizon at dusk in the shade of others is sky: it is
// darker, but has its colour and outshines the ground.
func TestShadedCloudOnTheHorizonIsSky(t *testing.T) {
	for _, c := range []struct {
		part        float32 // of the sky's light
		least, most float64
	}{{.3, .9, 1}, {.02, 0, .1}} {
		im := field(atmosphere.Light{SunElevation: num.Radians(-1), Haze: .3}, 512, false)
		s := raster.NewSphere(im.W, im.H)
		cloud := func(x, y int) bool { return s.Elevation[y] > 0 && s.Elevation[y] < 8 && x > 320 && x < 345 }
		for y := range im.H {
			for x := range im.W {
				for k := range 3 {
					if v := &im.Row(y)[3*x+k]; cloud(x, y) {
						*v *= c.part * (1 + .3*float32((3*x+5*y)%7)/7)
					} else if s.Elevation[y] < 0 {
						*v *= .1 // ground in the shade
					}
				}
			}
		}
		m := analysed(t, im, Dusk).Mask.Alpha
		var sum, n float64
		for y := range s.H {
			for x := range s.W {
				if cloud(x, y) && s.Elevation[y] > 2 {
					sum, n = sum+float64(m.Row(y)[x]), n+1
				}
			}
		}
		if share := sum / n; share < c.least || share > c.most {
			t.Errorf("of what has %.2f of the light of the sky behind %.2f is sky, want %v to %v", c.part, share, c.least, c.most)
		}
	}
}

// A gap between houses away from the sun shows a darker, bluer sky, and is one; a pane
// as large that mirrors it, or one of pale wall, is none.
func TestAGapBetweenHousesIsSky(t *testing.T) {
	l := atmosphere.Light{SunElevation: num.Radians(40), SunAzimuth: num.Radians(90), Haze: .5}
	for name, c := range map[string]struct {
		tint        [3]float32 // over the sky that stands there
		least, most float64
	}{
		"gap":  {[3]float32{1, 1, 1}, .9, 1},
		"pane": {[3]float32{.14, .15, .16}, 0, .1},
		"wall": {[3]float32{.5, .3, .17}, 0, .1},
	} {
		im := field(l, 512, false)
		s := raster.NewSphere(im.W, im.H)
		// Columns of the sun's side, and of that away from it.
		gap := func(x, y int) bool { return s.Elevation[y] > 2 && s.Elevation[y] < 38 && x > 100 && x < 126 }
		open := func(x, y int) bool { return s.Elevation[y] > 0 && x > 300 && x < 480 }
		wall := im.Row(s.Row(-30))[:3]
		for y := range s.H / 2 {
			for x := range s.W {
				v := im.Row(y)[3*x : 3*x+3]
				switch {
				case gap(x, y):
					for k := range v {
						v[k] *= c.tint[k]
					}
				case !open(x, y):
					for k := range v {
						v[k] = .3 * wall[k] * (1 + .4*float32((7*x+5*y)%11)/11)
					}
				}
			}
		}
		alpha := analysed(t, im, Day).Mask.Alpha
		var sum, n float64
		for y := s.Row(35); y < s.Row(5); y++ {
			for x := 104; x < 123; x++ {
				sum, n = sum+float64(alpha.Row(y)[x]), n+1
			}
		}
		if share := sum / n; share < c.least || share > c.most {
			t.Errorf("%.2f of a %s is sky, want %v to %v", share, name, c.least, c.most)
		}
	}
}

// By day nothing large but a sun outshines a sky: a smooth ceiling that is bluish
// has strips of lamps, and snow under cloud has none.
func TestCeilingsAreNoSkies(t *testing.T) {
	t.Parallel()
	draw := func(strips bool) *hdr.Image {
		const w, h = 512, 256
		im, s := hdr.New(w, h), raster.NewSphere(w, h)
		r := rand.New(rand.NewPCG(4, 9))
		for y := range h {
			for x := range w {
				c := [3]float64{.1, .105, .125}
				switch d := s.Direction(x, y); {
				case strips && d.Y > .3 && math.Abs(d.X) < .12:
					c = [3]float64{12, 11, 10}
				case d.Y < 0:
					c = rgb.Times(c, math.Exp2(.6*(r.Float64()-.5)))
				}
				for k := range c {
					im.Row(y)[3*x+k] = float32(c[k])
				}
			}
		}
		return im
	}
	for strips, want := range map[bool]bool{true: true, false: false} {
		got, err := KindOf(draw(strips))
		if err != nil {
			t.Fatal(err)
		}
		if (got == Indoor) != want {
			t.Errorf("a bluish, even upper half with strips of lamps %v is %v, want indoor %v", strips, got, want)
		}
	}
}
