package dist_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/dist/disttest"
	"github.com/clipenv/toolkit/pkg/torch"
)

func TestMain(m *testing.M) {
	disttest.Main(m.Run, map[string]disttest.Role{
		"collect": collect, "average": average, "words": words, "dies": dies, "stops": stops, "late": late, "patient": patient, "told": told, "nothing": nothing,
		"after backward": descend(false), "during backward": descend(true), "late gradient": lateGradient, "breaks": breaks,
		"once killed": onceKilled, "sleeps": sleeps,
	})
}

func nothing(context.Context, *dist.Group) error { return nil }

// collect does one of each collective, and prints what came of it.
func collect(_ context.Context, g *dist.Group) error {
	return torch.Do(torch.CPU, func(s *torch.Session) {
		mine := s.FromFloats([]float32{float32(g.Rank()), 10}, 1, 2)
		all := g.AllGather(s, mine)
		fmt.Println("gathered", all.Shape(), all.Floats())
		s.Check(g.Broadcast([]torch.Tensor{mine}))
		fmt.Println("from rank 0", mine.Floats())
		means, err := g.Mean([]float64{float64(g.Rank()), 7})
		s.Check(err)
		fmt.Println("means", means)
		s.Check(g.Barrier())
	})
}

func TestCollectives(t *testing.T) {
	for size, want := range map[int]string{
		2: "gathered [2 2] [0 10 1 10]\nfrom rank 0 [0 10]\nmeans [0.5 7]\n",
		4: "gathered [4 2] [0 10 1 10 2 10 3 10]\nfrom rank 0 [0 10]\nmeans [1.5 7]\n",
	} {
		for rank, got := range (disttest.Job{Role: "collect", Size: size}).Run(t) {
			if got != want {
				t.Errorf("rank %d of %d: got\n%swant\n%s", rank, size, got, want)
			}
		}
	}
}

// average has gradients of three weights averaged: of one that all have, of one
// that rank 0 alone has, and of one that no one has.
func average(_ context.Context, g *dist.Group) error {
	return torch.Do(torch.CPU, func(s *torch.Session) {
		var weights []torch.Tensor
		for range 3 {
			weights = append(weights, s.Zeros(2).SetRequiresGrad(true))
		}
		weights[0].MulScalar(float64(g.Rank() + 1)).Sum().Backward()
		if g.Rank() == 0 {
			weights[1].Sum().Backward()
		}
		s.Check(g.AverageGradients(weights))
		for _, w := range weights {
			fmt.Print(s.GradOf(w).Floats(), " ")
		}
		// A weight without a gradient is left alone; a gradient of zero would move it.
		state := torch.AdamWState{M: s.Zeros(2), V: s.Zeros(2), Step: s.Scalar(0)}
		torch.AdamWStep(weights[2:], []torch.AdamWState{state}, torch.AdamWRule{Rate: .1, Beta1: .9, Beta2: .999, Eps: 1e-8})
		fmt.Println(state.Step.Item())
	})
}

func TestGradientsAreAveraged(t *testing.T) {
	const want = "[1.5 1.5] [0.5 0.5] [0 0] 0\n"
	for rank, got := range (disttest.Job{Role: "average", Size: 2}).Run(t) {
		if got != want {
			t.Errorf("rank %d: got %q, want %q", rank, got, want)
		}
	}
}

// words exchanges words, in an order that only waiting makes right.
func words(_ context.Context, g *dist.Group) error {
	var done string
	if err := g.InTurn(context.Background(), "loading", func() error {
		if g.Rank() == 0 {
			time.Sleep(200 * time.Millisecond)
		}
		done = time.Now().Format(time.RFC3339Nano)
		return nil
	}); err != nil {
		return err
	}
	all, err := g.Exchange("comparing", done)
	if err != nil {
		return err
	}
	for rank := 1; rank < len(all); rank++ {
		if all[rank] < all[0] {
			return fmt.Errorf("rank %d went before rank 0", rank)
		}
	}
	word, err := g.First(context.Background(), "waiting", func() (string, error) {
		time.Sleep(200 * time.Millisecond)
		return "of rank " + strconv.Itoa(g.Rank()), nil
	})
	fmt.Println(word)
	return err
}

func TestWords(t *testing.T) {
	for rank, got := range (disttest.Job{Role: "words", Size: 3}).Run(t) {
		if got != "of rank 0\n" {
			t.Errorf("rank %d: got %q, want rank 0's word", rank, got)
		}
	}
}

// steps does collectives until one fails.
func steps(g *dist.Group, each func(step int)) error {
	for step := range 1000 {
		each(step)
		if _, err := g.Mean([]float64{1}); err != nil {
			return err
		}
	}
	return errors.New("nothing failed")
}

// dies has the rank in VICTIM kill itself. Once it is found dead nobody waits for it,
// nor does who keeps the store.
func dies(_ context.Context, g *dist.Group) error {
	err := steps(g, func(step int) {
		if step == 3 && strconv.Itoa(g.Rank()) == os.Getenv("VICTIM") {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	})
	began := time.Now()
	g.Close(err)
	if took := time.Since(began); took > 3*time.Second {
		err = fmt.Errorf("%w\nand leaving took %v", err, took)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
	return nil
}

func TestADeadPeerIsNamed(t *testing.T) {
	for _, c := range []struct {
		victim int
		want   string
	}{
		{2, "rank 2 (process"},
		{0, "rank 0 (process"}, // with the store
	} {
		began := time.Now()
		for rank, p := range (disttest.Job{Role: "dies", Size: 4, Set: []string{"VICTIM=" + strconv.Itoa(c.victim)}}).Start(t) {
			_, stderr, err := p.End()
			if err == nil {
				t.Errorf("rank %d ended well", rank)
			}
			if rank != c.victim && !(strings.Contains(stderr, c.want) && strings.Contains(stderr, "gone")) {
				t.Errorf("rank %d of a group whose rank %d died: got %q, want that it is gone", rank, c.victim, stderr)
			}
			if lines := strings.Count(stderr, "\n"); lines > 1 {
				t.Errorf("rank %d of a group whose rank %d died: got %d lines, want one:\n%s", rank, c.victim, lines, stderr)
			}
		}
		if took := time.Since(began); took > 45*time.Second {
			t.Errorf("the others took %v to end, want less than the timeout of a minute", took)
		}
	}
}

// stops has rank 1 end with an error of its own.
func stops(_ context.Context, g *dist.Group) (err error) {
	fault := errors.New("no more maps")
	if other := steps(g, func(step int) {
		if step == 3 && g.Rank() == 1 {
			g.Close(fault)
			fmt.Fprintln(os.Stderr, fault)
			os.Exit(1)
		}
	}); other != nil {
		return other
	}
	return nil
}

func TestAPeersErrorIsToldOn(t *testing.T) {
	for rank, p := range (disttest.Job{Role: "stops", Size: 3}).Start(t) {
		_, stderr, err := p.End()
		want := "stopped: no more maps"
		if rank == 1 {
			want = "no more maps"
		}
		if err == nil || !strings.Contains(stderr, want) {
			t.Errorf("rank %d: got %q (%v), want %q", rank, stderr, err, want)
		}
	}
}

// late has rank 1 sleep through a collective.
func late(_ context.Context, g *dist.Group) error {
	return steps(g, func(step int) {
		if step == 3 && g.Rank() == 1 {
			time.Sleep(time.Minute)
		}
	})
}

func TestALatePeerIsNamed(t *testing.T) {
	processes := disttest.Job{Role: "late", Size: 2, Timeout: 3 * time.Second}.Start(t)
	_, stderr, err := processes[0].End()
	if want := "rank 1 did not come to it within 3s, and lives"; err == nil || !strings.Contains(stderr, want) {
		t.Errorf("got %q, want %q", stderr, want)
	}
}

// patient has rank 0 work for longer than the timeout while the others wait.
func patient(_ context.Context, g *dist.Group) error {
	_, err := g.First(context.Background(), "waiting for rank 0", func() (string, error) {
		time.Sleep(4 * time.Second)
		return "", nil
	})
	return err
}

func TestWaitingForRank0HasNoTimeout(t *testing.T) {
	disttest.Job{Role: "patient", Size: 2, Timeout: 2 * time.Second}.Run(t)
}

func TestAMissingPeerIsNamed(t *testing.T) {
	for rank, p := range (disttest.Job{Role: "nothing", Size: 4, Timeout: 3 * time.Second, Leave: []int{1, 3}}).Start(t) {
		if p == nil {
			continue
		}
		_, stderr, err := p.End()
		if err == nil || !strings.Contains(stderr, "ranks 1, 3 did not arrive within 3s") && !strings.Contains(stderr, "rank 0") {
			t.Errorf("rank %d: got %q, want that ranks 1 and 3 did not arrive", rank, stderr)
		}
	}
	for _, p := range (disttest.Job{Role: "nothing", Size: 2, Timeout: 2 * time.Second, Leave: []int{0}}).Start(t) {
		if p == nil {
			continue
		}
		if _, stderr, err := p.End(); err == nil || !strings.Contains(stderr, "no store at 127.0.0.1:") {
			t.Errorf("got %q, want that there is no store", stderr)
		}
	}
}

func TestOtherVersionsAreRefused(t *testing.T) {
	job := disttest.Job{Role: "nothing", Size: 3, Agreed: func(rank int) string {
		if rank == 2 {
			return "toolkit=v1.1"
		}
		return "toolkit=v1.0"
	}}
	for rank, p := range job.Start(t) {
		_, stderr, err := p.End()
		for _, want := range []string{"rank 2 (process", "has toolkit v1.1, and rank 0 has v1.0"} {
			if err == nil || !strings.Contains(stderr, want) {
				t.Errorf("rank %d: got %q, want %q", rank, stderr, want)
			}
		}
	}
}

// A process alone is rank 0 of 1.
func TestAlone(t *testing.T) {
	var g *dist.Group
	if from, to := g.Share(5); g.Rank() != 0 || g.Size() != 1 || from != 0 || to != 5 {
		t.Errorf("got rank %d of %d, share %d–%d", g.Rank(), g.Size(), from, to)
	}
	word, err := g.First(context.Background(), "", func() (string, error) { return "done", nil })
	all, err2 := g.Exchange("", "mine")
	if word != "done" || len(all) != 1 || all[0] != "mine" || errors.Join(err, err2, g.Barrier(), g.AverageGradients(nil)) != nil {
		t.Errorf("got %q, %q, %v, %v", word, all, err, err2)
	}
	g.Close(nil)
}

// told has rank 1 told to stop while it waits for rank 0, which works until
// that one has.
func told(ctx context.Context, g *dist.Group) error {
	stopped := os.Getenv("TOLD")
	if g.Rank() == 1 {
		time.AfterFunc(200*time.Millisecond, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGTERM) })
	}
	_, err := g.First(ctx, "waiting for rank 0", func() (string, error) {
		for range 600 {
			if _, err := os.Stat(stopped); err == nil {
				return "", nil
			}
			time.Sleep(50 * time.Millisecond)
		}
		return "", errors.New("rank 1 waited on")
	})
	if err != nil {
		return errors.Join(err, os.WriteFile(stopped, nil, 0o600))
	}
	return g.Barrier()
}

// Who waits for rank 0 to begin stops when told, and rank 0 says that it did.
func TestWaitingEndsWhenTold(t *testing.T) {
	processes := disttest.Job{Role: "told", Size: 2, Set: []string{"TOLD=" + filepath.Join(t.TempDir(), "stopped")}}.Start(t)
	for rank, want := range []string{"rank 1", "waiting for rank 0: context canceled"} {
		if _, stderr, err := processes[rank].End(); err == nil || !strings.Contains(stderr, want) {
			t.Errorf("rank %d: got %q, want %q", rank, stderr, want)
		}
	}
}
