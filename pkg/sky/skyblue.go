package sky

import (
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// skyblue is the blue that a clear sky gives what stands before it: panes that mirror
// it, white things in its shade, hills behind lit air. Under a grey sky they are grey.
// They have the sky's hue, and are no bluer than it by far; of what is blue by itself
// and alike, little is left, too. The zero value is of a sky that stays as blue as it was.
type skyblue struct {
	gone float32    // how far it goes, 0 to 1
	most float32    // stops of blue over red of the old sky at its bluest
	hue  float32    // its stops of green over red for one of blue
	grey [2]float32 // stops of green and blue over red of the new sky in its middle
}

const (
	skybluePart  = .9  // of the sky, which the bluest lies over
	skyblueLeast = .5  // stops of blue over red of one that gives any
	skyblueGrey  = .25 // of the old sky's blue in the new, with which all goes
	skyblueKeeps = .5  // and with which none does
	skyblueGoes  = .85 // of what has it all from the sky, since that is not sure

	// Times the sky's blue up to which a thing may have it from there, and from which
	// on it has not; and how far its hue may be off.
	skyblueMirror, skyblueOwn         = 1.3, 1.8
	skyblueHue, skyblueOther  float32 = .12, .3
)

// skyblue is that of a new sky at the size at which light is summed.
func (p *plan) skyblue(small *hdr.Image) (b skyblue) {
	was, alpha := p.sc.smaller()
	if p.far == 0 || p.sc.Kind == Night {
		return b
	}
	var old [2]float32
	var blue, new, green []float32
	for i, a := range alpha.V[:len(alpha.V)/2] {
		if a > .5 {
			o, n := overRed(was.Pix[3*i:]), overRed(small.Pix[3*i:])
			blue, green, new = append(blue, o[1]), append(green, n[0]), append(new, n[1])
			if o[1] > 0 {
				old[0], old[1] = old[0]+o[0], old[1]+o[1]
			}
		}
	}
	if b.most = raster.Quantile(blue, skybluePart); b.most < skyblueLeast {
		return skyblue{}
	}
	b.gone = float32(skyblueGoes*p.far) * num.Step(skyblueKeeps, skyblueGrey, raster.Quantile(new, skybluePart)/b.most)
	b.hue, b.grey = old[0]/old[1], [2]float32{raster.Quantile(green, .5), raster.Quantile(new, .5)}
	return b
}

// overRed is by how many stops a colour's green and blue lie over its red.
func overRed(v []float32) [2]float32 {
	red := num.Log2(max(v[0], 1e-30))
	return [2]float32{num.Log2(max(v[1], 1e-30)) - red, num.Log2(max(v[2], 1e-30)) - red}
}

// take takes the old sky's blue from a texel in the new light, as far as is asked. The
// texel keeps its luminance.
func (b *skyblue) take(v *[3]float32, share float32) {
	if v[2] <= v[0] {
		return
	}
	over := overRed(v[:])
	green, blue := over[0]-b.grey[0], over[1]-b.grey[1]
	if blue <= 0 {
		return
	}
	by := share * b.gone * num.Step(skyblueOther, skyblueHue, num.Abs(green/blue-b.hue)) * num.Step(skyblueOwn*b.most, skyblueMirror*b.most, blue)
	if by == 0 {
		return
	}
	lum := rgb.Luminance(v[0], v[1], v[2])
	v[1] *= num.Exp2(-by * green)
	v[2] *= num.Exp2(-by * blue)
	held := lum / max(rgb.Luminance(v[0], v[1], v[2]), 1e-30)
	for k := range v {
		v[k] *= held
	}
}
