package torch_test

import (
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// Each of these once could read past memory, leak, or end the process.
func TestFaultsAreErrors(t *testing.T) {
	const odd = torch.DType(99)
	for _, c := range []struct {
		name, want string
		f          func(s *torch.Session)
	}{
		{"states", "adamw: 2 parameters, 1 states", func(s *torch.Session) {
			torch.AdamWStep([]torch.Tensor{s.Ones(1), s.Ones(1)}, make([]torch.AdamWState, 1), torch.AdamWRule{})
		}},
		{"lerp into", "2 tensors from 1", func(s *torch.Session) {
			torch.LerpInto([]torch.Tensor{s.Ones(1), s.Ones(1)}, []torch.Tensor{s.Ones(1)}, 1)
		}},
		{"topk", "topk([3] f32)", func(s *torch.Session) { s.Ones(3).TopK(4, 0) }},
		{"svd", "svd([3] f32)", func(s *torch.Session) { s.Ones(3).SVD() }},
		{"qr", "qr([3] f32)", func(s *torch.Session) { s.Ones(3).QR() }},
		{"no graph", "grad([] f32)", func(s *torch.Session) { x := s.Ones(2); torch.Grad(x.Sum(), x) }},
		{"seed's shape", "grad([2] f32, [3] f32)", func(s *torch.Session) {
			x := s.Ones(2).SetRequiresGrad(true)
			torch.GradWith(x.Exp(), s.Ones(3), false, x)
		}},
		{"whole numbers have no gradient", "requires grad([1] i64)", func(s *torch.Session) { s.FromInts([]int64{1}, 1).SetRequiresGrad(true) }},
		{"backward twice", "backward([] f32): Trying to backward through the graph a second time", func(s *torch.Session) {
			y := s.Ones(2).SetRequiresGrad(true).Exp().Sum()
			y.Backward()
			y.Backward()
		}},
		{"negative", "full: ", func(s *torch.Session) { s.Zeros(-1) }},
		{"two negatives", "from data: ", func(s *torch.Session) { s.FromFloats(make([]float32, 6), -2, -3) }},
		{"overflow", "from data: ", func(s *torch.Session) { s.FromFloats(nil, 1<<32, 1<<32) }},
		{"type in full", "full: ", func(s *torch.Session) { s.Full(1, odd, 2) }},
		{"type in to", "to([2] f32): ", func(s *torch.Session) { s.Ones(2).To(odd) }},
		{"type in bytes", "from data: no type 99", func(s *torch.Session) { s.FromBytes(nil, odd, 2) }},
		{"type in arange", "arange: ", func(s *torch.Session) { s.Arange(0, 1, 1, odd) }},
		{"type in autocast", "autocast: no type 99", func(s *torch.Session) { s.Autocast(odd, func() { s.Ones(2, 2).MatMul(s.Ones(2, 2)) }) }},
		{"arange", "arange: ", func(s *torch.Session) { s.Arange(0, 1, 0, torch.Float32) }},
		{"rank", "17 dimensions, want at most 16", func(s *torch.Session) {
			shape := make([]int64, 17)
			_ = s.Zeros(shape...).Shape()
		}},
		{"size", "no dimension 2 in [1 1]", func(s *torch.Session) { s.Ones(1, 1).Size(2) }},
		{"embedding", "embedding", func(s *torch.Session) { s.FromInts([]int64{9}, 1).Embedding(s.Ones(3, 2)) }},
		{"no cuda", "torch: to([1] f32): no device cuda:120: this machine has", func(s *torch.Session) {
			s.Ones(1).ToDevice(120)
		}},
		{"empty join", "cat: no tensors", func(*torch.Session) { torch.Cat(0) }},
		{"chunk", "want a multiple of 2", func(s *torch.Session) { s.Ones(3).Chunk(2, 0) }},
		{"zero operand", "add: the tensor is the zero Tensor", func(s *torch.Session) { s.Ones(1).Add(torch.Tensor{}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			torchtest.NoLeaks(t)
			err := torch.Do(torch.CPU, c.f)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got error %v, want one with %q", err, c.want)
			}
			if strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), ".cpp") {
				t.Errorf("got a stack in the message: %v", err)
			}
		})
	}
}

func TestNoSuchCUDADevice(t *testing.T) {
	if _, err := torch.DescribeCUDA(torch.CUDADevices()); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got error %v, want one line", err)
	}
	if _, _, err := torch.CUDAMemory(torch.CPU); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got error %v, want one line", err)
	}
}

func TestEndedSession(t *testing.T) {
	torchtest.NoLeaks(t)
	var gone *torch.Session
	if err := torch.Do(torch.CPU, func(s *torch.Session) { gone = s }); err != nil {
		t.Fatal(err)
	}
	err := torch.Do(torch.CPU, func(*torch.Session) { gone.Ones(2) })
	if err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("got error %v, want that the session has ended", err)
	}
	defer func() {
		if e, ok := recover().(error); !ok || !strings.Contains(e.Error(), "ended") {
			t.Errorf("outside every Do: got panic %v, want an error in words", e)
		}
	}()
	gone.Ones(2)
}

func TestTidyOutOfOrder(t *testing.T) {
	torchtest.Do(t, func(s *torch.Session) {
		a := s.Ones(1)
		outer := s.Tidy()
		b := s.Ones(1)
		inner := s.Tidy()
		c := s.Ones(1)
		outer()
		inner()
		inner()
		if a.String() == "freed" || b.String() != "freed" || c.String() != "freed" {
			t.Errorf("got %v, %v, %v, want the first alone", a, b, c)
		}
	})
}

// The results of a function that fails on its way out are freed with the rest.
func TestTidyWhenAnOpFails(t *testing.T) {
	torchtest.NoLeaks(t)
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		func() (y, z torch.Tensor) {
			defer s.Tidy(&y, &z)()
			y = s.Ones(3)
			z = y.MatMul(s.Ones(4))
			return y, z
		}()
	})
	if err == nil {
		t.Error("got no error, want one of matmul")
	}
}
