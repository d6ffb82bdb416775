package sky

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
	"github.com/clipenv/toolkit/pkg/sky/sun"
)

// behindWall is a scene with a wall of 20° that stands all around but for a gap of 60°
// at 90° to the right.
func behindWall(t *testing.T) *Scene {
	im := field(atmosphere.Light{SunElevation: num.Radians(50), SunAzimuth: 0, Haze: .2}, 512, false)
	s := raster.NewSphere(im.W, im.H)
	for y := range s.H {
		for x := range s.W {
			away := math.Remainder(num.Degrees(math.Atan2(-s.SinLon[x], s.CosLon[x]))-90, 360)
			if s.Elevation[y] > 0 && s.Elevation[y] < 20 && math.Abs(away) > 30 {
				grain := float32(1 + .3*math.Sin(1.7*float64(x))*math.Sin(2.1*float64(y)))
				copy(im.Row(y)[3*x:], []float32{.05 * grain, .04 * grain, .03 * grain})
			}
		}
	}
	return analysed(t, im, Day)
}

// A sun that is asked for where a wall stands gives its light all the same, as much
// as one in the open, and there.
func TestAHiddenSunGivesItsLight(t *testing.T) {
	t.Parallel()
	sc := behindWall(t)
	beam := func(azimuth float64) (Stand, sun.Sun) {
		target := sc.Own()
		target.SunElevation, target.SunAzimuth, target.Glow = num.Radians(6), num.Radians(azimuth), 0
		stand, ok := sc.Stands(target)
		if !ok {
			t.Fatalf("no sun at %v°", azimuth)
		}
		return stand, analysed(t, rendered(t, sc, target), Day).Sun
	}
	open, before := beam(90)
	wall, hidden := beam(-60)
	if open.Behind > .1 || wall.Behind < .9 {
		t.Errorf("%.2f of the sun in the gap is hidden, and %.2f of that behind the wall", open.Behind, wall.Behind)
	}
	if want := vec(atmosphere.Toward(num.Radians(6), num.Radians(-60))); envmap.AngleBetween(hidden.Direction, want) > .5 {
		t.Errorf("the light behind the wall comes from %.1f°, %.1f°, want 6°, -60°", hidden.Direction.Elevation(), hidden.Direction.Azimuth())
	}
	if off := math.Abs(math.Log2(rgb.Lum(hidden.Energy) / rgb.Lum(before.Energy))); off > .2 {
		t.Errorf("the sun behind the wall gives %.3g, that in the gap %.3g", rgb.Lum(hidden.Energy), rgb.Lum(before.Energy))
	}
}

// A high sun behind a roof is drawn before it where it was asked for alone.
func TestAHighSunStaysBehindARoof(t *testing.T) {
	sc := behindWall(t)
	target := sc.Own()
	target.SunElevation, target.SunAzimuth, target.Glow = num.Radians(17), num.Radians(-60), 0
	peak := func() float32 { return raster.Quantile(raster.Luminances(rendered(t, sc, target)).V, 1) }
	without := peak()
	target.ThroughThings = true
	if with := peak(); with < 20*without {
		t.Errorf("the brightest texel is %.3g with the sun behind the wall, and %.3g with that before it", without, with)
	}
}

// A sun that may look for open sky finds it at the height that was asked for.
func TestOpenSkyAtTheSameHeight(t *testing.T) {
	sc := behindWall(t)
	target := sc.Own()
	target.SunElevation, target.SunAzimuth = num.Radians(6), num.Radians(-60)
	target.FindOpenSky, target.KeepElevation = true, true
	stand, _ := sc.Stands(target)
	away := math.Abs(num.Degrees(stand.Azimuth) - 90)
	if math.Abs(num.Degrees(stand.Elevation)-6) > 1e-6 || away > 30 || stand.Behind > .1 {
		t.Errorf("it stands at %.1f°, %.1f°, %.2f hidden; want 6° and open, between 60° and 120°", num.Degrees(stand.Elevation), num.Degrees(stand.Azimuth), stand.Behind)
	}
	out, asked := rendered(t, sc, target), target
	asked.SunAzimuth, asked.FindOpenSky = stand.Azimuth, false
	if !slices.Equal(out.Pix, rendered(t, sc, asked).Pix) {
		t.Error("the sun is drawn elsewhere than it is said to stand")
	}
	if _, ok := sc.Stands(func() Target { n, _ := sc.Preset("overcast"); return n }()); ok {
		t.Error("an overcast sky has a sun")
	}
}

// A sun that a night is given stands in open sky as well.
func TestANightsSunFindsOpenSky(t *testing.T) {
	sc := behindWall(t)
	sc.Kind = Night
	sc.Light = sc.estimate()
	for _, name := range []string{"golden hour", "sunset"} {
		target, _ := sc.Preset(name)
		target.SunAzimuth = num.Radians(40)
		if stand, ok := sc.Stands(target); !ok || stand.Behind > .1 {
			t.Errorf("%s: it stands at %.1f°, %.1f°, %.2f hidden; want it open", name, num.Degrees(stand.Elevation), num.Degrees(stand.Azimuth), stand.Behind)
		}
	}
}

// Stars stay behind what stands before the sky.
func TestStarsStayBehindWalls(t *testing.T) {
	sc := behindWall(t)
	target, _ := sc.Preset("moonlit night")
	with := rendered(t, sc, target)
	target.Stars = 0
	without := rendered(t, sc, target)
	for i, a := range sc.SkyMask() {
		if a == 0 && with.Pix[3*i] != without.Pix[3*i] {
			t.Fatalf("a star stands before the wall at texel %d", i)
		}
	}
}
