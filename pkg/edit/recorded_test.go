package edit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// ended is what an inversion comes to: its latent, its map and what it told of each
// step.
func ended(t *testing.T, c edit.Config, sentences int64) (numbers, steps []byte) {
	t.Helper()
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		p := problem(t, s)
		p.Text = p.Text.Narrow(0, 0, sentences)
		var out edit.Solution
		held := torch.LiveTensors()
		s.Scope(func() {
			var err error
			out, err = edit.Invert(context.Background(), p, c, nil)
			s.Check(err)
			for _, part := range out.Latent.Each {
				numbers = append(numbers, part.Bytes()...)
			}
			numbers = append(numbers, out.End.Bytes()...)
		})
		if left := torch.LiveTensors() - held; left != 0 {
			t.Errorf("an inversion leaves %d tensors behind", left)
		}
		if out.Unrecorded != nil {
			t.Errorf("the steps were not recorded: %v", out.Unrecorded)
		}
		var err error
		if steps, err = json.Marshal(out.Steps); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return numbers, steps
}

// ways are inversions of every kind: what each reads in a step differs.
func ways() map[string]edit.Config {
	guided := edit.Defaults(edit.Guided)
	guided.Strength, guided.LightPrior, guided.Steps = 0, 0, 8
	single := guided
	single.Views = 0
	all := map[string]edit.Config{"guided": guided, "guided, the map as it is": single}
	for _, variable := range []string{edit.FC, edit.MuLogvar} {
		all["paper, "+variable] = paper(variable, edit.TV, 8)
	}
	return all
}

// Steps that are played again as they were recorded are the steps: to the bit on
// the CPU, where a recording is the step itself and reads what is put into its
// inputs.
func TestRecordedStepsAreTheSteps(t *testing.T) {
	if torchtest.Device(t) != torch.CPU {
		t.Skip("a GPU adds gradients in any order: gpu-check holds edits with and without graphs to one another")
	}
	for name, c := range ways() {
		for sentences := range int64(2) { // one of both maps, and one of each
			numbers, steps := ended(t, c, 1+sentences)
			restore := edit.RecordOnCPU()
			again, stepsAgain := ended(t, c, 1+sentences)
			restore()
			if !bytes.Equal(numbers, again) || !bytes.Equal(steps, stepsAgain) {
				t.Errorf("%s, %d sentences: recorded steps come to another map or other figures, want the same bytes", name, 1+sentences)
			}
		}
	}
}

// However many steps leave the device together, each is told of, in order, with the
// same figures.
func TestFiguresThatLeaveTogetherAreTheSame(t *testing.T) {
	c := paper(edit.FC, edit.NoRegulariser, 8)
	numbers, steps := ended(t, c, 2)
	for _, every := range []int{1, 3, 8, 100} {
		c.FiguresEvery = every
		again, stepsAgain := ended(t, c, 2)
		if !bytes.Equal(numbers, again) || !bytes.Equal(steps, stepsAgain) {
			t.Errorf("figures_every %d: got\n%s\nwant\n%s", every, stepsAgain, steps)
		}
	}
}
