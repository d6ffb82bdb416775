package sky

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// lift is how a sky meets the horizon: the last degrees of package atmosphere's are not
// seen, and what stands over them comes down, without a crease where a mirror goes on.
//
// The model's last degrees lie in the air's own shade, at dusk by two stops and more, and
// aside of a low sun they have three times as much red over blue as what stands ten degrees
// higher. In skies that were photographed that grows by .7 to 1.6 times.
type lift struct {
	source envmap.Vec
	by     float64 // degrees over the horizon that are seen at it
	beside float64 // how far what is near the source stays in its place
}

// newLift is how the sky of a light meets the horizon; source is where its beam comes from.
func newLift(l atmosphere.Light, source envmap.Vec) lift {
	el := num.Degrees(l.SunElevation)
	// A sun that has set has no place, and by night the moon has.
	low := num.Step(25, 8, el)*num.Step(-4, 1, el) + num.Step(-4, -14, el)
	return lift{source, liftLeast + low*(liftLow-liftLeast), num.Step(0, 6, el) + num.Step(-12, -18, el)*min(l.Moon, 1)}
}

// liftLeast is what is seen at the horizon, in degrees over it, and liftLow the same under a
// low sun, which reddens the air at its sides higher up, and under one that has set long ago,
// when the shade is higher. liftBeside is the angle, in degrees, within which a source's
// surroundings stay about it.
const liftLeast, liftLow, liftBeside = 3.2, 5., 12.

// at is what a sky shows at a texel over the horizon, of which im has the model's.
func (l lift) at(im *hdr.Image, s *raster.Sphere, x, y int) (c [3]float64) {
	el := s.Elevation[y]
	up := math.Hypot(el, l.by) - el
	if l.beside > 0 {
		angle := num.Degrees(num.Acos(s.Towards(x, y, l.source))) / liftBeside
		up *= 1 - l.beside*math.Exp(-angle*angle)
	}
	at := max(float64(y)-up*float64(s.H)/180, 0)
	from := int(at)
	to, part := min(from+1, y), at-float64(from)
	a, b := im.Row(from)[3*x:3*x+3], im.Row(to)[3*x:3*x+3]
	for k := range c {
		c[k] = (1-part)*float64(a[k]) + part*float64(b[k])
	}
	return c
}
