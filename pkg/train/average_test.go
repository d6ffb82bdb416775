package train_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/train"
)

// The average after each step is decay·average + (1 − decay)·weights, from the
// weights that the run began with; it is what is saved as the model.
func TestTheAverageIsTheOneByHand(t *testing.T) {
	const decay = .75
	c := tinyVAE(1)
	c.Train.EMA, c.Train.LearningRate = decay, 1e-30 // nothing moves
	begun := filepath.Join(t.TempDir(), "begun")
	if _, err := train.TrainVAE(context.Background(), c, at(begun, false)); err != nil {
		t.Fatal(err)
	}
	want := checkpoint(t, begun, "model.")

	out := filepath.Join(t.TempDir(), "run")
	for step := 1; step <= 4; step++ {
		c := tinyVAE(step)
		// The rate of a step does not depend on how many there are.
		c.Train.EMA, c.Train.LearningRate, c.Train.FinalRate = decay, .01, 1
		if _, err := train.TrainVAE(context.Background(), c, at(out, step > 1)); err != nil {
			t.Fatal(err)
		}
		weights := checkpoint(t, out, "model.")
		for name, mean := range want {
			for i := range mean {
				mean[i] = decay*mean[i] + (1-decay)*weights[name][i]
			}
		}
		if off := distance(t, checkpoint(t, out, "average."), want); !(off < 1e-6) {
			t.Errorf("step %d: the average is off by %.2g of its norm, want 1e-6", step, off)
		}
		if off := distance(t, weights, want); off < 1e-3 {
			t.Errorf("step %d: the weights are %.2g from their average, want that to be seen", step, off)
		}
	}
	// Models are saved in half precision.
	if off := distance(t, tensors(t, filepath.Join(out, "last.safetensors"), ""), want); !(off < 1e-3) {
		t.Errorf("the model is off by %.2g of the average's norm, want 1e-3", off)
	}
}
