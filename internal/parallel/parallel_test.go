package parallel_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/clipenv/toolkit/internal/parallel"
)

// Every row is worked on once, whatever the number of rows and processors.
func TestEveryRowIsOnceInABand(t *testing.T) {
	for _, processors := range []int{1, 2, 3, 7} {
		before := runtime.GOMAXPROCS(processors)
		for _, n := range []int{0, 1, 2, 5, 7, 64} {
			rows, banded := make([]int, n), make([]int, n)
			parallel.Rows(n, func(from, to int) {
				for i := from; i < to; i++ {
					rows[i]++
				}
			})
			bands := make([]int, parallel.Count(n))
			parallel.Bands(n, len(bands), func(band, from, to int) {
				bands[band]++
				for i := from; i < to; i++ {
					banded[i]++
				}
			})
			for i := range n {
				if rows[i] != 1 || banded[i] != 1 {
					t.Errorf("%d processors, row %d of %d: got it %d and %d times, want once", processors, i, n, rows[i], banded[i])
				}
			}
			if len(bands) < 1 || len(bands) > processors {
				t.Errorf("%d processors, %d rows: got %d bands", processors, n, len(bands))
			}
			stripped := make([]int, n)
			parallel.Strips(n, func() func(int) { return func(i int) { stripped[i]++ } })
			for i, times := range stripped {
				if times != 1 {
					t.Errorf("%d processors, row %d of %d: got it %d times in strips, want once", processors, i, n, times)
				}
			}
			for b, times := range bands {
				if times != 1 {
					t.Errorf("%d processors, %d rows: band %d was worked on %d times, want once", processors, n, b, times)
				}
			}
		}
		runtime.GOMAXPROCS(before)
	}
}

// Floats that a sum in another order would give other digits.
func TestASumDoesNotDependOnTheProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	sum := func(processors int) float64 {
		runtime.GOMAXPROCS(processors)
		return parallel.Sum(1000, func(row int) float64 { return 1 / float64(1+row*row%97) }, func(sum *float64, row float64) { *sum += row })
	}
	want := 0.
	for row := range 1000 {
		want += 1 / float64(1+row*row%97)
	}
	for _, processors := range []int{1, 2, 3, 8} {
		if got := sum(processors); got != want {
			t.Errorf("%d processors: got %v, want %v as on one, row after row", processors, got, want)
		}
	}
}

func TestEachEndsWithTheFirstFault(t *testing.T) {
	done := make([]atomic.Bool, 50)
	if err := parallel.Each(context.Background(), 50, func(i int) error { done[i].Store(true); return nil }); err != nil {
		t.Errorf("got error %v, want none", err)
	}
	for i := range done {
		if !done[i].Load() {
			t.Errorf("%d was left out", i)
		}
	}
	var calls atomic.Int64
	err := parallel.Each(context.Background(), 100_000, func(i int) error {
		calls.Add(1)
		if i >= 3 {
			return fmt.Errorf("fault %d", i)
		}
		return nil
	})
	if err == nil || err.Error() != "fault 3" || calls.Load() > 1000 {
		t.Errorf("got error %v after %d calls, want fault 3 after few", err, calls.Load())
	}
	ctx, cancel := context.WithCancel(context.Background())
	calls.Store(0)
	err = parallel.Each(ctx, 100_000, func(int) error { calls.Add(1); cancel(); return nil })
	if !errors.Is(err, context.Canceled) || calls.Load() > 1000 {
		t.Errorf("got error %v after %d calls, want that it was cancelled after few", err, calls.Load())
	}
}
