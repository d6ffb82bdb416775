package view

import (
	"math/rand/v2"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Softness makes pictures what an edit's decoder might give: some blended with
// themselves at half or at a quarter of the resolution, some with noise. A CLIP that
// has seen such pictures reads the words in them, and not in the detail that a
// decoder lacks. It is what is drawn for N pictures: how much they are seen at half
// and at a quarter of the resolution, how much of noise they have, [N,1,1,1] each,
// and that noise, [N,3,H,W].
type Softness []torch.Tensor

// DrawSoftness draws it for n pictures of h×w, the first of them being so many in a
// batch of so many: each is what it is in the whole batch. All randomness comes from r.
func DrawSoftness(s *torch.Session, n, h, w int64, first, of int, r *rand.Rand) Softness {
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
	return Softness{each(half), each(quarter), each(noise), s.FromFloats(grain, n, 3, h, w)}
}

// Soften returns the pictures [N,3,H,W] as softened.
func (f Softness) Soften(picture torch.Tensor) (soft torch.Tensor) {
	defer picture.Tidy(&soft)()

	half, quarter, noise, grain := f[0], f[1], f[2], f[3]
	coarse := func(k int64) torch.Tensor {
		return picture.AvgPool2d(k).Resize(picture.Size(2), picture.Size(3), torch.Bilinear)
	}
	soft = picture.Add(coarse(2).Sub(picture).Mul(half))
	soft = soft.Add(coarse(4).Sub(picture).Mul(quarter))
	soft = soft.Add(grain.Mul(noise))
	return soft.Clamp(0, 1)
}
