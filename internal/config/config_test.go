package config_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/train"
)

type experiment struct {
	Steps int    `yaml:"steps"`
	Name  string `yaml:"name"`
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
		{"stepz: 9\nsteps: many", "x.yaml: line 1: unknown key \"stepz\"\nline 2: found many, want a whole number", valid},
		{"steps: [3]", "line 1: found a list, want a whole number", valid},
		{"name: {a: b}", "line 1: found a group of keys, want words", valid},
		{"data: {real: maps}", "line 1: found maps, want a list of words", valid},
		{"data: {sizes: 3}", "line 1: found 3, want a list of whole numbers", valid},
		{"data: 3", "line 1: found 3, want a group of keys", valid},
		{"steps: &n 2.5\ndata: {sizes: [1, 1e3, *n]}", "x.yaml: line 1: found 2.5, want a whole number\nline 1: found 2.5", valid},
		{"steps: 1\n---\nsteps: 2", "more than one document", valid},
		{"steps: [", "x.yaml: yaml:", valid},
		{"steps: 0", "steps is 0, want 1 or more\nname is empty", faulty},
		{strings.Repeat("# long\n", 200_000), "larger than 1048576 bytes", valid},
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

// Every experiment that ships is one that its command accepts.
func TestShippedConfigs(t *testing.T) {
	for pattern, read := range map[string]func(path string) error{
		"vae.yaml":        accept(train.DefaultVAE, train.VAEConfig.Validate),
		"mini/vae.yaml":   accept(train.DefaultVAE, train.VAEConfig.Validate),
		"clip-*.yaml":     accept(train.DefaultCLIP, train.CLIPConfig.Validate),
		"mini/clip.yaml":  accept(train.DefaultCLIP, train.CLIPConfig.Validate),
		"mini/judge.yaml": accept(train.DefaultCLIP, train.CLIPConfig.Validate),
		"edit.yaml":       accept(edit.Defaults(edit.Guided), edit.Config.Validate),
		"mini/edit.yaml":  accept(edit.Defaults(edit.Guided), edit.Config.Validate),
	} {
		paths, err := filepath.Glob(filepath.Join("../../configs", pattern))
		if err != nil || len(paths) == 0 {
			t.Errorf("no files at configs/%s (%v)", pattern, err)
		}
		for _, path := range paths {
			if err := read(path); err != nil {
				t.Error(err)
			}
		}
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
