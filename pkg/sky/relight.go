package sky

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// relit is what the foreground is multiplied by, in stops, by place: the ratio
// of the light that falls there to that which fell.
type relit struct {
	gain    [3]raster.Plane // at lightWidth
	level   [3]float64      // and of level ground
	new     lights
	keep    float64      // how far cast shadows stay: as far as the new light is hard
	horizon raster.Plane // luminance of the new sky at lightWidth
}

// facingLamps is the share of the stops by which a day lights walls more or less than level
// ground that is left, where lamps lit both: one by one, and not as a sky does.
const facingLamps = .6

// adapted is the power to which a change of colour, or one that differs by
// facing, is taken: eye and camera adapt to the rest.
const adapted = .75

// relight compares the light on level ground and on walls before and after. small
// is the new sky, to whose lower half it gives what the ground sends up.
func (sc *Scene) relight(p *plan, small *hdr.Image, s *raster.Sphere) (r relit) {
	p.groundUnder(small, s)
	r.new = collect(small, s, p.sky.beam, p.sky.source)
	r.new.add(p.sky.hidden, sc.canopy.to)

	lamps, cast := rgb.Times(sc.lamplight, p.lampsLeft()), [3]float64{1, 1, 1}
	if sc.Kind != Night {
		cast = pow(sc.cast, p.far)
	}
	stopsOf := func(new, old [3]float64) [3]float64 {
		for c := range old {
			old[c] *= cast[c]
		}
		return inStops(r.ratio(new, old))
	}
	r.level = stopsOf(rgb.Plus(r.new.level(), lamps), rgb.Plus(sc.old.level(), sc.lamplight))
	for c := range r.gain {
		r.gain[c] = raster.NewPlane(s.W, s.H)
	}
	// Low light behind one's subject is many times the old light from that side: hold it
	// near the ground's.
	grey, colour := adapted, adapted
	switch {
	case sc.Kind != Night:
	case p.night:
		grey, colour = 1, 1
	default:
		grey = facingLamps
	}
	newWalls, oldWalls := r.new.columns(s), sc.old.columns(s)
	parallel.Rows(s.H, func(from, to int) {
		var shared float64 // the row's above
		for y := from; y < to; y++ {
			share := wallShare(s.Elevation[y])
			if sc.Kind != Night { // lamps light ground from all sides
				share += reliefShare(s.Elevation[y])
			}
			newLevel := rgb.Plus(lamps, rgb.Times(r.new.level(), 1-share))
			// Lamps light walls as they light the ground.
			was := share * (1 - sc.litByLamps()*p.lampsGone())
			oldLevel := rgb.Plus(sc.lamplight, rgb.Times(sc.old.level(), 1-was))
			if y > from && share == shared { // as overhead
				for _, gain := range r.gain {
					copy(gain.Row(y), gain.Row(y-1))
				}
				continue
			}
			shared = share
			var stops [3]float64
			for x := range s.W {
				if share > 0 || x == 0 {
					stops = stopsOf(rgb.Plus(newLevel, rgb.Times(newWalls[x], share)), rgb.Plus(oldLevel, rgb.Times(oldWalls[x], was)))
				}
				over := rgb.Lum([3]float64{stops[0] - r.level[0], stops[1] - r.level[1], stops[2] - r.level[2]})
				for c, v := range stops {
					r.gain[c].Row(y)[x] = float32(r.level[c] + colour*(v-r.level[c]-over) + grey*over)
				}
			}
		}
	})
	r.keep = 1
	if sc.shadow.hard {
		r.keep = min(r.new.hard()/max(sc.old.hard(), 1e-3), 1)
	}
	r.horizon = raster.Luminances(small)
	return r
}

// groundUnder gives a new sky what the ground sends up, which goes with what falls on
// it. By day a night's ground is grey: what lamps made bright of it tells nothing.
func (p *plan) groundUnder(small *hdr.Image, s *raster.Sphere) {
	sc, after := p.sc, fromAbove(small, s)
	was, _ := sc.smaller()
	bounce, grey := float32(rgb.Lum(after)/max(rgb.Lum(sc.old.sky), 1e-30)), float32(p.lampsGone())
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
	l := max(rgb.Lum(a)/max(rgb.Lum(b), 1e-12), 1e-12)
	for c := range q {
		root := math.Sqrt(min(max(q[c]/l, .05), 8))
		q[c] = l * root * math.Sqrt(root) // to the power adapted
	}
	return q
}

// drawSmall draws the new sky without its disc at the size at which light is
// summed: its upper half.
func (p *plan) drawSmall() (*hdr.Image, *raster.Sphere) {
	in, alpha := p.sc.smaller()
	out := hdr.New(in.W, in.H)
	s := raster.NewSphere(in.W, in.H)
	parallel.Rows((in.H+1)/2, func(from, to int) {
		r := p.skyReader(s)
		for y := from; y < to; y++ {
			r.row(y, in.Row(y), alpha.Row(y), out.Row(y))
		}
	})
	return out, s
}

// atLight is a map and its sky mask at the size at which light is summed.
type atLight struct {
	im    *hdr.Image
	alpha raster.Plane
}

// smaller is the scene's.
func (sc *Scene) smaller() (*hdr.Image, raster.Plane) {
	at := sc.lightOnce.of(sc.findSmaller)
	return at.im, at.alpha
}

func (sc *Scene) findSmaller() atLight {
	var small [3]raster.Plane
	for c := range small {
		small[c] = sc.lum.Like().Each(func(i int) float32 { return sc.im.Pix[3*i+c] }).Smaller(lightWidth)
	}
	im := hdr.New(small[0].W, small[0].H)
	for c, p := range small {
		for i, v := range p.V {
			im.Pix[3*i+c] = v
		}
	}
	return atLight{im, sc.Mask.Alpha.Smaller(lightWidth)}
}
