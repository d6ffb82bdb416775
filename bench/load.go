package main

import (
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// load reads 600 MB of weights from a file that is in the page cache. "open"
// has every tensor at hand; both libraries map the file, so no byte has moved
// then. "copy" also moves each into a weight, as loading a model does, on a
// device across to it.
func load(s *torch.Session, sp spec) work {
	weights := map[string]torch.Tensor{}
	each := func(do func(name string, t torch.Tensor)) {
		f, err := safetensors.Open(sp.File)
		s.Check(err)
		defer f.Close()
		for _, e := range f.Entries() {
			do(e.Name, f.Tensor(s, e.Name))
		}
	}
	s.Scope(func() {
		each(func(name string, t torch.Tensor) { weights[name] = t.Clone().Own() })
	})
	step := func(do func(name string, t torch.Tensor)) func() {
		return func() { s.Scope(func() { each(do) }) }
	}
	return work{
		step: map[string]func(){
			"open": step(func(string, torch.Tensor) {}),
			"copy": step(func(name string, t torch.Tensor) { weights[name].CopyFrom(t) }),
		}[sp.Op],
		check: func() (sum float64) {
			for _, w := range weights {
				s.Scope(func() { sum += s.Use(w).Square().Sum().Item() })
			}
			return sum
		},
	}
}
