package edit_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/metric"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// colours sees the mean colour of a picture, and reads the names of colours.
type colours struct{ edittest.Red }

func (colours) Hash() string { return "colours" }
func (colours) EncodeText(s *torch.Session, texts []string) torch.Tensor {
	var v []float32
	for _, text := range texts {
		for _, name := range []string{"red", "green", "blue"} {
			if text == name {
				v = append(v, 1)
			} else {
				v = append(v, 0)
			}
		}
	}
	return s.FromFloats(v, int64(len(texts)), 3)
}

func TestPhrasesAreEmbeddedByTheirWeights(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		for _, c := range []struct {
			prompt string
			want   []float64 // before it has unit length
		}{
			{"red", []float64{1, 0, 0}},
			{"red|green", []float64{1, 1, 0}},
			{"red:2|green:-1", []float64{2, -1, 0}},
			{"red:.5|green:.25|blue:-3", []float64{.5, .25, -3}},
			{"red:1|red:1|green:0", []float64{1, 0, 0}},
		} {
			phrases, err := edit.ParsePrompt(c.prompt)
			s.Check(err)
			text, err := edit.Embed(s, colours{}, phrases)
			s.Check(err)
			length := math.Sqrt(c.want[0]*c.want[0] + c.want[1]*c.want[1] + c.want[2]*c.want[2])
			for i, got := range text.Floats() {
				if math.Abs(float64(got)-c.want[i]/length) > 1e-5 {
					t.Errorf("%q: got %v, want %v over %v", c.prompt, text.Floats(), c.want, length)
					break
				}
			}
			if got := text.Shape(); !slices.Equal(got, []int64{1, 3}) {
				t.Errorf("%q: got %v, want [1 3]", c.prompt, got)
			}
		}
	})
}

func TestPhrasesThatLeaveNoDirection(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		before := torch.LiveTensors()
		for want, phrases := range map[string][]edit.Phrase{
			"the weighted phrases cancel each other out": {{Text: "red", Weight: 1}, {Text: "green", Weight: .5}, {Text: "red", Weight: -1}, {Text: "green", Weight: -.5}},
			"the prompt is empty":                        nil,
		} {
			text, err := edit.Embed(s, colours{}, phrases)
			if err == nil || !strings.Contains(err.Error(), want) || !text.IsZero() {
				t.Errorf("%v: got error %v, want %q and no tensor", phrases, err, want)
			}
		}
		if after := torch.LiveTensors(); after != before {
			t.Errorf("%d tensors are left of what was refused", after-before)
		}
	})
}

// patches are maps of one colour each, planar, of the even sky's size.
func patches(each ...[3]float32) (maps [][]float32) {
	for _, colour := range each {
		one := make([]float32, 3*8*16)
		for i := range one {
			one[i] = colour[i/(8*16)]
		}
		maps = append(maps, one)
	}
	return maps
}

var primaries = patches([3]float32{.5, .1, .1}, [3]float32{.1, .5, .1}, [3]float32{.1, .1, .5})

func TestABankIsInterruptedBetweenMaps(t *testing.T) {
	torchtest.NoLeaks(t)
	stop, seen := errors.New("enough"), []int{}
	b, err := edit.NewBank(torchtest.Device(t), edittest.EvenSky{}, colours{}, primaries, func(done int) error {
		seen = append(seen, done)
		if done == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || b != nil {
		t.Errorf("got %v and error %v, want no bank and the error that ended it", b, err)
	}
	if !slices.Equal(seen, []int{1, 2}) {
		t.Errorf("got progress %v, want none after the end", seen)
	}
	b, err = edit.NewBank(torchtest.Device(t), edittest.EvenSky{}, colours{}, primaries, func(int) error { return nil })
	if err != nil || b.Len() != 3 || b.E != 3 {
		t.Fatalf("not interrupted: got %v maps and error %v", b.Len(), err)
	}
	for i := range 3 {
		if own := b.Embeddings[3*i : 3*i+3]; own[i] != slices.Max(own) {
			t.Errorf("map %d is seen as %v", i, own)
		}
	}
}

// A map that is no light, or of which a model makes none, is named, and no bank
// comes of it.
func TestABankOfWhatIsNoNumber(t *testing.T) {
	torchtest.NoLeaks(t)
	for _, v := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		maps := patches([3]float32{.5, .1, .1}, [3]float32{.1, v, .1}, [3]float32{.1, .1, .5})
		_, err := edit.NewBank(torchtest.Device(t), edittest.EvenSky{}, colours{}, maps, nil)
		if err == nil || !strings.Contains(err.Error(), "edit: bank: map 2: latent.log holds NaN or infinity") {
			t.Errorf("%v: got error %v, want map 2 named", v, err)
		}
	}
	_, err := edit.NewBank(torchtest.Device(t), edittest.EvenSky{}, blinded{}, primaries, nil)
	if err == nil || !strings.Contains(err.Error(), "map 1: embeddings hold NaN or infinity") {
		t.Errorf("got error %v, want the embeddings of map 1 named", err)
	}
}

// blinded sees nothing that is a number.
type blinded struct{ colours }

func (blinded) EncodeImage(picture torch.Tensor) torch.Tensor {
	return picture.Mean(2, 3).MulScalar(math.NaN())
}

// A bank file with a value that is no number is refused, whichever part holds it.
func TestALoadedBankHoldsNumbers(t *testing.T) {
	torchtest.NoLeaks(t)
	for want, spoil := range map[string]func(*edit.Bank){
		"latent.mean holds NaN":    func(b *edit.Bank) { b.Latents[0].Values[11] = float32(math.NaN()) },
		"embeddings hold NaN":      func(b *edit.Bank) { b.Embeddings[8] = float32(math.NaN()) },
		"embeddings hold NaN or i": func(b *edit.Bank) { b.Embeddings[0] = float32(math.Inf(-1)) },
	} {
		b := corners()
		spoil(b)
		if _, err := saved(t, b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}

// grey is a map of one grey.
func grey(w, h int, v float32) *hdr.Image {
	im := hdr.New(w, h)
	for i := range im.Pix {
		im.Pix[i] = v
	}
	im.Meta.Comments = []string{"of a field"}
	return im
}

// An edit keeps the size and what is known of the file, tells of each step, and
// its figures are those of its output, by both who looked.
func TestRunEditsAMap(t *testing.T) {
	torchtest.NoLeaks(t)
	bank, err := edit.NewBank(torchtest.Device(t), edittest.EvenSky{}, colours{}, primaries, nil)
	if err != nil {
		t.Fatal(err)
	}
	models := edit.Models{Generator: edittest.EvenSky{}, CLIP: colours{}, Judge: colours{}, Bank: bank}
	guided := edit.Defaults(edit.Guided)
	guided.Variable, guided.Steps, guided.Neighbours = edit.Whole, 12, 1
	paper := edit.Defaults(edit.Paper)
	paper.Variable, paper.Steps = edit.Whole, 30
	pixels := edit.Defaults(edit.Paper)
	pixels.Variable, pixels.Steps, pixels.OutputMode = edit.Pixels, 30, edit.Decoded
	for name, c := range map[string]edit.Config{"guided": guided, "paper": paper, "pixels": pixels} {
		input, steps := grey(40, 20, .3), 0
		before := slices.Clone(input.Pix)
		r, err := edit.Run(context.Background(), torchtest.Device(t), models, input, "red|blue:-.5", c, func(step edit.Step) {
			if steps++; step.Number != steps {
				t.Errorf("%s: step %d comes as number %d", name, steps, step.Number)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Output.W != 40 || r.Output.H != 20 || !slices.Equal(r.Output.Meta.Comments, input.Meta.Comments) {
			t.Errorf("%s: got %d×%d with %v, want the input's size and comments", name, r.Output.W, r.Output.H, r.Output.Meta.Comments)
		}
		if !slices.Equal(input.Pix, before) {
			t.Errorf("%s: the input was changed", name)
		}
		if steps != c.Steps {
			t.Errorf("%s: got %d steps, want %d", name, steps, c.Steps)
		}
		p := r.Output.Pix[3*(10*40+7):]
		if !(p[0] > 1.1*p[2]) || !(r.CLIP.After > r.CLIP.Before+.02) || r.Judge == nil || !(r.Judge.After > r.Judge.Before+.02) {
			t.Errorf("%s: grey became %v; CLIP says %+v, the judge %+v: want it red", name, p[:3], r.CLIP, r.Judge)
		}
		figures := metric.Measure(metric.Edit{Input: input, Output: r.Output})
		if from, to := figures["horizon_red_before"], figures["horizon_red_after"]; !(to > from+.05) || math.Abs(from-1) > 1e-3 {
			t.Errorf("%s: red at the horizon went from %v to %v, want it up from 1", name, from, to)
		}
		// The light from above is that of the output: all texels are alike.
		y := .2126*float64(p[0]) + .7152*float64(p[1]) + .0722*float64(p[2])
		if want := math.Log2(y / .3); math.Abs(figures["above_stops"]-want) > .05 {
			t.Errorf("%s: the light from above changed by %v stops, want %v", name, figures["above_stops"], want)
		}
	}
}

// What cannot be edited is said before a step is made.
func TestWhatRunRefuses(t *testing.T) {
	torchtest.NoLeaks(t)
	bank, err := edit.NewBank(torchtest.Device(t), edittest.EvenSky{}, colours{}, primaries, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := *bank
	other.CLIP = "another"
	good := edit.Defaults(edit.Guided)
	good.Variable, good.Steps, good.Neighbours = edit.Whole, 3, 2
	with := func(change func(*edit.Config)) edit.Config {
		c := good
		change(&c)
		return c
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		want, prompt string
		ctx          context.Context
		bank         *edit.Bank
		config       edit.Config
	}{
		{"steps is -1, want 0 to 100000", "red", context.Background(), bank, with(func(c *edit.Config) { c.Steps = -1 })},
		{"a phrase is empty", "red||blue", context.Background(), bank, good},
		{"the weighted phrases cancel each other out", "red|red:-1", context.Background(), bank, good},
		{"there is no bank: give one", "red", context.Background(), nil, good},
		{"the bank was made with the CLIP another, this one is colours", "red", context.Background(), &other, good},
		{"neighbours is 4, want 1 to the 3 maps of the bank", "red", context.Background(), bank, with(func(c *edit.Config) { c.Neighbours = 4 })},
		{"stopped after 0 of 3 steps: context canceled", "red", cancelled, bank, good},
	} {
		steps := 0
		r, err := edit.Run(c.ctx, torchtest.Device(t), edit.Models{Generator: edittest.EvenSky{}, CLIP: colours{}, Bank: c.bank}, grey(32, 16, .3), c.prompt, c.config, func(edit.Step) { steps++ })
		if err == nil || !strings.Contains(err.Error(), c.want) || r != nil || steps != 0 {
			t.Errorf("got %v, error %v after %d steps, want %q before the first", r, err, steps, c.want)
		}
	}
	none := with(func(c *edit.Config) { c.Strength, c.LightPrior, c.Steps = 0, 0, 0 })
	if _, err := edit.Run(context.Background(), torchtest.Device(t), edit.Models{Generator: edittest.EvenSky{}, CLIP: colours{}}, grey(32, 16, .3), "red", none, nil); err != nil {
		t.Errorf("an edit that looks nothing up: got error %v without a bank, want none", err)
	}
}
