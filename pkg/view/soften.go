package view

import (
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Soften returns pictures [N,3,H,W] as an edit's decoder might give them: some
// blended with themselves at half or at a quarter of the resolution, some with
// noise. A CLIP that has seen such pictures reads the words in them, and not in
// the detail that a decoder lacks. All randomness comes from r. The pictures
// may be some of a batch, the first of them and the batch's number being given:
// each is what it is in the whole batch.
func Soften(picture torch.Tensor, first, of int, r *rand.Rand) (soft torch.Tensor) {
	defer picture.Tidy(&soft)()
	s := picture.Session()
	shape := picture.Shape()
	n, h, w := shape[0], shape[2], shape[3]

	half, quarter, noise := make([]float32, of), make([]float32, of), make([]float32, of)
	for i := range of {
		amount, pick := r.Float32(), r.Float64()
		switch {
		case pick < .35:
			half[i] = amount
		case pick < .55:
			quarter[i] = amount
		}
		if level := r.Float32(); r.IntN(2) == 0 {
			noise[i] = .03 * level
		}
	}
	var grain []float32
	seed := r.Uint64()
	for i := range n {
		grain = append(grain, normals(rand.New(rand.NewPCG(seed, uint64(first)+uint64(i))), 3*h*w, 1)...)
	}
	each := func(v []float32) torch.Tensor { return s.FromFloats(v[first:first+int(n)], n, 1, 1, 1) }
	coarse := func(k int64) torch.Tensor { return picture.AvgPool2d(k).Resize(h, w, torch.Bilinear) }
	soft = picture.Add(coarse(2).Sub(picture).Mul(each(half)))
	soft = soft.Add(coarse(4).Sub(picture).Mul(each(quarter)))
	soft = soft.Add(s.FromFloats(grain, n, 3, h, w).Mul(each(noise)))
	return soft.Clamp(0, 1)
}
