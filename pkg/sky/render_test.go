package sky

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/synth"
)

func TestStrengthZeroIsTheInput(t *testing.T) {
	im := noonField(256)
	sc := analysed(t, im, Day)
	for _, name := range Presets {
		target, ok := sc.Preset(name)
		if !ok {
			t.Fatalf("no preset %q", name)
		}
		target.Strength = 0
		if out := rendered(t, sc, target); !slices.Equal(out.Pix, im.Pix) {
			t.Errorf("%s at strength 0 changes the map", name)
		}
	}
}

func TestSameLightIsTheSameMap(t *testing.T) {
	for _, l := range []atmosphere.Light{
		{SunElevation: num.Radians(40), SunAzimuth: num.Radians(36), Haze: .25},
		{SunElevation: num.Radians(5), SunAzimuth: num.Radians(-120), Haze: .4},
		{SunElevation: num.Radians(40), Cover: 1},
	} {
		im := field(l, 256, true)
		sc := analysed(t, im, Day)
		if mean, most := stopsApart(rendered(t, sc, sc.Own()), im, nil); most > .1 {
			t.Errorf("%+v: own light moves the map by %.3f stops, %.3f at most", l, mean, most)
		}
		// The light that was put in, as far as it was found.
		target := sc.Own()
		target.SunElevation, target.SunAzimuth = l.SunElevation, l.SunAzimuth
		if !sc.Sun.Found {
			target.Light = sc.Light
		}
		d := vec(atmosphere.Toward(l.SunElevation, l.SunAzimuth))
		away := func(v envmap.Vec) bool { return envmap.AngleBetween(v, d) > 4 }
		if mean, _ := stopsApart(rendered(t, sc, target), im, away); mean > .1 {
			t.Errorf("%+v: the same light moves the map by %.3f stops", l, mean)
		}
		before, after := envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(rendered(t, sc, target))
		if off := math.Abs(envmap.Stops(before, after)); off > .1 {
			t.Errorf("%+v: the same light moves irradiance by %.3f stops", l, off)
		}
	}
}

func TestNewSunStandsWhereItWasAsked(t *testing.T) {
	t.Parallel()
	im := field(atmosphere.Light{SunElevation: num.Radians(60), SunAzimuth: 1, Haze: .2}, 512, false)
	sc := analysed(t, im, Day)
	for _, at := range [][2]float64{{20, 10}, {45, -100}, {8, 179}} {
		target := sc.Own()
		target.SunElevation, target.SunAzimuth = num.Radians(at[0]), num.Radians(at[1])
		got := analysed(t, rendered(t, sc, target), Day).Sun
		want := vec(atmosphere.Toward(num.Radians(at[0]), num.Radians(at[1])))
		if away := envmap.AngleBetween(got.Direction, want); !got.Found || away > .3 {
			t.Errorf("sun asked %v° high and right: found %v, %.2f° away", at, got.Found, away)
		}
		if got.Alone < 20 {
			t.Errorf("sun asked %v°: a second one has 1/%.1f of its light", at, got.Alone)
		}
	}
}

func TestYawCommutes(t *testing.T) {
	t.Parallel()
	im := noonField(256)
	const by = 64 // fills behind the foreground go by blocks
	turnedMap := envmap.Roll(im, by)
	a, b := analysed(t, im, Day), analysed(t, turnedMap, Day)
	for _, name := range []string{"sunset", "overcast", "foggy morning", "winter snow", "moonlit night"} {
		ta, _ := a.Preset(name)
		tb, _ := b.Preset(name)
		mean, most := stopsApart(envmap.Roll(rendered(t, a, ta), by), rendered(t, b, tb), nil)
		if mean > 1e-3 || most > .1 {
			t.Errorf("%s of a turned map is %.4f stops from the turned %s, %.3f at most", name, mean, name, most)
		}
	}
	// By any whole texel, as far as the fills allow.
	c := analysed(t, envmap.Roll(im, 37), Day)
	ta, _ := a.Preset("sunset")
	tc, _ := c.Preset("sunset")
	if mean, _ := stopsApart(envmap.Roll(rendered(t, a, ta), 37), rendered(t, c, tc), nil); mean > .02 {
		t.Errorf("a sunset of a map turned by 37 texels is %.4f stops from the turned sunset", mean)
	}
}

// The step over the seam is no larger than those beside it, and the row at the
// zenith no more uneven than it was.
func TestNothingNewAtSeamAndPoles(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(50), SunAzimuth: num.Radians(175), Haze: .25}, 256, true)
	sc := analysed(t, im, Day)
	for _, name := range Presets {
		target, _ := sc.Preset(name)
		out := raster.Luminances(rendered(t, sc, target))
		step := func(p raster.Plane, x int) (sum float64) {
			for y := range p.H {
				a, b := p.Row(y)[x], p.Row(y)[(x+1)%p.W]
				sum += math.Abs(math.Log2((float64(a) + 1e-7) / (float64(b) + 1e-7)))
			}
			return sum / float64(p.H)
		}
		beside := max(step(out, out.W-2), step(out, 0), step(out, 1), step(raster.Luminances(im), im.W-1))
		if at := step(out, out.W-1); at > 1.5*beside+.02 {
			t.Errorf("%s: the seam steps by %.3f stops, beside it by %.3f", name, at, beside)
		}
		spread := func(p raster.Plane, y int) float64 {
			row := slices.Clone(p.Row(y))
			return math.Log2(float64(raster.Quantile(row, .95)+1e-7) / float64(raster.Quantile(row, .05)+1e-7))
		}
		if top, was := spread(out, 0), spread(raster.Luminances(im), 0); top > was+.1 {
			t.Errorf("%s: the zenith's row spreads over %.3f stops, before %.3f", name, top, was)
		}
	}
}

func TestOvercastSoftensAndNightDarkens(t *testing.T) {
	im := noonField(256)
	sc := analysed(t, im, Day)
	above := func(name string) float64 {
		target, _ := sc.Preset(name)
		return envmap.Stops(envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(rendered(t, sc, target)))
	}
	for _, c := range []struct {
		name        string
		least, most float64
	}{{"overcast", -2.5, -.8}, {"sunset", -4, -1}, {"moonlit night", -6.5, -3.5}, {"clear noon", -.5, 1}} {
		if got := above(c.name); got < c.least || got > c.most {
			t.Errorf("%s moves the light on level ground by %.2f stops, want %.1f to %.1f", c.name, got, c.least, c.most)
		}
	}
	target, _ := sc.Preset("overcast")
	if s := analysed(t, rendered(t, sc, target), Day).Sun; s.Found {
		t.Errorf("overcast keeps a sun of ratio %.0f", s.Ratio)
	}
	target.KeepEnergy, target.ExposureStops = true, 0
	got := envmap.Stops(envmap.IrradianceFromAbove(im), envmap.IrradianceFromAbove(rendered(t, sc, target)))
	if math.Abs(got) > .25 {
		t.Errorf("overcast that keeps energy moves it by %.2f stops", got)
	}
}

// Maps of skies alone mirror the sun below the horizon: the new one, and the old
// one no more.
func TestPureSkyMirrorsTheNewLight(t *testing.T) {
	im := field(atmosphere.Light{SunElevation: num.Radians(35), Haze: .25}, 512, false)
	bright := hdr.New(im.W, im.H)
	for y := range im.H / 2 {
		for i, v := range im.Row(y) {
			bright.Row(im.H - 1 - y)[i] = min(v, .8)
		}
	}
	for c := range 3 {
		p := raster.NewPlane(im.W, im.H).Each(func(i int) float32 { return bright.Pix[3*i+c] }).Blur(12)
		for i := len(p.V) / 2; i < len(p.V); i++ {
			im.Pix[3*i+c] = .6 * p.V[i]
		}
	}
	sc := analysed(t, im, Day)
	if !sc.Pure {
		t.Fatal("the map is not told for a sky alone")
	}
	for name, lit := range map[string]bool{"overcast": false, "moonlit night": true, "golden hour": true} {
		target, _ := sc.Preset(name)
		target.SunAzimuth, target.FindOpenSky = num.Radians(120), false
		out := raster.Luminances(rendered(t, sc, target))
		at := func(azimuth float64) int { return int((.5 + azimuth/360) * float64(im.W)) }
		for _, y := range []int{sc.s.Row(-9), sc.s.Row(-38)} {
			row := out.Row(y)
			if old, aside := row[at(0)], row[at(-60)]; old > 1.25*aside {
				t.Errorf("%s: row %d below the horizon is %.3g under the old sun, and %.3g aside", name, y, old, aside)
			}
		}
		y := sc.s.Row(-max(math.Abs(num.Degrees(target.SunElevation)), 5))
		if here, aside := out.Row(y)[at(120)], out.Row(y)[at(-60)]; lit != (here > 1.25*aside) {
			t.Errorf("%s: row %d is %.3g under the new light, and %.3g aside; a mirror is wanted: %v", name, y, here, aside, lit)
		}
		// Near the nadir a mirror knows no direction: what stood there would be rays.
		nadir := slices.Clone(out.Row(im.H - 8))
		if most, middle := slices.Max(nadir), raster.Quantile(nadir, .5); most > 1.2*middle {
			t.Errorf("%s: near the nadir it is up to %.3g, and %.3g on the middle", name, most, middle)
		}
		// No line at the horizon.
		above, below := raster.Quantile(slices.Clone(out.Row(im.H/2-1)), .3), raster.Quantile(slices.Clone(out.Row(im.H/2)), .3)
		if jump := math.Abs(math.Log2(float64(above / below))); jump > .3 {
			t.Errorf("%s: the horizon is a line of %.2f stops", name, jump)
		}
	}
}

// A room has no sky: its lamps keep their light and the rest follows that
// outside.
func TestRoomFollowsTheLightOutside(t *testing.T) {
	im := synth.NewLike(3, 1, label.Indoor).Draw(256, 128)
	sc := analysed(t, im, Indoor)
	if sc.SkySeen() || sc.Sun.Found {
		t.Fatalf("a room with a sky or a sun: %v, %v", sc.SkySeen(), sc.Sun.Found)
	}
	night, _ := sc.Preset("moonlit night")
	out := rendered(t, sc, night)
	a, b := raster.Luminances(im), raster.Luminances(out)
	if before, after := raster.Quantile(slices.Clone(a.V), .5), raster.Quantile(slices.Clone(b.V), .5); after > before/4 {
		t.Errorf("the room's median goes from %.3g to %.3g by night, want less than a quarter", before, after)
	}
	if mean, _ := stopsApart(rendered(t, sc, sc.Own()), im, nil); mean > .01 {
		t.Errorf("own light moves a room by %.3f stops", mean)
	}
}

func TestMaskSaysWhatIsEdited(t *testing.T) {
	im := noonField(256)
	sc := analysed(t, im, Day)
	target, _ := sc.Preset("sunset")
	target.Mask = make([]float32, im.W*im.H)
	if out := rendered(t, sc, target); !slices.Equal(out.Pix, im.Pix) {
		t.Error("a mask of zeros lets something through")
	}
	target.Mask, target.Only = nil, SkyOnly
	out, alpha := rendered(t, sc, target), sc.SkyMask()
	for i, a := range alpha {
		if a == 0 && out.Pix[3*i] != im.Pix[3*i] {
			t.Fatal("an edit of the sky changes the ground")
		}
	}
	target.Mask = make([]float32, 3)
	if _, err := sc.Render(target); err == nil {
		t.Error("a mask of three values is taken")
	}
}

func TestTargetIsChecked(t *testing.T) {
	sc := analysed(t, noonField(64), Day)
	for _, change := range []func(*Target){
		func(t *Target) { t.Strength = 2 },
		func(t *Target) { t.Strength = math.NaN() },
		func(t *Target) { t.Cover = -1 },
		func(t *Target) { t.SunElevation = 2 },
		func(t *Target) { t.Kelvin = 10 },
		func(t *Target) { t.Fog = math.Inf(1) },
	} {
		target := sc.Own()
		change(&target)
		if _, err := sc.Render(target); err == nil {
			t.Errorf("%+v is taken", target)
		}
	}
	if _, err := Analyse(hdr.New(30, 30)); err == nil {
		t.Error("a square is taken for a panorama")
	}
}

func randomTarget(r *rand.Rand, sc *Scene) Target {
	t := sc.Own()
	u := r.Float64
	t.Light = atmosphere.Light{
		SunElevation: math.Pi * (u() - .5), SunAzimuth: 20 * (u() - .5),
		Haze: u(), Cover: u(), Moon: 3 * u() * math.Round(u()), Stars: u(),
	}
	t.Fog, t.Snow, t.Warmth, t.Rods = u()*math.Round(u()), u()*math.Round(u()), 2*u(), u()
	t.Tint = [3]float64{2 * u(), 2 * u(), 2 * u()}
	t.Detail, t.Lamps, t.Lift, t.Glow = 2*u(), 4*u(), 4*(u()-.5), 2*u()
	t.SunStops, t.ExposureStops = 20*(u()-.5), 20*(u()-.5)
	if u() < .5 {
		t.Kelvin = 1000 + 20000*u()
	}
	t.KeepEnergy, t.FindOpenSky = u() < .5, u() < .5
	t.KeepElevation, t.ThroughThings = u() < .5, u() < .5
	t.Strength = MaxStrength * u()
	t.Only = Part(r.IntN(3))
	return t
}

func randomMap(r *rand.Rand, seed uint64) *hdr.Image {
	w := 2 << r.IntN(7)
	switch r.IntN(4) {
	case 0:
		return synth.New(seed, seed).Draw(w, w/2)
	case 1:
		return synth.NewLike(seed, seed, label.Night).Draw(w, w/2)
	case 2:
		return field(atmosphere.Light{SunElevation: math.Pi * (r.Float64() - .5), Haze: r.Float64(), Cover: r.Float64()}, w, true)
	}
	im := hdr.New(w, w/2)
	for i := range im.Pix {
		im.Pix[i] = float32(math.Exp2(60 * (r.Float64() - .5) * math.Round(r.Float64())))
		if r.Float64() < .1 {
			im.Pix[i] = 0
		}
	}
	return im
}

func checkFinite(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 99))
	sc := analysed(t, randomMap(r, seed), Kind(r.IntN(4)))
	target := randomTarget(r, sc)
	out := rendered(t, sc, target)
	for i, v := range out.Pix {
		if !(v >= 0) || math.IsInf(float64(v), 0) {
			t.Fatalf("seed %d: texel %d of a %d×%d map is %v under %+v", seed, i/3, out.W, out.H, v, target)
		}
	}
}

func TestRandomLightIsFinite(t *testing.T) {
	for seed := range uint64(40) {
		checkFinite(t, seed)
	}
}

func FuzzRender(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(493)) // a sun in a map two texels wide
	f.Fuzz(checkFinite)
}
