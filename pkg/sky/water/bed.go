package water

// A pond that shows its bed mirrors too little to be told by it where the camera looks
// down at it. But the share that it mirrors grows towards its far shore, and its colour
// goes over from that of the bed to that of what is mirrored: no ground of one material
// changes so.
const (
	bedTurns   = .1  // stops of blue over red for each degree nearer the horizon
	bedGreener = .03 // stops of green over red and blue, over the ground's
	bedDeep    = -8. // degrees: the part lies lower on the mean
	bedLeast   = .03 // steradians
)

// beds says which parts show a bed; greener is by how many stops each is, beside the
// ground.
func (w *watery) beds(greener []float64) []bool {
	all := func(int) float64 { return 1 }
	elevation := func(i int) float64 { return w.s.Elevation[i/w.s.W] }
	bluer := func(i int) float64 { return float64(w.f[2].V[i] - w.f[1].V[i]) }
	depth, colour := w.mean(all, elevation), w.mean(all, bluer)
	spread := w.mean(all, func(i int) float64 {
		e := elevation(i) - depth[w.parts.Of[i]]
		return e * e
	})
	turns := w.mean(all, func(i int) float64 {
		part := w.parts.Of[i]
		return (elevation(i) - depth[part]) * (bluer(i) - colour[part])
	})
	is := make([]bool, w.parts.Count)
	for part := range is {
		is[part] = turns[part] > bedTurns*spread[part] && greener[part] > bedGreener && depth[part] < bedDeep && w.size[part] > bedLeast
	}
	return is
}
