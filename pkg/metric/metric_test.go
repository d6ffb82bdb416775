package metric_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/metric"
)

// scene is a map of noise with a sun.
func scene(w, h int, seed uint64) *hdr.Image {
	r := rand.New(rand.NewPCG(seed, 1))
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = .1 + r.Float32()
	}
	for c := range 3 {
		im.Pix[3*(h/4*w+w/2)+c] = 1e4
	}
	return im
}

func scaled(im *hdr.Image, rgb ...float32) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for i, v := range im.Pix {
		out.Pix[i] = v * rgb[i%len(rgb)]
	}
	return out
}

func TestAMapThatStaysHasNotMoved(t *testing.T) {
	im := scene(64, 32, 1)
	f := metric.Measure(metric.Edit{Input: im, Output: im, Spheres: true})
	missing := metric.Undefined(f)
	for name, want := range map[string]float64{
		"above_stops": 0, "peak_turn": 0, "irradiance_drift": 0, "pu21_ssim": 1, "ws_ssim": 1,
		"sphere_diffuse": 0, "sphere_glossy": 0, "sphere_mirror": 0,
	} {
		if got := f[name]; math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"pu21_psnr", "ws_psnr"} {
		if missing[name] == "" || !math.IsNaN(f[name]) {
			t.Errorf("%s of equal maps: got %v, missing for %q: want it left out with a reason", name, f[name], missing[name])
		}
	}
	for _, m := range metric.All {
		if m.Paired() {
			if a, b := f[m.Before()], f[m.After()]; a != b {
				t.Errorf("%s: got %v before and %v after", m.Name, a, b)
			}
		}
	}
}

// Twice the light is a stop more, wherever light is measured in stops, and
// leaves ratios and directions.
func TestTwiceTheLightIsAStop(t *testing.T) {
	im := scaled(scene(64, 32, 2), .3)
	f := metric.Measure(metric.Edit{Input: im, Output: scaled(im, 2), Spheres: true})
	if got := f["above_stops"]; math.Abs(got-1) > 1e-4 {
		t.Errorf("light from above: got %v stops, want 1", got)
	}
	if got := f["peak_stops_after"] - f["peak_stops_before"]; math.Abs(got-1) > 1e-4 {
		t.Errorf("peak: got %v stops, want 1", got)
	}
	if got := f["irradiance_drift"]; math.Abs(got-1) > 1e-4 {
		t.Errorf("irradiance drift: got %v, want 1: as far again", got)
	}
	if got := f["sphere_diffuse"]; got > 1e-3 {
		t.Errorf("matte ball: got %v, want 0: the protocol takes exposure out", got)
	}
}

func TestRedderIsRedder(t *testing.T) {
	im := scaled(scene(64, 32, 3), .4)
	f := metric.Measure(metric.Edit{Input: im, Output: scaled(im, 1.5, 1, .5)})
	if got := f["horizon_red_after"] / f["horizon_red_before"]; math.Abs(got-3) > .1 {
		t.Errorf("red over blue: got %v times, want about 3", got)
	}
}

func TestSimilaritiesAreThoseGiven(t *testing.T) {
	im := scene(32, 16, 4)
	f := metric.Measure(metric.Edit{Input: im, Output: im, CLIP: &metric.Similarities{Before: .1, After: .2, DecodedBefore: .3, DecodedAfter: .4}})
	for name, want := range map[string]float64{"clip_before": .1, "clip_after": .2, "clip_decoded_before": .3, "clip_decoded_after": .4} {
		if f[name] != want {
			t.Errorf("%s: got %v, want %v", name, f[name], want)
		}
	}
	if _, ok := f["judge_before"]; ok {
		t.Error("a judge that is not there has a figure")
	}
}

// What cannot be measured is null in JSON, with the reason, and comes back.
func TestABlackMapHasNoStops(t *testing.T) {
	f := metric.Measure(metric.Edit{Input: hdr.New(64, 32), Output: scene(64, 32, 5)})
	missing := metric.Undefined(f)
	if !math.IsNaN(f["above_stops"]) || !strings.Contains(missing["above_stops"], "no light comes from above") {
		t.Errorf("got %v, reason %q", f["above_stops"], missing["above_stops"])
	}
	data, err := json.Marshal(f)
	if err != nil || !strings.Contains(string(data), `"above_stops":null`) {
		t.Errorf("got %s (%v), want above to be null", data, err)
	}
	var again metric.Figures
	if err := json.Unmarshal(data, &again); err != nil || !math.IsNaN(again["above_stops"]) || again["seam_after"] != f["seam_after"] {
		t.Errorf("got %v back (%v), want %v", again, err, f)
	}
}

func TestEveryMetricSaysWhatItIs(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range metric.All {
		if m.Name == "" || m.Meaning == "" || m.Format == "" || seen[m.Name] {
			t.Errorf("%q: want a name of its own, a meaning and a format", m.Name)
		}
		seen[m.Name] = true
	}
}
