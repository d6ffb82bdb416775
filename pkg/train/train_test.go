package train_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/clip/bpe"
	"github.com/clipenv/toolkit/pkg/dist/disttest"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/train"
	"github.com/clipenv/toolkit/pkg/vae"
)

// The maps that these runs draw belong in no one's cache.
func TestMain(m *testing.M) {
	disttest.Main(func() int {
		cache, err := os.MkdirTemp("", "train-test-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(cache)
		os.Setenv("TOOLKIT_CACHE", cache)
		return m.Run()
	}, map[string]disttest.Role{"train": peer})
}

func tinyVAE(steps int) train.VAEConfig {
	c := train.DefaultVAE
	c.Model = vae.Config{Height: 16, Latent: 8, Channels: []int64{4, 6}, Bottleneck: 2, Linear: 2, Coding: envmap.EvenLight}
	c.Data.Real, c.Data.RealShare, c.Data.Synthetic, c.Data.SyntheticHeldOut = nil, 0, 12, 4
	c.PCASamples = 64
	c.Train.Steps, c.Train.Batch, c.Train.EvaluateEvery, c.Train.SaveEvery, c.Train.Warmup = steps, 3, 4, 2, 2
	return c
}

func tinyCLIP(steps int) train.CLIPConfig {
	c := train.DefaultCLIP
	c.Model = clip.Mini
	c.Model.Embed = 16
	c.Model.Image.Height, c.Model.Image.Width = 16, 32
	c.Model.Image.Channels, c.Model.Image.Blocks, c.Model.Image.Hidden = []int64{8}, []int64{1}, 16
	c.Model.Text.Vocabulary = 560
	c.Model.Text.Transformer = clip.Transformer{Dim: 16, Layers: 1, Heads: 2, Hidden: 16}
	c.Data.Real, c.Data.RealShare, c.Data.Synthetic, c.Data.SyntheticHeldOut = nil, 0, 24, 12
	c.Train.Steps, c.Train.Batch, c.Train.EvaluateEvery, c.Train.SaveEvery, c.Train.Warmup = steps, 8, 4, 2, 2
	return c
}

func tinyWords(steps int) train.CLIPConfig {
	c := tinyCLIP(steps)
	c.Model.Text.Kind, c.WordNoise = clip.Words, .025
	return c
}

// everyKey turns on what is off by default.
func everyKey(l *train.Loop) {
	l.MicroBatch, l.EMA, l.Precision, l.WeightDecay, l.DecayMatricesOnly = l.Batch/2, .8, train.BF16, .1, true
	if l.Batch%2 == 1 {
		l.MicroBatch = 1
	}
}

// at is a run in the directory out.
func at(out string, resume bool) train.Run {
	return train.Run{Output: out, Resume: resume, Device: torch.CPU, Version: "v1", Log: io.Discard}
}

// loop is one of the trainings.
type loop struct {
	name string
	do   func(ctx context.Context, steps int, out string, resume bool) (map[string]float64, error)
}

func loops() []loop {
	return []loop{
		{"vae", func(ctx context.Context, steps int, out string, resume bool) (map[string]float64, error) {
			return train.TrainVAE(ctx, tinyVAE(steps), at(out, resume))
		}},
		{"clip", func(ctx context.Context, steps int, out string, resume bool) (map[string]float64, error) {
			return train.FinetuneCLIP(ctx, tinyCLIP(steps), at(out, resume))
		}},
		{"clip of words", func(ctx context.Context, steps int, out string, resume bool) (map[string]float64, error) {
			return train.FinetuneCLIP(ctx, tinyWords(steps), at(out, resume))
		}},
		{"vae with every key", func(ctx context.Context, steps int, out string, resume bool) (map[string]float64, error) {
			c := tinyVAE(steps)
			everyKey(&c.Train)
			return train.TrainVAE(ctx, c, at(out, resume))
		}},
		{"clip of words with every key", func(ctx context.Context, steps int, out string, resume bool) (map[string]float64, error) {
			c := tinyWords(steps)
			everyKey(&c.Train)
			return train.FinetuneCLIP(ctx, c, at(out, resume))
		}},
	}
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// stopAfter is a context that ends once it was asked so many times: a user's
// Ctrl-C at a known step.
type stopAfter struct {
	context.Context
	left int
}

func (c *stopAfter) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// An interrupted run that is resumed ends with the bytes of one that was not.
func TestAResumedRunIsTheSameToTheBit(t *testing.T) {
	for _, l := range loops() {
		t.Run(l.name, func(t *testing.T) {
			torchtest.NoLeaks(t)
			whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
			want, err := l.do(context.Background(), 9, whole, false)
			if err != nil {
				t.Fatal(err)
			}
			// Drawing asks the context too; what is left is for five steps.
			_, err = l.do(&stopAfter{context.Background(), asksWhileDrawing(t, l) + 5}, 9, parts, false)
			if err == nil || !strings.Contains(err.Error(), "interrupted after 5 of 9 steps") || !strings.Contains(err.Error(), "--resume") {
				t.Fatalf("got error %v, want that it was interrupted after 5 steps and how to go on", err)
			}
			got, err := l.do(context.Background(), 9, parts, true)
			if err != nil {
				t.Fatal(err)
			}
			for name, v := range want {
				if got[name] != v {
					t.Errorf("%s: got %v, want %v", name, got[name], v)
				}
			}
			for _, file := range []string{"checkpoint.safetensors", "best.safetensors", "last.safetensors", "metrics.jsonl", "curves.png"} {
				if !bytes.Equal(read(t, parts, file), read(t, whole, file)) {
					t.Errorf("%s differs from the uninterrupted run's", file)
				}
			}
		})
	}
}

// stopBlocked is a stopAfter at whose end no file can be written to path.
type stopBlocked struct {
	stopAfter
	path string
}

func (c *stopBlocked) Err() error {
	err := c.stopAfter.Err()
	if err != nil {
		os.Remove(c.path)
		os.Mkdir(c.path, 0o755)
	}
	return err
}

// Where an interrupted run cannot be saved, the error says that, and promises
// nothing.
func TestAnInterruptionThatCannotBeSavedIsSaid(t *testing.T) {
	l, out := loops()[0], filepath.Join(t.TempDir(), "run")
	blocked := filepath.Join(out, "checkpoint.safetensors")
	ctx := &stopBlocked{stopAfter{context.Background(), asksWhileDrawing(t, l) + 5}, blocked}
	_, err := l.do(ctx, 9, out, false)
	if err == nil || !strings.Contains(err.Error(), "interrupted after 5 steps") || !strings.Contains(err.Error(), blocked) || strings.Contains(err.Error(), "--resume") {
		t.Errorf("got error %v, want that %s could not be written, and no word of --resume", err, blocked)
	}
	if errors.Is(err, context.Canceled) {
		t.Errorf("%v passes for a mere interruption", err)
	}
	if left, _ := filepath.Glob(filepath.Join(out, ".*")); len(left) > 0 {
		t.Errorf("got %q left behind", left)
	}
}

// A CLIP as others publish it, and its vocabulary beside it, is a beginning.
func TestFinetuningBeginsFromAPublishedModel(t *testing.T) {
	dir := t.TempDir()
	c := tinyCLIP(1)
	vocabulary, err := bpe.Train([]string{"a sunny day", "a dark night"}, 560)
	if err != nil {
		t.Fatal(err)
	}
	published := clip.ViTB32
	published.Embed, published.Image.Height, published.Image.Width, published.Image.Patch = 16, 32, 32, 16
	published.Image.Transformer = clip.Transformer{Dim: 64, Layers: 1, Heads: 1}
	published.Text.Transformer = published.Image.Transformer
	m, err := clip.New(published, vocabulary, torch.CPU, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var weights []safetensors.Named
	for name, w := range m.Params.Each {
		weights = append(weights, safetensors.Named{Name: name, Tensor: w})
	}
	c.From = filepath.Join(dir, "published.safetensors")
	if err := errors.Join(safetensors.Write(c.From, weights, nil), vocabulary.Save(filepath.Join(dir, "tokenizer.json"))); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "run")
	if _, err := train.FinetuneCLIP(context.Background(), c, at(out, false)); err != nil {
		t.Fatal(err)
	}
	f := torchtest.Open(t, filepath.Join(out, "best.safetensors"))
	if e, ok := f.Entry("visual.conv1.weight"); !ok || !slices.Equal(e.Shape, []int64{64, 3, 16, 16}) {
		t.Errorf("got visual.conv1.weight %v, want the published model's [64 3 16 16]", e.Shape)
	}
	recipe, err := run.ParseRecipe(f.Metadata()["recipe"])
	if err != nil || len(recipe.Models) != 1 || recipe.Models[0].Name != "published.safetensors" {
		t.Errorf("got models %v, %v in the recipe, want the published one", recipe.Models, err)
	}
}

// asksWhileDrawing counts how often a run looks at its context before its
// first step.
func asksWhileDrawing(t *testing.T, l loop) int {
	t.Helper()
	counter := &stopAfter{context.Background(), 1 << 30}
	if _, err := l.do(counter, 1, filepath.Join(t.TempDir(), "count"), false); err != nil {
		t.Fatal(err)
	}
	return 1<<30 - counter.left - 1
}

func TestARunIsNotOverwritten(t *testing.T) {
	l, out := loops()[0], filepath.Join(t.TempDir(), "run")
	if _, err := l.do(context.Background(), 1, out, false); err != nil {
		t.Fatal(err)
	}
	before := read(t, out, "best.safetensors")
	if _, err := l.do(context.Background(), 1, out, false); err == nil || !strings.Contains(err.Error(), "holds a run already") {
		t.Errorf("got error %v, want that the directory holds a run", err)
	}
	if !bytes.Equal(before, read(t, out, "best.safetensors")) {
		t.Error("the refused run changed the old one's model")
	}
}

func TestResumeNeedsACheckpointOfTheSameModel(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	vaeLoop := loops()[0]
	if _, err := vaeLoop.do(context.Background(), 1, out, true); err == nil || !strings.Contains(err.Error(), "holds no run to resume (no recipe.json); without --resume a run begins") {
		t.Errorf("got error %v, want that there is no run, and how to begin", err)
	}
	if _, err := vaeLoop.do(context.Background(), 1, out, false); err != nil {
		t.Fatal(err)
	}
	other, c := filepath.Join(t.TempDir(), "other"), tinyVAE(1)
	c.Model.Latent = 9
	if _, err := train.TrainVAE(context.Background(), c, at(other, false)); err != nil {
		t.Fatal(err)
	}
	const name = "checkpoint.safetensors"
	if err := os.Rename(filepath.Join(out, name), filepath.Join(other, name)); err != nil {
		t.Fatal(err)
	}
	_, err := train.TrainVAE(context.Background(), c, at(other, true))
	if err == nil || !strings.Contains(err.Error(), "mu.weight is [8 8] in the file, want [9 9]") {
		t.Errorf("got error %v, want the shapes that differ", err)
	}
}

func TestBadExperimentsAreRefusedWhole(t *testing.T) {
	c := tinyVAE(0)
	c.Data.RealShare, c.Train.LearningRate, c.Beta = 2, 0, -1
	c.Train.MicroBatch, c.Train.EMA, c.Train.Precision = 2, 1, "f16"
	_, err := train.TrainVAE(context.Background(), c, at(t.TempDir(), false))
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"steps is 0", "data.real_share is 2", "learning_rate is 0", "beta is -1",
		"micro_batch is 2, want 0 (all at a time) or a divisor of batch (3)", "ema is 1, want 0 (none) to below 1", `precision is "f16", want f32 or bf16`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want also %q", err, want)
		}
	}
}

func TestADivergingRunStopsAndSaysSo(t *testing.T) {
	c := tinyVAE(40)
	c.Train.LearningRate, c.Train.ClipNorm, c.Train.Warmup = 9.9, 0, 0
	c.Beta = 1e38 // more than a float32 holds, times the divergence
	_, err := train.TrainVAE(context.Background(), c, at(filepath.Join(t.TempDir(), "run"), false))
	if err == nil || !strings.Contains(err.Error(), "lower learning_rate") {
		t.Errorf("got error %v, want the advice to lower learning_rate", err)
	}
}
