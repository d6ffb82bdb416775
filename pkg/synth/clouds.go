package synth

import (
	"math"
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/label"
)

// clouds is a flat layer of fractal clouds over the viewer, seen in
// perspective. Being a function of the direction it has no seam.
type clouds struct {
	noise      noise
	scale      float64 // cells of the noise for each layer height
	threshold  float64 // density below it is clear air
	soft       float64 // width of a cloud's edge in density
	thickness  float64 // opacity of the thickest part
	stretch    float64 // 1: heaps; more: streaks
	lit, shade vec     // radiance of a cloud's sunny and dark side
	tow        vec     // extra radiance under the sun, where light shines through
}

// newClouds draws the layer for a weather, or nil for an empty sky.
func newClouds(time, weather label.Attributes, s *sky, r *rand.Rand) *clouds {
	c := &clouds{noise: noise{seed: r.Uint32()}, scale: .5 + 1.3*r.Float64(), stretch: 1, thickness: .95}
	white := s.sun.luma()
	switch weather {
	case label.PartlyCloudy:
		c.threshold, c.soft = -.18+.3*r.Float64(), .2+.4*r.Float64()
		if r.Float64() < .25 {
			c.stretch, c.soft, c.thickness = 2.5, .8, .7
		}
	case label.Clear:
		if r.Float64() < .7 {
			return nil
		}
		c.threshold, c.soft, c.thickness, c.stretch = .15+.2*r.Float64(), 1, .3, 3
	default:
		c.threshold, c.soft, c.thickness = -.5, 1.1, .5
		if weather == label.Fog {
			c.thickness = .12
		}
	}
	ambient := s.zenith.scale(.5).add(s.away.scale(.5))
	switch {
	case weather.Any(label.Overcast | label.Fog | label.Rain):
		c.lit, c.shade = s.grey.scale(1.15), s.grey.scale(.62)
		if time.Any(label.Sunset | label.Sunrise) {
			c.lit, c.tow = s.grey.to(s.near.scale(.7), .4), s.near.scale(.35)
		}
	case time == label.Day:
		c.lit = vec{.93, .93, .94}.scale(.55 + .09*white)
		c.shade = vec{.40, .43, .48}.scale(.7 + .5*r.Float64())
		c.tow = vec{.5, .48, .45}
	case time.Any(label.Sunset | label.Sunrise):
		c.lit = s.near.scale(.55).add(ambient.scale(.35))
		c.shade = ambient.mul(vec{.75, .66, .60})
		c.tow = s.near.scale(.65)
	default:
		c.lit, c.shade = ambient.scale(1.1), ambient.scale(.45)
		c.tow = s.near.scale(.3)
		if time == label.Night {
			grey := ambient.luma()
			c.lit = vec{1.1, 1.02, 1.0}.scale(grey * (1 + r.Float64()))
			c.shade = vec{.5, .5, .55}.scale(grey)
		}
	}
	return c
}

// plane projects a direction onto the layer; the layer bends down towards the
// horizon, so that its cells stay finite there.
func (c *clouds) plane(d vec) (x, y, far float64) {
	far = 1 / (max(d.z, 0) + .13)
	return d.x * far * c.scale * 2, d.y * far * c.scale * 2 * c.stretch, far
}

func (c *clouds) density(x, y, footprint float64, octaves int) float64 {
	return c.noise.fractal(x, y, footprint, .52, octaves)
}

// opacity is how much of what is behind the layer it hides, 0 to 1.
func (c *clouds) opacity(d vec, footprint float64) float64 {
	x, y, far := c.plane(d)
	n := c.density(x, y, footprint*far*c.scale*2, 5)
	return c.thickness * smooth(c.threshold, c.threshold+c.soft, n) * smooth(0, .06, d.z)
}

// over lays the clouds in the direction d over the sky behind them.
func (c *clouds) over(behind, d vec, footprint float64, s *sky) vec {
	x, y, far := c.plane(d)
	fp := footprint * far * c.scale * 2
	n := c.density(x, y, fp, 5)
	hidden := c.thickness * smooth(c.threshold, c.threshold+c.soft, n) * smooth(0, .06, d.z)
	if hidden < .004 {
		return behind
	}
	// A second look, a step towards the sun, tells the sunny side from the dark.
	step := .22
	m := c.density(x+s.to.x*step, y+s.to.y*step*c.stretch, max(fp, .12), 3)
	lit := clamp(.62-.9*(m-c.threshold-.5*c.soft)+.5*(n-m), 0, 1)
	k := .5 + .5*d.dot(s.to)
	colour := c.shade.to(c.lit, lit).add(c.tow.scale(k * k * k * k * (.35 + .65*(1-hidden)) * max(lit, .3)))
	// Far clouds drown in the haze of the horizon.
	return behind.to(colour, hidden*(.35+.65*math.Min(1, d.z*4)))
}
