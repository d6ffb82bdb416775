package train_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/train"
)

// finished is the directory of a finished run.
func finished(t *testing.T, c train.VAEConfig) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	if _, err := train.TrainVAE(context.Background(), c, at(out, false)); err != nil {
		t.Fatal(err)
	}
	return out
}

// Steps that are played again as they were recorded are the steps: to the bit on
// the CPU, where a recording is the step itself and reads what is put into its
// inputs. So is a run that is interrupted and recorded anew.
func TestRecordedStepsAreTheSteps(t *testing.T) {
	torchtest.NoLeaks(t)
	averaged := tinyVAE(9)
	averaged.Train.EMA, averaged.Train.Precision = .8, train.BF16
	free := tinyVAE(9)
	free.Train.ClipNorm = 0
	for name, c := range map[string]train.VAEConfig{"as it is": tinyVAE(9), "averaged, in bf16": averaged, "nothing clipped": free} {
		plain := finished(t, c)
		again := func() string {
			defer train.RecordOnCPU()()
			return finished(t, c)
		}()
		for _, file := range []string{"checkpoint.safetensors", "best.safetensors", "last.safetensors", "metrics.jsonl"} {
			if !bytes.Equal(read(t, plain, file), read(t, again, file)) {
				t.Errorf("%s: %s differs with recorded steps, want the same bytes", name, file)
			}
		}
	}
}

// How often figures are read changes no weight, and none that is written down.
func TestFiguresAreReadNowAndThen(t *testing.T) {
	torchtest.NoLeaks(t)
	c := tinyVAE(9)
	often := finished(t, c)
	c.Train.FiguresEvery = 7
	seldom := finished(t, c)
	if got, want := read(t, seldom, "metrics.jsonl"), read(t, often, "metrics.jsonl"); !bytes.Equal(got, want) {
		t.Errorf("got metrics\n%s\nwant\n%s", got, want)
	}
}
