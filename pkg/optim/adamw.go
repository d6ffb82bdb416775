package optim

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Config says how AdamW descends. A zero Beta1, Beta2 or Eps means PyTorch's
// default: .9, .999 and 1e-8.
type Config struct {
	Beta1, Beta2 float64 // decay of the means of gradient and squared gradient
	Eps          float64 // added to the root of the second mean
	WeightDecay  float64 // pull to zero, times the learning rate; 0 makes it Adam
	MatricesOnly bool    // biases, gains and scalars do not decay, as in CLIP's training
	ClipNorm     float64 // greatest norm of the gradient over all weights; 0 is none
	Groups       []Group // weights that differ; the first that fits counts
}

// Group is what differs for the weight named Scope and those below it.
type Group struct {
	Scope       string  // "encoder" means encoder.conv1.weight, not encoder2.…
	RateScale   float64 // times the learning rate of the step; 0 means 1
	WeightDecay float64 // in place of Config's
}

// AdamW is the optimiser of Loshchilov & Hutter, arXiv:1711.05101, on
// libtorch's fused kernel.
type AdamW struct {
	config Config
	names  []string
	params []torch.Tensor     // the model's, not owned
	state  []torch.AdamWState // owned
	parts  []part
}

// part is the weights that step alike.
type part struct {
	params      []torch.Tensor
	state       []torch.AdamWState
	rateScale   float64
	weightDecay float64
	rate        torch.Tensor // owned: see Recordable; none: it is a number
}

// NewAdamW begins to descend over the named weights that require a gradient,
// such as params.Trainable. Close frees its state.
func NewAdamW(weights iter.Seq2[string, torch.Tensor], c Config) (*AdamW, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	a := &AdamW{config: c}
	used := make([]bool, len(c.Groups))
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		for name, w := range weights {
			if w.RequiresGrad() {
				i := c.group(name)
				if i >= 0 {
					used[i] = true
				}
				a.add(s, name, w, i)
			}
		}
		for i, g := range c.Groups {
			if !used[i] {
				s.Check(fmt.Errorf("optim: group %s: no weight that learns is named so, or below it", g.Scope))
			}
		}
		if len(a.params) == 0 {
			s.Check(errors.New("optim: none of the weights learns"))
		}
	})
	if err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (c Config) withDefaults() Config {
	c.Beta1, c.Beta2, c.Eps = cmp.Or(c.Beta1, .9), cmp.Or(c.Beta2, .999), cmp.Or(c.Eps, 1e-8)
	c.Groups = slices.Clone(c.Groups)
	for i := range c.Groups {
		c.Groups[i].RateScale = cmp.Or(c.Groups[i].RateScale, 1)
	}
	return c
}

// validate reports every bad field at once.
func (c Config) validate() error {
	var found faults.List
	check := func(ok bool, format string, args ...any) { found.Check(ok, "optim: "+format, args...) }
	check(c.Beta1 > 0 && c.Beta1 < 1, "beta1 is %v, want between 0 and 1", c.Beta1)
	check(c.Beta2 > 0 && c.Beta2 < 1, "beta2 is %v, want between 0 and 1", c.Beta2)
	check(c.Eps > 0, "eps is %v, want above 0", c.Eps)
	check(c.WeightDecay >= 0, "weight decay is %v, want 0 or more", c.WeightDecay)
	check(c.ClipNorm >= 0, "clip norm is %v, want 0 (none) or more", c.ClipNorm)
	for _, g := range c.Groups {
		check(g.RateScale > 0, "group %s: rate scale is %v, want above 0", g.Scope, g.RateScale)
		check(g.WeightDecay >= 0, "group %s: weight decay is %v, want 0 or more", g.Scope, g.WeightDecay)
	}
	return found.Err()
}

// group returns the index of the first group that a weight is in, −1 for none.
func (c Config) group(name string) int {
	return slices.IndexFunc(c.Groups, func(g Group) bool { return nn.Within(name, g.Scope) })
}

// add gives a weight its state, and a place among those that step alike.
func (a *AdamW) add(s *torch.Session, name string, w torch.Tensor, group int) {
	zeros := s.Use(w).Detach().ZerosLike()
	st := torch.AdamWState{M: zeros.Own(), V: zeros.Clone().Own(), Step: s.Scalar(0).ToDevice(w.Device()).Own()}
	a.names, a.params, a.state = append(a.names, name), append(a.params, w), append(a.state, st)

	scale, decay := 1.0, a.config.WeightDecay
	if group >= 0 {
		scale, decay = a.config.Groups[group].RateScale, a.config.Groups[group].WeightDecay
	}
	if a.config.MatricesOnly && len(w.Shape()) < 2 {
		decay = 0
	}
	i := slices.IndexFunc(a.parts, func(p part) bool { return p.rateScale == scale && p.weightDecay == decay })
	if i < 0 {
		i = len(a.parts)
		a.parts = append(a.parts, part{rateScale: scale, weightDecay: decay})
	}
	a.parts[i].params, a.parts[i].state = append(a.parts[i].params, w), append(a.parts[i].state, st)
}

// Step moves the weights against the mean of the gradients of so many Backward
// calls, of batches alike in size, then forgets the gradients. It returns the
// norm of that gradient before clipping, a scalar on the device, none where
// nothing is clipped. A norm that is not finite leaves weights and state as they
// are. The processor waits for nothing.
func (a *AdamW) Step(s *torch.Session, rate float64, backwards int) (norm torch.Tensor) {
	return a.step(s, backwards, func(p part) torch.AdamWRule { return torch.AdamWRule{Rate: rate * p.rateScale} })
}

// Recordable puts the rate on the device, where SetRate writes it and
// StepAtRate reads it: a step that is recorded keeps what it is called with.
func (a *AdamW) Recordable(s *torch.Session) {
	for i := range a.parts {
		dtype := torch.Float32
		if s.Device() == torch.CPU {
			dtype = torch.Float64 // as Step has it
		}
		a.parts[i].rate = s.Full(0, dtype).Own()
	}
}

// SetRate says at which rate StepAtRate descends.
func (a *AdamW) SetRate(s *torch.Session, rate float64) {
	s.Scope(func() {
		for _, p := range a.parts {
			p.rate.CopyFrom(s.Full(rate*p.rateScale, p.rate.DType()))
		}
	})
}

// StepAtRate is Step at the rate of SetRate.
func (a *AdamW) StepAtRate(s *torch.Session, backwards int) (norm torch.Tensor) {
	return a.step(s, backwards, func(p part) torch.AdamWRule { return torch.AdamWRule{RateOn: p.rate} })
}

func (a *AdamW) step(s *torch.Session, backwards int, rule func(part) torch.AdamWRule) (norm torch.Tensor) {
	defer torch.ZeroGrad(a.params)
	if backwards > 1 {
		torch.ScaleGrad(a.params, 1/float64(backwards))
	}
	if a.config.ClipNorm > 0 {
		norm = torch.ClipGradNorm(s, a.params, a.config.ClipNorm)
	}
	for _, p := range a.parts {
		r := rule(p)
		r.Norm, r.Beta1, r.Beta2, r.Eps, r.WeightDecay = norm, a.config.Beta1, a.config.Beta2, a.config.Eps, p.weightDecay
		torch.AdamWStep(p.params, p.state, r)
	}
	return norm
}

// Weights are those that learn, the model's own.
func (a *AdamW) Weights() []torch.Tensor { return a.params }

// Each visits the state for saving: for each weight w, in order, m.w and v.w,
// the running means, and step.w, how many steps it took.
func (a *AdamW) Each(yield func(name string, t torch.Tensor) bool) {
	for i, name := range a.names {
		st := a.state[i]
		if !yield("m."+name, st.M) || !yield("v."+name, st.V) || !yield("step."+name, st.Step) {
			return
		}
	}
}

// Load overwrites the state with what Each gave: the same steps follow, to the
// bit. What disagrees comes back in an [nn.LoadError].
func (a *AdamW) Load(src nn.Source) error { return nn.LoadInto(a.Each, src) }

// Close frees the state; the weights stay.
func (a *AdamW) Close() {
	for _, st := range a.state {
		st.M.Free()
		st.V.Free()
		st.Step.Free()
	}
	for _, p := range a.parts {
		p.rate.Free()
	}
}
