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
	dim  [3]float32 // and of that in their shade, which is of all sides
}

// Under cloud what the sun lit keeps its stops over the sky around up to about
// calmBright, what lay in shade to calmDark, and more of them ever less.
const calmBright, calmDark float32 = .2, .8

// softly is about v where that is small, and rises as its logarithm does.
func softly(v float32) float32 { return log2(1+v) / math.Log2E }

// whiteAdapted is the power to which the colour of the light on clouds is taken: the
// eye takes most of it for white.
const whiteAdapted = .6

// litCloud is by how many stops over the sky around a cloud is in the sun in part.
const litCloud float32 = 0

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
		t.dim[c] = float32(math.Log2(max(p.t.Tint[c], 1e-3) / max(luma(p.t.Tint), 1e-3)))
		t.old[c] = float32(math.Log2(p.sc.white[c]))
		t.new[c] = t.dim[c] + whiteAdapted*(float32(math.Log2(p.sky.white[c]))-t.dim[c])
	}
	return t
}

// relit changes the detail of a texel. fit is the old sky behind it and base the
// new, in stops of red, green, blue and luminance. The way that the cloud's colour went from the old sky to white, it
// goes from the new sky to the new white.
func (t *cloudTone) relit(detail *[3]float32, fit, base [4]float32) {
	grey := rgb.Luminance(detail[0], detail[1], detail[2])
	lit := step(litCloud, 1+litCloud, grey)
	var along, length float32
	var to [3]float32
	for c := range to {
		from := t.old[c] - (fit[c] - fit[3])
		to[c] = t.dim[c] + lit*(t.new[c]-t.dim[c]) - (base[c] - base[3])
		along += from * (detail[c] - grey)
		length += from * from
	}
	white := min(max(along/(length+whiteNone), 0), 1)
	calm := -calmDark * softly(-grey/calmDark)
	if grey > 0 {
		calm = calmBright * softly(grey/calmBright)
	}
	lum := grey + t.calm*(calm-grey)
	for c := range detail {
		colour := detail[c] - grey
		detail[c] = lum + colour + t.far*(white*to[c]-colour)
	}
}

// brightness is the logarithm of the luminance of colours in stops.
func brightness(p [3]plane) plane {
	return p[0].like().each(func(i int) float32 {
		return log2(rgb.Luminance(exp2(p[0].v[i]), exp2(p[1].v[i]), exp2(p[2].v[i])))
	})
}
