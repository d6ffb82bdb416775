package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// relit is what the foreground is multiplied by, in stops, by place: the ratio
// of the light that falls there to that which fell.
type relit struct {
	gain    [3]plane // at lightWidth
	new     lights
	keep    float64 // how far cast shadows stay: as far as the new light is hard
	horizon plane   // luminance of the new sky at lightWidth
}

// adapted is the power to which a change of colour, or one that differs by
// facing, is taken: eye and camera adapt to the rest.
const adapted = .75

// relight compares the light on level ground and on walls before and after.
func (sc *Scene) relight(p *plan) (r relit) {
	small, s := p.drawSmall()
	before := luma(sc.old.sky)
	r.new = collect(upperOnly(small), s, p.sky.beam, p.sky.source)
	after := luma(r.new.sky)
	// What the ground sends up goes with what falls on it.
	bounce := sc.lower(small.W, float32(after/max(before, 1e-30)))
	for y := small.H / 2; y < small.H; y++ {
		copy(small.Row(y), bounce.Row(y))
	}
	r.new = collect(small, s, p.sky.beam, p.sky.source)

	lamps := times(sc.lamplight, 1+(p.lampShare()-1)*p.far)
	level := r.ratio(plus(r.new.level(), lamps), plus(sc.old.level(), sc.lamplight))
	for c := range r.gain {
		r.gain[c] = newPlane(s.w, s.h)
	}
	newWalls, oldWalls := r.new.columns(s), sc.old.columns(s)
	parallel.Rows(s.h, func(from, to int) {
		for y := from; y < to; y++ {
			share := wallShare(s.elevation[y])
			newLevel := plus(lamps, times(r.new.level(), 1-share))
			oldLevel := plus(sc.lamplight, times(sc.old.level(), 1-share))
			var ratio [3]float64
			for x := range s.w {
				if share > 0 || x == 0 {
					ratio = r.ratio(plus(newLevel, times(newWalls[x], share)), plus(oldLevel, times(oldWalls[x], share)))
				}
				for c := range r.gain {
					v := math.Log2(max(ratio[c], 1e-12))
					if sc.Kind != Night {
						// Low light behind one's subject is many times the old
						// light from that side: hold it near the ground's.
						l := math.Log2(max(level[c], 1e-12))
						v = l + adapted*(v-l)
					}
					r.gain[c].row(y)[x] = float32(v)
				}
			}
		}
	})
	r.keep = 1
	if sc.shadow.hard {
		r.keep = min(r.new.hard()/max(sc.old.hard(), 1e-3), 1)
	}
	r.horizon = luminances(small)
	return r
}

// ratio is a/b, of which the colour is adapted to.
func (r *relit) ratio(a, b [3]float64) (q [3]float64) {
	for c := range q {
		q[c] = a[c] / max(b[c], 1e-12)
	}
	l := max(luma(a)/max(luma(b), 1e-12), 1e-12)
	for c := range q {
		q[c] = l * math.Pow(min(max(q[c]/l, .05), 8), adapted)
	}
	return q
}

// lower is the lower half of the map at a width, times a gain.
func (sc *Scene) lower(w int, gain float32) *hdr.Image {
	out := hdr.New(w, w/2)
	for c := range 3 {
		p := sc.lum.like().each(func(i int) float32 { return sc.im.Pix[3*i+c] }).smaller(w)
		if p.w != w {
			p = p.to(w, w/2)
		}
		for i := len(p.v) / 2; i < len(p.v); i++ {
			out.Pix[3*i+c] = gain * p.v[i]
		}
	}
	return out
}

// drawSmall draws the new sky without its disc at the size at which light is
// summed.
func (p *plan) drawSmall() (*hdr.Image, *sphere) {
	sc := p.sc
	var small [3]plane
	for c := range small {
		small[c] = sc.lum.like().each(func(i int) float32 { return sc.im.Pix[3*i+c] }).smaller(lightWidth)
	}
	w, h := small[0].w, small[0].h
	s, alpha := newSphere(w, h), sc.Mask.alpha.smaller(lightWidth)
	out := hdr.New(w, h)
	parallel.Rows(h, func(from, to int) {
		r, line := p.skyReader(s), make([]float32, 3*w)
		for y := from; y < to; y++ {
			for x := range w {
				for c := range small {
					line[3*x+c] = small[c].row(y)[x]
				}
			}
			r.row(y, line, alpha.row(y), out.Row(y))
		}
	})
	return out, s
}

// lampShare is how much of the lamps' light the target leaves; a day drowns
// them.
func (p *plan) lampShare() float64 {
	if p.night {
		return p.t.Lamps
	}
	return p.t.Lamps * .06
}
