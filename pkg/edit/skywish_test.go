package edit_test

import (
	"context"
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// wish edits a map as a prompt says.
func wish(t *testing.T, im *hdr.Image, prompt string) *edit.Result {
	t.Helper()
	r, err := edit.Run(context.Background(), torchtest.Device(t), edit.Models{Generator: blank{}, CLIP: wordy{}}, im, prompt, edit.Defaults(edit.Guided), nil)
	if err != nil {
		t.Fatalf("%q: %v", prompt, err)
	}
	return r
}

// Words that only change something change that, and no other number of the map's
// own light.
func TestAWishLeavesAllElse(t *testing.T) {
	im := plain()
	scene, err := sky.Analyse(im)
	if err != nil {
		t.Fatal(err)
	}
	degrees := func(v float64) float64 { return v * 180 / math.Pi }
	for prompt, want := range map[string]func(l *edit.Light){
		"make it darker":           func(l *edit.Light) { l.Exposure = -1 },
		"a bit brighter, please":   func(l *edit.Light) { l.Exposure = .5 },
		"much darker":              func(l *edit.Light) { l.Exposure = -2 },
		"two stops brighter":       func(l *edit.Light) { l.Exposure = 2 },
		"it is too bright":         func(l *edit.Light) { l.Exposure = -1 },
		"darker by half a stop":    func(l *edit.Light) { l.Exposure = -.5 },
		"a brighter sky":           func(l *edit.Light) { l.Exposure = 1 },
		"remove the sun":           func(l *edit.Light) { l.Cover, l.Detail = 1, .5 },
		"warmer":                   func(*edit.Light) {},
		"sun from the left":        func(l *edit.Light) { l.SunAzimuth = -90 },
		"move the sun behind me":   func(l *edit.Light) { l.SunAzimuth = 180 },
		"raise the sun":            func(l *edit.Light) { l.SunElevation += 15 },
		"softer shadows":           func(l *edit.Light) { l.SunStops = -1 },
		"remove the clouds":        func(l *edit.Light) { l.Cover, l.Detail = 0, 0 },
		"more haze|a stop darker":  func(l *edit.Light) { l.Haze += .35; l.Exposure = -1 },
		"darker, sun on the right": func(l *edit.Light) { l.Exposure, l.SunAzimuth = -1, 90 },
	} {
		r := wish(t, im, prompt)
		is := r.Light.Before
		is.SunElevation, is.SunAzimuth = degrees(scene.Light.SunElevation), degrees(scene.Light.SunAzimuth)
		want(&is)
		got := r.Light.After
		got.SunAzimuth = is.SunAzimuth + math.Remainder(got.SunAzimuth-is.SunAzimuth, 360)
		for name, v := range map[string][2]float64{
			"elevation": {got.SunElevation, is.SunElevation}, "azimuth": {got.SunAzimuth, is.SunAzimuth}, "haze": {got.Haze, is.Haze},
			"cover": {got.Cover, is.Cover}, "sun's stops": {got.SunStops, is.SunStops}, "exposure": {got.Exposure, is.Exposure},
			"moon": {got.Moon, 0}, "fog": {got.Fog, 0}, "snow": {got.Snow, 0},
		} {
			if math.Abs(v[0]-v[1]) > .01 {
				t.Errorf("%q: %s is %.3f, want %.3f", prompt, name, v[0], v[1])
			}
		}
		if len(r.Light.Near) > 0 || len(r.Light.Said) == 0 {
			t.Errorf("%q: near %v, said %v; want none near and what was said", prompt, r.Light.Near, r.Light.Said)
		}
	}
}

// A wish that is said of the sky leaves the ground.
func TestAWishMayBeOfTheSkyAlone(t *testing.T) {
	im := plain()
	out := wish(t, im, "make the sky darker").Output
	if v, was := out.Pix[3*(20*im.W+5)+1], im.Pix[3*(20*im.W+5)+1]; math.Abs(math.Log2(float64(v/was))+1) > .05 {
		t.Errorf("the sky goes from %g to %g, want a stop less", was, v)
	}
	for i := 3 * im.W * (im.H - 20); i < len(im.Pix); i++ {
		if out.Pix[i] != im.Pix[i] {
			t.Fatalf("the ground goes from %g to %g, want it as it was", im.Pix[i], out.Pix[i])
		}
	}
}

// Warmer is redder and no brighter, and cooler as much bluer.
func TestWarmerIsRedder(t *testing.T) {
	im := plain()
	level := func(im *hdr.Image) (red, all float64) {
		var sum [3]float64
		for i, v := range im.Pix {
			sum[i%3] += float64(v)
		}
		return math.Log2(sum[0] / sum[2]), math.Log2(.2126*sum[0] + .7152*sum[1] + .0722*sum[2])
	}
	was, light := level(im)
	for prompt, sign := range map[string]float64{"warmer": 1, "make it cooler": -1} {
		red, all := level(wish(t, im, prompt).Output)
		if more := sign * (red - was); more < .3 || more > .8 {
			t.Errorf("%q: red over blue changes by %.2f stops, want .3 to .8 its way", prompt, sign*more)
		}
		if math.Abs(all-light) > .1 {
			t.Errorf("%q: the light changes by %.2f stops, want none", prompt, all-light)
		}
	}
}

// Beside a light that is said, a wish changes that, and what compares with another
// light is no wish.
func TestAWishChangesALightThatIsSaid(t *testing.T) {
	im := plain()
	plainly, darker, than := wish(t, im, "a sunset").Light.After, wish(t, im, "a sunset, a stop darker").Light.After, wish(t, im, "darker than a sunset").Light.After
	for prompt, got := range map[string]edit.Light{"a sunset, a stop darker": darker, "darker than a sunset": than} {
		if math.Abs(got.Exposure-plainly.Exposure+1) > .3 || got.SunElevation > 15 {
			t.Errorf("%q: exposure %.2f, sun at %.1f°; want %.2f and a low sun", prompt, got.Exposure, got.SunElevation, plainly.Exposure-1)
		}
	}
}
