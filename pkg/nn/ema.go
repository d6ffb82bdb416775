package nn

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// EMA is the exponential moving average of a model's weights and buffers,
// which is often the better model (Polyak & Juditsky 1992; Izmailov et al.,
// arXiv:1803.05407).
type EMA struct {
	decay float64
	names []string
	live  []torch.Tensor // the model's own, of a float type
	mean  []torch.Tensor // owned
}

// NewEMA begins with the weights as they are; each update keeps decay, in
// [0,1), of the average. Close frees it.
func NewEMA(p *Params, decay float64) (*EMA, error) {
	if decay < 0 || decay >= 1 {
		return nil, fmt.Errorf("nn: ema: decay is %v, want at least 0 and below 1", decay)
	}
	e := &EMA{decay: decay}
	err := torch.Do(p.device, func(s *torch.Session) {
		for name, w := range p.Each {
			if floating(w.DType()) {
				e.names = append(e.names, name)
				e.live = append(e.live, w)
				e.mean = append(e.mean, s.Use(w).Detach().Clone().Own())
			}
		}
	})
	if err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// Update moves the average towards the weights, inside a session:
// mean ← decay·mean + (1 − decay)·weight.
func (e *EMA) Update() { torch.LerpInto(e.mean, e.live, 1-e.decay) }

// Swap exchanges the average and the weights, inside a session. A second Swap
// puts them back; do not train in between.
func (e *EMA) Swap(s *torch.Session) {
	for i := range e.live {
		s.Scope(func() {
			mean := s.Use(e.mean[i])
			kept := s.Use(e.live[i]).Detach().Clone()
			e.live[i].CopyFrom(mean)
			mean.CopyFrom(kept)
		})
	}
}

// Each visits the averages by the names of the weights, in their order.
func (e *EMA) Each(yield func(name string, mean torch.Tensor) bool) {
	for i, name := range e.names {
		if !yield(name, e.mean[i]) {
			return
		}
	}
}

// Load overwrites the averages with src's; see [LoadInto].
func (e *EMA) Load(src Source) error { return LoadInto(e.Each, src) }

// Close frees the averages.
func (e *EMA) Close() {
	for _, m := range e.mean {
		m.Free()
	}
}
