package edit_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// plain is grained ground under an afternoon's sun.
func plain() *hdr.Image { return plainUnder(.6) }

// plainUnder is plain with the sun at another elevation, in radians.
func plainUnder(elevation float64) *hdr.Image {
	const w, h = 256, 128
	model := atmosphere.New(atmosphere.Light{SunElevation: elevation, SunAzimuth: .4, Haze: .2})
	im := &hdr.Image{W: w, H: h, Pix: model.Render(w, h)}
	grain := uint32(1)
	for i := len(im.Pix) / 2; i < len(im.Pix); i += 3 {
		grain = grain*1664525 + 1013904223
		for c := range 3 {
			im.Pix[i+c] *= .5 + float32(grain>>8)/(1<<24)
		}
	}
	model.AddDisc(im.Pix, w, h)
	for i := range im.Pix {
		im.Pix[i] *= .004
	}
	return im
}

// blank stands for a generator of maps of 64×32 that a sky's edit never asks
// for one.
type blank struct{ edittest.EvenSky }

func (blank) Size() (w, h int) { return 64, 32 }

// wordy sees pictures and reads texts by chance: what it says of either is
// fixed, and means nothing.
type wordy struct{}

func (wordy) Hash() string { return "wordy" }

func (wordy) EncodeImage(picture torch.Tensor) torch.Tensor {
	values := make([]float32, 8*picture.Numel()/picture.Size(0))
	for i := range values {
		values[i] = float32(math.Sin(float64(i) * 1.7))
	}
	weight := picture.Session().FromFloats(values, 8, int64(len(values)/8))
	return edittest.Projection{Weight: weight}.EncodeImage(picture)
}

func (wordy) EncodeText(s *torch.Session, texts []string) torch.Tensor {
	var all []float32
	for _, t := range texts {
		for k := range 8 {
			sum := k + 1
			for _, r := range t {
				sum = (sum*31 + int(r)*(k+3)) % 1009
			}
			all = append(all, float32(sum)/504.5-1)
		}
	}
	return s.FromFloats(all, int64(len(texts)), 8).Normalize(1, 1e-12)
}

// skyEdit edits the plain through its sky.
func skyEdit(t *testing.T, prompt string, change func(*edit.Config)) *edit.Result {
	t.Helper()
	c := edit.Defaults(edit.Guided)
	c.Sky.Steps, c.Views = 3, 0
	if change != nil {
		change(&c)
	}
	m := edit.Models{Generator: blank{}, CLIP: wordy{}}
	r, err := edit.Run(context.Background(), torchtest.Device(t), m, plain(), prompt, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The light is the one that the words say, whatever CLIP makes of them.
func TestWordsBecomeALight(t *testing.T) {
	for prompt, want := range map[string]func(edit.Light) bool{
		"a sunset":                      func(l edit.Light) bool { return l.SunElevation > 1 && l.SunElevation < 11 && l.Cover < .3 },
		"golden hour":                   func(l edit.Light) bool { return l.SunElevation > 4 && l.SunElevation < 20 },
		"an overcast day":               func(l edit.Light) bool { return l.Cover > .9 },
		"a foggy morning":               func(l edit.Light) bool { return l.Fog > .01 && l.SunElevation > 0 },
		"heavy fog":                     func(l edit.Light) bool { return l.Fog > .03 && l.Cover > .9 },
		"clear noon":                    func(l edit.Light) bool { return l.SunElevation > 40 && l.Cover < .1 },
		"blue hour":                     func(l edit.Light) bool { return l.SunElevation < 0 && l.SunElevation > -12 && l.Moon == 0 },
		"moonlight":                     func(l edit.Light) bool { return l.SunElevation < -15 && l.Moon > .5 },
		"winter snow":                   func(l edit.Light) bool { return l.Snow > .5 && l.SunElevation > 5 },
		"heavy snowfall at night":       func(l edit.Light) bool { return l.Snow > .5 && l.SunElevation < -15 && l.Cover > .8 && l.Stars < .1 },
		"a snowstorm at night":          func(l edit.Light) bool { return l.Snow > .5 && l.SunElevation < -15 && l.Fog > .008 },
		"a snowy night":                 func(l edit.Light) bool { return l.Snow > .5 && l.SunElevation < -15 && l.Cover < .2 },
		"snow in the moonlight":         func(l edit.Light) bool { return l.Snow > .5 && l.Moon > .5 },
		"a low sun from the left":       func(l edit.Light) bool { return l.SunElevation < 15 && math.Abs(l.SunAzimuth+90) < 1 },
		"sunset with the sun behind us": func(l edit.Light) bool { return math.Abs(math.Abs(l.SunAzimuth)-180) < 1 },
		"a sunny day without clouds":    func(l edit.Light) bool { return l.Cover < .1 && l.SunElevation > 15 },
		"a thunderstorm":                func(l edit.Light) bool { return l.Cover > .7 && l.Exposure < -.5 },
		"a sunset in a forest, cloudy":  func(l edit.Light) bool { return l.SunElevation < 11 && l.Cover > .5 },
		"a cloudy night":                func(l edit.Light) bool { return l.SunElevation < -15 && l.Cover > .5 },
		"partly cloudy at noon":         func(l edit.Light) bool { return l.SunElevation > 40 && l.Cover > .2 && l.Cover < .5 },
	} {
		if r := skyEdit(t, prompt, nil); r.Generator != edit.SkyGenerator || !want(r.Light.After) {
			t.Errorf("%q went through %s to %+v from %v, which is another light", prompt, r.Generator, r.Light.After, r.Light.Near)
		}
	}
}

// A phrase that is denied is not meant.
func TestDeniedWordsAreNotMeant(t *testing.T) {
	for prompt, want := range map[string]func(edit.Light) bool{
		"not a sunset, a clear sky at noon": func(l edit.Light) bool { return l.SunElevation > 25 },
		"night without a moon":              func(l edit.Light) bool { return l.SunElevation < -15 && l.Moon < .1 },
		"snow without fog":                  func(l edit.Light) bool { return l.Snow > .5 && l.Fog < .003 },
		"a sunset, not cloudy":              func(l edit.Light) bool { return l.SunElevation < 11 && l.Cover < .1 },
		"night:-1|noon:1":                   func(l edit.Light) bool { return l.SunElevation > 25 },
	} {
		if r := skyEdit(t, prompt, nil); !want(r.Light.After) {
			t.Errorf("%q became %+v from %v", prompt, r.Light.After, r.Light.Near)
		}
	}
}

func TestStrengthZeroGivesTheInput(t *testing.T) {
	r := skyEdit(t, "a sunset", func(c *edit.Config) { c.Sky.Strength = 0 })
	if !slices.Equal(r.Output.Pix, plain().Pix) {
		t.Error("at strength 0 the output is not the input")
	}
}

// What an artist gives stays as given, over words and alone.
func TestGivenNumbersStay(t *testing.T) {
	give := func(v float64) *float64 { return &v }
	set := func(c *edit.Config) {
		c.Sky.SunElevation, c.Sky.SunAzimuth, c.Sky.Cover, c.Sky.Fog = give(20), give(-60), give(.25), give(.002)
	}
	c := edit.Defaults(edit.Guided)
	set(&c)
	input := plain()
	alone, err := edit.Relight(input, c)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*edit.Result{"alone": alone, "over words": skyEdit(t, "a moonlit night in fog", set)} {
		l := r.Light.After
		for _, pair := range [][2]float64{{l.SunElevation, 20}, {l.SunAzimuth, -60}, {l.Cover, .25}, {l.Fog, .002}} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("%s: a number that was given as %v is %v", name, pair[1], pair[0])
			}
		}
	}
	for i, v := range alone.Output.Pix {
		if math.Float32bits(v)&(1<<11-1) != 0 && v != input.Pix[i] {
			t.Fatalf("value %d is %v, whose last bits are noise", i, v)
		}
	}
	scene, err := sky.Analyse(alone.Output)
	if err != nil {
		t.Fatal(err)
	}
	if d := scene.Sun.Direction; !scene.Sun.Found || math.Abs(d.Elevation()-20) > 2 || math.Abs(d.Azimuth()+60) > 3 {
		t.Errorf("the output's sun is at %.1f°, %.1f°, found %v, want it at 20°, -60°", d.Elevation(), d.Azimuth(), scene.Sun.Found)
	}
}

func TestRelightWithoutNumbersSaysSo(t *testing.T) {
	if _, err := edit.Relight(plain(), edit.Defaults(edit.Guided)); err == nil || !strings.Contains(err.Error(), "sun_elevation") {
		t.Errorf("got %v, want an error that names a number", err)
	}
}

// windowed is a warm room with a window on a blue sky.
func windowed() *hdr.Image {
	im := &hdr.Image{W: 256, H: 128, Pix: slices.Repeat([]float32{.24, .2, .15}, 256*128)}
	for y := 40; y < 74; y++ {
		for x := 90; x < 130; x++ {
			copy(im.Pix[3*(y*im.W+x):], []float32{5, 6, 8})
		}
	}
	return im
}

// The rule that takes a generator, line by line.
func TestWhatAnEditGoesThrough(t *testing.T) {
	room := &hdr.Image{W: 64, H: 32, Pix: slices.Repeat([]float32{.5, .45, .4}, 64*32)}
	half := .5
	for _, c := range []struct {
		name   string
		input  *hdr.Image
		change func(*edit.Config)
		want   string
	}{
		{"a sky", plain(), nil, edit.SkyGenerator},
		{"a room", room, nil, edit.SkyGenerator},
		{"a room, vae forced", room, func(c *edit.Config) { c.Sky.Generator = edit.VAEGenerator }, edit.VAEGenerator},
		{"a room with a window", windowed(), nil, edit.SkyGenerator},
		{"a room with a window, vae forced", windowed(), func(c *edit.Config) { c.Sky.Generator = edit.VAEGenerator }, edit.VAEGenerator},
		{"a room with a number", room, func(c *edit.Config) { c.Sky.Exposure = &half }, edit.SkyGenerator},
		{"a sky, vae forced", plain(), func(c *edit.Config) { c.Sky.Generator = edit.VAEGenerator }, edit.VAEGenerator},
		{"a room, sky forced", room, func(c *edit.Config) { c.Sky.Generator = edit.SkyGenerator }, edit.SkyGenerator},
		{"a sky, decoded", plain(), func(c *edit.Config) { c.OutputMode, c.Aim = edit.Decoded, edit.AimDecoded }, edit.VAEGenerator},
		{"a sky, a light prior", plain(), func(c *edit.Config) { c.LightPrior = 1 }, edit.VAEGenerator},
		{"a sky, steps", plain(), func(c *edit.Config) { c.Steps, c.Sky.Steps, c.Seed = 4, 4, 9 }, edit.SkyGenerator},
		{"a sky, paper", plain(), func(c *edit.Config) { c.Mode = edit.Paper }, edit.VAEGenerator},
	} {
		config := edit.Defaults(edit.Guided)
		if c.change != nil {
			c.change(&config)
		}
		got, why, err := edit.Chosen(c.input, config)
		if err != nil {
			t.Fatal(err)
		}
		if got != c.want || why == "" {
			t.Errorf("%s goes through %s (%s), want %s", c.name, got, why, c.want)
		}
	}
}

// Words give a room with windows its light by themselves: what CLIP makes of it
// takes no part.
func TestRoomsAreNotSearched(t *testing.T) {
	run := func(steps int) *edit.Result {
		t.Helper()
		c := edit.Defaults(edit.Guided)
		c.Sky.Steps, c.Views = steps, 0
		r, err := edit.Run(context.Background(), torchtest.Device(t), edit.Models{Generator: blank{}, CLIP: wordy{}}, windowed(), "a sunset", c, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	some, none := run(3), run(0)
	if some.Generator != edit.SkyGenerator || !slices.Equal(some.Output.Pix, none.Output.Pix) {
		t.Errorf("three steps through %s give %+v, none %+v, want the same map", some.Generator, some.Light.After, none.Light.After)
	}
	if l := some.Light.After; l.SunElevation < 1 || l.SunElevation > 11 {
		t.Errorf("a sunset in a room has its sun at %v°", l.SunElevation)
	}
}

// deaf knows no word at all.
type deaf struct{ wordy }

func (deaf) Read(text string) (clip.Reading, error) {
	words := strings.Fields(text)
	return clip.Reading{Words: len(words), Unknown: words}, nil
}

// Words that say nothing leave the map as it is, need no bank to be looked up
// in, and beside numbers leave those alone.
func TestWordsThatSayNothing(t *testing.T) {
	run := func(change func(*edit.Config)) *edit.Result {
		t.Helper()
		c := edit.Defaults(edit.Guided)
		change(&c)
		m := edit.Models{Generator: blank{}, CLIP: deaf{}}
		r, err := edit.Run(context.Background(), torchtest.Device(t), m, plain(), "asdf qwerty", c, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, generator := range []string{edit.SkyGenerator, edit.VAEGenerator} {
		r := run(func(c *edit.Config) { c.Sky.Generator = generator })
		if !r.Unchanged || r.NumbersOnly || !slices.Equal(r.Output.Pix, plain().Pix) {
			t.Errorf("through %s: unchanged is %v, want the input and that it is said", generator, r.Unchanged)
		}
	}
	up := 15.
	r := run(func(c *edit.Config) { c.Sky.SunElevation = &up })
	if r.Unchanged || !r.NumbersOnly || math.Abs(r.Light.After.SunElevation-up) > 1e-9 || slices.Equal(r.Output.Pix, plain().Pix) {
		t.Errorf("a sun at %v° beside such words: unchanged is %v, numbers only %v, the sun at %v°", up, r.Unchanged, r.NumbersOnly, r.Light.After.SunElevation)
	}
}
