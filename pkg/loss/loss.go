// Package loss holds what training and editing descend: pure functions of
// tensors. Those for editing give one value for each map of a batch, [N], so
// that every map descends its own.
//
// Over a panorama each row weighs as much as the sphere it covers; otherwise
// the stretched poles would rule.
package loss

import (
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Latitude returns the weight of each row of an equirectangular map h high,
// [1,1,H,1], in proportion to its texels' solid angle, with mean 1.
func Latitude(s *torch.Session, h int64) torch.Tensor {
	return s.Constant(envmap.RowWeights(int(h)), 1, 1, h, 1)
}

// Reconstruction is what a VAE of maps is trained on: how far the picture
// (what the eye sees, in [0,1]) and the code (which also holds the sun) are
// from their targets, over the sphere:
//
//	4·mean w(pictureʹ − picture)² + ¼·mean w|codeʹ − code|
//
// All are [N,3,H,W]; w is Latitude. The result is a scalar.
func Reconstruction(picture, wantPicture, code, wantCode, w torch.Tensor) (loss torch.Tensor) {
	defer code.Tidy(&loss)()

	seen := picture.Sub(wantPicture).Square().Mul(w).Mean()
	coded := code.Sub(wantCode).Abs().Mul(w).Mean()
	return seen.MulScalar(4).Add(coded.MulScalar(.25))
}

// KL is the divergence of N(mean, e^logvar) from N(0, 1), summed over the
// latent's dimensions (Kingma & Welling, arXiv:1312.6114, appendix B):
//
//	−½ Σ (1 + logvar − mean² − e^logvar)
//
// mean and logvar are [N,D]; the result is [N].
func KL(mean, logvar torch.Tensor) (kl torch.Tensor) {
	defer mean.Tidy(&kl)()

	inner := logvar.AddScalar(1).Sub(mean.Square()).Sub(logvar.Exp())
	return inner.Sum(1).MulScalar(-.5)
}

// TotalVariation is the mean absolute difference of neighbours (Rudin, Osher &
// Fatemi 1992, anisotropic) of pictures [N,C,H,W], the last column a neighbour
// of the first: [N].
func TotalVariation(picture torch.Tensor) (tv torch.Tensor) {
	defer picture.Tidy(&tv)()

	h := picture.Size(2)
	across := picture.Sub(picture.Roll(1, 3)).Abs().Mean(1, 2, 3)
	down := picture.Narrow(2, 1, h-1).Sub(picture.Narrow(2, 0, h-1)).Abs().Mean(1, 2, 3)
	return across.Add(down)
}

// Light is how far the light of pictures [N,3,H,W] is from want, the mean of
// other pictures by height and channel, [N,3,H,1]: the mean square of the
// difference of the rows' means, each row weighed by its solid angle. [N].
func Light(picture, want torch.Tensor) (loss torch.Tensor) {
	defer picture.Tidy(&loss)()

	rows := picture.MeanKeep(3).Sub(want).Square() // [N,3,H,1]
	return rows.Mul(Latitude(picture.Session(), picture.Size(2))).Mean(1, 2, 3)
}

// Mottle is how much log gains [N,C,H,W] change from texel to texel around a
// map where its guide, log radiance [1,1,H,W], does not: the mean over the
// sphere of |∂gain|·e^(−4|∂guide|), both along longitude (the edge-aware
// smoothness of Godard et al., arXiv:1609.03677, equation 5). Light may change
// with height as it likes. [N].
func Mottle(gain, guide torch.Tensor) (loss torch.Tensor) {
	defer gain.Tidy(&loss)()

	around := func(x torch.Tensor) torch.Tensor { return x.Sub(x.Roll(1, 3)).Abs() }
	plain := around(guide).MulScalar(-4).Exp()
	return around(gain).Mul(plain).Mul(Latitude(gain.Session(), gain.Size(2))).Mean(1, 2, 3)
}

// Cosine is 1 − cos of the angle between unit vectors [N,E] and [N,E] or
// [1,E]: [N], in [0,2]. Between the embeddings of a picture and of a text it
// is the loss of D'Orazio, "CLIP-guided Editing of Environment Maps using
// Inversion Techniques".
func Cosine(a, b torch.Tensor) (loss torch.Tensor) {
	defer a.Tidy(&loss)()

	return a.Mul(b).Sum(1).Neg().AddScalar(1)
}

// Contrastive is the symmetric cross entropy of CLIP (Radford et al.,
// arXiv:2103.00020, fig. 3) where a caption may be true of several maps and a
// map of several captions: the target of each row and column is spread evenly
// over its matches.
//
// images [N,E] and texts [M,E] are unit vectors, scale is the factor on their
// cosines (a scalar), match [M,N] is 1 where the caption is true of the map. A
// map or caption without a match is in no target, yet still a negative. absent is 1
// for captions that only fill a batch up, [M,1], and 0 for the others: those are
// nothing, and match is 0 there. Without it all are there.
func Contrastive(images, texts, scale, match, absent torch.Tensor) (loss torch.Tensor) {
	defer images.Tidy(&loss)()

	logits := texts.MatMul(images.Transpose(0, 1)).Mul(scale)
	byText := softCrossEntropy(logits, match)
	if !absent.IsZero() {
		logits = logits.AddScaled(absent, -never)
	}
	byImage := softCrossEntropy(logits.Transpose(0, 1), match.Transpose(0, 1))
	return byText.Add(byImage).MulScalar(.5)
}

// never is how far below all others a logit is of which e to the power is 0.
const never = 1e6

// softCrossEntropy is the mean over the rows that have a match of the cross
// entropy between the row's even target and its softmax.
func softCrossEntropy(logits, match torch.Tensor) (loss torch.Tensor) {
	defer logits.Tidy(&loss)()

	matches := match.Sum(1)
	rows := match.Mul(logits.LogSoftmax(1)).Sum(1).Div(matches.ClampMin(1))
	present := matches.ClampMax(1).Sum().ClampMin(1)
	return rows.Sum().Div(present).Neg()
}
