package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/rgb"
	"github.com/clipenv/toolkit/pkg/sky/num"
)

// lampseen is what a texel of a night's foreground tells of the lamps that light it.
type lampseen struct {
	over float32 // stops that it is brighter than by day

	// 0 to 1:
	lit  float32 // how far its light is that of lamps
	hue  float32 // how far its colour is, and nothing tells its own
	leaf float32 // how far it is a leaf, whatever the lamp
}

// What lamps lit is brighter than the ground by day, too, by stoneOver stops at most: a
// wall of pale stone. What they don't reach is lifted by as many as liftMost.
const stoneOver, liftMost float32 = .5, 1

// seen tells it by a texel's light, amid what lies so many stops over the night's grey
// around. A floodlit front is even there, whatever shines on it: what it is made of
// shows within it, and what outshines it by far is a lamp or its glare, no brighter by
// day than what is around. A colour that lamps alone have tells them from less.
func (u *lamplit) seen(v [3]float32, floor, around float32) (at lampseen) {
	stops := num.Log2(rgb.Luminance(v[0], v[1], v[2])+floor) - u.grey
	detail, vivid := stops-around, num.Step(.8, 1, 1-min(v[0], v[1], v[2])/max(v[0], v[1], v[2], floor))
	near := max(num.Step(0, 2.5, max(around, stops-.5)), vivid*num.Step(.5, 1.5, detail))
	at.lit = max(near, 1-2*u.sky*num.Exp2(-around))
	at.leaf = num.Step(leafFrom, leafSure, v[1]/max(v[0], floor)) * (1 - num.Step(.3, .6, v[2]/max(v[1], floor)))
	at.hue = at.lit * max(vivid, num.Step(2.5, 5, stops))
	day := around * u.keeps
	if around > 0 {
		day = stoneOver * (1 - at.leaf) * (1 - num.Exp2(-around/(stoneOver*math.Ln2)))
	}
	held := detail / (1 + detail*detail/(lampDetail*lampDetail))
	if detail < 0 {
		held = detail / (1 - detail/shadeDetail)
	}
	day += detail + near*(held-detail)
	at.over = max(stops-day, -liftMost)
	return at
}

// Of what lamps light: lampDetail is the stops over what is around at which it is most
// over that by day, by half as many, and shadeDetail the most that it is under it.
const lampDetail, shadeDetail = 1., 1.5

// leafFrom and leafSure are green over red of leaves in the light of lamps, which is
// warm; stone has less.
const leafFrom, leafSure float32 = .6, .85

// greyAt is the colour, of luminance 1, of what is grey in the new day's light at a column.
func (c *compositor) greyAt(x int) (grey [3]float32) {
	for k := range grey {
		grey[k] = num.Exp2(c.p.grey[k] + c.gain[k].At[x])
	}
	by := 1 / max(rgb.Luminance(grey[0], grey[1], grey[2]), 1e-30)
	for k := range grey {
		grey[k] = max(grey[k]*by, 1e-6)
	}
	return grey
}

// plainly gives a texel the colour of stone as far as it has none but its lamp's, and
// holds what is its own to that of plain materials: what is vivid by night has it
// from lamps. grey is the light's colour.
func (u *lamplit) plainly(v *[3]float32, grey [3]float32, at lampseen, far float32) {
	var c [3]float32
	for k := range c {
		c[k] = v[k] / grey[k]
	}
	most, least := max(c[0], c[1], c[2]), min(c[0], c[1], c[2])
	if most <= 0 {
		return
	}
	vivid := (most - least) / most
	cold := num.Step(-.05, .08, (c[2]-min(c[0], c[1]))/most)
	leaf := at.leaf * num.Step(.8, 1, c[1]/max(c[0], least, 1e-30)) // what is left green
	limit := plainWarm + leaf*(plainLeaf-plainWarm)
	limit += cold * (plainCold - limit)
	by := float32(1)
	if from := .6 * limit; vivid > from {
		room := limit - from
		by = (from + room*(1-num.Exp2(-(vivid-from)/(room*math.Ln2)))) / vivid
		by = 1 + (at.lit+max(cold, 1-at.leaf)*max(u.cold-at.lit, 0))*(by-1)
	}
	lum, none := rgb.Luminance(c[0], c[1], c[2]), at.hue*(1-leaf)
	for k := range v {
		own := lum + by*(c[k]-lum)
		v[k] += far * (grey[k]*(own+none*(lum*stone[k]-own)) - v[k])
	}
}

// The most that the least channel lies under the greatest, as a share of it, of leaves,
// of brick and earth, and of what is blue or violet.
const plainLeaf, plainWarm, plainCold float32 = .45, .25, .05

// stone is the colour of stone, of luminance 1.
var stone = [3]float32{1.08, 1, .8}
