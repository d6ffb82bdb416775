package room

import (
	"cmp"
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
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

// openings are the bright parts of a room of at most sky.kindWidth, apart from each
// other.
type openings struct {
	im     *hdr.Image
	s      *raster.Sphere
	median float32
	floor  float32      // radiance that counts as black
	blue   float64      // of the room, stops of blue over red
	lg     raster.Plane // log2 of luminance over the median
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
	s, lum := raster.NewSphere(im.W, im.H), raster.Luminances(im)
	about := func(_, y int) bool { return math.Abs(s.Elevation[y]) < 60 }
	o := &openings{im: im, s: s, median: raster.Quantile(lum.Where(about), .5)}
	o.floor = max(o.median*1e-4, 1e-20)
	floor := o.floor
	o.lg = lum.Like().Each(func(i int) float32 { return num.Log2(lum.V[i]+floor) - num.Log2(o.median+floor) })
	o.blue = float64(raster.Quantile(lum.Like().Each(func(i int) float32 { return float32(o.bluish(i)) }).Where(about), .5))
	if !(o.median > 0) {
		return o
	}
	var all []opening
	n := max(1, int(math.Round(float64(s.W)/256)))
	for level := openingFrom; level <= openingTo; level += openingStep {
		in := make([]bool, len(o.lg.V))
		for i, v := range o.lg.V {
			in[i] = float64(v) > level
		}
		all = append(all, o.at(raster.Opened(raster.Closed(in, s.W, s.H, n), s.W, s.H, n))...)
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
	taken := make([]bool, len(o.lg.V))
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
	p := raster.Connect(in, s.W, s.H)
	size := p.Sum(func(i int) float64 { return s.Solid[i/s.W] })
	texels := make([][]int32, p.Count)
	for i, part := range p.Of {
		if part >= 0 && size[part] > openingLeast && size[part] < openingMost {
			texels[part] = append(texels[part], int32(i))
		}
	}
	for part, t := range texels {
		if t == nil {
			continue
		}
		a := opening{texels: t, size: size[part]}
		a.contrast = o.edge(p.Of, t)
		if a.contrast < openingEdge {
			continue
		}
		a.low, a.high = s.Elevation[int(t[len(t)-1])/s.W], s.Elevation[int(t[0])/s.W]
		if a.low < openingLowest && a.high > 3 { // a window and the floor before it
			continue
		}
		for _, i := range t {
			y := int(i) / s.W
			for c := range a.colour {
				a.colour[c] += s.Solid[y] * float64(o.im.Pix[3*int(i)+c])
			}
			a.middle += s.Solid[y] * s.Elevation[y] / a.size
		}
		a.flux = rgb.Lum(a.colour) / float64(o.median)
		a.colour = rgb.Times(a.colour, 1/a.size)
		a.blue = math.Log2(max(a.colour[2], 1e-30) / max(a.colour[0], 1e-30))
		a.outline(s)
		a.detail, a.spread = o.within(p.Of, t), o.spread(t)
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
		at := func(n int) int { return min(max(y+n*dy, 0), s.H-1)*s.W + (x+n*dx+2*s.W)%s.W }
		if of[at(1)] == part || y+dy < 0 || y+dy >= s.H {
			return
		}
		sum += float64(max(o.lg.V[at(0)], o.lg.V[at(-1)]) - o.lg.V[at(2)])
		count++
	}
	for _, i := range texels {
		x, y := int(i)%s.W, int(i)/s.W
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
		v[k] = o.lg.V[i]
	}
	return float64(raster.Quantile(v, .9) - raster.Quantile(v, .1))
}

// within is the median of the stops from a part's texels to those beside and below
// them that are of it too.
func (o *openings) within(of []int32, texels []int32) float64 {
	s := o.s
	var stops []float32
	for _, i := range texels {
		x, y := int(i)%s.W, int(i)/s.W
		right, below := y*s.W+(x+1)%s.W, min(y+1, s.H-1)*s.W+x
		if of[right] == of[i] && of[below] == of[i] {
			v := o.lg.V[i]
			stops = append(stops, max(v-o.lg.V[right], o.lg.V[right]-v, v-o.lg.V[below], o.lg.V[below]-v))
		}
	}
	return float64(raster.Quantile(stops, .5))
}

// outline measures how upright its sides are and which corners it lacks: a
// window's sides follow meridians, a lamp is round or hangs askew.
func (a *opening) outline(s *raster.Sphere) {
	columns := make([]bool, s.W)
	for _, i := range a.texels {
		columns[int(i)%s.W] = true
	}
	start := afterLargestGap(columns)
	type span struct{ from, to int }
	top := int(a.texels[0]) / s.W
	rows := make([]span, int(a.texels[len(a.texels)-1])/s.W-top+1)
	for y := range rows {
		rows[y] = span{s.W, -1}
	}
	left, right := s.W, -1
	for _, i := range a.texels {
		x := (int(i)%s.W - start + s.W) % s.W
		r := &rows[int(i)/s.W-top]
		r.from, r.to = min(r.from, x), max(r.to, x)
		left, right = min(left, x), max(right, x)
	}
	a.left, a.wide = (start+left)%s.W, right-left+1
	var froms, tos []int
	for _, r := range rows {
		if r.to >= 0 {
			froms, tos = append(froms, r.from), append(tos, r.to)
		}
	}
	straight := func(v []int) float64 {
		middle := raster.Quantile(slices.Clone(v), .5)
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
	top, bottom := int(a.texels[0])/s.W, int(a.texels[len(a.texels)-1])/s.W
	from, to := make([]int, bottom-top+1), make([]int, bottom-top+1)
	for y := range from {
		from[y], to[y] = a.wide, -1
	}
	for _, i := range a.texels {
		x, y := (int(i)%s.W-a.left+s.W)%s.W, int(i)/s.W-top
		from[y], to[y] = min(from[y], x), max(to[y], x)
	}
	var box float64
	in := make([]bool, s.W*s.H)
	for y := top; y <= bottom; y++ {
		at := func(x int) float32 { return o.lg.V[y*s.W+(a.left+x+s.W)%s.W] }
		begin, end := from[y-top], to[y-top]
		if at(1)-at(-3) > framedEdge {
			begin = 0
		}
		if at(a.wide-2)-at(a.wide+2) > framedEdge {
			end = a.wide - 1
		}
		for k := begin; k <= end; k++ {
			box += s.Solid[y]
			in[y*s.W+(a.left+k)%s.W] = at(k) > framedOver
		}
	}
	if a.middle > skylight || a.size < framedLeast*box || a.contrast < framedSharp {
		return a.texels
	}
	for _, i := range a.texels {
		in[i] = true
	}
	p := raster.Connect(raster.Opened(in, s.W, s.H, 1), s.W, s.H)
	held := make([]bool, p.Count)
	for _, i := range a.texels {
		if p.Of[i] >= 0 {
			held[p.Of[i]] = true
		}
	}
	out := a.texels
	for i, part := range p.Of {
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
