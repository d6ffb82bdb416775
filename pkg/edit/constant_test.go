package edit_test

import (
	"context"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func TestAnEvenSkyIsAGenerator(t *testing.T) {
	edittest.Generator(t, func(*testing.T) edit.Generator { return edittest.EvenSky{} })
}

// A generator that nothing else knows is edited through and banked.
func TestANewGeneratorNeedsNothingElse(t *testing.T) {
	torchtest.NoLeaks(t)
	b, err := edit.NewBank(torchtest.Device(t), edittest.EvenSky{}, edittest.Red{}, primaries, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = saved(t, b); err != nil {
		t.Fatal(err)
	}
	c := edit.Defaults(edit.Guided)
	c.Variable, c.Steps, c.Neighbours = edit.Whole, 10, 1
	r, err := edit.Run(context.Background(), torchtest.Device(t), edit.Models{Generator: edittest.EvenSky{}, CLIP: edittest.Red{}, Bank: b}, grey(32, 16, .3), "red", c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Output.Pix[:3]; !(p[0] > 1.3*p[2]) || r.CLIP.After <= r.CLIP.Before {
		t.Errorf("grey became %v, similarity %v to %v: want it red", p, r.CLIP.Before, r.CLIP.After)
	}
}
