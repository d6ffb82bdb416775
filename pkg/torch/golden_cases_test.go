package torch_test

import (
	"maps"
	"math"

	"github.com/clipenv/toolkit/pkg/torch"
)

// goldens are the cases of scripts/golden/ops.py, in its order.
var goldens = join(elementwise, layers, reductions, shapes, creation, training)

func join(parts ...map[string]golden) map[string]golden {
	all := map[string]golden{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

func one(f func(torch.Tensor) torch.Tensor) golden {
	return func(_ *torch.Session, x []torch.Tensor) []torch.Tensor { return []torch.Tensor{f(x[0])} }
}

func two(f func(x, y torch.Tensor) torch.Tensor) golden {
	return func(_ *torch.Session, x []torch.Tensor) []torch.Tensor { return []torch.Tensor{f(x[0], x[1])} }
}

func many(f func(x []torch.Tensor) torch.Tensor) golden {
	return func(_ *torch.Session, x []torch.Tensor) []torch.Tensor { return []torch.Tensor{f(x)} }
}

func made(f func(s *torch.Session) torch.Tensor) golden {
	return func(s *torch.Session, _ []torch.Tensor) []torch.Tensor { return []torch.Tensor{f(s)} }
}

var elementwise = map[string]golden{
	"Abs":             one(torch.Tensor.Abs),
	"Neg":             one(torch.Tensor.Neg),
	"Exp":             one(torch.Tensor.Exp),
	"Expm1":           one(torch.Tensor.Expm1),
	"Log":             one(torch.Tensor.Log),
	"Log1p":           one(torch.Tensor.Log1p),
	"Sqrt":            one(torch.Tensor.Sqrt),
	"Square":          one(torch.Tensor.Square),
	"Sin":             one(torch.Tensor.Sin),
	"Cos":             one(torch.Tensor.Cos),
	"Tanh":            one(torch.Tensor.Tanh),
	"Sigmoid":         one(torch.Tensor.Sigmoid),
	"ReLU":            one(torch.Tensor.ReLU),
	"SiLU":            one(torch.Tensor.SiLU),
	"QuickGELU":       one(torch.Tensor.QuickGELU),
	"GELU":            one(torch.Tensor.GELU),
	"IsFinite":        one(torch.Tensor.IsFinite),
	"Add":             two(torch.Tensor.Add),
	"Add/broadcast":   two(torch.Tensor.Add),
	"Sub":             two(torch.Tensor.Sub),
	"Sub/broadcast":   two(torch.Tensor.Sub),
	"Mul":             two(torch.Tensor.Mul),
	"Mul/broadcast":   two(torch.Tensor.Mul),
	"Div":             two(torch.Tensor.Div),
	"Div/broadcast":   two(torch.Tensor.Div),
	"AddScaled":       two(func(x, y torch.Tensor) torch.Tensor { return x.AddScaled(y, -0.3) }),
	"Lerp":            two(func(x, y torch.Tensor) torch.Tensor { return x.Lerp(y, 0.7) }),
	"AddScalar":       one(func(x torch.Tensor) torch.Tensor { return x.AddScalar(1.5) }),
	"MulScalar":       one(func(x torch.Tensor) torch.Tensor { return x.MulScalar(-2.5) }),
	"PowScalar":       one(func(x torch.Tensor) torch.Tensor { return x.PowScalar(2.5) }),
	"PowScalar/whole": one(func(x torch.Tensor) torch.Tensor { return x.PowScalar(3) }),
	"Clamp":           one(func(x torch.Tensor) torch.Tensor { return x.Clamp(-0.5, 0.8) }),
	"ClampMin":        one(func(x torch.Tensor) torch.Tensor { return x.ClampMin(0.1) }),
	"ClampMax":        one(func(x torch.Tensor) torch.Tensor { return x.ClampMax(0.1) }),
	"Greater":         one(func(x torch.Tensor) torch.Tensor { return x.Greater(0.2) }),
}

var none torch.Tensor

var layers = map[string]golden{
	"MatMul":         two(torch.Tensor.MatMul),
	"MatMul/batch":   two(torch.Tensor.MatMul),
	"Linear":         many(func(x []torch.Tensor) torch.Tensor { return x[0].Linear(x[1], x[2]) }),
	"Linear/no bias": two(func(x, w torch.Tensor) torch.Tensor { return x.Linear(w, none) }),
	"Embedding":      two(torch.Tensor.Embedding),
	"Conv2d": many(func(x []torch.Tensor) torch.Tensor {
		return x[0].Conv2d(x[1], x[2], torch.ConvOptions{Padding: 1})
	}),
	"Conv2d/stride": two(func(x, w torch.Tensor) torch.Tensor { return x.Conv2d(w, none, torch.ConvOptions{Stride: 2}) }),
	"Conv2d/groups": many(func(x []torch.Tensor) torch.Tensor {
		return x[0].Conv2d(x[1], x[2], torch.ConvOptions{Padding: 2, Dilation: 2, Groups: 2})
	}),
	"GroupNorm":         many(func(x []torch.Tensor) torch.Tensor { return x[0].GroupNorm(2, x[1], x[2], 1e-5) }),
	"GroupNorm/plain":   one(func(x torch.Tensor) torch.Tensor { return x.GroupNorm(4, none, none, 1e-6) }),
	"LayerNorm":         many(func(x []torch.Tensor) torch.Tensor { return x[0].LayerNorm(x[1], x[2], 1e-5) }),
	"LayerNorm/plain":   one(func(x torch.Tensor) torch.Tensor { return x.LayerNorm(none, none, 1e-6) }),
	"Normalize":         one(func(x torch.Tensor) torch.Tensor { return x.Normalize(1, 1e-6) }),
	"Normalize/zero":    one(func(x torch.Tensor) torch.Tensor { return x.Normalize(-1, 1e-6) }),
	"LogSoftmax":        one(func(x torch.Tensor) torch.Tensor { return x.LogSoftmax(0) }),
	"Attention":         many(func(x []torch.Tensor) torch.Tensor { return torch.Attention(x[0], x[1], x[2], none, false, 0) }),
	"Attention/scale":   many(func(x []torch.Tensor) torch.Tensor { return torch.Attention(x[0], x[1], x[2], none, false, 0.2) }),
	"Attention/causal":  many(func(x []torch.Tensor) torch.Tensor { return torch.Attention(x[0], x[1], x[2], none, true, 0) }),
	"Attention/mask":    many(func(x []torch.Tensor) torch.Tensor { return torch.Attention(x[0], x[1], x[2], x[3], false, 0) }),
	"Attention/keep":    many(func(x []torch.Tensor) torch.Tensor { return torch.Attention(x[0], x[1], x[2], x[3], false, 0) }),
	"CrossEntropy":      two(torch.Tensor.CrossEntropy),
	"CrossEntropy/soft": two(torch.Tensor.CrossEntropy),
	"MSE":               two(torch.Tensor.MSE),
	// The signs of the vectors are the library's choice.
	"SVD": func(_ *torch.Session, x []torch.Tensor) []torch.Tensor {
		u, s, vh := x[0].SVD()
		return []torch.Tensor{u.Mul(s).MatMul(vh), s, u.Abs(), vh.Abs()}
	},
	"QR": func(_ *torch.Session, x []torch.Tensor) []torch.Tensor {
		q, r := x[0].QR()
		return []torch.Tensor{q.MatMul(r), r.Abs()}
	},
	"AvgPool2d":       one(func(x torch.Tensor) torch.Tensor { return x.AvgPool2d(2) }),
	"AvgPool2dStride": one(func(x torch.Tensor) torch.Tensor { return x.AvgPool2dStride(3, 2) }),
	"PixelShuffle":    one(func(x torch.Tensor) torch.Tensor { return x.PixelShuffle(2) }),

	"Resize/nearest up":              resize(9, 15, torch.Nearest),
	"Resize/nearest down":            resize(4, 3, torch.Nearest),
	"Resize/bilinear up":             resize(9, 15, torch.Bilinear),
	"Resize/bilinear down":           resize(4, 3, torch.Bilinear),
	"Resize/bicubic up":              resize(9, 15, torch.Bicubic),
	"Resize/bicubic down":            resize(4, 3, torch.Bicubic),
	"Resize/bilinear antialias up":   resize(9, 15, torch.BilinearAntialias),
	"Resize/bilinear antialias down": resize(4, 3, torch.BilinearAntialias),
}

func resize(h, w int64, mode torch.ResizeMode) golden {
	return one(func(x torch.Tensor) torch.Tensor { return x.Resize(h, w, mode) })
}

var reductions = map[string]golden{
	"Sum":       reduced(torch.Tensor.Sum),
	"Sum/dims":  reduced(torch.Tensor.Sum, 0, -1),
	"Mean":      reduced(torch.Tensor.Mean),
	"Mean/dims": reduced(torch.Tensor.Mean, 0, -1),
	"Max":       reduced(torch.Tensor.Max),
	"Max/dims":  reduced(torch.Tensor.Max, 0, -1),
	"Min":       reduced(torch.Tensor.Min),
	"Min/dims":  reduced(torch.Tensor.Min, 0, -1),
	"Norm":      reduced(torch.Tensor.Norm),
	"Norm/dims": reduced(torch.Tensor.Norm, 0, -1),
	"MeanKeep":  reduced(torch.Tensor.MeanKeep, 0, 1),
	"Var":       reduced(torch.Tensor.Var),
	"Var/dims":  reduced(torch.Tensor.Var, 0, 2),
	"LogSumExp": one(func(x torch.Tensor) torch.Tensor { return x.LogSumExp(1) }),
	"TopK": func(_ *torch.Session, x []torch.Tensor) []torch.Tensor {
		values, indices := x[0].TopK(2, -1)
		return []torch.Tensor{values, indices}
	},
}

func reduced(f func(torch.Tensor, ...int64) torch.Tensor, dims ...int64) golden {
	return one(func(x torch.Tensor) torch.Tensor { return f(x, dims...) })
}

var shapes = map[string]golden{
	"Reshape":     one(func(x torch.Tensor) torch.Tensor { return x.Reshape(4, -1) }),
	"Flatten":     one(func(x torch.Tensor) torch.Tensor { return x.Flatten(1) }),
	"Permute":     one(func(x torch.Tensor) torch.Tensor { return x.Permute(2, 0, 1) }),
	"Transpose":   one(func(x torch.Tensor) torch.Tensor { return x.Transpose(0, -1) }),
	"Unsqueeze":   one(func(x torch.Tensor) torch.Tensor { return x.Unsqueeze(1) }),
	"Squeeze":     one(func(x torch.Tensor) torch.Tensor { return x.Squeeze(1) }),
	"Expand":      one(func(x torch.Tensor) torch.Tensor { return x.Expand(5, 2, 3) }),
	"Narrow":      one(func(x torch.Tensor) torch.Tensor { return x.Narrow(2, 1, 2) }),
	"Select":      one(func(x torch.Tensor) torch.Tensor { return x.Select(1, -1) }),
	"IndexSelect": two(func(x, i torch.Tensor) torch.Tensor { return x.IndexSelect(2, i) }),
	"Gather":      two(func(x, i torch.Tensor) torch.Tensor { return x.Gather(1, i) }),
	"Cat":         many(func(x []torch.Tensor) torch.Tensor { return torch.Cat(1, x...) }),
	"Stack":       many(func(x []torch.Tensor) torch.Tensor { return torch.Stack(-1, x...) }),
	"Chunk":       func(_ *torch.Session, x []torch.Tensor) []torch.Tensor { return x[0].Chunk(2, -1) },
	"Roll":        one(func(x torch.Tensor) torch.Tensor { return x.Roll(-1, 2) }),
	"Flip":        one(func(x torch.Tensor) torch.Tensor { return x.Flip(0, 2) }),
	"Tril":        one(func(x torch.Tensor) torch.Tensor { return x.Tril(-1) }),
	"Contiguous":  one(func(x torch.Tensor) torch.Tensor { return x.Transpose(0, 2).Contiguous() }),
	"Clone":       one(torch.Tensor.Clone),
	"Detach":      one(func(x torch.Tensor) torch.Tensor { return x.Detach().Mul(x) }),
	"To/bf16":     to(torch.BFloat16),
	"To/f16":      to(torch.Float16),
	"To/f64":      to(torch.Float64),
	"To/i64":      one(func(x torch.Tensor) torch.Tensor { return x.MulScalar(10).To(torch.Int64) }),
}

func to(dtype torch.DType) golden {
	return one(func(x torch.Tensor) torch.Tensor { return x.To(dtype) })
}

var creation = map[string]golden{
	"Session.Zeros":        made(func(s *torch.Session) torch.Tensor { return s.Zeros(2, 3) }),
	"Session.Ones":         made(func(s *torch.Session) torch.Tensor { return s.Ones(2, 0) }),
	"Session.Full":         made(func(s *torch.Session) torch.Tensor { return s.Full(7, torch.Int32, 2) }),
	"Session.Scalar":       made(func(s *torch.Session) torch.Tensor { return s.Scalar(0.1) }),
	"Session.Eye":          made(func(s *torch.Session) torch.Tensor { return s.Eye(3) }),
	"Session.Arange":       made(func(s *torch.Session) torch.Tensor { return s.Arange(-1, 1, 0.3, torch.Float32) }),
	"Session.Arange/whole": made(func(s *torch.Session) torch.Tensor { return s.Arange(2, 11, 3, torch.Int64) }),
	"ZerosLike":            one(torch.Tensor.ZerosLike),
	"OnesLike":             one(torch.Tensor.OnesLike),
	"RandnLike":            one(torch.Tensor.RandnLike),
	"Session.Rand":         made(func(s *torch.Session) torch.Tensor { return s.Rand(5, 5) }),
	"Session.Randn":        made(func(s *torch.Session) torch.Tensor { return s.Randn(5, 5) }),
	"Session.RandPerm":     made(func(s *torch.Session) torch.Tensor { return s.RandPerm(11) }),
	"Session.Uniform":      made(func(s *torch.Session) torch.Tensor { return s.Uniform(-2, 3, 4, 5) }),
}

var training = map[string]golden{
	"AdamWStep": func(s *torch.Session, x []torch.Tensor) []torch.Tensor {
		p := x[0].SetRequiresGrad(true)
		st := torch.AdamWState{M: p.ZerosLike(), V: p.ZerosLike(), Step: s.Scalar(0)}
		for _, g := range x[1:] {
			backwardOnly(p, g)
			torch.AdamWStep([]torch.Tensor{p}, []torch.AdamWState{st}, torch.AdamWRule{Rate: 0.1, Beta1: 0.8, Beta2: 0.95, Eps: 1e-6, WeightDecay: 0.05})
		}
		return []torch.Tensor{p, st.M, st.V, st.Step}
	},
	"ClipGradNorm": func(s *torch.Session, x []torch.Tensor) []torch.Tensor {
		leaves := []torch.Tensor{x[0].SetRequiresGrad(true), x[1].SetRequiresGrad(true)}
		backwardOnly(leaves[0], x[2])
		backwardOnly(leaves[1], x[3])
		norm := torch.ClipGradNorm(s, leaves, 0.5)
		if again := torch.ClipGradNorm(s, leaves, 0).Item(); math.Abs(again-0.5) > 1e-4 {
			s.Check(&torch.Error{Op: "clip grad norm", Reason: "the norm after clipping is not the limit"})
		}
		return []torch.Tensor{s.GradOf(leaves[0]), s.GradOf(leaves[1]), norm}
	},
	"ScaleGrad": func(s *torch.Session, x []torch.Tensor) []torch.Tensor {
		p := x[0].SetRequiresGrad(true)
		backwardOnly(p, x[1])
		torch.ScaleGrad([]torch.Tensor{p}, 0.25)
		return []torch.Tensor{s.GradOf(p)}
	},
	"LerpInto": func(_ *torch.Session, x []torch.Tensor) []torch.Tensor {
		torch.LerpInto(x[:1], x[1:], 0.1)
		return x[:1]
	},
}

// backwardOnly makes g the gradient of the leaf p.
func backwardOnly(p, g torch.Tensor) {
	torch.ZeroGrad([]torch.Tensor{p})
	p.Mul(g).Sum().Backward()
}
