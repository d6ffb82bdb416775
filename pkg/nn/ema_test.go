package nn_test

import (
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func newEMA(t testing.TB, p *nn.Params, decay float64) *nn.EMA {
	t.Helper()
	ema, err := nn.NewEMA(p, decay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ema.Close)
	return ema
}

func TestSwapIsItsOwnInverseAndShowsTheMean(t *testing.T) {
	p := build(t, 1, twoConvs)
	ema := newEMA(t, p, 0.5)
	first := contents(t, p)
	torchtest.Do(t, func(s *torch.Session) {
		for _, w := range p.Each {
			w.CopyFrom(s.Randn(w.Shape()...))
		}
		trained := contents(t, p)
		ema.Swap(s)
		if !same(contents(t, p), first) {
			t.Error("got other weights than the mean, which has not moved, want those")
		}
		ema.Swap(s)
		if !same(contents(t, p), trained) {
			t.Error("got other weights after two swaps, want them back")
		}
	})
}

func TestDecayZeroFollowsAndUnchangedWeightsAreTheirMean(t *testing.T) {
	p := build(t, 1, twoConvs)
	follow, still := newEMA(t, p, 0), newEMA(t, p, 0.999)
	torchtest.Do(t, func(s *torch.Session) {
		first := contents(t, p)
		still.Update()
		still.Swap(s)
		if !same(contents(t, p), first) {
			t.Error("got a mean that differs from weights that never moved")
		}
		for _, w := range p.Each {
			w.CopyFrom(s.Randn(w.Shape()...))
		}
		want := contents(t, p)
		follow.Update()
		follow.Swap(s)
		if !same(contents(t, p), want) {
			t.Error("got other weights at decay 0, want the last")
		}
	})
}

func TestTheMeanIsSavedAndLoaded(t *testing.T) {
	p, other := build(t, 1, twoConvs), build(t, 2, twoConvs)
	path := filepath.Join(t.TempDir(), "mean.safetensors")
	var named []safetensors.Named
	for name, w := range newEMA(t, p, 0.9).Each {
		named = append(named, safetensors.Named{Name: name, Tensor: w})
	}
	if err := safetensors.Write(path, named, nil); err != nil {
		t.Fatal(err)
	}
	f := torchtest.Open(t, path)
	ema := newEMA(t, other, 0.9)
	if err := ema.Load(f.Section("")); err != nil {
		t.Fatal(err)
	}
	torchtest.Do(t, func(s *torch.Session) { ema.Swap(s) })
	if !same(contents(t, other), contents(t, p)) {
		t.Error("got other weights than were saved, want the same")
	}
}

func TestDecayOutOfRangeIsRefused(t *testing.T) {
	p := build(t, 1, twoConvs)
	for _, decay := range []float64{-.1, 1, 2} {
		if _, err := nn.NewEMA(p, decay); err == nil {
			t.Errorf("got no error for decay %v, want one", decay)
		}
	}
}

// A model that a file was mapped for can be trained: the file stays.
func TestTrainingDoesNotWriteToTheFile(t *testing.T) {
	f := golden(t)
	layer := func(p nn.Scope) { nn.NewLinear(p, 6, 5) }
	p, err := nn.BuildFrom(torchtest.Device(t), f.Section("linear.w."), layer)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	before := contents(t, p)
	torchtest.Do(t, func(s *torch.Session) {
		for _, w := range p.Each {
			w.CopyFrom(s.Zeros(w.Shape()...))
		}
	})
	again, err := nn.BuildFrom(torchtest.Device(t), golden(t).Section("linear.w."), layer)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !same(contents(t, again), before) {
		t.Error("got the file changed, want it as it was")
	}
}
