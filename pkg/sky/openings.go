package sky

import (
	"cmp"
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// opening is a bright part of a room with an edge: a window, a lamp, a patch
// of sun. Stops are over the room's median luminance.
type opening struct {
	texels []int32 // at the size that it was looked for at

	size      float64    // steradians
	low, high float64    // degrees of elevation that it spans
	middle    float64    // mean elevation, degrees
	flux      float64    // radiance summed over its solid angle, in medians
	colour    [3]float64 // mean radiance
	blue      float64    // blue over red, stops
	contrast  float64    // stops by which it lies over what is beside it
	spread    float64    // stops from its dark tenth to its bright one
	detail    float64    // median of the stops between texels of it beside each other
	upright   float64    // share of its height at which both sides are upright
	cut       int        // corners of four that are cut off
	score     float64

	left, wide int // of the box around it in columns, round the seam
}

// openings are the bright parts of a room of at most kindWidth, apart from each
// other.
type openings struct {
	im     *hdr.Image
	s      *sphere
	median float32
	floor  float32 // radiance that counts as black
	blue   float64 // of the room, stops of blue over red
	lg     plane   // log2 of luminance over the median
	found  []opening
}

const (
	openingFrom, openingTo, openingStep = 1.5, 8., .5 // stops over the median
	openingLeast, openingMost           = .004, 1.6   // steradians
	openingEdge                         = .9          // stops
	openingLowest                       = -48.        // degrees, of one that reaches over the horizon
)

// findOpenings looks at the parts over each of several levels, as in a tree of
// them (Matas et al. 2002, "Robust Wide Baseline Stereo from Maximally Stable
// Extremal Regions"), and takes of each branch what has the sharpest edge.
func findOpenings(im *hdr.Image) *openings {
	s, lum := newSphere(im.W, im.H), luminances(im)
	about := func(_, y int) bool { return math.Abs(s.elevation[y]) < 60 }
	o := &openings{im: im, s: s, median: quantile(lum.where(about), .5)}
	o.floor = max(o.median*1e-4, 1e-20)
	floor := o.floor
	o.lg = lum.like().each(func(i int) float32 { return log2(lum.v[i]+floor) - log2(o.median+floor) })
	o.blue = float64(quantile(lum.like().each(func(i int) float32 { return float32(o.bluish(i)) }).where(about), .5))
	if !(o.median > 0) {
		return o
	}
	var all []opening
	n := max(1, int(math.Round(float64(s.w)/256)))
	for level := openingFrom; level <= openingTo; level += openingStep {
		in := make([]bool, len(o.lg.v))
		for i, v := range o.lg.v {
			in[i] = float64(v) > level
		}
		all = append(all, o.at(opened(closed(in, s.w, s.h, n), s.w, s.h, n))...)
	}
	// What has no edge of a window hides none that it holds.
	hard := func(a opening) int {
		if a.contrast > windowSoft {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b opening) int {
		return cmp.Or(cmp.Compare(hard(b), hard(a)), cmp.Compare(b.score, a.score))
	})
	taken := make([]bool, len(o.lg.v))
	for _, a := range all {
		if !slices.ContainsFunc(a.texels, func(i int32) bool { return taken[i] }) {
			for _, i := range a.texels {
				taken[i] = true
			}
			o.found = append(o.found, a)
		}
	}
	return o
}

// at measures the parts of a set that may be openings.
func (o *openings) at(in []bool) (out []opening) {
	s := o.s
	p := connect(in, s.w, s.h)
	size := p.sum(func(i int) float64 { return s.solid[i/s.w] })
	texels := make([][]int32, p.count)
	for i, part := range p.of {
		if part >= 0 && size[part] > openingLeast && size[part] < openingMost {
			texels[part] = append(texels[part], int32(i))
		}
	}
	for part, t := range texels {
		if t == nil {
			continue
		}
		a := opening{texels: t, size: size[part]}
		a.contrast = o.edge(p.of, t)
		if a.contrast < openingEdge {
			continue
		}
		a.low, a.high = s.elevation[int(t[len(t)-1])/s.w], s.elevation[int(t[0])/s.w]
		if a.low < openingLowest && a.high > 3 { // a window and the floor before it
			continue
		}
		for _, i := range t {
			y := int(i) / s.w
			for c := range a.colour {
				a.colour[c] += s.solid[y] * float64(o.im.Pix[3*int(i)+c])
			}
			a.middle += s.solid[y] * s.elevation[y] / a.size
		}
		a.flux = luma(a.colour) / float64(o.median)
		a.colour = times(a.colour, 1/a.size)
		a.blue = math.Log2(max(a.colour[2], 1e-30) / max(a.colour[0], 1e-30))
		a.outline(s)
		a.detail, a.spread = o.within(p.of, t), o.spread(t)
		a.score = min(a.contrast, 3) * math.Pow(a.size, .3)
		out = append(out, a)
	}
	return out
}

// edge is the mean number of stops from a step inside of a part's border to two
// outside of it.
func (o *openings) edge(of []int32, texels []int32) float64 {
	s := o.s
	part := of[texels[0]]
	var sum, count float64
	look := func(x, y, dx, dy int) {
		at := func(n int) int { return min(max(y+n*dy, 0), s.h-1)*s.w + (x+n*dx+2*s.w)%s.w }
		if of[at(1)] == part || y+dy < 0 || y+dy >= s.h {
			return
		}
		sum += float64(max(o.lg.v[at(0)], o.lg.v[at(-1)]) - o.lg.v[at(2)])
		count++
	}
	for _, i := range texels {
		x, y := int(i)%s.w, int(i)/s.w
		look(x, y, 1, 0)
		look(x, y, -1, 0)
		look(x, y, 0, 1)
		look(x, y, 0, -1)
	}
	return sum / max(count, 1)
}

// spread is the stops from the dark tenth of texels to the bright one.
func (o *openings) spread(texels []int32) float64 {
	v := make([]float32, len(texels))
	for k, i := range texels {
		v[k] = o.lg.v[i]
	}
	return float64(quantile(v, .9) - quantile(v, .1))
}

// within is the median of the stops from a part's texels to those beside and below
// them that are of it too.
func (o *openings) within(of []int32, texels []int32) float64 {
	s := o.s
	var stops []float32
	for _, i := range texels {
		x, y := int(i)%s.w, int(i)/s.w
		right, below := y*s.w+(x+1)%s.w, min(y+1, s.h-1)*s.w+x
		if of[right] == of[i] && of[below] == of[i] {
			v := o.lg.v[i]
			stops = append(stops, max(v-o.lg.v[right], o.lg.v[right]-v, v-o.lg.v[below], o.lg.v[below]-v))
		}
	}
	return float64(quantile(stops, .5))
}

// outline measures how upright its sides are and which corners it lacks: a
// window's sides follow meridians, a lamp is round or hangs askew.
func (a *opening) outline(s *sphere) {
	columns := make([]bool, s.w)
	for _, i := range a.texels {
		columns[int(i)%s.w] = true
	}
	start := afterLargestGap(columns)
	type span struct{ from, to int }
	top := int(a.texels[0]) / s.w
	rows := make([]span, int(a.texels[len(a.texels)-1])/s.w-top+1)
	for y := range rows {
		rows[y] = span{s.w, -1}
	}
	left, right := s.w, -1
	for _, i := range a.texels {
		x := (int(i)%s.w - start + s.w) % s.w
		r := &rows[int(i)/s.w-top]
		r.from, r.to = min(r.from, x), max(r.to, x)
		left, right = min(left, x), max(right, x)
	}
	a.left, a.wide = (start+left)%s.w, right-left+1
	var froms, tos []int
	for _, r := range rows {
		if r.to >= 0 {
			froms, tos = append(froms, r.from), append(tos, r.to)
		}
	}
	straight := func(v []int) float64 {
		middle := quantile(slices.Clone(v), .5)
		within := max(1, (right-left)/16)
		n := 0
		for _, x := range v {
			if x >= middle-within && x <= middle+within {
				n++
			}
		}
		return float64(n) / float64(len(v))
	}
	a.upright = min(straight(froms), straight(tos))
	edgeY, edgeX := (len(rows)+5)/6, (right-left+6)/6
	for _, corner := range [4]struct{ top, left bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		n := 0
		for k := range edgeY {
			r := rows[k]
			if !corner.top {
				r = rows[len(rows)-1-k]
			}
			if corner.left {
				n += max(0, min(left+edgeX-r.from, edgeX))
			} else {
				n += max(0, min(r.to-(right-edgeX), edgeX))
			}
		}
		if 3*n < edgeX*edgeY {
			a.cut++
		}
	}
}

// framed adds to a window's texels what its frame holds that is brighter than the
// room: a dark house seen through it, or a curtain. The frame is the box around it, as
// far as an edge is there: beside a window that is seen aslant is a wall.
func (o *openings) framed(a opening) []int32 {
	s := o.s
	top, bottom := int(a.texels[0])/s.w, int(a.texels[len(a.texels)-1])/s.w
	from, to := make([]int, bottom-top+1), make([]int, bottom-top+1)
	for y := range from {
		from[y], to[y] = a.wide, -1
	}
	for _, i := range a.texels {
		x, y := (int(i)%s.w-a.left+s.w)%s.w, int(i)/s.w-top
		from[y], to[y] = min(from[y], x), max(to[y], x)
	}
	var box float64
	in := make([]bool, s.w*s.h)
	for y := top; y <= bottom; y++ {
		at := func(x int) float32 { return o.lg.v[y*s.w+(a.left+x+s.w)%s.w] }
		begin, end := from[y-top], to[y-top]
		if at(1)-at(-3) > framedEdge {
			begin = 0
		}
		if at(a.wide-2)-at(a.wide+2) > framedEdge {
			end = a.wide - 1
		}
		for k := begin; k <= end; k++ {
			box += s.solid[y]
			in[y*s.w+(a.left+k)%s.w] = at(k) > framedOver
		}
	}
	if a.middle > skylight || a.size < framedLeast*box || a.contrast < framedSharp {
		return a.texels
	}
	for _, i := range a.texels {
		in[i] = true
	}
	p := connect(opened(in, s.w, s.h, 1), s.w, s.h)
	held := make([]bool, p.count)
	for _, i := range a.texels {
		if p.of[i] >= 0 {
			held[p.of[i]] = true
		}
	}
	out := a.texels
	for i, part := range p.of {
		if part >= 0 && held[part] {
			out = append(out, int32(i))
		}
	}
	return out
}

// framedOver is how many stops over the median what a window's frame holds is
// seen through it, where framedLeast of the frame is window for sure and
// framedSharp stops lie at its edge: a wall beside it may be lit. framedEdge stops are
// the side of a frame.
const framedOver, framedLeast, framedSharp, framedEdge = .9, .6, 1.5, .5

// afterLargestGap is the column after the largest run of empty ones, round the
// seam.
func afterLargestGap(full []bool) int {
	w := len(full)
	best, at, run := -1, 0, 0
	for i := range 2 * w {
		if full[i%w] {
			run = 0
			continue
		}
		if run++; run > best && run <= w {
			best, at = run, (i+1)%w
		}
	}
	return at
}
