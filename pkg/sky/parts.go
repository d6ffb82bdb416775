package sky

// parts are the connected parts of a set of texels: 4-neighbours, round the
// seam.
type parts struct {
	of    []int32 // part of each texel, -1 outside
	count int
}

// connect finds the parts of those texels for which in is true.
func connect(in []bool, w, h int) parts {
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
	p := parts{of: make([]int32, len(in))}
	for i := range in {
		switch root := find(int32(i)); {
		case !in[i]:
			p.of[i] = -1
		case root == int32(i):
			p.of[i] = int32(p.count)
			p.count++
		default:
			p.of[i] = p.of[root]
		}
	}
	return p
}

// sum adds a value over each part.
func (p parts) sum(value func(i int) float64) []float64 {
	s := make([]float64, p.count)
	for i, part := range p.of {
		if part >= 0 {
			s[part] += value(i)
		}
	}
	return s
}

// grown is a set with the texels at most n steps away from it.
func grown(in []bool, w, h, n int) []bool {
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

func inverse(in []bool) []bool {
	out := make([]bool, len(in))
	for i, is := range in {
		out[i] = !is
	}
	return out
}

// opened is a set without what is thinner than 2n texels: shrunk, then grown.
func opened(in []bool, w, h, n int) []bool {
	return grown(inverse(grown(inverse(in), w, h, n)), w, h, n)
}

// closed is a set with the gaps in it that are thinner than 2n texels: grown, then
// shrunk.
func closed(in []bool, w, h, n int) []bool {
	return inverse(grown(inverse(grown(in, w, h, n)), w, h, n))
}

// planeOf is 1 in a set and 0 beside it.
func planeOf(in []bool, w, h int) plane {
	return newPlane(w, h).each(func(i int) float32 {
		if in[i] {
			return 1
		}
		return 0
	})
}
