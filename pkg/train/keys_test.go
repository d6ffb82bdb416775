package train_test

import (
	"context"
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/train"
)

// figures are those of each logged step, by name.
func figures(t *testing.T, out string) (rows []map[string]float64) {
	t.Helper()
	for line := range strings.Lines(string(read(t, out, "metrics.jsonl"))) {
		var row struct {
			Figures map[string]float64 `json:"figures"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row.Figures)
	}
	return rows
}

// training is an experiment whose loop can be changed. It holds no maps out.
type training struct {
	name string
	near float64 // how far rounding moves a gradient, over its norm
	do   func(t *testing.T, steps int, change func(*train.Loop)) (out string)
}

func trainings() []training {
	run := func(t *testing.T, do func(train.Run) (map[string]float64, error)) string {
		t.Helper()
		r := at(filepath.Join(t.TempDir(), "run"), false)
		r.Device = torchtest.Device(t)
		if _, err := do(r); err != nil {
			t.Fatal(err)
		}
		return r.Output
	}
	return []training{
		// From a random start: the one from PCA leaves little to gain in so few steps.
		// The slope of the picture near black is 240, and rounding grows by it.
		{"vae", 2e-5, func(t *testing.T, steps int, change func(*train.Loop)) string {
			c := tinyVAE(steps)
			c.PCASamples, c.Train.Batch, c.Data.SyntheticHeldOut = 0, 4, 0
			change(&c.Train)
			return run(t, func(r train.Run) (map[string]float64, error) { return train.TrainVAE(context.Background(), c, r) })
		}},
		{"clip", 1e-6, func(t *testing.T, steps int, change func(*train.Loop)) string {
			c := tinyCLIP(steps)
			c.Data.SyntheticHeldOut = 0
			change(&c.Train)
			return run(t, func(r train.Run) (map[string]float64, error) {
				return train.FinetuneCLIP(context.Background(), c, r)
			})
		}},
		{"clip of words", 1e-6, func(t *testing.T, steps int, change func(*train.Loop)) string {
			c := tinyWords(steps)
			c.Data.SyntheticHeldOut = 0
			change(&c.Train)
			return run(t, func(r train.Run) (map[string]float64, error) {
				return train.FinetuneCLIP(context.Background(), c, r)
			})
		}},
	}
}

// gain is the share of the loss that a run of 60 steps takes away: of every
// fifth step, from the mean of the first two to that of the last two.
func gain(t *testing.T, of training, change func(*train.Loop)) float64 {
	t.Helper()
	rows := figures(t, of.do(t, 60, func(l *train.Loop) {
		l.EvaluateEvery, l.FiguresEvery = 5, 5
		change(l)
	}))
	if len(rows) != 12 {
		t.Fatalf("got %d steps logged, want 12", len(rows))
	}
	var first, last float64
	for i := range 2 {
		first, last = first+rows[i]["loss"], last+rows[len(rows)-1-i]["loss"]
	}
	return 1 - last/first
}

func TestTrainingLowersTheLoss(t *testing.T) {
	const clearly = .1
	for _, of := range trainings() {
		for _, precision := range []string{train.F32, train.BF16} {
			if got := gain(t, of, func(l *train.Loop) { l.Precision = precision }); got < clearly {
				t.Errorf("%s in %s: the loss fell by %.1f %%, want %.0f %% or more", of.name, precision, 100*got, 100*clearly)
			}
		}
		// The measure sees it where nothing is learnt.
		if got := gain(t, of, func(l *train.Loop) { l.LearningRate = 1e-12 }); got >= clearly {
			t.Errorf("%s: the loss fell by %.1f %% at a rate of next to nothing", of.name, 100*got)
		}
	}
}

// What is computed in bf16 has 8 bits: near what f32 gives, and not it.
func TestPrecisionIsFelt(t *testing.T) {
	for _, of := range trainings() {
		loss := func(precision string) float64 {
			return figures(t, of.do(t, 1, func(l *train.Loop) { l.Precision = precision }))[0]["loss"]
		}
		if off := math.Abs(loss(train.BF16)/loss(train.F32) - 1); off == 0 || off > .02 {
			t.Errorf("%s: the first loss in bf16 is off by %.2g of that in f32, want more than 0, at most .02", of.name, off)
		}
	}
}

// checkpoint holds the tensors of a run's last checkpoint.
func checkpoint(t *testing.T, out, section string) map[string][]float32 {
	t.Helper()
	return tensors(t, filepath.Join(out, "checkpoint.safetensors"), section)
}

// tensors are those of a file whose names begin with section.
func tensors(t *testing.T, path, section string) map[string][]float32 {
	t.Helper()
	f, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	held := map[string][]float32{}
	torchtest.Do(t, func(s *torch.Session) {
		for _, e := range f.Entries() {
			if short, ok := strings.CutPrefix(e.Name, section); ok {
				held[short] = f.Tensor(s, e.Name).To(torch.Float32).Floats()
			}
		}
	})
	if len(held) == 0 {
		t.Fatalf("%s holds nothing whose name begins with %q", path, section)
	}
	return held
}

// distance is the norm of a − b over that of b.
func distance(t *testing.T, a, b map[string][]float32) float64 {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("got %d tensors, want %d", len(a), len(b))
	}
	var off, all float64
	for name, want := range b {
		if len(a[name]) != len(want) {
			t.Fatalf("%s: got %d numbers, want %d", name, len(a[name]), len(want))
		}
		for i, v := range want {
			off += math.Pow(float64(a[name][i]-v), 2)
			all += math.Pow(float64(v), 2)
		}
	}
	return math.Sqrt(off / all)
}

// The first mean of Adam is a tenth of the first gradient.
func TestMicroBatchesGiveTheGradientOfTheBatch(t *testing.T) {
	for _, of := range trainings() {
		first := func(micro int, seed int64) (gradient map[string][]float32, loss float64) {
			out := of.do(t, 1, func(l *train.Loop) { l.MicroBatch, l.Seed = micro, seed })
			return checkpoint(t, out, "optimiser.m."), figures(t, out)[0]["loss"]
		}
		want, wantLoss := first(0, 1)
		for _, micro := range []int{1, 2} {
			got, loss := first(micro, 1)
			if off := distance(t, got, want); !(off < torchtest.Tolerance(t, of.near)) {
				t.Errorf("%s by %d: the gradient is off by %.2g of its norm, want %.2g", of.name, micro, off, of.near)
			}
			if math.Abs(loss-wantLoss) > torchtest.Tolerance(t, 1e-6) {
				t.Errorf("%s by %d: the loss is %v, want %v", of.name, micro, loss, wantLoss)
			}
		}
		if other, _ := first(0, 2); distance(t, other, want) < .01 {
			t.Errorf("%s: the gradients of other maps are %.2g apart, want that to be seen", of.name, distance(t, other, want))
		}
	}
}

func TestTheLoggedTermsAddUpToTheLoss(t *testing.T) {
	for _, of := range trainings() {
		for _, row := range figures(t, of.do(t, 8, func(l *train.Loop) { l.MicroBatch = 2 })) {
			var sum float64
			for name, weight := range row {
				if term, ok := strings.CutSuffix(name, "_weight"); ok {
					sum += weight * row[term]
				}
			}
			if math.Abs(sum-row["loss"]) > 1e-6 || sum == 0 {
				t.Errorf("%s: the terms by their weights come to %v of %v, want the loss", of.name, sum, row)
			}
		}
	}
}
