package nn

import (
	"fmt"
	"slices"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Build runs f, in which a model names its weights, and returns them on
// device. They are drawn on the CPU in the order of creation from a generator
// seeded with seed, so that a seed gives the same weights on every device.
func Build(device torch.Device, seed int64, f func(Scope)) (*Params, error) {
	return build(device, func(s *torch.Session, p *Params) {
		s.Seed(seed)
		f(Scope{&builder{s: s, device: device, params: p}, ""})
	})
}

// BuildFrom is Build with the values of src in place of drawn ones: floats as
// f32, other types as they are. What disagrees between f and src comes
// back in one [LoadError].
func BuildFrom(device torch.Device, src Source, f func(Scope)) (*Params, error) {
	return build(device, func(s *torch.Session, p *Params) {
		b := &builder{s: s, device: device, params: p, src: src, comparison: compare(src)}
		f(Scope{b, ""})
		s.Check(b.comparison.err())
	})
}

func build(device torch.Device, f func(*torch.Session, *Params)) (*Params, error) {
	p := &Params{byName: map[string]int{}}
	if err := torch.Do(torch.CPU, func(s *torch.Session) { f(s, p) }); err != nil {
		p.Close()
		return nil, err
	}
	p.device = device
	return p, nil
}

// builder is what the scopes of one Build share.
type builder struct {
	s      *torch.Session
	device torch.Device
	params *Params

	// none of these where values are drawn
	src        Source
	comparison *comparison
}

// Scope is where part of a model names its weights. It is valid while the
// Build that made it runs.
type Scope struct {
	b      *builder
	prefix string // "encoder.", or "" at the root
}

// Sub returns the scope of a part: weights made in it are named below name.
// Equal names are refused where weights meet, not here, so that a
// checkpoint's names can be met in any order.
func (p Scope) Sub(name string) Scope { return Scope{p.b, p.prefix + name + "."} }

// Subf is Sub with a formatted name, as for the layers of a stack.
func (p Scope) Subf(format string, args ...any) Scope { return p.Sub(fmt.Sprintf(format, args...)) }

// Fail ends the Build with err.
func (p Scope) Fail(err error) { p.b.s.Check(err) }

// Param makes a weight that learns: an f32 tensor of the given shape that the
// Params own.
func (p Scope) Param(name string, init Init, shape ...int64) torch.Tensor {
	w := p.make(name, init, shape, false)
	return w.SetRequiresGrad(true)
}

// Buffer makes a tensor that is saved and loaded with the weights but does not
// learn, such as the mean and spread of a latent.
func (p Scope) Buffer(name string, init Init, shape ...int64) torch.Tensor {
	return p.make(name, init, shape, true)
}

// Fill draws a weight made before anew, where a model begins otherwise than
// its layers do by default. It leaves weights from a file as they are.
func (p Scope) Fill(name string, init Init) {
	s, name := p.b.s, p.prefix+name
	i, ok := p.b.params.byName[name]
	if !ok {
		s.Check(fmt.Errorf("nn: fill: no parameter is named %s", name))
	}
	if p.b.src != nil {
		return
	}
	defer s.Tidy()()
	w := p.b.params.list[i].tensor
	s.NoGrad(func() { w.CopyFrom(init(s, w.Shape())) })
}

// channelsLast has a weight [D,C,K,L] made before lie on a GPU with its channels
// last: there a convolution by it takes and gives maps that lie so.
func (p Scope) channelsLast(name string) {
	s := p.b.s
	defer s.Tidy()()
	w := &p.b.params.list[p.b.params.byName[p.prefix+name]]
	w.last = true
	learns := w.tensor.RequiresGrad()
	s.NoGrad(func() {
		w.tensor.Become(w.laid(s.Use(w.tensor).Detach()).Detach().SetRequiresGrad(learns))
	})
}

func (p Scope) make(name string, init Init, shape []int64, buffer bool) torch.Tensor {
	s, name := p.b.s, p.prefix+name
	if _, taken := p.b.params.byName[name]; taken {
		s.Check(fmt.Errorf("nn: two parameters are named %s: give each part its own Sub", name))
	}
	defer s.Tidy()()
	var w torch.Tensor
	s.NoGrad(func() {
		w = p.value(s, name, init, shape).ToDevice(p.b.device).Contiguous().Detach().Own()
	})
	p.b.params.add(parameter{name: name, tensor: w, buffer: buffer})
	return w
}

// value returns what a parameter begins with: src's where there is one.
func (p Scope) value(s *torch.Session, name string, init Init, shape []int64) torch.Tensor {
	if p.b.src == nil {
		w := init(s, shape)
		if got := w.Shape(); !slices.Equal(got, shape) {
			s.Check(fmt.Errorf("nn: %s: the initial value is %v, want %v", name, got, shape))
		}
		return w.Clone() // an init may hand out the same tensor twice
	}
	if !p.b.comparison.has(name, shape) {
		return s.Zeros(0) // whatever memory the model would take, the file is refused in the end
	}
	w := p.b.src.Tensor(s, name)
	if floating(w.DType()) {
		w = w.To(torch.Float32)
	}
	p.b.comparison.finite(name, w)
	return w
}
