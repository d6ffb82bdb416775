package synth

import (
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// disc is a small source of light: the sun, the moon or a lamp. It gives the
// same irradiance at every size of the map.
type disc struct {
	to     vec
	flux   vec     // irradiance on a plane that faces it
	radius float64 // radians
	behind bool    // hidden by what hides the sky
}

// viewer gives the radiance of a scene along a direction.
type viewer interface {
	look(d vec, c *column, footprint float64) (radiance vec, open float64)
}

// Draw renders the scene as a map w texels wide and h high, linear radiance,
// row 0 at the zenith. A map up to 256 wide takes four looks a texel, a wider
// one a single look; textures are filtered to the texel's size.
func (s *Scene) Draw(w, h int) *hdr.Image {
	looks := 1
	if w <= 256 {
		looks = 2
	}
	return s.draw(w, h, looks)
}

func (s *Scene) draw(w, h, looks int) *hdr.Image {
	im := hdr.New(w, h)
	open := make([]float32, w*h)
	rows := make([][2]float64, h*looks) // sine and cosine of the elevation
	for i := range rows {
		z, c := math.Sincos(math.Pi/2 - math.Pi*(float64(i)+.5)/float64(h*looks))
		rows[i] = [2]float64{z, c}
	}
	footprint := math.Pi / float64(h*looks)
	share := 1 / float64(looks*looks)
	var c column
	for x := range w * looks {
		c.turn = (float64(x)+.5)/float64(w*looks) + s.yaw
		c.turn -= math.Floor(c.turn)
		azimuth := 2 * math.Pi * c.turn
		sin, cos := math.Sincos(azimuth)
		c.solids = c.solids[:0]
		for i, a := range s.solids {
			if math.Abs(wrap(azimuth-s.bearings[i][0])) <= s.bearings[i][1] {
				c.solids = append(c.solids, a)
			}
		}
		for y, e := range rows {
			radiance, sky := s.view.look(vec{e[1] * cos, e[1] * sin, e[0]}, &c, footprint)
			i := y/looks*w + x/looks
			k := s.exposure * share
			im.Pix[3*i] += float32(radiance.x * k)
			im.Pix[3*i+1] += float32(radiance.y * k)
			im.Pix[3*i+2] += float32(radiance.z * k)
			open[i] += float32(sky * share)
		}
	}
	sin, cos := math.Sincos(2 * math.Pi * s.yaw)
	for _, d := range s.discs {
		d.to = d.to.turn(cos, -sin)
		d.add(im, open, s.exposure)
	}
	for i := range im.Pix {
		im.Pix[i] = min(max(im.Pix[i], 0), 60000)
	}
	return im
}

// add lays the disc's light over the texels it touches, so that their radiance
// times solid angle sums to the flux.
func (d disc) add(im *hdr.Image, open []float32, exposure float64) {
	w, h := im.W, im.H
	step := math.Pi / float64(h)
	reach := max(d.radius, .75*step)
	edge := max(.5*step, .15*d.radius)
	elevation := math.Asin(clamp(d.to.z, -1, 1))
	azimuth := math.Atan2(d.to.y, d.to.x)
	top := int((math.Pi/2 - elevation - reach - edge) / step)
	bottom := int((math.Pi/2-elevation+reach+edge)/step) + 1
	type touched struct {
		texel  int
		weight float64
	}
	var texels []touched
	var sum float64
	for y := max(top, 0); y < min(bottom, h); y++ {
		e := math.Pi/2 - step*(float64(y)+.5)
		solid := 2 * math.Pi / float64(w) * (math.Sin(e+step/2) - math.Sin(e-step/2))
		span := int(math.Ceil((reach + edge) / max(math.Cos(e), 1e-3) / (2 * math.Pi) * float64(w)))
		centre := int(math.Floor(azimuth / (2 * math.Pi) * float64(w)))
		if 2*span+1 > w {
			centre, span = w/2, w/2
		}
		for k := -span; k <= span; k++ {
			x := ((centre+k)%w + w) % w
			p := direction(2*math.Pi*(float64(x)+.5)/float64(w), e)
			angle := math.Acos(clamp(p.dot(d.to), -1, 1))
			if weight := smooth(reach+edge, reach-edge, angle); weight > 0 {
				texels = append(texels, touched{y*w + x, weight})
				sum += weight * solid
			}
		}
	}
	if sum == 0 {
		return
	}
	for _, t := range texels {
		k := exposure * t.weight / sum
		if d.behind {
			k *= float64(open[t.texel])
		}
		im.Pix[3*t.texel] += float32(d.flux.x * k)
		im.Pix[3*t.texel+1] += float32(d.flux.y * k)
		im.Pix[3*t.texel+2] += float32(d.flux.z * k)
	}
}
