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

// facingLamps is how far a day's light on walls may leave that on level ground, where
// lamps lit both: as a share, and in stops.
const facingLamps = .5

// adapted is the power to which a change of colour, or one that differs by
// facing, is taken: eye and camera adapt to the rest.
const adapted = .75

// relight compares the light on level ground and on walls before and after. small
// is the new sky, to whose lower half it gives what the ground sends up.
func (sc *Scene) relight(p *plan, small *hdr.Image, s *sphere) (r relit) {
	p.groundUnder(small, s)
	r.new = collect(small, s, p.sky.beam, p.sky.source)
	r.new.add(p.sky.hidden, sc.canopy.to)

	lamps, cast := times(sc.lamplight, p.lampsLeft()), [3]float64{1, 1, 1}
	if sc.Kind != Night {
		cast = pow(sc.cast, p.far)
	}
	stopsOf := func(new, old [3]float64) [3]float64 {
		for c := range old {
			old[c] *= cast[c]
		}
		return inStops(r.ratio(new, old))
	}
	level := stopsOf(plus(r.new.level(), lamps), plus(sc.old.level(), sc.lamplight))
	for c := range r.gain {
		r.gain[c] = newPlane(s.w, s.h)
	}
	newWalls, oldWalls := r.new.columns(s), sc.old.columns(s)
	parallel.Rows(s.h, func(from, to int) {
		var shared float64 // the row's above
		for y := from; y < to; y++ {
			share := wallShare(s.elevation[y])
			if sc.Kind != Night { // lamps light ground from all sides
				share += reliefShare(s.elevation[y])
			}
			newLevel := plus(lamps, times(r.new.level(), 1-share))
			// Lamps light walls as they light the ground.
			was := share * (1 - sc.litByLamps()*p.lampsGone())
			oldLevel := plus(sc.lamplight, times(sc.old.level(), 1-was))
			if y > from && share == shared { // as overhead
				for _, gain := range r.gain {
					copy(gain.row(y), gain.row(y-1))
				}
				continue
			}
			shared = share
			var stops [3]float64
			for x := range s.w {
				if share > 0 || x == 0 {
					stops = stopsOf(plus(newLevel, times(newWalls[x], share)), plus(oldLevel, times(oldWalls[x], was)))
				}
				for c, v := range stops {
					// Low light behind one's subject is many times the old light
					// from that side: hold it near the ground's. Lamps lit walls
					// that no sky did.
					switch l := level[c]; {
					case sc.Kind != Night:
						v = l + adapted*(v-l)
					case !p.night:
						v = l + min(facingLamps*(v-l), facingLamps)
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

// groundUnder gives a new sky what the ground sends up, which goes with what falls on
// it. By day a night's ground is grey: what lamps made bright of it tells nothing.
func (p *plan) groundUnder(small *hdr.Image, s *sphere) {
	sc, after := p.sc, fromAbove(small, s)
	was, _ := sc.smaller()
	bounce, grey := float32(luma(after)/max(luma(sc.old.sky), 1e-30)), float32(p.lampsGone())
	for i := len(small.Pix) / 2; i < len(small.Pix); i++ {
		up := bounce * was.Pix[i]
		small.Pix[i] = up + grey*(float32(groundGrey/math.Pi*after[i%3])-up)
	}
}

func inStops(c [3]float64) (stops [3]float64) {
	for k, v := range c {
		stops[k] = math.Log2(max(v, 1e-12))
	}
	return stops
}

// ratio is a/b, of which the colour is adapted to.
func (r *relit) ratio(a, b [3]float64) (q [3]float64) {
	for c := range q {
		q[c] = a[c] / max(b[c], 1e-12)
	}
	l := max(luma(a)/max(luma(b), 1e-12), 1e-12)
	for c := range q {
		root := math.Sqrt(min(max(q[c]/l, .05), 8))
		q[c] = l * root * math.Sqrt(root) // to the power adapted
	}
	return q
}

// drawSmall draws the new sky without its disc at the size at which light is
// summed: its upper half.
func (p *plan) drawSmall() (*hdr.Image, *sphere) {
	in, alpha := p.sc.smaller()
	out := hdr.New(in.W, in.H)
	s := newSphere(in.W, in.H)
	parallel.Rows((in.H+1)/2, func(from, to int) {
		r := p.skyReader(s)
		for y := from; y < to; y++ {
			r.row(y, in.Row(y), alpha.row(y), out.Row(y))
		}
	})
	return out, s
}

// atLight is a map and its sky mask at the size at which light is summed.
type atLight struct {
	im    *hdr.Image
	alpha plane
}

// smaller is the scene's.
func (sc *Scene) smaller() (*hdr.Image, plane) {
	at := sc.lightOnce.of(sc.findSmaller)
	return at.im, at.alpha
}

func (sc *Scene) findSmaller() atLight {
	var small [3]plane
	for c := range small {
		small[c] = sc.lum.like().each(func(i int) float32 { return sc.im.Pix[3*i+c] }).smaller(lightWidth)
	}
	im := hdr.New(small[0].w, small[0].h)
	for c, p := range small {
		for i, v := range p.v {
			im.Pix[3*i+c] = v
		}
	}
	return atLight{im, sc.Mask.alpha.smaller(lightWidth)}
}
