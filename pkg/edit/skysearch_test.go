package edit_test

import (
	"context"
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// searched edits a map by words and so many steps, as CLIP sees them.
func searched(t *testing.T, sees edit.Encoder, im *hdr.Image, prompt string, steps int, change func(*edit.Config)) *edit.Result {
	t.Helper()
	c := edit.Defaults(edit.Guided)
	c.Sky.Steps = steps
	if change != nil {
		change(&c)
	}
	r, err := edit.Run(context.Background(), torchtest.Device(t), edit.Models{Generator: blank{}, CLIP: sees}, im, prompt, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever CLIP makes of words and pictures, it finds what a search ends with no
// farther from the words than what the search began with.
func TestASearchEndsNoFartherThanItBegan(t *testing.T) {
	nearer := 0
	for _, prompt := range []string{"golden hour", "foggy morning", "clear noon", "blue hour", "dark environment, at night time", "sunny"} {
		// So fast that a search goes astray.
		fast := func(c *edit.Config) { c.Sky.LearningRate, c.Sky.AnchorWeight = 1, 0 }
		before := searched(t, wordy{}, plain(), prompt, 0, nil).CLIP.DecodedAfter
		after := searched(t, wordy{}, plain(), prompt, 4, fast).CLIP.DecodedAfter
		if after < before-1e-6 {
			t.Errorf("%q: CLIP's cosine goes from %.4f to %.4f, want no fall", prompt, before, after)
		}
		if after > before+1e-4 {
			nearer++
		}
	}
	if nearer == 0 {
		t.Error("no search comes nearer to its words")
	}
}

// contrast likes pictures the better, the more their columns differ, whatever is
// said of them: it abhors fog.
type contrast struct{ wordy }

func (contrast) EncodeImage(picture torch.Tensor) torch.Tensor {
	w := picture.Size(3)
	by := picture.Narrow(3, 1, w-1).Sub(picture.Narrow(3, 0, w-1)).Abs().Mean(1, 2, 3).MulScalar(40).Unsqueeze(1)
	return torch.Cat(1, by, by.OnesLike()).Normalize(1, 1e-12)
}

func (contrast) EncodeText(s *torch.Session, texts []string) torch.Tensor {
	n := int64(len(texts))
	return s.FromFloats([]float32{1, 0}, 1, 2).Expand(n, 2)
}

// Fog that words ask for stays, whatever CLIP makes of it.
func TestASearchKeepsFog(t *testing.T) {
	fast := func(c *edit.Config) { c.Sky.LearningRate, c.Sky.AnchorWeight, c.Views = .5, 0, 0 }
	for _, prompt := range []string{"foggy morning", "heavy fog"} {
		words := searched(t, contrast{}, plain(), prompt, 0, nil).Light.After.Fog
		got := searched(t, contrast{}, plain(), prompt, 8, fast).Light.After.Fog
		if got < .74*words || got > .99*words {
			t.Errorf("%q: a fog of %.4f becomes one of %.4f, want some less, but three quarters at least", prompt, words, got)
		}
	}
}

// Nor does CLIP say how strong the sun is: shadows keep their depth.
func TestASearchKeepsTheBeam(t *testing.T) {
	fast := func(c *edit.Config) { c.Sky.LearningRate, c.Sky.AnchorWeight, c.Views = 1, 0, 0 }
	moved := 0.
	for _, prompt := range []string{"clear noon", "low sun", "golden hour"} {
		stops := searched(t, contrast{}, plain(), prompt, 8, fast).Light.After.SunStops - searched(t, contrast{}, plain(), prompt, 0, nil).Light.After.SunStops
		if moved = max(moved, math.Abs(stops)); math.Abs(stops) > .34 {
			t.Errorf("%q: the beam moves by %.2f stops, want a third at most", prompt, stops)
		}
	}
	if moved < .1 {
		t.Errorf("no beam moves by more than %.2f stops: the law is not tried", moved)
	}
}

// sunward sees how high the sun stands, and likes 60 degrees.
type sunward struct{ wordy }

func (sunward) EncodeImage(picture torch.Tensor) torch.Tensor {
	h := picture.Size(2)
	rows := picture.Mean(1).PowScalar(60).Mean(2).Narrow(1, 0, h/2)
	up := picture.Session().Arange(90-90/float64(h), 0, -180/float64(h), torch.Float32)
	off := rows.Mul(up).Sum(1).Div(rows.Sum(1)).AddScalar(-60).MulScalar(math.Pi / 180).Unsqueeze(1)
	return torch.Cat(1, off.Cos(), off.Sin())
}

func (sunward) EncodeText(s *torch.Session, texts []string) torch.Tensor {
	n := int64(len(texts))
	return s.FromFloats([]float32{1, 0}, 1, 2).Expand(n, 2)
}

// A search begins with the sun as high as CLIP likes it best, of what the words
// leave open. Where they say how high it stands, or an artist does, it stays.
func TestASearchBeginsAtTheHeightThatCLIPLikes(t *testing.T) {
	still := func(c *edit.Config) { c.Sky.LearningRate = 1e-6 }
	stood := func(prompt string, change func(*edit.Config)) (before, after float64) {
		t.Helper()
		return searched(t, sunward{}, plain(), prompt, 0, change).Light.After.SunElevation, searched(t, sunward{}, plain(), prompt, 1, change).Light.After.SunElevation
	}
	if before, after := stood("sunny", still); after < 1.4*before {
		t.Errorf("a sun at %.1f° begins at %.1f°, want half as high again", before, after)
	}
	for _, prompt := range []string{"low sun", "at half past four in the afternoon, sunny", "blue hour", "overcast"} {
		if before, after := stood(prompt, still); math.Abs(before-after) > .01 {
			t.Errorf("%q: a sun at %.2f° begins at %.2f°, want it where it was", prompt, before, after)
		}
	}
	given := func(c *edit.Config) { still(c); up := 30.; c.Sky.SunElevation = &up }
	if before, after := stood("sunny", given); before != 30 || after != 30 {
		t.Errorf("a sun that was given 30° stands at %v° and %v°", before, after)
	}
}

// A map whose sun stands as the words have it keeps it there: no sunset raises it, though
// CLIP would, and no noon lowers it. One whose sun stands elsewhere does not.
func TestASunThatStandsAsTheWordsHaveItStays(t *testing.T) {
	for _, c := range []struct {
		prompt      string
		own         float64 // degrees
		least, most float64
	}{
		{"sunset", 3, 2.5, 3.8},
		{"a fiery sunset", 2, 1.5, 2.5},
		{"clear noon", 70, 69, 71},
		{"sunset", 34, 5, 10.1},
		{"golden hour", 2, 7, 15},
		{"a sunny afternoon", 20, 24, 50},
	} {
		likes := func(c *edit.Config) { c.Sky.LearningRate, c.Sky.AnchorWeight, c.Views = .3, 0, 0 }
		r := searched(t, sunward{}, plainUnder(c.own*math.Pi/180), c.prompt, 2, likes)
		if got := r.Light.After.SunElevation; got < c.least || got > c.most {
			t.Errorf("%q: a sun at %v° comes to stand at %.1f°, want %v to %v", c.prompt, c.own, got, c.least, c.most)
		}
	}
}

// Words that place the sun place it, where it stands there already too: a map without
// a sun has it straight ahead.
func TestWordsPlaceASunThatStandsThere(t *testing.T) {
	for prompt, want := range map[string]struct {
		turns, stands      bool
		elevation, azimuth float64 // degrees, of the light that the words are said of
	}{
		"sunset, straight ahead": {true, false, 4, 0},
		"the sun from behind":    {true, false, 30, 180},
		"high noon":              {false, true, 55, 0},
		"overcast":               {false, false, 30, 0},
	} {
		var there sky.Target
		there.SunElevation, there.SunAzimuth = want.elevation*math.Pi/180, want.azimuth*math.Pi/180
		if turns, stands := edit.Places(prompt, there); turns != want.turns || stands != want.stands {
			t.Errorf("%q: got %v for how the sun is turned and %v for its height, want %v and %v", prompt, turns, stands, want.turns, want.stands)
		}
	}
}
