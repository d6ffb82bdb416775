package raster

import "math"

// Widened is the largest value of each row within r texels.
func (p Plane) Widened(r int) Plane {
	return p.Like().Fill(func(x, y int) float32 {
		row, most := p.Row(y), float32(math.Inf(-1))
		for d := -r; d <= r; d++ {
			most = max(most, row[((x+d)%p.W+p.W)%p.W])
		}
		return most
	})
}

// Opened is the plane without what is brighter than its surroundings and not
// wider than 2r texels either way: the most of the least within boxes of 2r+1.
// It is exact round the seam.
func (p Plane) Opened(r int) Plane {
	return p.extreme(r, func(a, b float32) float32 { return min(a, b) }).extreme(r, func(a, b float32) float32 { return max(a, b) })
}

// extreme is the choice of all values within boxes of 2r+1.
func (p Plane) extreme(r int, choose func(a, b float32) float32) Plane {
	across := p.Like().Fill(func(x, y int) float32 {
		row := p.Row(y)
		v := row[x]
		for d := 1; d <= r; d++ {
			v = choose(v, choose(row[(x+d)%p.W], row[(x+p.W-d%p.W)%p.W]))
		}
		return v
	})
	return p.Like().Fill(func(x, y int) float32 {
		v := across.Row(y)[x]
		for d := 1; d <= r; d++ {
			v = choose(v, choose(across.Row(max(y-d, 0))[x], across.Row(min(y+d, p.H-1))[x]))
		}
		return v
	})
}
