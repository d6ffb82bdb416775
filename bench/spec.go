package main

import (
	"fmt"
	"path/filepath"
)

// The kinds of work. Those of torch are each in a Go file and a Python file of
// its name, those of maps all in maps.go and maps.py.
const (
	kindOverhead  = "overhead"
	kindConv      = "conv"
	kindAttention = "attention"
	kindLayer     = "layer"
	kindLoad      = "load"
	kindStart     = "start"
	kindInvert    = "invert"
	kindVAE       = "vae"
	kindTower     = "tower"
	kindEdit      = "edit" // in whole.go
	kindTune      = "tune" // likewise

	kindDecode = "decode"
	kindEncode = "encode"
	kindResize = "resize"
	kindSynth  = "synth"
	kindFolder = "folder"
	kindBatch  = "batch"

	kindVerb = "verb" // bin/toolkit itself, in busy.go
	kindSize = "size" // likewise, in size.go
	kindJob  = "job"  // several of it, in job.go
)

// spec is a piece of work, as it is sent to both players.
type spec struct {
	Kind    string `json:"kind"`
	Device  string `json:"device"`
	Threads int    `json:"threads"`

	Op string `json:"op,omitempty"` // overhead: relu or add; load: map or copy

	// attention and layer: x is [Batch,Tokens,Width].
	// invert, vae and tower: Batch maps.
	Batch  int64 `json:"batch,omitempty"`
	Tokens int64 `json:"tokens,omitempty"`
	Width  int64 `json:"width,omitempty"`
	Heads  int64 `json:"heads,omitempty"`
	Causal bool  `json:"causal,omitempty"`
	BF16   bool  `json:"bf16,omitempty"`  // under autocast
	TF32   bool  `json:"tf32,omitempty"`  // a GPU's f32 products and convolutions round to ten bits, on both sides; else on neither
	Full   bool  `json:"full,omitempty"`  // invert: the other side is in fp32, whatever BF16 says
	Times  int   `json:"times,omitempty"` // invert: the other side is the toolkit itself, so many times with one map

	// edit and tune: of an edit, its steps; of both, whether the networks are
	// small; of these and vae, whether torch.compile makes the other side's.
	Steps   int  `json:"steps,omitempty"`
	Small   bool `json:"small,omitempty"`
	Compile bool `json:"compile,omitempty"`

	File string `json:"file,omitempty"` // load, decode, encode, resize, invert, vae, tower: what is read

	Folder string `json:"folder,omitempty"` // folder, batch: of maps with captions
	Maps   int    `json:"maps,omitempty"`   // folder: how many there are

	Busy bool `json:"busy,omitempty"` // verb: beside other work, a process a core that is busy half of the time
	Old  bool `json:"old,omitempty"`  // verb: the other side has all processors, and a long wait

	Columns int      `json:"columns,omitempty"` // size: of the map that is edited, made of the one in File
	Flags   []string `json:"flags,omitempty"`   // size: what makes the light

	Against     string  `json:"against"`               // whose work the other side is
	Out         string  `json:"out,omitempty"`         // encode, size: what is written
	Compression string  `json:"compression,omitempty"` // encode: OpenEXR's, "" for .hdr
	Budget      float64 `json:"budget,omitempty"`      // seconds for a piece of work, where there is no other side
}

// per is how many pieces of work, as the table counts them, a step does.
func (s spec) per() float64 {
	switch s.Kind {
	case kindOverhead:
		return opsPerStep
	case kindSynth, kindBatch:
		return mapsPerStep
	case kindFolder:
		return float64(s.Maps)
	}
	return 1
}

// onTensors tells whether the work is ops on tensors and nothing else.
func (s spec) onTensors() bool {
	switch s.Kind {
	case kindOverhead, kindConv, kindAttention, kindLayer:
		return true
	}
	return s.network()
}

// network tells whether the work is a step of a whole network.
func (s spec) network() bool {
	return s.Kind == kindInvert || s.Kind == kindVAE || s.Kind == kindTower
}

// draw writes the model that both sides train, where the work is a training.
func (s *spec) draw(folder string) error {
	write := map[string]func(path string) error{kindVAE: writeVAE, kindTower: writeTower}[s.Kind]
	if write == nil {
		return nil
	}
	s.File = filepath.Join(folder, s.Kind+".safetensors")
	return write(s.File)
}

// tolerance is how far apart, relatively, the two sides' results may be.
func (s spec) tolerance() float64 {
	switch {
	case s.Kind == kindEncode, s.Kind == kindResize, s.Kind == kindFolder: // OpenCV cuts mantissas off, and resizes as if all texels were alike
		return 1e-2
	case s.Kind == kindDecode: // DWAB rounds otherwise from version to version
		return 1e-3
	case s.Kind == kindEdit: // each step goes on from the roundings of those before it
		return 2e-2
	case s.Kind == kindJob: // sums of other halves, over twenty steps
		return 1e-3
	case s.BF16 && s.network(): // two ways to round, a whole network deep
		return .1
	case s.BF16:
		return 1e-2
	case s.network():
		return 1e-3
	}
	return 1e-4 // the same kernels from the same seed: only the order of sums differs
}

// race is a piece of work and what the toolkit's time over the other's may be.
type race struct {
	Name   string
	Target float64
	Spec   spec
}

// mine is the work of the toolkit's side.
func (s spec) mine() spec {
	s.Times = 0
	return s
}

// other is the work of the other side.
func (s spec) other() spec {
	if s.Full {
		s.BF16 = false
	}
	if s.Times > 0 {
		s.Batch = 1
	}
	return s
}

// addNetworks adds whole steps: of an inversion through a frozen ViT-B/32, and
// of trainings of what ships, the VAE's in so much of PyTorch's time.
func addNetworks(vae float64, add func(name string, target float64, s spec), against func(name, other string, target float64, s spec)) {
	const vit = "inversion step, ViT-B/32, "
	add(vit+"fp32", .95, spec{Kind: kindInvert, Batch: 1})
	add(vit+"bf16 against fp32", .65, spec{Kind: kindInvert, Batch: 1, BF16: true, Full: true})
	add(vit+"bf16", .95, spec{Kind: kindInvert, Batch: 1, BF16: true})
	against(vit+"9 maps against 7 times one", "toolkit", 1, spec{Kind: kindInvert, Batch: 9, Times: 7})
	against(vit+"bf16, 9 maps against 7 times one", "toolkit", 1, spec{Kind: kindInvert, Batch: 9, Times: 7, BF16: true})
	add("training step, VAE, 16 maps, fp32", vae, spec{Kind: kindVAE, Batch: 16})
	add("training step, VAE, 16 maps, bf16", vae, spec{Kind: kindVAE, Batch: 16, BF16: true})
	add("training step, CLIP's image tower, 64 maps, fp32", .8, spec{Kind: kindTower, Batch: 64})
	add("training step, CLIP's image tower, 64 maps, bf16", .8, spec{Kind: kindTower, Batch: 64, BF16: true})
}

// races are those of torch, and on the CPU those of maps, whose files lie in dir.
func races(o options, dir string) []race {
	var rs []race
	against := func(name, other string, target float64, s spec) {
		s.Device, s.Threads, s.TF32, s.Against = o.device, o.threads, o.tf32, other
		rs = append(rs, race{name, target, s})
	}
	add := func(name string, target float64, s spec) { against(name, "PyTorch", target, s) }
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
	vae := .8
	if o.device != "cpu" {
		vae = 1 / 1.5
	}
	addNetworks(vae, add, against)
	add("safetensors 600 MB: open", 1, spec{Kind: kindLoad, Op: "open"})
	add("safetensors 600 MB: into weights", 1, spec{Kind: kindLoad, Op: "copy"})
	add("process start to first op", 0.2, spec{Kind: kindStart})
	if o.small || o.device != "cpu" {
		wholeRaces(o, dir, against)
	}
	if o.device == "cpu" {
		verbRaces(against)
		sizeRaces(against, o.day, filepath.Join(dir, "sized-edit"))
		jobRaces(against)
		mapRaces(against, mapFilesIn(dir), filepath.Join(dir, "out"), filepath.Dir(o.sample))
	}
	return rs
}
