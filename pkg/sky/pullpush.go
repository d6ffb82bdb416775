package sky

// pullPush fills a plane where a weight is small from where it is 1: means
// over ever larger blocks, and back down by interpolation (Gortler et al.
// 1996, "The Lumigraph", section 3.4). It is smooth and local.
func pullPush(p, weight plane) plane {
	if p.w%4 != 0 || p.h%2 != 0 || p.h < 8 {
		return fillMean(p, weight)
	}
	num := p.like().each(func(i int) float32 { return p.v[i] * weight.v[i] }).half()
	w := weight.half()
	value := w.like().each(func(i int) float32 {
		if w.v[i] > 1e-6 {
			return num.v[i] / w.v[i]
		}
		return 0
	})
	// One texel of four with something is enough to stand for the block.
	w.each(func(i int) float32 { return min(4*w.v[i], 1) })
	coarse := pullPush(value, w).to(p.w, p.h)
	return coarse.each(func(i int) float32 {
		return coarse.v[i] + weight.v[i]*(p.v[i]-coarse.v[i])
	})
}

// fillMean fills a small plane with the mean of what it has.
func fillMean(p, weight plane) plane {
	var sum, all float64
	for i, v := range p.v {
		sum += float64(v) * float64(weight.v[i])
		all += float64(weight.v[i])
	}
	mean := float32(sum / max(all, 1e-12))
	return p.like().each(func(i int) float32 { return mean + min(weight.v[i], 1)*(p.v[i]-mean) })
}
