package raster

// PullPush fills a plane where a weight is small from where it is 1: means
// over ever larger blocks, and back down by interpolation (Gortler et al.
// 1996, "The Lumigraph", section 3.4). It is smooth and local.
func PullPush(p, weight Plane) Plane {
	if p.W%4 != 0 || p.H%2 != 0 || p.H < 8 {
		return fillMean(p, weight)
	}
	num := p.Like().Each(func(i int) float32 { return p.V[i] * weight.V[i] }).half()
	w := weight.half()
	value := w.Like().Each(func(i int) float32 {
		if w.V[i] > 1e-6 {
			return num.V[i] / w.V[i]
		}
		return 0
	})
	// One texel of four with something is enough to stand for the block.
	w.Each(func(i int) float32 { return min(4*w.V[i], 1) })
	coarse := PullPush(value, w).To(p.W, p.H)
	return coarse.Each(func(i int) float32 {
		return coarse.V[i] + weight.V[i]*(p.V[i]-coarse.V[i])
	})
}

// fillMean fills a small plane with the mean of what it has.
func fillMean(p, weight Plane) Plane {
	var sum, all float64
	for i, v := range p.V {
		sum += float64(v) * float64(weight.V[i])
		all += float64(weight.V[i])
	}
	mean := float32(sum / max(all, 1e-12))
	return p.Like().Each(func(i int) float32 { return mean + min(weight.V[i], 1)*(p.V[i]-mean) })
}

// FillFrom continues a plane from where a weight is 1 to where it is 0: means
// over ever wider neighbourhoods, the nearest that has something.
func FillFrom(p, weight Plane, scale float64) Plane {
	w := weight.Smaller(256)
	num := p.Like().Each(func(i int) float32 { return p.V[i] * weight.V[i] }).Smaller(256)
	top, bottom := w.Like(), w.Like()
	scale = min(scale, .25)
	for _, level := range []struct{ sigma, weight float64 }{{24, 1}, {60, .03}, {160, .001}, {600, 1e-6}} {
		n, d := num.Blur(level.sigma*scale), w.Blur(level.sigma*scale)
		for i := range top.V {
			top.V[i] += float32(level.weight) * n.V[i]
			bottom.V[i] += float32(level.weight) * d.V[i]
		}
	}
	top.Each(func(i int) float32 { return top.V[i] / max(bottom.V[i], 1e-12) })
	return top.To(p.W, p.H)
}
