package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// listed asks the go command for every package of the module and all that
// they stand on.
func listed(t *testing.T) []pkg {
	t.Helper()
	list := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,TestImports,XTestImports,Standard", "./...")
	list.Dir = root
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
			Standard                           bool
		}
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, pkg{p.ImportPath, p.Imports, append(p.TestImports, p.XTestImports...), p.Standard})
	}
}

func TestImportsGoOneWay(t *testing.T) {
	packages := listed(t)
	var ours int
	for _, p := range packages {
		if strings.HasPrefix(p.path, module) {
			ours++
		}
	}
	if ours < 10 {
		t.Fatalf("go list shows %d packages of this module, want them all", ours)
	}
	for _, fault := range faults(packages) {
		t.Error(fault)
	}
}

// A rule that cannot be broken holds nothing: each import below breaks one.
func TestRulesRefuse(t *testing.T) {
	const cli, gotch, yaml = "github.com/urfave/cli/v2", "github.com/sugarme/gotch/libtch", "gopkg.in/yaml.v3"
	for _, c := range []struct {
		from, to, want string
	}{
		{"pkg/nn", module + "pkg/vae", "pkg/nn imports pkg/vae: models is above weights and layers"},
		{"pkg/vae", module + "pkg/loss", "pkg/vae imports pkg/loss: sideways among models"},
		{"pkg/vae/deep", module + "pkg/loss", "pkg/vae/deep imports pkg/loss: sideways among models"},
		{"pkg/edit", module + "pkg/train", "pkg/edit imports pkg/train: sideways among loops"},
		{"pkg/train", module + "cmd/toolkit", "pkg/train imports cmd/toolkit: programs is above loops"},
		{"pkg/torch", module + "pkg/envmap", "pkg/torch imports pkg/envmap: torch knows tensors, not pictures"},
		{"pkg/sky/atmosphere", module + "pkg/envmap", "pkg/sky/atmosphere imports pkg/envmap: the sphere is above the air"},
		{"pkg/torch/safetensors/header", module + "pkg/torch", "pkg/torch/safetensors/header imports pkg/torch: torch is above files and words"},
		{"pkg/util", "fmt", "pkg/util: no layer has it: name its family in rules_test.go"},
		{"pkg/nn", gotch, "pkg/nn imports " + gotch + ": only pkg/torch may"},
		{"pkg/train", cli, "pkg/train imports " + cli + ": only cmd may"},
		{"pkg/train", yaml, "pkg/train imports " + yaml + ": only internal/config may"},
		{"pkg/nn", "C", "pkg/nn imports C: only pkg/torch and pkg/hdr/exr and internal/outofmemory may"},
		{"pkg/envmap", "other.org/cgo", "pkg/envmap is pure and reaches cgo: pkg/envmap -> other.org/cgo -> C"},
		{"pkg/synth", module + "pkg/hdr/exr", "pkg/synth is pure and reaches cgo: pkg/synth -> pkg/hdr/exr -> C"},
	} {
		graph := []pkg{
			{path: module + c.from, imports: []string{c.to}},
			{path: module + "pkg/hdr/exr", imports: []string{"C"}},
			{path: "other.org/cgo", imports: []string{"C"}},
		}
		if got := faults(graph); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s imports %s:\ngot  %q\nwant %q", c.from, c.to, got, c.want)
		}
	}
}

func TestRulesAllow(t *testing.T) {
	graph := []pkg{
		{path: module + "pkg/edit", imports: []string{module + "pkg/vae", module + "pkg/torch", "fmt"}},
		{path: module + "pkg/vae", imports: []string{module + "pkg/nn", module + "pkg/envmap"}, tests: []string{module + "pkg/loss"}},
		{path: module + "pkg/clip", imports: []string{module + "pkg/clip/bpe"}},
		{path: module + "pkg/torch/safetensors", imports: []string{module + "pkg/torch"}},
		{path: module + "pkg/torch", imports: []string{"C", "github.com/sugarme/gotch/libtch"}},
		{path: module + "pkg/hdr", imports: []string{"net"}},
		{path: "net", imports: []string{"C"}, standard: true},
	}
	if got := faults(graph); got != nil {
		t.Errorf("got %q, want no fault", got)
	}
}

// A door is for tests too: one that opens gotch would leak what it makes.
func TestRulesReadTestImports(t *testing.T) {
	graph := []pkg{{path: module + "pkg/nn", tests: []string{"github.com/sugarme/gotch/ts"}}}
	if got := faults(graph); len(got) != 1 {
		t.Errorf("got %q, want one fault", got)
	}
}
