package sky

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/synth"
)

// Over a plain the mask is what lies above the horizon, at every size.
func TestMaskOfAPlain(t *testing.T) {
	t.Parallel()
	for _, w := range []int{256, 2048} {
		sc := analysed(t, field(atmosphere.Light{SunElevation: radians(30), Haze: .2}, w, false), Day)
		alpha, s := sc.SkyMask(), newSphere(w, w/2)
		var wrong, all float64
		for y := range s.h {
			for x := range s.w {
				if e := s.elevation[y]; e < -1.5 || e > 1.5 {
					a := float64(alpha[y*w+x])
					if e > 0 {
						a = 1 - a
					}
					wrong += a * s.solid[y]
					all += s.solid[y]
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
	im := field(atmosphere.Light{SunElevation: radians(30), SunAzimuth: radians(90), Haze: .2}, 512, false)
	s := newSphere(im.W, im.H)
	under := func(x, y int) bool { return s.elevation[y] > 40 || s.elevation[y] > 0 && x < 150 }
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
	for y := range s.h / 2 {
		for x, a := range sc.Mask.alpha.row(y) {
			if under(x, y) {
				taken += s.solid[y] * float64(a)
				all += s.solid[y]
			} else if s.elevation[y] > 4 && s.elevation[y] < 36 && x > 156 && x < 506 {
				sky += s.solid[y] * float64(a)
				open += s.solid[y]
			}
		}
	}
	if taken > .05*all || sky < .9*open {
		t.Errorf("%.2f of the ceiling and %.2f of the sky are sky, want none and all", taken/all, sky/open)
	}
	if n := sc.newSnow(1); n.cover.row(s.row(-60))[0] > .05 {
		t.Errorf("snow covers %.2f of the floor under the ceiling", n.cover.row(s.row(-60))[0])
	}
	if n := analysed(t, noonField(256), Day).newSnow(1); n.cover.row(n.cover.h * 5 / 6)[0] < .5 {
		t.Errorf("snow covers %.2f of a field", n.cover.row(n.cover.h * 5 / 6)[0])
	}
}

// Clouds down to the horizon that a low sun colours are sky at dusk; a wall in
// the sun is none by day.
func TestWhatOutshinesTheGround(t *testing.T) {
	for kind, most := range map[Kind][2]float64{Dusk: {.9, 1}, Day: {0, .2}} {
		im := field(atmosphere.Light{SunElevation: radians(-1), Haze: .3}, 512, false)
		s, lum := newSphere(im.W, im.H), luminances(im)
		ground := quantile(lum.where(func(_, y int) bool { return s.elevation[y] < -4 }), .9)
		patch := func(x, y int) bool { return s.elevation[y] > 0 && s.elevation[y] < 24 && x > 100 && x < 140 }
		for y := range im.H {
			for x := range im.W {
				v := im.Row(y)[3*x : 3*x+3]
				if s.elevation[y] > 0 { // a dull sky, so that the patch stands out
					v[0], v[1], v[2] = 2*ground, 2.2*ground, 2.6*ground
				}
				if patch(x, y) {
					grain := 1 + .5*float32((3*x+5*y)%7)/7
					v[0], v[1], v[2] = 30*ground*grain, 17*ground*grain, 8*ground*grain
				}
			}
		}
		m := analysed(t, im, kind).Mask.alpha
		var sum, n float64
		for y := range s.h {
			for x := range s.w {
				if patch(x, y) && s.elevation[y] > 14 && s.elevation[y] < 20 {
					sum += float64(m.row(y)[x])
					n++
				}
			}
		}
		if share := sum / n; share < most[0] || share > most[1] {
			t.Errorf("%v: %.2f of the patch is sky, want %v to %v", kind, share, most[0], most[1])
		}
	}
}

// By day nothing large but a sun outshines a sky: a smooth ceiling that is bluish
// has strips of lamps, and snow under cloud has none.
func TestCeilingsAreNoSkies(t *testing.T) {
	t.Parallel()
	draw := func(strips bool) *hdr.Image {
		const w, h = 512, 256
		im, s := hdr.New(w, h), newSphere(w, h)
		r := rand.New(rand.NewPCG(4, 9))
		for y := range h {
			for x := range w {
				c := [3]float64{.1, .105, .125}
				switch d := s.direction(x, y); {
				case strips && d.Y > .3 && math.Abs(d.X) < .12:
					c = [3]float64{12, 11, 10}
				case d.Y < 0:
					c = times(c, math.Exp2(.6*(r.Float64()-.5)))
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
