package sky

import "github.com/clipenv/toolkit/pkg/rgb"

// rodColour is what night vision makes of grey: Rods see no colour, and paler
// blue (Jensen et al. 2000, "Night Rendering").
var rodColour = func() [3]float32 {
	c := [3]float64{.62, .86, 1.5}
	by := 1 / rgb.Lum(c)
	return [3]float32{float32(c[0] * by), float32(c[1] * by), float32(c[2] * by)}
}()

// asRods mixes a texel with what night vision sees of it.
func asRods(c []float32, share float32) {
	lum := rgb.Luminance(c[0], c[1], c[2])
	for k := range rodColour {
		c[k] += share * (lum*rodColour[k] - c[k])
	}
}

// moonlit is the sky's part of the new light on level ground: where lamps
// light it, the eye sees colour.
func (p *plan) moonlit() float32 {
	if p.room != nil {
		return p.room.byWindows()
	}
	sky, lamps := rgb.Lum(p.relit.new.level()), rgb.Lum(p.sc.lamplight)*p.lampsLeft()
	if lamps == 0 {
		return 1
	}
	return float32(sky / (sky + lamps))
}
