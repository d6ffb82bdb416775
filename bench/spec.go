package main

import "fmt"

// The kinds of work, each in a Go file and a Python file of its name.
const (
	kindOverhead  = "overhead"
	kindConv      = "conv"
	kindAttention = "attention"
	kindLayer     = "layer"
	kindLoad      = "load"
	kindStart     = "start"
)

// spec is a piece of work, as it is sent to both players.
type spec struct {
	Kind    string `json:"kind"`
	Device  string `json:"device"`
	Threads int    `json:"threads"`

	Op string `json:"op,omitempty"` // overhead: relu or add; load: map or copy

	// attention and layer: x is [Batch,Tokens,Width].
	Batch  int64 `json:"batch,omitempty"`
	Tokens int64 `json:"tokens,omitempty"`
	Width  int64 `json:"width,omitempty"`
	Heads  int64 `json:"heads,omitempty"`
	Causal bool  `json:"causal,omitempty"`
	BF16   bool  `json:"bf16,omitempty"` // under autocast

	File string `json:"file,omitempty"` // load
}

// per is how many pieces of work, as the table counts them, a step does.
func (s spec) per() float64 {
	if s.Kind == kindOverhead {
		return opsPerStep
	}
	return 1
}

// race is a piece of work and what the toolkit's time over PyTorch's may be.
type race struct {
	Name   string
	Target float64
	Spec   spec
}

func races(o options) []race {
	var rs []race
	add := func(name string, target float64, s spec) {
		s.Device, s.Threads = o.device, o.threads
		rs = append(rs, race{name, target, s})
	}
	add("op overhead: relu of 4", 1, spec{Kind: kindOverhead, Op: "relu"})
	add("op overhead: add 1 to 4", 1, spec{Kind: kindOverhead, Op: "add"})
	add("conv 64→64 3×3, 64×128", 0.95, spec{Kind: kindConv})
	text := spec{Batch: 8, Tokens: 77, Width: 512, Heads: 8, Causal: true}
	image := spec{Batch: 8, Tokens: 50, Width: 768, Heads: 12}
	for _, m := range []struct {
		kind, name string
		shape      spec
	}{
		{kindAttention, "attention block, text 8×77×512", text},
		{kindLayer, "transformer layer, text 8×77×512", text},
		{kindLayer, "transformer layer, image 8×50×768", image},
	} {
		for _, bf16 := range []bool{false, true} {
			s := m.shape
			s.Kind, s.BF16 = m.kind, bf16
			add(fmt.Sprintf("%s, %s", m.name, map[bool]string{false: "fp32", true: "bf16"}[bf16]), 0.95, s)
		}
	}
	add("safetensors 600 MB: open", 1, spec{Kind: kindLoad, Op: "open"})
	add("safetensors 600 MB: into weights", 1, spec{Kind: kindLoad, Op: "copy"})
	add("process start to first op", 0.2, spec{Kind: kindStart})
	return rs
}
