// Package parallel shares the numbers from 0 to n, a map's rows or its texels,
// out to the processors.
//
//	Rows, Bands: in equal shares, each a run of neighbours
//	Strips:      strip by strip, where some rows take longer than others
//	Sum:         what rows give, added in their order
//	Each:        one by one, until one fails
//
// What a caller computes of a row must not depend on the others: then the result
// is the same on any number of processors.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Count is the number of bands that n rows are cut into, at least 1.
func Count(n int) int { return max(1, min(runtime.GOMAXPROCS(0), n)) }

// Rows calls work over bands that together make up 0 to n, each once, on as
// many goroutines as may run at once.
func Rows(n int, work func(from, to int)) {
	Bands(n, Count(n), func(_, from, to int) { work(from, to) })
}

// Bands is Rows over so many bands, numbered from 0, where each has a place of
// its own for what it finds.
func Bands(n, bands int, work func(band, from, to int)) {
	if bands == 1 {
		work(0, 0, n)
		return
	}
	var group sync.WaitGroup
	for b := range bands {
		group.Go(func() { work(b, b*n/bands, (b+1)*n/bands) })
	}
	group.Wait()
}

// Strips has as many workers as may run at once, each of which start makes, do the rows
// from 0 to n, each once: whoever is free takes the next few.
func Strips(n int, start func() (row func(y int))) {
	const rows = 16 // few enough that the last to end does not keep the others waiting
	var next atomic.Int64
	workers := Count(n)
	Bands(workers, workers, func(_, _, _ int) {
		row := start()
		for {
			from := rows * (int(next.Add(1)) - 1)
			if from >= n {
				return
			}
			for y := from; y < min(from+rows, n); y++ {
				row(y)
			}
		}
	})
}

// Sum adds what measure returns for every row, in the order of the rows, so that
// the sum does not depend on the number of processors.
func Sum[T any](n int, measure func(row int) T, add func(sum *T, row T)) (sum T) {
	parts := make([]T, n)
	Rows(n, func(from, to int) {
		for i := from; i < to; i++ {
			parts[i] = measure(i)
		}
	})
	for _, part := range parts {
		add(&sum, part)
	}
	return sum
}

// Each calls work for 0 … n−1, whoever is free taking the next, and returns the
// error of the lowest number; it stops early when one fails or ctx ends.
func Each(ctx context.Context, n int, work func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for !failed.Load() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if errs[i] = work(i); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
