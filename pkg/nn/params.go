package nn

import (
	"fmt"
	"strings"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Params owns the weights of a model, in the order of their creation. It is
// itself a [Source].
type Params struct {
	device torch.Device
	list   []parameter
	byName map[string]int
}

type parameter struct {
	name   string
	tensor torch.Tensor // owned
	buffer bool         // never learns
	last   bool         // lies with its channels last on a GPU
}

func (p *Params) add(w parameter) {
	p.byName[w.name] = len(p.list)
	p.list = append(p.list, w)
}

// Device returns where the weights are.
func (p *Params) Device() torch.Device { return p.device }

// Each visits every weight and buffer by name, in the order of creation:
//
//	for name, w := range params.Each { … }
func (p *Params) Each(yield func(name string, w torch.Tensor) bool) {
	for _, w := range p.list {
		if !yield(w.name, w.tensor) {
			return
		}
	}
}

// Trainable visits, as Each, the weights that learn: no buffers, none frozen.
func (p *Params) Trainable(yield func(name string, w torch.Tensor) bool) {
	for _, w := range p.list {
		if w.tensor.RequiresGrad() && !yield(w.name, w.tensor) {
			return
		}
	}
}

// Names returns the names of all weights and buffers.
func (p *Params) Names() []string {
	names := make([]string, len(p.list))
	for i, w := range p.list {
		names[i] = w.name
	}
	return names
}

// Shape returns the shape of the weight with that name, nil if there is none.
func (p *Params) Shape(name string) []int64 {
	if i, ok := p.byName[name]; ok {
		return p.list[i].tensor.Shape()
	}
	return nil
}

// Tensor returns a copy of the weight with that name, cut off from the graph.
func (p *Params) Tensor(s *torch.Session, name string) torch.Tensor {
	i, ok := p.byName[name]
	if !ok {
		s.Check(fmt.Errorf("nn: no parameter is named %s", name))
	}
	return s.Use(p.list[i].tensor).Detach().Clone()
}

// Count returns how many numbers the model has, and how many of them learn.
func (p *Params) Count() (all, trainable int64) {
	for _, w := range p.list {
		n := w.tensor.Numel()
		all += n
		if w.tensor.RequiresGrad() {
			trainable += n
		}
	}
	return all, trainable
}

// Freeze keeps the weights with one of the names, and those below it, from
// learning: Freeze("encoder") means encoder.conv1.weight but not
// encoder2.conv1.weight. Without names it means all. A name that fits nothing
// is an error, and then nothing changes.
func (p *Params) Freeze(names ...string) error {
	var hit []torch.Tensor
	used := make([]bool, len(names))
	for _, w := range p.list {
		within := len(names) == 0
		for i, name := range names {
			if Within(w.name, name) {
				within, used[i] = true, true
			}
		}
		if within && !w.buffer {
			hit = append(hit, w.tensor)
		}
	}
	for i, name := range names {
		if !used[i] {
			return fmt.Errorf("nn: freeze: no parameter is named %s, or below it", name)
		}
	}
	return torch.Do(p.device, func(*torch.Session) {
		torch.ZeroGrad(hit)
		for _, w := range hit {
			w.SetRequiresGrad(false)
		}
	})
}

// Within tells whether the parameter called name is the one called scope, or
// below it. Every name is within "".
func Within(name, scope string) bool {
	rest, ok := strings.CutPrefix(name, scope)
	return ok && (scope == "" || rest == "" || rest[0] == '.')
}

// To converts every weight of a float type to dtype, in place: the layers that
// hold them follow. For a copy, see [BuildFrom] with the Params as its Source.
func (p *Params) To(dtype torch.DType) error {
	return p.replace(p.device, func(_ parameter, w torch.Tensor) torch.Tensor {
		if floating(w.DType()) {
			return w.To(dtype)
		}
		return w
	})
}

// ToDevice moves every weight, in place: the layers that hold them follow.
func (p *Params) ToDevice(d torch.Device) error {
	err := p.replace(d, func(of parameter, w torch.Tensor) torch.Tensor { return of.laid(w.ToDevice(d)) })
	if err == nil {
		p.device = d
	}
	return err
}

// replace makes all the new values before it puts any in place, so that a
// device without room leaves the model as it was.
func (p *Params) replace(d torch.Device, value func(parameter, torch.Tensor) torch.Tensor) error {
	return torch.Do(d, func(s *torch.Session) {
		values := make([]torch.Tensor, len(p.list))
		s.NoGrad(func() {
			for i, w := range p.list {
				values[i] = value(w, s.Use(w.tensor)).Detach()
			}
		})
		for i, w := range p.list {
			w.tensor.Become(values[i].SetRequiresGrad(w.tensor.RequiresGrad()))
		}
	})
}

// channelsLastOnCPU has a CPU lay weights as a GPU does, for tests.
var channelsLastOnCPU = false

// laid is a value as it is to lie in memory where it is.
func (w parameter) laid(x torch.Tensor) torch.Tensor {
	if w.last && len(x.Shape()) == 4 && (x.Device() != torch.CPU || channelsLastOnCPU) {
		return x.ChannelsLast()
	}
	return x.Contiguous()
}

// Close frees the weights. The model cannot be used after it.
func (p *Params) Close() {
	for _, w := range p.list {
		w.tensor.Free()
	}
	p.list, p.byName = nil, map[string]int{}
}

func floating(t torch.DType) bool {
	switch t {
	case torch.Float16, torch.BFloat16, torch.Float32, torch.Float64:
		return true
	}
	return false
}
