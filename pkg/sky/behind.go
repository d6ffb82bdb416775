package sky

// fillBehind finds the foreground's colour where the mask lies over it.
func (sc *Scene) fillBehind() {
	if sc.Mask.Share == 0 {
		return
	}
	// A texel beside the sky holds some of it, whatever the mask says.
	w, h := sc.s.w, sc.s.h
	sc.edge = sc.lum.like().fill(func(x, y int) (most float32) {
		for _, row := range [3]int{max(y-1, 0), y, min(y+1, h-1)} {
			a := sc.Mask.alpha.row(row)
			most = max(most, a[(x+w-1)%w], a[x], a[(x+1)%w])
		}
		return most
	})
	if sc.Kind == Night && sc.fits {
		sc.throughTwigs()
	}
	clear := sc.lum.like().each(func(i int) float32 {
		switch {
		case sc.Mask.alpha.v[i] >= .08:
			return 0
		case sc.off.v != nil && sc.off.v[i] > .1:
			return 0
		case sc.edge.v[i] > 1:
			return 2e-5 // nor anything else for far around
		case sc.edge.v[i] > .3:
			return .02 // where there is nothing better
		}
		return 1
	})
	for c := range sc.behind {
		p := sc.lum.like().each(func(i int) float32 { return log2(max(sc.im.Pix[3*i+c], 0) + sc.f.floor) })
		sc.behind[c] = pullPush(p, clear)
	}
}
