package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

// The budgets of the parts of `make gpu-check` are ten minutes in all: a rented GPU
// is held no longer.
func TestTheGPUCheckTakesTenMinutes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "scripts/gpu-check.sh"))
	if err != nil {
		t.Fatal(err)
	}
	parts := regexp.MustCompile(`(?m)^\t"([^"|]+)\|(\d+)\|.+"$`).FindAllStringSubmatch(string(text), -1)
	if len(parts) < 10 {
		t.Fatalf("found %d parts, want the list of checks", len(parts))
	}
	sum := 0
	for _, part := range parts {
		seconds, err := strconv.Atoi(part[2])
		if err != nil {
			t.Fatal(err)
		}
		sum += seconds
	}
	if sum > 600 {
		t.Errorf("the budgets are %d s, want 600 at most", sum)
	}
}
