package edit

import (
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/vae"
)

// variable is what an optimisation moves. Steps are taken on offsets from the
// start, which begin at zero.
type variable struct {
	Problem
	config Config

	free  []torch.Tensor // the offsets, owned: fc [N,D]; mulogvar [N,D] twice; pixels [N,3,H,W]
	state []torch.AdamWState

	z0           torch.Tensor // the input's fc, [N,D]
	mean0, logv0 torch.Tensor // its heads, [N,D]
	scale        torch.Tensor // a unit of offset in each dimension, [D]
	anchor       torch.Tensor // the mean latent after the move, [N,D]
}

// start encodes the maps and sets the offsets to zero.
func (x *variable) start() {
	p, c := x.Problem, x.config
	p.Code.Session().NoGrad(func() {
		switch c.Variable {
		case Pixels:
			x.addFree(p.Code.ZerosLike())
		default:
			x.z0 = p.VAE.Encode(p.Code)
			x.mean0, x.logv0 = p.VAE.Heads(x.z0)
			x.anchor = x.mean0
			if c.Mode == Guided && !p.Move.IsZero() {
				x.anchor = x.mean0.AddScaled(p.Move, c.Strength)
			}
			x.scale = x.steps()
			x.addFree(x.z0.ZerosLike())
			if c.Variable == MuLogvar {
				x.addFree(x.z0.ZerosLike())
			}
		}
	})
}

// steps returns the size of a step in each dimension: in guided mode larger
// where the map changes more, mean square 1.
func (x *variable) steps() (scale torch.Tensor) {
	s := x.Code.Session()
	if x.config.Mode != Guided || x.config.Scale == 0 {
		return s.Ones(x.VAE.Config.Latent)
	}
	defer s.Tidy(&scale)()
	spread := x.VAE.Spread(s).PowScalar(x.config.Scale)
	return spread.Div(spread.Square().Mean().Sqrt())
}

func (x *variable) addFree(zeros torch.Tensor) {
	own := func(t torch.Tensor) torch.Tensor { return t.Clone().Own() }
	x.free = append(x.free, own(zeros).SetRequiresGrad(true))
	x.state = append(x.state, torch.AdamWState{M: own(zeros), V: own(zeros), Step: own(zeros.Session().Scalar(0))})
}

// latent returns the distribution that the offsets stand for. For fc the move
// comes after the heads, where the bank's latents are.
func (x *variable) latent() (mean, logvar torch.Tensor) {
	defer x.Code.Tidy(&mean, &logvar)()

	if x.config.Variable == MuLogvar {
		return x.anchor.Add(x.scale.Mul(x.free[0])), x.logv0.Add(x.free[1])
	}
	mean, logvar = x.VAE.Heads(x.z0.Add(x.scale.Mul(x.free[0])))
	return mean.Add(x.anchor.Sub(x.mean0)), logvar
}

// sample returns the maps to look at in a step: for mulogvar one draw of the
// latent, as the paper samples, else the mean's.
func (x *variable) sample() (code, mean, logvar torch.Tensor) {
	defer x.Code.Tidy(&code, &mean, &logvar)()

	if x.config.Variable == Pixels {
		return x.Code.Add(x.free[0]), mean, logvar
	}
	mean, logvar = x.latent()
	z := mean
	if x.config.Variable == MuLogvar {
		z = vae.Sample(mean, logvar)
	}
	return x.VAE.Decode(z), mean, logvar
}

// decode returns the maps at the start, or where the offsets are by now, and
// their mean latents.
func (x *variable) decode(moved bool) (code, mean torch.Tensor) {
	defer x.Code.Tidy(&code, &mean)()

	if x.config.Variable == Pixels {
		if !moved {
			return x.Code.Clone(), mean
		}
		return x.Code.Add(x.free[0]).Detach(), mean
	}
	if !moved {
		return x.VAE.Decode(x.mean0), x.mean0.Clone()
	}
	mean, _ = x.latent()
	return x.VAE.Decode(mean), mean
}

func (x *variable) close() {
	for i, t := range x.free {
		t.Free()
		x.state[i].M.Free()
		x.state[i].V.Free()
		x.state[i].Step.Free()
	}
}
