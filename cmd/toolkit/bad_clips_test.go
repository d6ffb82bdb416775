package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/models/mini"
)

// A CLIP that is something else than weights is refused by what it is, and none
// of it is run.
func TestHostileCLIPs(t *testing.T) {
	const layouts = "../../pkg/torch/torchfile/testdata/"
	evil, err := os.ReadFile(layouts + "system.pt")
	if err != nil {
		t.Fatal(err)
	}
	vae, err := mini.Files.ReadFile("vae.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]struct {
		name    string
		content []byte
	}{
		"pytorch_model.bin: pickle, byte ":                     {"pytorch_model.bin", evil},
		"it wants posix.system, and only tensors":              {"ViT-B-32.pt", evil},
		"is a web page, not weights":                           {"pytorch_model.bin", []byte("<!doctype html><title>Sign in</title>")},
		"lies in ../../secret, which climbs out of the folder": {"model.safetensors.index.json", []byte(`{"weight_map": {"w": "../../secret"}}`)},
		"it is cut off": {"model.pt", evil[:1000]},
	} {
		models := t.TempDir()
		for path, content := range map[string][]byte{"vae.safetensors": vae, "clip/" + c.name: c.content} {
			path = filepath.Join(models, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		out := filepath.Join(models, "out.hdr")
		failsWith(t, want, "toolkit", "edit", "--models", models, "-i", goodMap, "-p", "sunset", "-o", out)
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%q: got an output", want)
		}
	}
	if _, err := os.Stat("/tmp/toolkit-was-run"); err == nil {
		t.Error("a pickle was run")
	}
}
