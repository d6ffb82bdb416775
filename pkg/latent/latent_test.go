package latent_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func two(s *torch.Session) latent.Latent {
	return latent.Latent{
		{Name: "sun", Value: s.FromFloats([]float32{1, 2, 3, 4}, 2, 2)},
		{Name: "sky", Value: s.FromFloats([]float32{5, 6, 7, 8, 9, 10}, 2, 1, 3)},
	}
}

func TestFlatHoldsEveryNumberOfAMapInItsRow(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		z := two(s)
		want := []float32{1, 2, 5, 6, 7 /**/, 3, 4, 8, 9, 10}
		if got := z.Flat().Floats(); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := z.Flat().Size(1); got != 5 || z.Maps() != 2 {
			t.Errorf("got %d dimensions of %d maps, want 5 of 2", got, z.Maps())
		}
	})
}

// Parts meet by their names, in whatever order they stand.
func TestPartsMeetByName(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		z := two(s)
		turned := latent.Latent{z[1], z[0]}
		for name, zero := range z.Zip(turned, torch.Tensor.Sub).Each {
			if far := zero.Abs().Max().Item(); far != 0 {
				t.Errorf("%s: differs by %v from itself", name, far)
			}
		}
		with := z.With(latent.Of("sky", s.Zeros(2, 1, 3)))
		if with.Part("sky").Sum().Item() != 0 || with.Part("sun").Sum().Item() != 10 {
			t.Errorf("got sky %v and sun %v, want zeros and the old", with.Part("sky").Floats(), with.Part("sun").Floats())
		}
		if got := z.Only(latent.Of("sky", torch.Tensor{})).Names(); !slices.Equal(got, []string{"sky"}) {
			t.Errorf("got the parts %q, want sky", got)
		}
	})
	err := torch.Do(torch.CPU, func(s *torch.Session) { two(s).Only(latent.Of("moon", s.Zeros(1))) })
	if err == nil || !strings.Contains(err.Error(), `no part "moon" among ["sun" "sky"]`) {
		t.Errorf("got error %v, want one that names the moon", err)
	}
}
