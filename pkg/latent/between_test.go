package latent_test

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// Both ways begin at the one and end at the other; the spherical one turns
// evenly and changes its length evenly, for each of the maps by itself.
func TestTheWaysBetweenLatents(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(3)
		a, b := latent.Of("mean", s.Randn(2, 4, 8)), latent.Of("mean", s.Randn(2, 4, 8).MulScalar(3))
		part := func(z latent.Latent, i int64) torch.Tensor { return z.Part("mean").Narrow(0, i, 1).Flatten(1) }
		cosine := func(x, y torch.Tensor) float64 {
			return x.Mul(y).Sum().Item() / (x.Norm().Item() * y.Norm().Item())
		}
		for name, way := range map[string]func(a, b latent.Latent, t float64) latent.Latent{"linear": latent.Linear, "spherical": latent.Spherical} {
			for end, want := range map[float64]latent.Latent{0: a, 1: b} {
				if off := way(a, b, end).Part("mean").Sub(want.Part("mean")).Abs().Max().Item(); off > 1e-5 {
					t.Errorf("%s: at %v it is off by %v", name, end, off)
				}
			}
		}
		for i := range int64(2) {
			whole := math.Acos(cosine(part(a, i), part(b, i)))
			long, longB := part(a, i).Norm().Item(), part(b, i).Norm().Item()
			for _, at := range []float64{.2, .5, .9} {
				z := part(latent.Spherical(a, b, at), i)
				if got := math.Acos(cosine(part(a, i), z)); math.Abs(got-at*whole) > 1e-3 {
					t.Errorf("map %d at %v: turned by %v, want %v", i, at, got, at*whole)
				}
				if got, want := z.Norm().Item(), (1-at)*long+at*longB; math.Abs(got-want) > 1e-3 {
					t.Errorf("map %d at %v: length %v, want %v", i, at, got, want)
				}
			}
		}
	})
}

// Where there is no way to turn, the straight line is taken, not a NaN.
func TestLatentsInLineAreJoinedStraight(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.FromFloats([]float32{1, 2, -1}, 1, 3)
		for name, y := range map[string]torch.Tensor{"the same": x, "longer": x.MulScalar(2), "against": x.Neg(), "none": x.ZerosLike()} {
			a, b := latent.Of("mean", x), latent.Of("mean", y)
			got, want := latent.Spherical(a, b, .25).Part("mean"), latent.Linear(a, b, .25).Part("mean")
			if off := got.Sub(want).Abs().Max().Item(); !(off < 1e-5) {
				t.Errorf("%s: got %v, want %v", name, got.Floats(), want.Floats())
			}
		}
	})
}
