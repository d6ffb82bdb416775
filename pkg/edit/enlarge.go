package edit

import (
	"math"
	"runtime"
	"sync"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// tap reads between two neighbours of a row or column.
type tap struct {
	a, b int
	w    float32 // of b
}

func (t tap) at(row []float32, c int) float32 {
	return row[3*t.a+c] + t.w*(row[3*t.b+c]-row[3*t.a+c])
}

// bilinear returns where each of n samples lies among few; edge says which of
// the few stands beyond the first and the last.
func bilinear(n, few int, edge func(i, few int) int) []tap {
	taps := make([]tap, n)
	for i := range taps {
		at := (float64(i)+.5)*float64(few)/float64(n) - .5
		low := math.Floor(at)
		taps[i] = tap{edge(int(low), few), edge(int(low)+1, few), float32(at - low)}
	}
	return taps
}

func stay(i, n int) int { return min(max(i, 0), n-1) }

// blendRows returns the row of im between two.
func blendRows(im *hdr.Image, t tap) []float32 {
	a, b := im.Row(t.a), im.Row(t.b)
	out := make([]float32, len(a))
	for i := range out {
		out[i] = a[i] + t.w*(b[i]-a[i])
	}
	return out
}

// eachRow calls work for every row, several at a time.
func eachRow(h int, work func(y int)) {
	var wg sync.WaitGroup
	workers := max(1, min(runtime.GOMAXPROCS(0), h))
	for k := range workers {
		wg.Go(func() {
			for y := k * h / workers; y < (k+1)*h/workers; y++ {
				work(y)
			}
		})
	}
	wg.Wait()
}
