package atmosphere

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func degrees(e float64) string { return fmt.Sprintf("%g°", e) }

// lights are a spread of what a search may ask for.
func lights(n int) []Light {
	rng := rand.New(rand.NewPCG(5, 6))
	ls := make([]Light, n)
	for i := range ls {
		ls[i] = Light{
			SunElevation: (rng.Float64()*2 - 1) * math.Pi / 2,
			SunAzimuth:   (rng.Float64()*2 - 1) * math.Pi,
			Haze:         rng.Float64(), Cover: rng.Float64(), Moon: rng.Float64(), Stars: rng.Float64(),
		}
	}
	return ls
}

// sound says what is wrong with a sky's numbers, or "".
func sound(s *Sky) string {
	checks := map[string][3]float64{"beam": s.Beam(), "horizontal": s.Horizontal()}
	for _, e := range []float64{-90, -30, -5, -.1, 0, .1, 5, 30, 90} {
		for _, a := range []float64{-180, -60, 0, 1, 180} {
			checks[fmt.Sprintf("radiance at %v°, %v°", e, a)] = s.Radiance(Toward(e*degree, a*degree))
		}
	}
	for what, c := range checks {
		for _, v := range c {
			if !(v >= 0 && v < 1e6) {
				return fmt.Sprintf("%s is %v", what, c)
			}
		}
	}
	return ""
}

func TestSkiesAreSound(t *testing.T) {
	for _, l := range lights(40) {
		s := New(l)
		if fault := sound(s); fault != "" {
			t.Errorf("%+v: %s", l, fault)
		}
		// The ground gets less than there is above the air, moon and
		// airglow included.
		up := max(0, math.Sin(l.SunElevation))
		above := SunIrradiance*(up+.02) + Luminance(s.Beam())*math.Sin(math.Abs(l.SunElevation))
		if got := Luminance(s.Horizontal()) + Luminance(s.Beam())*up; got > above {
			t.Errorf("%+v: the ground gets %v W/m², more than the %v above the air", l, got, above)
		}
	}
}

func FuzzLight(f *testing.F) {
	f.Add(.3, 1., .2, .5, 0., 0.)
	f.Add(.7, 0., .5, 1e-16, 1e-9, 1.)
	f.Add(math.Inf(1), math.NaN(), -3., 7., math.Inf(1), math.Inf(-1))
	f.Fuzz(func(t *testing.T, elevation, azimuth, haze, cover, moon, stars float64) {
		l := Light{elevation, azimuth, haze, cover, min(moon, 1000), stars}
		if fault := sound(New(l)); fault != "" {
			t.Errorf("%+v: %s", l, fault)
		}
	})
}

func TestRenderIsRadiance(t *testing.T) {
	const w, h = 64, 32
	for _, l := range lights(4) {
		s := New(l)
		pix := s.Render(w, h)
		for y := range h {
			for x := range w {
				elevation := math.Pi * (.5 - (float64(y)+.5)/h)
				azimuth := math.Pi * (2*(float64(x)+.5)/w - 1)
				want := s.Radiance(Toward(elevation, azimuth))
				for c := range 3 {
					if got := float64(pix[3*(y*w+x)+c]); math.Abs(got-want[c]) > 1e-4*want[c]+1e-12 {
						t.Fatalf("texel %d, %d: got %v, want %v", x, y, got, want)
					}
				}
			}
		}
	}
}

// Turning the sun by whole texels turns the map.
func TestYawCommutes(t *testing.T) {
	const w, h = 96, 48
	for _, by := range []int{1, 17, 48, 95} {
		l := Light{SunElevation: .2, SunAzimuth: .3, Haze: .5, Cover: .3, Moon: 1}
		still := New(l)
		a := still.Render(w, h)
		still.AddDisc(a, w, h)
		l.SunAzimuth += 2 * math.Pi / w * float64(by)
		turned := New(l)
		b := turned.Render(w, h)
		turned.AddDisc(b, w, h)
		for y := range h {
			for x := range w {
				for c := range 3 {
					want, got := a[3*(y*w+x)+c], b[3*(y*w+(x+by)%w)+c]
					if math.Abs(float64(got-want)) > 2e-3*float64(want) {
						t.Fatalf("turned by %d texels, %d, %d: got %v, want %v", by, x, y, got, want)
					}
				}
			}
		}
	}
}

// stops is how far two colours are apart in their farthest channel.
func stops(a, b [3]float64) (most float64) {
	for c := range a {
		most = max(most, math.Abs(math.Log2(a[c]/b[c])))
	}
	return most
}

func TestNoSeams(t *testing.T) {
	for _, l := range lights(12) {
		s := New(l)
		for a := -180.; a <= 180; a += 30 {
			above, below := s.Radiance(Toward(1e-7, a*degree)), s.Radiance(Toward(-1e-7, a*degree))
			if d := stops(above, below); d > .01 {
				t.Errorf("%+v: the horizon at %v° jumps by %v stops", l, a, d)
			}
			for _, pole := range []float64{90, -90} {
				if d := stops(s.Radiance(Toward(pole*degree, a*degree)), s.Radiance(Toward(pole*degree, 0))); d > 1e-4 {
					t.Errorf("%+v: the pole differs by %v stops from another side", l, d)
				}
			}
			// Neither do neighbours differ more across the zenith than beside it.
			here, there := s.Radiance(Toward(89*degree, a*degree)), s.Radiance(Toward(89*degree, (a+180)*degree))
			if d := stops(here, there); d > .5 {
				t.Errorf("%+v: 1° from the zenith, opposite sides differ by %v stops", l, d)
			}
		}
		for e := -80.; e <= 80; e += 20 {
			if d := stops(s.Radiance(Toward(e*degree, math.Pi)), s.Radiance(Toward(e*degree, -math.Pi))); d > 1e-6 {
				t.Errorf("%+v: the map's edges differ by %v stops at %v°", l, d, e)
			}
		}
	}
}

// A small step of any number is a small step of the light, dusk included.
func TestLightMovesSmoothly(t *testing.T) {
	views := [][3]float64{Toward(1*degree, 0), Toward(10*degree, .5), Toward(45*degree, 2), {0, 1, 0}, Toward(2*degree, math.Pi), Toward(-10*degree, 1)}
	along := func(what string, from, to, step, most, bend float64, light func(v float64) Light) {
		var before, last [][3]float64
		for v := from; v <= to; v += step {
			s := New(light(v))
			now := [][3]float64{s.Horizontal()}
			for _, d := range views {
				now = append(now, s.Radiance(d))
			}
			for i := range now {
				if last == nil {
					break
				}
				if d := stops(now[i], last[i]); d > most {
					t.Errorf("%s %v: view %d jumps by %v stops", what, v, i, d)
				}
				if before == nil {
					continue
				}
				for c := range 3 {
					second := math.Log2(now[i][c] * before[i][c] / (last[i][c] * last[i][c]))
					if math.Abs(second) > bend {
						t.Errorf("%s %v: view %d bends by %v stops", what, v, i, second)
					}
				}
			}
			before, last = last, now
		}
	}
	at := func(e float64) Light { return Light{SunElevation: e * degree, Haze: .3, Moon: 1} }
	along("sun at", -1.2, 1.2, .05, .25, .1, at)
	along("sun at", -20, 30, 1, 2.5, 1.5, at)
	along("haze", 0, 1, .04, .7, .2, func(v float64) Light { return Light{SunElevation: .1, Haze: v} })
	along("cover", 0, 1, .02, 1.2, .8, func(v float64) Light { return Light{SunElevation: .5, Cover: v} })
	along("moon", .1, 1, .1, 1.1, .5, func(v float64) Light { return Light{SunElevation: -.5, Moon: v} })
}

func TestBeamFadesAsTheSunSets(t *testing.T) {
	last := math.Inf(1)
	for e := 1.; e >= -.5; e -= .03 {
		now := Luminance(New(Light{SunElevation: e * degree, Haze: 0}).Beam())
		if now > last {
			t.Errorf("the beam grows to %v as the sun sinks to %v°", now, e)
		}
		last = now
	}
	if last != 0 {
		t.Errorf("the beam of a sun below the horizon is %v, want 0", last)
	}
}

func TestSourceIsWhereTheBeamComesFrom(t *testing.T) {
	for _, e := range []float64{-40, -.1, .1, 40} {
		got := New(Light{SunElevation: e * degree, SunAzimuth: 90 * degree, Moon: 1}).Source()
		want := [3]float64{-math.Cos(e * degree), math.Sin(math.Abs(e) * degree), 0}
		for c := range got {
			if math.Abs(got[c]-want[c]) > 1e-12 {
				t.Errorf("sun at %v° to the right: source %v, want %v", e, got, want)
			}
		}
	}
}

// Horizontal is what a finer sum over a map gives.
func TestHorizontalIsTheSumOfTheMap(t *testing.T) {
	const w, h = 256, 256
	for _, l := range lights(8) {
		s := New(l)
		pix := s.Render(w, h)
		var sum [3]float64
		for y := range h / 2 {
			a, b := math.Sin(math.Pi*float64(y)/h), math.Sin(math.Pi*float64(y+1)/h)
			for x := range w {
				for c := range sum {
					sum[c] += math.Pi / w * (b*b - a*a) * float64(pix[3*(y*w+x)+c])
				}
			}
		}
		if d := stops(sum, s.Horizontal()); d > .03 {
			t.Errorf("%+v: got %v, the map sums to %v", l, s.Horizontal(), sum)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for i := range b.N {
		New(Light{SunElevation: .3, Haze: float64(i) / float64(b.N), Moon: 1, Cover: .5})
	}
}

func BenchmarkRenderSky(b *testing.B) {
	for _, w := range []int{128, 4096} {
		b.Run(fmt.Sprint(w), func(b *testing.B) {
			for i := range b.N {
				RenderSky(Light{SunElevation: .3, Haze: float64(i) / float64(b.N)}, w, w/2)
			}
		})
	}
}

// The light scattered more than once is read off hazes that were worked out, to
// less than airglow where it is dark.
func TestScatteredMoreIsThatOfTheHaze(t *testing.T) {
	for _, haze := range []float64{0, .03, .1, .31, .5, .69, .93, 1} {
		want := thinAir(haze).multiple()
		for i, got := range scatteredMore(haze) {
			for c := range got {
				if exact := math.Exp(want[i][c]); math.Abs(got[c]-exact) > 5e-3*exact+5e-10 {
					t.Fatalf("haze %v, node %d: got %v, want %v", haze, i, got[c], exact)
				}
			}
		}
	}
}
