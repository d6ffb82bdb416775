package torch_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// The slope that Grad gives is the slope that is measured, in f64.
func TestGradientsAgreeWithDifferences(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(x torch.Tensor) torch.Tensor // [2,3,4,4] to a scalar
	}{
		{"conv block", func(x torch.Tensor) torch.Tensor {
			w := x.Session().Arange(0, 1, 1.0/54, torch.Float64).Reshape(2, 3, 3, 3).Sin()
			return x.Conv2d(w, none, torch.ConvOptions{Padding: 1}).GroupNorm(1, none, none, 1e-5).SiLU().Square().Sum()
		}},
		{"attention", func(x torch.Tensor) torch.Tensor {
			return torch.Attention(x, x.Roll(1, 2), x.Tanh(), none, true, 0).LayerNorm(none, none, 1e-3).Exp().Mean()
		}},
		{"contrast", func(x torch.Tensor) torch.Tensor {
			z := x.Flatten(2).Normalize(-1, 1e-9)
			return z.MatMul(z.Transpose(1, 2)).MulScalar(5).LogSoftmax(-1).Square().Sum()
		}},
		{"picture", func(x torch.Tensor) torch.Tensor {
			return x.Exp().Log1p().Resize(7, 5, torch.BilinearAntialias).Var(2, 3).Sqrt().Sum()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			torchtest.Do(t, func(s *torch.Session) {
				s.Seed(3)
				x := s.Randn(2, 3, 4, 4).To(torch.Float64).SetRequiresGrad(true)
				slope := torch.Grad(c.f(x), x)[0]
				for range 5 {
					way := s.Randn(2, 3, 4, 4).To(torch.Float64)
					const h = 1e-5
					up, down := c.f(x.AddScaled(way, h)).Item(), c.f(x.AddScaled(way, -h)).Item()
					got, want := slope.Mul(way).Sum().Item(), (up-down)/(2*h)
					if math.Abs(got-want) > 1e-6*max(1, math.Abs(want)) {
						t.Errorf("got slope %v, want %v", got, want)
					}
				}
			})
		})
	}
}

func TestBackwardIsGrad(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x, idle := s.Randn(4).SetRequiresGrad(true), s.Randn(2).SetRequiresGrad(true)
		seed := s.Randn(4)
		want := torch.GradWith(x.Exp(), seed, false, x, idle)
		torch.ZeroGrad([]torch.Tensor{x})
		y := x.Exp()
		y.BackwardWith(seed, true)
		near(t, "backward", s.GradOf(x), want[0], 0)
		y.BackwardWith(seed, false)
		near(t, "twice", s.GradOf(x), want[0].MulScalar(2), 0)
		near(t, "of no part in it", want[1], s.Zeros(2), 0)
		near(t, "of no part in it", s.GradOf(idle), s.Zeros(2), 0)
		torch.ZeroGrad([]torch.Tensor{x})
		near(t, "zeroed", s.GradOf(x), s.Zeros(4), 0)
		x.Square().Sum().Backward()
		near(t, "scalar", s.GradOf(x), x.MulScalar(2), 0)
		if got := torch.Grad(x.Sum()); got != nil {
			t.Errorf("got %v for no inputs, want none", got)
		}
	})
}

func TestSecondDerivative(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Scalar(3).SetRequiresGrad(true)
		slope := torch.GradWith(x.PowScalar(3), none, true, x)[0]
		if got := torch.Grad(slope, x)[0].Item(); got != 18 {
			t.Errorf("(x³)″ at 3: got %v, want 18", got)
		}
	})
}

func TestSeedRepeatsTheDraws(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		draw := func() [][]float32 {
			return [][]float32{s.Rand(9).Floats(), s.Randn(33).Floats(), s.RandPerm(20).Floats(), s.Uniform(-1, 1, 50).Floats()}
		}
		s.Seed(5)
		first := draw()
		next := draw()
		s.Seed(5)
		if again := draw(); !reflect.DeepEqual(first, again) {
			t.Errorf("got %v, want %v", again, first)
		}
		if reflect.DeepEqual(first, next) {
			t.Error("got the same draws without a new seed")
		}
	})
}

// What a seeded session draws does not depend on what others draw meanwhile.
func TestSeededSessionsDoNotMixTheirDraws(t *testing.T) {
	torchtest.Do(t, func(a *torch.Session) {
		alone := func() []float32 {
			a.Seed(5)
			return append(a.Randn(7).Floats(), a.Rand(7).Floats()...)
		}
		want := alone()
		var got []float32
		a.Check(torch.Do(a.Device(), func(b *torch.Session) {
			a.Seed(5)
			b.Seed(6)
			got = a.Randn(7).Floats()
			b.Randn(5)
			b.Uniform(-1, 1, 9)
			got = append(got, a.Rand(7).Floats()...)
		}))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("beside another session: got %v, want %v", got, want)
		}
	})
}

func TestMemoryIsTheElements(t *testing.T) {
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		x := s.FromFloats([]float32{1, -2, .5}, 3)
		if got, want := x.Memory(), x.Bytes(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	err = torch.Do(torch.CPU, func(s *torch.Session) { s.Ones(2, 3).Transpose(0, 1).Memory() })
	if err == nil || !strings.Contains(err.Error(), "contiguous") {
		t.Errorf("of a transposed tensor: got error %v, want one", err)
	}
}

func TestAutocastNestsAndIsRestored(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		x := s.Ones(4, 4)
		want := func(when string, dtype torch.DType) {
			t.Helper()
			if got := x.MatMul(x).DType(); got != dtype {
				t.Errorf("%s: got %v, want %v", when, got, dtype)
			}
		}
		want("outside", torch.Float32)
		s.Autocast(torch.BFloat16, func() {
			want("inside", torch.BFloat16)
			s.Autocast(torch.Float16, func() { want("second", torch.Float16) })
			want("after the second", torch.BFloat16)
			err := torch.Do(torch.CPU, func(inner *torch.Session) {
				inner.Autocast(torch.Float16, func() { inner.Check(errors.New("stop")) })
			})
			if err == nil {
				t.Error("got no error from a failing session")
			}
			want("after a failure", torch.BFloat16)
		})
		want("after all", torch.Float32)
	})
	_ = torch.Do(torch.CPU, func(s *torch.Session) {
		s.Autocast(torch.BFloat16, func() { s.Check(errors.New("stop")) })
	})
	torchtest.Do(t, func(s *torch.Session) {
		if got := s.Ones(2, 2).MatMul(s.Ones(2, 2)).DType(); got != torch.Float32 {
			t.Errorf("in the session after a failed one: got %v, want f32", got)
		}
	})
}

// A bf16 has 8 bits: sums of products of the order of 1 are near to 2⁻⁷.
func TestAutocastIsNearF32(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		s.Seed(1)
		x, w := s.Randn(8, 64), s.Randn(64, 64).MulScalar(0.125).SetRequiresGrad(true)
		run := func() (torch.Tensor, torch.Tensor) {
			y := x.Linear(w, none).Tanh()
			return y.To(torch.Float32), torch.Grad(y.To(torch.Float32).Square().Mean(), w)[0]
		}
		y, g := run()
		s.Autocast(torch.BFloat16, func() {
			half, slope := run()
			if got := half.Sub(y).Abs().Max().Item(); got > 0.05 || got == 0 {
				t.Errorf("got values %v apart, want more than 0 and at most 0.05", got)
			}
			if got := slope.Sub(g).Norm().Item() / g.Norm().Item(); got > 0.02 {
				t.Errorf("got gradients %v apart, relatively, want at most 0.02", got)
			}
		})
	})
}

func TestBytesComeBack(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		floats := []float32{0, -1.5, 3, float32(math.Inf(1)), math.MaxFloat32, 1e-45}
		if got := s.FromFloats(floats, 2, 3).Floats(); !reflect.DeepEqual(got, floats) {
			t.Errorf("got %v, want %v", got, floats)
		}
		ints := []int64{0, -1, math.MaxInt64, math.MinInt64}
		if got := s.FromInts(ints, 4).Ints(); !reflect.DeepEqual(got, ints) {
			t.Errorf("got %v, want %v", got, ints)
		}
		if got := s.FromInts([]int64{7}).Item(); got != 7 {
			t.Errorf("got %v, want 7", got)
		}
		if got := s.FromFloats(nil, 0, 3).Floats(); len(got) != 0 {
			t.Errorf("got %v, want none", got)
		}
		for _, dtype := range []torch.DType{torch.Uint8, torch.Int32, torch.Int64, torch.Float16, torch.Float32, torch.Float64, torch.Bool, torch.BFloat16} {
			data := make([]byte, 6*dtype.Size())
			for i := range data {
				data[i] = byte(i % 2)
			}
			x := s.FromBytes(data, dtype, 3, 2)
			if got := x.Bytes(); !bytes.Equal(got, data) || x.DType() != dtype {
				t.Errorf("%v: got %v %v, want %v", dtype, x.DType(), got, data)
			}
			want := make([]byte, 0, len(data)) // column by column
			for _, i := range []int64{0, 2, 4, 1, 3, 5} {
				want = append(want, data[i*dtype.Size():(i+1)*dtype.Size()]...)
			}
			if got := x.Transpose(0, 1).Bytes(); !bytes.Equal(got, want) {
				t.Errorf("%v, turned: got %v, want %v", dtype, got, want)
			}
		}
		half := binary.LittleEndian.AppendUint16(nil, 0x3fc0) // 1.5 as bf16
		if got := s.FromBytes(half, torch.BFloat16).Item(); got != 1.5 {
			t.Errorf("got %v, want 1.5", got)
		}
	})
}

func TestCopyFrom(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		w := s.Zeros(2, 2).SetRequiresGrad(true)
		w.CopyFrom(s.FromFloats([]float32{1, 2, 3, 4}, 2, 2).To(torch.Float64))
		if got := w.Floats(); !reflect.DeepEqual(got, []float32{1, 2, 3, 4}) || !w.RequiresGrad() {
			t.Errorf("got %v, requires grad %v, want [1 2 3 4], true", got, w.RequiresGrad())
		}
		err := torch.Do(torch.CPU, func(inner *torch.Session) { w.CopyFrom(inner.Ones(1)) })
		if err == nil || !strings.Contains(err.Error(), "copy from([2 2] f32, [1] f32)") {
			t.Errorf("got error %v for another shape, want one: nothing is broadcast", err)
		}
	})
}

func TestDeviceNames(t *testing.T) {
	for _, name := range []string{"cpu", "auto", ""} {
		d, err := torch.ParseDevice(name)
		if err != nil || torch.CUDADevices() == 0 && d != torch.CPU {
			t.Errorf("%q: got %v and error %v", name, d, err)
		}
	}
	for _, name := range []string{"gpu", "CPU", "cuda:", "cuda:-1", "cuda:+1", "cuda:x", "cuda:99999999999999999999", "cuda 0"} {
		_, err := torch.ParseDevice(name)
		if err == nil || !strings.Contains(err.Error(), "want auto, cpu, cuda or cuda:N") {
			t.Errorf("%q: got error %v, want the names that are known", name, err)
		}
	}
	_, err := torch.ParseDevice("cuda:200")
	if err == nil || !strings.Contains(err.Error(), "device cuda:200: this machine has") {
		t.Errorf("got error %v, want the count of devices", err)
	}
	for d := torch.Device(0); int(d) < torch.CUDADevices(); d++ {
		if got, err := torch.ParseDevice(d.String()); got != d || err != nil {
			t.Errorf("got %v and error %v, want %v", got, err, d)
		}
	}
}

// Sessions on many goroutines share weights and disturb nothing of each
// other's: results, gradients, grad mode, autocast, errors.
func TestManySessionsAtOnce(t *testing.T) {
	torchtest.NoLeaks(t)
	defer torch.SetThreads(torch.Threads())
	torch.SetThreads(1)
	var w torch.Tensor
	torchtest.NoLeaks(t)
	if err := torch.Do(torch.CPU, func(s *torch.Session) { w = s.Eye(16).MulScalar(2).Own() }); err != nil {
		t.Fatal(err)
	}
	defer w.Free()
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for round := range 30 {
				err := torch.Do(torch.CPU, func(s *torch.Session) {
					x := s.Full(float64(i+1), torch.Float32, 16, 16).SetRequiresGrad(true)
					if got := torch.Grad(x.MatMul(w).Square().Sum(), x)[0].Max().Item(); got != float64(8*(i+1)) {
						t.Errorf("session %d: got gradient %v, want %v", i, got, 8*(i+1))
					}
					s.NoGrad(func() {
						s.Autocast(torch.BFloat16, func() {
							if y := x.MatMul(w); y.RequiresGrad() || y.DType() != torch.BFloat16 {
								t.Errorf("session %d: got %v, want bf16 and no graph", i, y)
							}
						})
					})
					if round%3 == 0 {
						x.Reshape(int64(i) + 1000)
					}
				})
				if round%3 == 0 && (err == nil || !strings.Contains(err.Error(), "reshape([16 16] f32): shape '[10")) {
					t.Errorf("session %d: got error %v, want its own", i, err)
				}
				if round%3 != 0 && err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
