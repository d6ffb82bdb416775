package train_test

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // the examples are
	"github.com/clipenv/toolkit/pkg/train"
)

// tunedFrom is a tiny model, a fine-tuning of it with its text frozen, and the
// experiment of that.
func tunedFrom(t *testing.T) (base, tuned string, c train.CLIPConfig) {
	t.Helper()
	base = filepath.Join(tuned3(t, func(*train.CLIPConfig) {}), "last.safetensors")
	change := func(c *train.CLIPConfig) { c.From, c.Freeze, c.Delta = base, []string{"text"}, true }
	out := tuned3(t, change)
	c = tinyWords(3)
	change(&c)
	// What was trained on is held out too: nothing here is about how good it is.
	c.Data.Real, c.Data.HeldOut = []string{"../../examples/hdri"}, []string{"park", "venice", "night", "hall"}
	return base, filepath.Join(out, "last.safetensors"), c
}

func tuned3(t *testing.T, change func(*train.CLIPConfig)) string {
	return tuned(t, 3, func(c *train.CLIPConfig) { c.Train.LearningRate = .01; change(c) })
}

func TestASweepFromTheModelBeforeToTheFineTunedOne(t *testing.T) {
	base, after, c := tunedFrom(t)
	sweep := func(alpha float64) (blends []train.Blend, out string) {
		t.Helper()
		out = filepath.Join(t.TempDir(), "sweep")
		blends, err := train.WiSE{Experiment: c, Tuned: after, Points: 3, Alpha: alpha}.Run(context.Background(), at(out, false))
		if err != nil {
			t.Fatal(err)
		}
		return blends, out
	}
	chosen := func(blends []train.Blend) (all []float64) {
		for _, b := range blends {
			if b.Chosen {
				all = append(all, b.Alpha)
			}
		}
		return all
	}
	// The ends of the sweep are the models; a delta has what was learnt alone.
	was, is := tensors(t, base, ""), tensors(t, after, "")
	for name := range is {
		if !strings.HasPrefix(name, "visual.") && name != "logit_scale" {
			t.Errorf("%s is in the delta, and was frozen", name)
		}
	}
	for _, alpha := range []float64{0, .25, 1} {
		blends, out := sweep(alpha)
		if got := chosen(blends); !slices.Equal(got, []float64{alpha}) {
			t.Errorf("alpha %v: got %v chosen", alpha, got)
		}
		kept := weightsOf(t, filepath.Join(out, "best.safetensors"))
		for name, w := range is {
			for i, v := range w {
				want := float64(was[name][i]) + alpha*float64(v-was[name][i])
				got := float64(was[name][i])
				if there, ok := kept[name]; ok {
					got = float64(there[i])
				}
				if math.Abs(got-want) > 1e-3*math.Max(1, math.Abs(want)) {
					t.Fatalf("alpha %v: %s[%d] is %v, want %v", alpha, name, i, got, want)
				}
			}
		}
		if table := string(read(t, out, train.WiSETable)); table != train.Table(blends) || strings.Count(table, "**") != 2 {
			t.Errorf("got the table\n%s\nwant one α chosen", table)
		}
		read(t, out, train.WiSEPicture)
	}
	blends, _ := sweep(math.NaN())
	if len(blends) != 3 {
		t.Fatalf("got %d blends, want 3", len(blends))
	}
	best := chosen(blends)
	for _, b := range blends {
		if b.Chosen && !slices.Equal(best, []float64{b.Alpha}) {
			t.Errorf("got %v chosen, want one", best)
		}
		for _, other := range blends {
			if b.Chosen && other.InDomain+other.ZeroShot > b.InDomain+b.ZeroShot {
				t.Errorf("α %v was chosen, and %v is better", b.Alpha, other.Alpha)
			}
		}
	}
}

// weightsOf are the weights in a file, none of one that is like its base.
func weightsOf(t *testing.T, path string) map[string][]float32 {
	t.Helper()
	if strings.Contains(string(read(t, path)), "visual.") {
		return tensors(t, path, "")
	}
	return nil
}

func TestWhatIsNoSweep(t *testing.T) {
	base, after, c := tunedFrom(t)
	other := c
	other.From = filepath.Join(filepath.Dir(base), "..", "..", "nowhere.safetensors")
	whole := c
	whole.From, whole.Delta = "", false
	alone := c
	alone.Data.Real, alone.Data.HeldOut = nil, nil
	for _, x := range []struct {
		sweep train.WiSE
		want  string
	}{
		{train.WiSE{Experiment: whole, Tuned: after, Points: 3, Alpha: 0}, "from names no model"},
		{train.WiSE{Experiment: c, Tuned: after, Points: 1, Alpha: 0}, "points is 1, want 2"},
		{train.WiSE{Experiment: c, Tuned: after, Points: 3, Alpha: 1.5}, "alpha is 1.5, want 0"},
		{train.WiSE{Experiment: other, Tuned: after, Points: 3, Alpha: 0}, "nowhere.safetensors"},
		{train.WiSE{Experiment: alone, Tuned: after, Points: 3, Alpha: 0}, "0 real maps and 12 synthetic ones are held out"},
	} {
		_, err := x.sweep.Run(context.Background(), at(filepath.Join(t.TempDir(), "sweep"), false))
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("got error %v, want one with %q", err, x.want)
		}
	}
}
