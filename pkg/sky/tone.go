package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
)

// cloudTone puts a sky's own clouds into another light. Their detail is stops over
// the sky behind, which is white over blue where the sun shone on them: the same
// stops over a bluer sky would be blue, and over a grey one as bright as in the sun.
type cloudTone struct {
	far  float32    // how far the light changes, 0 to 1
	calm float32    // how far the beam that lit them goes behind cloud
	old  [3]float32 // stops of the light they stood in, of luminance 1
	new  [3]float32 // and of that which they stand in
}

// Under cloud what the sun lit lies at most calmBright stops over the sky around,
// and what lay in shade at most calmDark below it.
const calmBright, calmDark float32 = .5, 1

// whiteNone is the squared length, in stops, of a way from a sky's colour to white
// below which nothing tells how white a cloud is.
const whiteNone = .15

// cloudTone is that of a plan.
func (p *plan) cloudTone() (t cloudTone) {
	if p.far == 0 {
		return t
	}
	t.far = float32(p.far)
	lit := 1.
	if !p.sc.Sun.Found {
		lit -= p.sc.Light.Cover
	}
	t.calm = float32(lit * step(.4, .9, p.t.Cover) * p.far)
	for c := range t.old {
		t.old[c], t.new[c] = float32(math.Log2(p.sc.white[c])), float32(math.Log2(p.sky.white[c]))
	}
	return t
}

// relit changes the detail of a texel. fit is the old sky behind it and base the
// new, in stops. The way that the cloud's colour went from the old sky to white, it
// goes from the new sky to the new white.
func (t *cloudTone) relit(detail *[3]float32, fit, base [3]float32) {
	grey := rgb.Luminance(detail[0], detail[1], detail[2])
	oldSky, newSky := brightness(fit), brightness(base)
	var along, length float32
	var to [3]float32
	for c := range to {
		from := t.old[c] - (fit[c] - oldSky)
		to[c] = t.new[c] - (base[c] - newSky)
		along += from * (detail[c] - grey)
		length += from * from
	}
	white := min(max(along/(length+whiteNone), 0), 1)
	calm := grey
	switch {
	case grey > 0:
		calm = calmBright * (1 - exp2(-math.Log2E*grey/calmBright))
	case grey < 0:
		calm = -calmDark * (1 - exp2(math.Log2E*grey/calmDark))
	}
	lum := grey + t.calm*(calm-grey)
	for c := range detail {
		colour := detail[c] - grey
		detail[c] = lum + colour + t.far*(white*to[c]-colour)
	}
}

// brightness is the logarithm of the luminance of a colour in stops.
func brightness(c [3]float32) float32 {
	return log2(rgb.Luminance(exp2(c[0]), exp2(c[1]), exp2(c[2])))
}
