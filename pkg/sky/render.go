package sky

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// Render puts the scene into another light and returns a map of the input's
// size.
func (sc *Scene) Render(t Target) (*hdr.Image, error) {
	if t.Tint == ([3]float64{}) {
		t.Tint = [3]float64{1, 1, 1}
	}
	if err := t.validate(sc.full.W, sc.full.H); err != nil {
		return nil, err
	}
	out := &hdr.Image{W: sc.full.W, H: sc.full.H, Meta: sc.full.Meta}
	if t.Strength == 0 {
		out.Pix = slices.Clone(sc.full.Pix)
		return out, nil
	}
	out.Pix = make([]float32, len(sc.full.Pix))
	p := sc.plan(t)
	if p.room != nil {
		p.renderRoom(out)
		return out, nil
	}
	disc := p.drawDisc(out)
	parallel.Strips(out.H, func() func(y int) {
		c := p.compositor(out.W, out.H)
		return func(y int) { c.row(y, disc, out.Row(y)) }
	})
	if p.discFar > 0 {
		sc.fillHoles(out)
	}
	return out, nil
}

// drawDisc draws the new disc, and stars, into a black map and returns the
// rows that hold any: the rest is left to the compositor.
func (p *plan) drawDisc(out *hdr.Image) (disc discRows) {
	if !p.sc.fits || p.far == 0 && p.discFar == 0 {
		return disc
	}
	if p.t.Stars > 0 && p.t.Fog < .001 && p.far > 0 {
		p.sky.model.AddStars(out.Pix, out.W, out.H, starSeed)
		disc.to = out.H/2 + 1
		// They turn with the moon, so that a turned map has turned stars.
		turn := int(math.Round(num.Radians(p.sky.source.Azimuth()) / (2 * math.Pi) * float64(out.W)))
		turn = ((turn % out.W) + out.W) % out.W
		by := float32(p.sky.scale)
		parallel.Rows(min(disc.to, out.H), func(from, to int) {
			before := make([]float32, 3*out.W)
			for y := from; y < to; y++ {
				row := out.Row(y)
				copy(before, row)
				for i := range row {
					row[i] = by * before[(i+3*(out.W-turn))%(3*out.W)]
				}
			}
		})
	}
	d := p.sky.source
	if rgb.Lum(p.painted) <= 0 || d.Y < -.01 {
		return disc
	}
	atmosphere.AddDisc(out.Pix, out.W, out.H, [3]float64{d.X, d.Y, d.Z}, p.painted)
	at := func(el float64) int { return int((90 - el) / 180 * float64(out.H)) }
	from, to := max(at(d.Elevation()+1)-2, 0), min(at(d.Elevation()-1)+3, out.H)
	if disc.to == 0 {
		disc.from = from
	} else {
		disc.from = min(disc.from, from)
	}
	disc.to = max(disc.to, to)
	return disc
}

// starSeed makes every map's stars the same.
const starSeed = 1

// discRows are the rows of the output that hold the disc and the stars before
// they are painted.
type discRows struct{ from, to int }
