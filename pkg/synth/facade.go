package synth

import "math"

// facade is the wall of a building with rows of windows.
type facade struct {
	floor, bay float64 // metres between windows, up and along
	high, wide float64 // part of them that is glass
	lit        float64 // part of the windows with a light on
	glow       vec     // radiance of a lit window
	glass      vec     // radiance of a dark one, the sky it mirrors
}

// colour is the wall's radiance at a point u metres along and z metres up;
// wall is the radiance of its plain parts.
func (f *facade) colour(wall vec, u, z, footprint float64, seed uint32) vec {
	a, b := u/f.bay, z/f.floor
	i, j := math.Floor(a), math.Floor(b)
	inU := window(a-i, f.wide, footprint/f.bay)
	inV := window(b-j, f.high, footprint/f.floor)
	mask := inU * inV
	if mask == 0 {
		return wall
	}
	pane := f.glass.scale(.7 + .6*fraction(int32(i), int32(j), seed))
	if h := fraction(int32(i)+911, int32(j), seed); h < f.lit {
		pane = f.glow.scale(.25 + 1.5*fraction(int32(i), int32(j)+77, seed))
	}
	return wall.to(pane, mask)
}

// window is 1 on the middle part of a unit cell, filtered by the footprint.
func window(x, part, footprint float64) float64 {
	if footprint > .7 {
		return part
	}
	edge := max(footprint*.5, .01)
	return smooth(part/2+edge, part/2-edge, math.Abs(x-.5))
}
