package room

import (
	"math"

	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/raster"
)

// lampSpeck is how many stops over the median what is too small for an opening
// is a lamp.
const lampSpeck = 4.

// lampWithin is how many stops of blue over red a lamp is below the window that it
// hangs before.
const lampWithin = 2.2

// set is the texels of openings.
func (o *openings) set(parts []opening) []bool {
	in := make([]bool, len(o.lg.V))
	for _, a := range parts {
		for _, i := range a.texels {
			in[i] = true
		}
	}
	return in
}

// plane is 1 in a set and 0 elsewhere.
func (o *openings) plane(in []bool) raster.Plane { return raster.PlaneOf(in, o.s.W, o.s.H) }

// bluish is a texel's stops of blue over red.
func (o *openings) bluish(i int) float64 {
	return float64(num.Log2(max(o.im.Pix[3*i+2], 0)+o.floor) - num.Log2(max(o.im.Pix[3*i], 0)+o.floor))
}

// panes are the texels of windows with what their frames hold, and of lamps, those that
// hang before a window, or grew into one, among them.
func (o *openings) panes(windows, lamps []opening) (panes, shining []bool) {
	panes, shining = o.set(windows), o.set(lamps)
	for _, a := range windows {
		for _, i := range o.framed(a) {
			panes[i] = true
		}
	}
	for _, a := range windows {
		for _, i := range a.texels {
			if o.s.Elevation[int(i)/o.s.W] > 0 && o.bluish(int(i)) < a.blue-lampWithin {
				panes[i], shining[i] = false, true
			}
		}
	}
	return panes, shining
}

// addSpecks adds to lamps those that are too small for an opening: bright, away from the
// windows, and high or warmer than these.
func (o *openings) addSpecks(shining, panes []bool, windows, lamps []opening) {
	warm, glassRoof := math.Inf(1), roofed(windows)
	for _, a := range windows {
		warm = min(warm, a.blue)
	}
	away, doubtful := raster.Grown(panes, o.s.W, o.s.H, 8), o.set(o.doubtful(windows, lamps))
	for i, v := range o.lg.V {
		if v <= lampSpeck || away[i] || doubtful[i] {
			continue
		}
		el := o.s.Elevation[i/o.s.W]
		if el > 0 && (el > lampsFrom && !glassRoof || o.bluish(i) < warm-lampWarmer) {
			shining[i] = true
		}
	}
}

// lit is where the sun, or a window's reflection, lies on the floor, with what is beside.
func (o *openings) lit(panes []bool, windows []opening) []bool {
	lit := raster.Grown(o.set(o.patches(windows)), o.s.W, o.s.H, 4)
	for i := range lit {
		lit[i] = lit[i] && !panes[i]
	}
	return lit
}

// border is 1 on either side of where panes end, and 0 elsewhere.
func (o *openings) border(panes []bool) raster.Plane {
	walls := make([]bool, len(panes))
	for i, is := range panes {
		walls[i] = !is
	}
	on := raster.Grown(panes, o.s.W, o.s.H, borderWide)
	for i, is := range raster.Grown(walls, o.s.W, o.s.H, borderWide) {
		on[i] = on[i] && is
	}
	return o.plane(on).Blur(.7)
}

// borderWide is how many texels on either side of a pane's end may hold some of each.
const borderWide = 2

// doubtful are openings that are as large as windows and neither these nor
// lamps.
func (o *openings) doubtful(windows, lamps []opening) (out []opening) {
	known := map[int32]bool{}
	for _, parts := range [2][]opening{windows, lamps} {
		for _, a := range parts {
			known[a.texels[0]] = true
		}
	}
	for _, a := range o.found {
		if a.size > .03 && !known[a.texels[0]] {
			out = append(out, a)
		}
	}
	return out
}

// patchWarmer is how many stops of blue over red a patch of sun lies under the room at
// most: a floor of wood takes blue from the beam. Lamps are warmer.
const patchWarmer = 1.

// patches are where the sun, or a window's reflection, lies on the floor.
func (o *openings) patches(windows []opening) (out []opening) {
	known := map[int32]bool{}
	for _, a := range windows {
		known[a.texels[0]] = true
	}
	for _, a := range o.found {
		if !known[a.texels[0]] && a.middle < -4 && a.high < 8 && a.blue > o.blue-patchWarmer {
			out = append(out, a)
		}
	}
	return out
}
