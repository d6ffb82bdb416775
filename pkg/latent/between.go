package latent

import (
	"math"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Linear returns the latent at t on the straight line from a, at 0, to b, at 1.
func Linear(a, b Latent, t float64) Latent {
	return a.Zip(b, func(x, y torch.Tensor) torch.Tensor { return x.Lerp(y, t) })
}

// Spherical returns the latent at t on the way from a, at 0, to b, at 1, that
// turns evenly and changes its length evenly (slerp: Shoemake 1985; for latents,
// White, arXiv:1609.04468), each part and each of the N maps by itself.
//
// Two latents of a normal prior are nearly at right angles and of one length. A
// straight line between them passes nearer to the mean of all maps than any map
// lies; this way does not, so that what is in the middle differs from the mean
// as much as the ends do. Where the two point the same way, or against one
// another, it is Linear.
func Spherical(a, b Latent, t float64) Latent {
	return a.Zip(b, func(x, y torch.Tensor) (z torch.Tensor) {
		defer x.Tidy(&z)()

		shape := x.Shape()
		rows := make([]torch.Tensor, shape[0])
		for i := range rows {
			rows[i] = slerp(x.Narrow(0, int64(i), 1).Flatten(1), y.Narrow(0, int64(i), 1).Flatten(1), t)
		}
		return torch.Cat(0, rows...).Reshape(shape...)
	})
}

// slerp is Spherical for vectors [1,D].
func slerp(x, y torch.Tensor, t float64) torch.Tensor {
	long, longY := x.Norm().Item(), y.Norm().Item()
	angle := math.Acos(min(max(x.Mul(y).Sum().Item()/(long*longY), -1), 1))
	sine := math.Sin(angle)
	if !(sine > 1e-3) {
		return x.Lerp(y, t)
	}
	length := (1-t)*long + t*longY
	return x.MulScalar(length*math.Sin((1-t)*angle)/(sine*long)).AddScaled(y, length*math.Sin(t*angle)/(sine*longY))
}
