package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The keys that a program may rely on.
var doctorKeys = []string{
	"cache", "cache.bytes_free", "cache.path", "cache.writable",
	"checks", "checks.found", "checks.hint", "checks.name", "checks.state",
	"devices", "devices.memory_free", "devices.memory_total", "devices.model", "devices.name",
	"libraries", "libraries.cuda", "libraries.cuda_error", "libraries.libtorch",
	"models", "models.bytes", "models.name", "models.path",
	"ok",
	"processor", "processor.capability", "processor.cores", "processor.model", "processor.threads", "processor.threads_small", "processor.waiting",
	"versions", "versions.go", "versions.gotch", "versions.libtorch", "versions.openexr", "versions.toolkit",
}

func TestDoctorJSONHasItsKeys(t *testing.T) {
	cmd := exec.Command("toolkit", "doctor", "--json")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var report map[string]any
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	var keys []string
	collectKeys("", report, &keys)
	slices.Sort(keys)
	if keys = slices.Compact(keys); !slices.Equal(keys, doctorKeys) {
		t.Errorf("got keys\n%s\nwant\n%s", strings.Join(keys, "\n"), strings.Join(doctorKeys, "\n"))
	}
	if report["ok"] != true {
		t.Errorf("got ok %v, want true", report["ok"])
	}
	for name, version := range report["versions"].(map[string]any) {
		if version == "" || version == "unknown" {
			t.Errorf("got version %q of %s", version, name)
		}
	}
}

func collectKeys(prefix string, v any, keys *[]string) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			*keys = append(*keys, prefix+name)
			collectKeys(prefix+name+".", value, keys)
		}
	case []any:
		for _, value := range v {
			collectKeys(prefix, value, keys)
		}
	}
}

func TestDoctorPageShowsTheLinesThatAreThere(t *testing.T) {
	page, err := os.ReadFile(root + "/docs/commands/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("toolkit", "doctor")
	cmd.Env = append(os.Environ(), "CUDA_VISIBLE_DEVICES=-1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := labels(strings.Split(string(out), "\n"))
	if want := labels(shownCommands(string(page))[0].output); !slices.Equal(got, want) {
		t.Errorf("got lines %q, the page shows %q", got, want)
	}
}

// labels returns the first words of the lines up to the first empty one.
func labels(lines []string) []string {
	var words []string
	for _, line := range lines {
		if line == "" {
			break
		}
		words = append(words, strings.Fields(line)[0])
	}
	return words
}
