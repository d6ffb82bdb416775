package nn_test

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// trained is a small network after some steps, with the average of its weights.
type trained struct {
	start, end, mean []float32
	digest           []byte
	strided          bool // the first weight does not lie in rows
}

func trainedNet(t *testing.T) (out trained) {
	t.Helper()
	var first, second nn.Conv2d
	p, err := nn.Build(torchtest.Device(t), 1, func(p nn.Scope) {
		first, second = nn.NewSameLast(p.Sub("first"), 3, 8, 3), nn.NewSameLast(p.Sub("second"), 8, 4, 3)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	mean, err := nn.NewEMA(p, .5)
	if err != nil {
		t.Fatal(err)
	}
	defer mean.Close()
	adam, err := optim.NewAdamW(p.Each, optim.Config{ClipNorm: 1, WeightDecay: .1})
	if err != nil {
		t.Fatal(err)
	}
	defer adam.Close()
	sum := sha256.New()
	if err := p.Digest(sum); err != nil {
		t.Fatal(err)
	}
	out.digest = sum.Sum(nil)
	torchtest.Do(t, func(s *torch.Session) {
		weights := func() (all []float32) {
			for _, w := range p.Each {
				all = append(all, s.Use(w).Floats()...)
			}
			return all
		}
		out.start = weights()
		s.Seed(2)
		x := s.Randn(2, 3, 8, 16)
		for range 4 {
			s.Scope(func() {
				second.Forward(first.Forward(x).SiLU()).Square().Mean().Backward()
				adam.Step(s, 1e-2, 1)
				mean.Update()
			})
		}
		out.end = weights()
		for _, w := range mean.Each {
			out.mean = append(out.mean, s.Use(w).Floats()...)
		}
		w := s.Use(first.Weight).Detach()
		out.strided = !bytes.Equal(memory(t, w), w.Bytes())
	})
	return out
}

// memory is what lies where a tensor's elements are, in the order of memory; nil
// where they do not lie in rows.
func memory(t *testing.T, w torch.Tensor) (out []byte) {
	t.Helper()
	if err := torch.Do(torch.CPU, func(s *torch.Session) { out = slices.Clone(s.Use(w).Memory()) }); err != nil {
		return nil
	}
	return out
}

// Weights that lie with their channels last, as they do on a GPU, are the same
// weights: what is drawn, hashed and learnt does not know of it.
func TestWeightsWithChannelsLastAreTheSame(t *testing.T) {
	if torchtest.Device(t) != torch.CPU {
		t.Skip("a GPU has no other layout to compare with")
	}
	want := trainedNet(t)
	defer nn.ChannelsLastOnCPU()()
	got := trainedNet(t)
	if want.strided || !got.strided {
		t.Errorf("channels are last: %v by default, %v as on a GPU, want false and true", want.strided, got.strided)
	}
	if !slices.Equal(got.start, want.start) || !bytes.Equal(got.digest, want.digest) {
		t.Error("other weights are drawn or hashed, want the same")
	}
	for what, pair := range map[string][2][]float32{"weights": {got.end, want.end}, "averages": {got.mean, want.mean}} {
		for i, v := range pair[0] {
			if off := v - pair[1][i]; off > 2e-5 || off < -2e-5 {
				t.Fatalf("%s: number %d is %v after the steps, want %v", what, i, v, pair[1][i])
			}
		}
	}
	if slices.Equal(want.end, want.start) {
		t.Error("nothing was learnt")
	}
}
