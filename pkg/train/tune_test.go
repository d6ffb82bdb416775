package train_test

import (
	"context"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/train"
)

// tuned runs a tiny CLIP of words, and returns its directory.
func tuned(t *testing.T, steps int, change func(*train.CLIPConfig)) (out string) {
	t.Helper()
	c := tinyWords(steps)
	c.WordNoise = 0
	change(&c)
	out = filepath.Join(t.TempDir(), "run")
	if _, err := train.FinetuneCLIP(context.Background(), c, at(out, false)); err != nil {
		t.Fatal(err)
	}
	return out
}

// learnt are the weights that two runs of different length do not share.
func learnt(t *testing.T, change func(*train.CLIPConfig)) (names []string) {
	t.Helper()
	before := checkpoint(t, tuned(t, 1, change), "model.")
	after := checkpoint(t, tuned(t, 3, change), "model.")
	for name, w := range after {
		if !slices.Equal(w, before[name]) {
			names = append(names, name)
		}
	}
	return names
}

func TestWhatIsFrozenStays(t *testing.T) {
	image := func(name string) bool { return nn.Within(name, "visual") }
	for _, c := range []struct {
		freeze []string
		frozen func(name string) bool
	}{
		{nil, func(string) bool { return false }},
		{[]string{"image"}, image},
		{[]string{"text"}, func(name string) bool { return !image(name) && name != "logit_scale" }},
		{[]string{"visual.stages", "logit_scale"}, func(name string) bool { return nn.Within(name, "visual.stages") || name == "logit_scale" }},
	} {
		got := learnt(t, func(e *train.CLIPConfig) { e.Freeze = c.freeze })
		if len(got) == 0 {
			t.Errorf("freeze %q: nothing moved", c.freeze)
		}
		for _, name := range got {
			if c.frozen(name) {
				t.Errorf("freeze %q: %s moved", c.freeze, name)
			}
		}
	}
}

func TestWhatCannotBeFrozen(t *testing.T) {
	for _, c := range []struct {
		freeze []string
		want   string
	}{
		{[]string{"imag"}, "no parameter is named imag"},
		{[]string{"image", "text", "logit_scale"}, "leaves nothing that learns"},
	} {
		e := tinyWords(1)
		e.Freeze = c.freeze
		_, err := train.FinetuneCLIP(context.Background(), e, at(filepath.Join(t.TempDir(), "run"), false))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("freeze %q: got error %v, want one with %q", c.freeze, err, c.want)
		}
	}
}

// AdamW's first step is the rate, whatever the gradient: how far a layer moves
// is its rate.
func TestLowerLayersLearnSlower(t *testing.T) {
	step := func(decay float64, steps int) map[string][]float32 {
		return checkpoint(t, tuned(t, steps, func(c *train.CLIPConfig) {
			c.LayerDecay = decay
			c.Train.WeightDecay, c.Train.Warmup, c.Train.FinalRate, c.Train.ClipNorm = 0, 0, 1, 0
			c.Train.LearningRate = 1e-4
			if steps == 0 {
				c.Train.Steps, c.Train.LearningRate = 1, 1e-12
			}
		}), "model.")
	}
	start := step(1, 0)
	far := func(now map[string][]float32, name string) (most float64) {
		for i, v := range now[name] {
			most = max(most, math.Abs(float64(v-start[name][i])))
		}
		return most
	}
	alike, decayed := step(1, 1), step(.5, 1)
	for name, want := range map[string]float64{
		"visual.out.weight": 1, "visual.hidden.weight": .5, "visual.stages.0.blocks.0.conv1.weight": .25, "visual.stem.weight": .125,
		"text_projection": 1, "transformer.resblocks.0.mlp.c_fc.weight": .5, "token_projection.weight": .25, "logit_scale": 1,
	} {
		if got := far(decayed, name) / far(alike, name); math.Abs(got-want) > .02 {
			t.Errorf("%s moved %.3f as far as without decay, want %.3f (weights: %v)", name, got, want, slices.Sorted(maps.Keys(start)))
		}
	}
}

// A frozen tower takes part in the loss, and not in the gradient's second pass.
func TestMicroBatchesBesideAFrozenTower(t *testing.T) {
	for _, freeze := range []string{"image", "text"} {
		first := func(micro int) map[string][]float32 {
			return checkpoint(t, tuned(t, 1, func(c *train.CLIPConfig) { c.Freeze, c.Train.MicroBatch = []string{freeze}, micro }), "optimiser.m.")
		}
		if off := distance(t, first(2), first(0)); !(off < 1e-6) {
			t.Errorf("with %s frozen: the gradient by micro-batches is off by %.2g of its norm, want 1e-6", freeze, off)
		}
	}
}
