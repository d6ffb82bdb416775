package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// What `make gpu-check` runs are the verbs that compute: a new one is not
// forgotten there, and one that is gone does not stay.
func TestTheGPUCheckRunsEveryVerbWithADevice(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "bench/gpu/verbs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if verb, command, ok := strings.Cut(line, "|"); ok && !strings.HasPrefix(line, "#") {
			if strings.TrimSpace(command) == "" {
				t.Errorf("%q has no command", line)
			}
			checked[strings.TrimRight(verb, " =")] = true
		}
	}
	computing := map[string]bool{}
	var look func(path string, verbs []*cli.Command)
	look = func(path string, verbs []*cli.Command) {
		for _, v := range verbs {
			name := strings.TrimSpace(path + " " + v.Name)
			for _, f := range v.Flags {
				if slices.Contains(f.Names(), "device") {
					computing[name] = true
				}
			}
			look(name, v.Subcommands)
		}
	}
	look("", verbs())
	got, want := slices.Sorted(maps.Keys(checked)), slices.Sorted(maps.Keys(computing))
	if !slices.Equal(got, want) {
		t.Errorf("bench/gpu/verbs.txt has\n%q, the verbs with --device are\n%q", got, want)
	}
}
