package architecture

import (
	"fmt"
	"slices"
	"strings"
)

const module = "github.com/clipenv/toolkit/"

// layers go from the ground up. A family is a folder with what lies under it.
// A package may import its own family and the layers below, not its
// neighbours and nothing above.
var layers = []struct {
	name     string
	families []string
}{
	{"letters", []string{"internal/faults", "internal/nearest", "internal/outofmemory", "internal/parallel", "internal/quote", "internal/ranks", "pkg/figures", "pkg/rgb", "pkg/sky/num"}},
	{"the air", []string{"pkg/sky/atmosphere", "pkg/sky/clouds"}},
	{"names", []string{"internal/files"}},
	{"files and words", []string{"pkg/hdr", "pkg/clip/bpe", "pkg/clip/words", "pkg/torch/safetensors/header", "pkg/torch/torchfile/pickle", "internal/run", "internal/libtorch", "internal/cachedir", "internal/shelf", "internal/architecture", "models"}},
	{"the sphere", []string{"pkg/envmap"}},
	{"texels", []string{"pkg/sky/raster"}},
	{"what a texel tells", []string{"pkg/sky/feature", "pkg/sky/sun"}},
	{"what a map shows", []string{"pkg/sky/mask", "pkg/sky/fit", "pkg/sky/water"}},
	{"a room", []string{"pkg/sky/room"}},
	{"the sky", []string{"pkg/sky"}},
	{"words and lamps", []string{"pkg/label", "pkg/lamp"}},
	{"the net", []string{"internal/fetch"}},
	{"sources of maps and models", []string{"pkg/synth", "pkg/polyhaven", "internal/hub"}},
	{"data sets and figures", []string{"pkg/dataset", "pkg/metric"}},
	{"torch", []string{"pkg/torch"}},
	{"weights and layers", []string{"pkg/nn", "pkg/latent"}},
	{"models", []string{"pkg/vae", "pkg/clip", "pkg/view", "pkg/loss", "pkg/optim", "pkg/dist"}},
	{"generators", []string{"pkg/generator"}},
	{"loops", []string{"pkg/train", "pkg/edit", "pkg/evaluate"}},
	{"settings and reports", []string{"internal/config", "internal/doctor"}},
	{"application", []string{"internal/app"}},
	{"programs", []string{"cmd", "bench", "scripts"}},
}

// neighbours are the imports inside a layer that are wanted all the same.
// An entry says from, to and why.
var neighbours = []struct{ from, to, why string }{
	{"internal/shelf", "internal/run", "an index is a file that appears whole, and is told as such"},
	{"pkg/clip/words", "pkg/torch/safetensors/header", "a table of words is a file of tensors that no torch reads"},
}

// pure packages reach neither torch nor cgo, through whatever they import.
var pure = []string{
	"pkg/figures", "pkg/rgb", "pkg/hdr", "pkg/envmap", "pkg/sky", "pkg/lamp", "pkg/label", "pkg/synth", "pkg/polyhaven", "pkg/dataset", "pkg/metric", "pkg/clip/bpe", "pkg/clip/words", "pkg/torch/safetensors/header", "pkg/torch/torchfile/pickle",
	"internal/faults", "internal/fetch", "internal/hub", "internal/parallel", "internal/run", "internal/libtorch", "internal/cachedir", "internal/nearest", "internal/ranks", "internal/shelf",
}

// binding is the one package among the pure that is there for its "C".
const binding = "pkg/hdr/exr"

// doors are the only places where something of the outside comes in.
var doors = []struct {
	what     string // an import path, or the beginning of one
	families []string
}{
	{"C", []string{"pkg/torch", binding, "internal/outofmemory"}},
	{"github.com/sugarme/gotch", []string{"pkg/torch"}},
	{"github.com/sugarme/tokenizer", []string{"pkg/clip/bpe"}},
	{"github.com/urfave/cli", []string{"cmd"}},
	{"gopkg.in/yaml", []string{"internal/config"}},
	{"go.yaml.in/yaml", []string{"internal/config"}},
}

// blind pairs obey the order of the layers and are unwanted all the same.
var blind = []struct{ from, to, why string }{
	{"pkg/torch", "pkg/hdr", "torch knows tensors, not pictures"},
	{"pkg/torch", "pkg/envmap", "torch knows tensors, not pictures"},
	{"pkg/torch", "pkg/dataset", "torch knows tensors, not pictures"},
	{"pkg/nn", "pkg/hdr", "a layer knows tensors, not pictures"},
	{"pkg/nn", "pkg/envmap", "a layer knows tensors, not pictures"},
	{"pkg/nn", "pkg/dataset", "a layer knows tensors, not pictures"},
}

// pkg is what the rules ask of a package: its imports without and with those
// of its tests, and whether it is Go's own.
type pkg struct {
	path     string
	imports  []string
	tests    []string
	standard bool
}

// within tells whether path is the folder or lies under it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// place finds the family of one of our packages, the longest that fits, and
// its layer, counted from the ground.
func place(path string) (family string, layer int, ok bool) {
	for i, l := range layers {
		for _, f := range l.families {
			if within(path, f) && len(f) > len(family) {
				family, layer, ok = f, i, true
			}
		}
	}
	return family, layer, ok
}

// faults lists each import among the packages that breaks a rule.
func faults(packages []pkg) []string {
	var found []string
	fault := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	byPath := map[string]pkg{}
	for _, p := range packages {
		byPath[p.path] = p
	}
	for _, p := range packages {
		name, ours := strings.CutPrefix(p.path, module)
		if !ours {
			continue
		}
		family, layer, ok := place(name)
		if !ok {
			fault("%s: no layer has it: name its family in rules_test.go", name)
			continue
		}
		for _, imported := range p.imports {
			other, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			if why := forbidden(family, layer, other); why != "" {
				fault("%s imports %s: %s", name, other, why)
			}
		}
		for _, imported := range slices.Concat(p.imports, p.tests) {
			for _, d := range doors {
				if opens(imported, d.what) && !slices.ContainsFunc(d.families, func(f string) bool { return within(name, f) }) {
					fault("%s imports %s: only %s may", name, imported, strings.Join(d.families, " and "))
				}
			}
		}
		if slices.ContainsFunc(pure, func(f string) bool { return within(name, f) }) && name != binding {
			if way := wayToC(byPath, p.path, map[string]bool{}); way != nil {
				fault("%s is pure and reaches cgo: %s", name, strings.Join(way, " -> "))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// forbidden says why family, which is in layer, may not import other.
func forbidden(family string, layer int, other string) string {
	otherFamily, otherLayer, ok := place(other)
	if !ok {
		return "" // said of the other package itself
	}
	for _, b := range blind {
		if family == b.from && otherFamily == b.to {
			return b.why
		}
	}
	switch {
	case family == otherFamily || otherLayer < layer:
		return ""
	case otherLayer > layer:
		return fmt.Sprintf("%s is above %s", layers[otherLayer].name, layers[layer].name)
	}
	for _, n := range neighbours {
		if family == n.from && otherFamily == n.to {
			return ""
		}
	}
	return fmt.Sprintf("sideways among %s", layers[layer].name)
}

// opens tells whether an import path comes through the door what. A beginning
// is enough, so that another major version is the same door.
func opens(imported, what string) bool {
	if what == "C" {
		return imported == "C"
	}
	return strings.HasPrefix(imported, what)
}

// wayToC returns the chain of imports by which a package that is not Go's own
// imports "C", or nil.
func wayToC(byPath map[string]pkg, path string, seen map[string]bool) []string {
	p := byPath[path]
	if seen[path] || p.standard {
		return nil
	}
	seen[path] = true
	short := strings.TrimPrefix(path, module)
	if slices.Contains(p.imports, "C") {
		return []string{short, "C"}
	}
	for _, imported := range p.imports {
		if way := wayToC(byPath, imported, seen); way != nil {
			return append([]string{short}, way...)
		}
	}
	return nil
}
