package config_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/train"
)

type experiment struct {
	Steps int     `yaml:"steps"`
	Name  string  `yaml:"name"`
	Share float64 `yaml:"share"`
	Data  struct {
		Real  []string `yaml:"real"`
		Sizes []int64  `yaml:"sizes"`
	} `yaml:"data"`
}

func valid(experiment) error { return nil }

func TestAFileOverridesDefaults(t *testing.T) {
	defaults := experiment{Steps: 7, Name: "kept"}
	got, err := config.Parse(strings.NewReader("steps: 9\ndata:\n  real: [a, b]\n"), "x.yaml", defaults, valid)
	if err != nil {
		t.Fatal(err)
	}
	if got.Steps != 9 || got.Name != "kept" || len(got.Data.Real) != 2 {
		t.Errorf("got %+v, want steps 9, the name kept and two folders", got)
	}
	for _, empty := range []string{"", "# only a comment\n"} {
		if got, err := config.Parse(strings.NewReader(empty), "x.yaml", defaults, valid); err != nil || got.Steps != 7 {
			t.Errorf("an empty file: got %+v (%v), want the defaults", got, err)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	faulty := func(experiment) error {
		return errors.Join(errors.New("steps is 0, want 1 or more"), errors.New("name is empty"))
	}
	for _, c := range []struct {
		text, want string
		validate   func(experiment) error
	}{
		{"stepz: 9\nsteps: many", "x.yaml: line 1: unknown key \"stepz\": did you mean \"steps\"?\nline 2: found many, want a whole number", valid},
		{"steps: [3]", "line 1: found a list, want a whole number", valid},
		{"name: {a: b}", "line 1: found a group of keys, want words", valid},
		{"data: {real: maps}", "line 1: found maps, want a list of words", valid},
		{"data: {sizes: 3}", "line 1: found 3, want a list of whole numbers", valid},
		{"data: 3", "line 1: found 3, want a group of keys", valid},
		{"steps: &n 2.5\ndata: {sizes: [1, 1e3, *n]}", "x.yaml: line 1: found 2.5, want a whole number", valid},
		{"steps: 1\n---\nsteps: 2", "more than one document", valid},
		{"steps: [", "x.yaml: yaml:", valid},
		{"steps: 0", "steps is 0, want 1 or more\nname is empty", faulty},
		{strings.Repeat("# long\n", 10_000), "larger than 65536 bytes", valid},
		{"steps: 1\nsteps: 2\nsteps: 3", "line 2: steps stands twice, first in line 1\nline 3: steps stands twice", valid},
		{"data: {real: [a], real: [b]}", "line 1: data.real stands twice", valid},
		{"base: &b {steps: 1}\n<<: *b", `line 2: "<<" (a merge of groups) is not taken`, valid},
		{"share: .inf", "line 1: share is .inf, want a finite number", valid},
		{"share: -.Inf", "line 1: share is -.Inf, want a finite number", valid},
		{"share: .NaN", "line 1: share is .NaN, want a finite number", valid},
		{"share: 1e999", "line 1: found 1e999, want a number", valid},
		{"steps:\nname: x", "line 1: steps has no value, want a whole number", valid},
		{"data:\n  real:", "line 2: data.real has no value, want a list of words, [] for none", valid},
		{"data: {real: [a, ]}\ndata: {real: [~]}", "data stands twice", valid},
		{"stpes: 9", `unknown key "stpes": did you mean "steps"?`, valid},
		{"real: [a]", `unknown key "real": it belongs under data`, valid},
		{"data: {steps: 1}", `unknown key "steps": it belongs to no group`, valid},
		{"\"\\e[31mred\": 1", `unknown key "\x1b[31mred"`, valid},
		{"steps: \"\\e[31m\"", `found \x1b[31m, want a whole number`, valid},
		{"{? [a, b] : 1}", "a key is a list, a group or an alias", valid},
	} {
		_, err := config.Parse(strings.NewReader(c.text), "x.yaml", experiment{}, c.validate)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: got error %v, want one with %q", c.text, err, c.want)
		}
	}
	if _, err := config.Read("nowhere.yaml", experiment{}, valid); err == nil || !strings.Contains(err.Error(), "open nowhere.yaml: no such file") {
		t.Errorf("got error %v, want that there is no such file", err)
	}
}

// Whatever 64 KiB hold, they are told of in little time, memory and text.
func TestAHostileFileCostsLittle(t *testing.T) {
	var many strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&many, "k%d:\n", i)
	}
	for name, text := range map[string]string{
		"one key repeated":       strings.Repeat("a: 1\n", 13_000),
		"a known key repeated":   strings.Repeat("steps: 1\n", 7_000),
		"keys in one":            "{" + strings.Repeat("a,", 32_000) + "}",
		"keys in a value":        "steps: {" + strings.Repeat("a,", 32_000) + "}",
		"unknown keys":           many.String(),
		"a long key":             strings.Repeat("k", 60_000) + ": 1",
		"a long value":           "steps: " + strings.Repeat("v", 60_000),
		"wrong values":           "data: {sizes: [" + strings.Repeat("x,", 30_000) + "]}",
		"depth":                  strings.Repeat("[", 60_000),
		"depth of groups":        strings.Repeat("{a: ", 15_000),
		"laughs":                 "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]",
		"aliases of a long list": "name: &n [" + strings.Repeat("x,", 15_000) + "]\ndata: {real: [" + strings.Repeat("*n,", 10_000) + "]}",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := config.Parse(strings.NewReader(text), "x.yaml", experiment{}, valid)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if err == nil || len(err.Error()) > 20<<10 {
			t.Errorf("%s: got %.200v, want an error in few words", name, err)
		}
		if made := after.TotalAlloc - before.TotalAlloc; made > 256<<20 || took > 5*time.Second {
			t.Errorf("%s: took %v and made %d MiB, want little", name, took, made>>20)
		}
	}
}

func TestSettingAKey(t *testing.T) {
	c := experiment{Steps: 7, Name: "kept"}
	for _, assignment := range []string{"steps=9", "data.real=[a, b]", "share=0.5"} {
		want, _, _ := strings.Cut(assignment, "=")
		if key, err := config.Set(&c, assignment); err != nil || key != want {
			t.Errorf("%s: got key %q, %v", assignment, key, err)
		}
	}
	if c.Steps != 9 || c.Name != "kept" || len(c.Data.Real) != 2 || c.Share != .5 {
		t.Errorf("got %+v, want what was set and the name kept", c)
	}
	before := c
	for assignment, want := range map[string]string{
		"steps":                               "want KEY=VALUE",
		"=3":                                  "want KEY=VALUE",
		"steps=":                              "steps has no value, want a whole number",
		"steps=2.5":                           "found 2.5, want a whole number",
		"steps=many":                          "found many, want a whole number",
		"data.raal=[a]":                       `unknown key "raal": did you mean "real"?`,
		"real=[a]":                            "it belongs under data",
		"raal=[a]":                            `unknown key "raal": did you mean "data.real"?`,
		"steps.more=1":                        "found a group of keys, want a whole number",
		"share=.inf":                          "want a finite number",
		"data={real: 3}":                      "found 3, want a list of words",
		"name=[":                              "the value is no YAML: did not find",
		"\x1b[31m=1":                          `\x1b[31m=1: unknown key`,
		"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1": "more than 16 parts",
	} {
		if _, err := config.Set(&c, assignment); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "line") {
			t.Errorf("%s: got error %v, want one with %q", assignment, err, want)
		}
	}
	if !reflect.DeepEqual(c, before) {
		t.Errorf("got %+v after what was refused, want %+v", c, before)
	}
}

func TestWhatIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, t.TempDir(), "/dev/zero"} {
		if _, err := config.Read(path, experiment{}, valid); err == nil || !strings.Contains(err.Error(), "want a file of YAML") {
			t.Errorf("%s: got error %v, want that it is no file", path, err)
		}
	}
}

// Every experiment that ships is one that its command accepts.
func TestShippedConfigs(t *testing.T) {
	kinds := []struct {
		pattern string
		read    func(path string) error
	}{
		{"vae.yaml", accept(train.DefaultVAE, train.VAEConfig.Validate)},
		{"mini/vae.yaml", accept(train.DefaultVAE, train.VAEConfig.Validate)},
		{"clip-*.yaml", accept(train.DefaultCLIP, train.CLIPConfig.Validate)},
		{"mini/clip*.yaml", accept(train.DefaultCLIP, train.CLIPConfig.Validate)},
		{"mini/judge*.yaml", accept(train.DefaultCLIP, train.CLIPConfig.Validate)},
		{"edit.yaml", accept(edit.Defaults(edit.Guided), edit.Config.Validate)},
		{"mini/edit.yaml", accept(edit.Defaults(edit.Guided), edit.Config.Validate)},
		{"paper.yaml", accept(evaluate.DefaultExperiment, evaluate.Experiment.Validate)},
		{"mini/sweep.yaml", accept(evaluate.DefaultExperiment, evaluate.Experiment.Validate)},
		{"mini/paper.yaml", accept(evaluate.DefaultExperiment, evaluate.Experiment.Validate)},
		{"mini/inversion.yaml", accept(edit.Defaults(edit.Paper), edit.Config.Validate)},
	}
	const configs = "../../configs"
	err := filepath.WalkDir(configs, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		name, _ := filepath.Rel(configs, path)
		for _, k := range kinds {
			if match, _ := filepath.Match(k.pattern, filepath.ToSlash(name)); match {
				return k.read(path)
			}
		}
		t.Errorf("%s: no command is known to read it: name it here", path)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func accept[T any](defaults T, validate func(T) error) func(string) error {
	return func(path string) error {
		_, err := config.Read(path, defaults, validate)
		return err
	}
}

func FuzzParse(f *testing.F) {
	f.Add("steps: 1\nname: x")
	f.Add("a: &a [*a, *a]")
	f.Fuzz(func(t *testing.T, text string) {
		// Whatever the text is, it ends in a value or an error.
		_, _ = config.Parse(strings.NewReader(text), "fuzz.yaml", experiment{}, valid)
	})
}

// A key by the name that it once had is an error that tells the name it has,
// and every such name is that of a key.
func TestOldKeysNameTheNewOnes(t *testing.T) {
	none := func(train.VAEConfig) error { return nil }
	_, err := config.Parse(strings.NewReader("data: {drawn: 3}\ntrain: {floor: .1}"), "x.yaml", train.DefaultVAE, none)
	for _, want := range []string{`unknown key "drawn": it is called synthetic`, `unknown key "floor": it is called final_rate`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %s", err, want)
		}
	}
	_, err = config.Parse(strings.NewReader("stay: 1\nlight: 2\neven: 3\ntransfer: {cast: 1}"), "x.yaml", edit.Defaults(edit.Guided), func(edit.Config) error { return nil })
	for _, want := range []string{"anchor_weight", "light_prior", "gain_smoothness", "cast_limit"} {
		if err == nil || !strings.Contains(err.Error(), "it is called "+want) {
			t.Errorf("got error %v, want it to name %s", err, want)
		}
	}
}
