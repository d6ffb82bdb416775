package dist_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/dist/disttest"
	"github.com/clipenv/toolkit/pkg/torch"
)

// descend averages the gradients of a net of six weights, of which rank 1 does not
// reach the last two and no rank the one before these, and prints them and which
// weights have one. Parts of the batch before the last add theirs up.
func descend(overlaps bool) disttest.Role {
	return func(_ context.Context, g *dist.Group) error {
		dist.SetBucket(100) // bytes: a weight or two
		g.Overlap(overlaps)
		return torch.Do(torch.CPU, func(s *torch.Session) {
			s.Seed(1)
			var weights []torch.Tensor
			for range 6 {
				weights = append(weights, s.Randn(4, 4).Detach().SetRequiresGrad(true))
			}
			last := weights[len(weights)-1]
			const parts, steps = 3, 2
			for step := range steps {
				torch.ZeroGrad(weights)
				for part := range parts {
					s.Seed(int64(100*step + 10*part + g.Rank()))
					x := s.Randn(5, 4)
					for i, w := range weights {
						switch {
						case i == 3 || i >= 4 && g.Rank() == 1:
						case w == last:
							x = x.Add(w.Sum())
						default:
							x = x.MatMul(w).SiLU()
						}
					}
					if part == parts-1 {
						s.Check(g.SendGradients(weights))
					}
					x.Square().Sum().Backward()
				}
				s.Check(g.AverageGradients(weights))
				for _, w := range weights {
					fmt.Printf("%x ", s.GradOf(w).Floats())
				}
			}
			// A weight without a gradient is left alone.
			state := torch.AdamWState{M: s.Zeros(4, 4), V: s.Zeros(4, 4), Step: s.Scalar(0)}
			torch.AdamWStep(weights[3:4], []torch.AdamWState{state}, torch.AdamWRule{Rate: .1, Beta1: .9, Beta2: .999, Eps: 1e-8})
			fmt.Println(state.Step.Item())
		})
	}
}

// Gradients that leave during the backward pass come to the same bytes, also where
// some ranks, or all, have none.
func TestGradientsThatLeaveEarlyAreTheSame(t *testing.T) {
	want := (disttest.Job{Role: "after backward", Size: 2}).Run(t)
	got := (disttest.Job{Role: "during backward", Size: 2}).Run(t)
	for rank := range want {
		if got[rank] != want[0] || want[rank] != want[0] {
			t.Errorf("rank %d: got\n%s\nand without overlap\n%s\nwant on all\n%s", rank, got[rank], want[rank], want[0])
		}
	}
	if !strings.HasSuffix(want[0], " 0\n") {
		t.Errorf("got %q, want a weight without gradient to take no step", want[0])
	}
}

// lateGradient has a second backward pass add to gradients that have left.
func lateGradient(_ context.Context, g *dist.Group) error {
	g.Overlap(true)
	return torch.Do(torch.CPU, func(s *torch.Session) {
		w := []torch.Tensor{s.Ones(3).SetRequiresGrad(true)}
		s.Check(g.SendGradients(w))
		w[0].Sum().Backward()
		w[0].Sum().Backward()
		if err := g.AverageGradients(w); err == nil || !strings.Contains(err.Error(), "after it was sent") {
			s.Check(fmt.Errorf("got %v, want that a gradient came too late", err))
		}
		// The step after it begins anew.
		torch.ZeroGrad(w)
		s.Check(g.SendGradients(w))
		w[0].MulScalar(float64(1 + g.Rank())).Sum().Backward()
		s.Check(g.AverageGradients(w))
		fmt.Println(s.GradOf(w[0]).Floats())
	})
}

func TestAGradientAfterItWasSentIsAnError(t *testing.T) {
	for rank, got := range (disttest.Job{Role: "late gradient", Size: 2}).Run(t) {
		if want := "[1.5 1.5 1.5]\n"; got != want {
			t.Errorf("rank %d: got %q, want %q", rank, got, want)
		}
	}
}

// breaks loses rank 1 within a backward pass.
func breaks(_ context.Context, g *dist.Group) error {
	g.Overlap(true)
	return torch.Do(torch.CPU, func(s *torch.Session) {
		w := []torch.Tensor{s.Ones(3).SetRequiresGrad(true)}
		s.Check(g.SendGradients(w))
		if g.Rank() == 1 {
			s.Check(errors.New("the disk is full"))
		}
		w[0].Sum().Backward()
		s.Check(g.AverageGradients(w))
	})
}

func TestAProcessIsLostWhileGradientsTravel(t *testing.T) {
	processes := (disttest.Job{Role: "breaks", Size: 2}).Start(t)
	for rank, want := range []string{"averaging the gradients: rank 1 (process", "the disk is full"} {
		if _, stderr, err := processes[rank].End(); err == nil || !strings.Contains(stderr, want) {
			t.Errorf("rank %d: got %v, %q, want %q", rank, err, stderr, want)
		}
	}
}
