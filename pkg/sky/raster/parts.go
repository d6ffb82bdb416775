package raster

// Parts are the connected parts of a set of texels: 4-neighbours, round the
// seam.
type Parts struct {
	Of    []int32 // part of each texel, -1 outside
	Count int
}

// Connect finds the parts of those texels for which in is true.
func Connect(in []bool, w, h int) Parts {
	parent := make([]int32, len(in))
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	join := func(a, b int) {
		if in[a] && in[b] {
			ra, rb := find(int32(a)), find(int32(b))
			parent[max(ra, rb)] = min(ra, rb)
		}
	}
	for y := range h {
		for x := range w {
			i := y*w + x
			join(i, y*w+(x+1)%w)
			if y > 0 {
				join(i, i-w)
			}
		}
	}
	p := Parts{Of: make([]int32, len(in))}
	for i := range in {
		switch root := find(int32(i)); {
		case !in[i]:
			p.Of[i] = -1
		case root == int32(i):
			p.Of[i] = int32(p.Count)
			p.Count++
		default:
			p.Of[i] = p.Of[root]
		}
	}
	return p
}

// Sum adds a value over each part.
func (p Parts) Sum(value func(i int) float64) []float64 {
	s := make([]float64, p.Count)
	for i, part := range p.Of {
		if part >= 0 {
			s[part] += value(i)
		}
	}
	return s
}

// Grown is a set with the texels at most n steps away from it.
func Grown(in []bool, w, h, n int) []bool {
	for range n {
		out := make([]bool, len(in))
		for y := range h {
			row, to := in[y*w:(y+1)*w], out[y*w:(y+1)*w]
			up, down := row, row
			if y > 0 {
				up = in[(y-1)*w : y*w]
			}
			if y+1 < h {
				down = in[(y+1)*w : (y+2)*w]
			}
			for x, is := range row {
				to[x] = is || up[x] || down[x]
			}
			left := row[w-1]
			for x, is := range row[:w-1] {
				to[x] = to[x] || left || row[x+1]
				left = is
			}
			to[w-1] = to[w-1] || left || row[0]
		}
		in = out
	}
	return in
}

// Inverse is the texels that are not in a set.
func Inverse(in []bool) []bool {
	out := make([]bool, len(in))
	for i, is := range in {
		out[i] = !is
	}
	return out
}

// Opened is a set without what is thinner than 2n texels: shrunk, then grown.
func Opened(in []bool, w, h, n int) []bool {
	return Grown(Inverse(Grown(Inverse(in), w, h, n)), w, h, n)
}

// Closed is a set with the gaps in it that are thinner than 2n texels: grown, then
// shrunk.
func Closed(in []bool, w, h, n int) []bool {
	return Inverse(Grown(Inverse(Grown(in, w, h, n)), w, h, n))
}

// PlaneOf is 1 in a set and 0 beside it.
func PlaneOf(in []bool, w, h int) Plane {
	return NewPlane(w, h).Each(func(i int) float32 {
		if in[i] {
			return 1
		}
		return 0
	})
}
