// Package ranks says how well something is found among many: at which place, and
// for how many of all within the first k.
package ranks

import (
	"cmp"
	"slices"
)

// Place is where, from 1, the nearest right one of n stands among the wrong
// ones; n + 1 where there is no right one. A wrong one that is as near as the
// right one counts as nearer: whoever sees no difference finds nothing.
func Place[F cmp.Ordered](n int, of func(i int) (near F, right bool)) int {
	var best F
	any := false
	for i := range n {
		if near, right := of(i); right && (!any || near > best) {
			best, any = near, true
		}
	}
	if !any {
		return n + 1
	}
	at := 1
	for i := range n {
		if near, right := of(i); !right && near >= best {
			at++
		}
	}
	return at
}

// Within is the share of the places that are k or less; NaN of none.
func Within(places []int, k int) float64 {
	n := 0
	for _, at := range places {
		if at <= k {
			n++
		}
	}
	return float64(n) / float64(len(places))
}

// Median is that of places, of which there is one or more.
func Median(places []int) float64 {
	sorted := slices.Sorted(slices.Values(places))
	n := len(sorted)
	return float64(sorted[(n-1)/2]+sorted[n/2]) / 2
}
