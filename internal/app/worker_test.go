package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Jobs of many goroutines run on one thread, one at a time, and what one draws
// from its seed is what it draws alone.
func TestAWorkerHasOneThread(t *testing.T) {
	draw := func(seed int64) (out []float32, err error) {
		err = torch.Do(torch.CPU, func(s *torch.Session) {
			s.Seed(seed)
			out = s.Randn(16).Floats()
		})
		return out, err
	}
	w := NewWorker()
	var mu sync.Mutex
	threads, drawn := map[int]bool{}, map[int64][]float32{}
	w.Serve(func() {
		var all sync.WaitGroup
		for seed := range int64(12) {
			all.Go(func() {
				err := w.Do(context.Background(), func() error {
					mu.Lock()
					threads[syscall.Gettid()] = true
					mu.Unlock()
					out, err := draw(seed)
					mu.Lock()
					drawn[seed] = out
					mu.Unlock()
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
	if len(threads) != 1 {
		t.Errorf("the jobs ran on %d threads, want one", len(threads))
	}
	for seed, got := range drawn {
		if want, _ := draw(seed); !slices.Equal(got, want) {
			t.Errorf("seed %d: got %v beside others, want %v", seed, got, want)
		}
	}
}

func TestAJobsFaultsReachWhoAsked(t *testing.T) {
	w := NewWorker()
	w.Serve(func() {
		wrong := errors.New("wrong")
		if err := w.Do(context.Background(), func() error { return wrong }); err != wrong {
			t.Errorf("got error %v, want the job's", err)
		}
		func() {
			defer func() {
				if got := recover(); got != "a bug" {
					t.Errorf("got the fault %v, want the job's", got)
				}
			}()
			w.Do(context.Background(), func() error { panic("a bug") })
		}()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		busy, ends := make(chan struct{}), make(chan struct{})
		go w.Do(context.Background(), func() error { close(busy); <-ends; return nil })
		<-busy
		if err := w.Do(ctx, func() error { t.Error("a job ran after its caller had gone"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want that it was cancelled", err)
		}
		close(ends)
	})
}
