package vae_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/vae"
)

func TestASavedModelIsTheSame(t *testing.T) {
	m := newTiny(t, tiny)
	path := filepath.Join(t.TempDir(), "vae.safetensors")
	if err := m.Save(path, torch.Float32, map[string]string{"note": "a note"}); err != nil {
		t.Fatal(err)
	}
	both := torchtest.OpenBoth(t, path)
	for _, f := range both {
		again, err := vae.Load(f, torchtest.Device(t))
		if err != nil {
			t.Fatal(err)
		}
		torchtest.Do(t, func(s *torch.Session) {
			code := s.Rand(2, 3, 16, 32)
			if off := m.Reconstruct(code).Sub(again.Reconstruct(code)).Abs().Max().Item(); off != 0 {
				t.Errorf("the reconstruction differs by %v, want 0", off)
			}
		})
		again.Close()
	}
	if got := both[1].Metadata()["note"]; got != "a note" {
		t.Errorf("note: got %q, want %q", got, "a note")
	}
}

func TestWhatIsNoVAE(t *testing.T) {
	m := newTiny(t, tiny)
	for _, c := range []struct{ name, key, value, want string }{
		{"kind", "kind", "clip", `is a "clip", want a "vae"`},
		{"config", "config", "{", "the configuration in the file"},
		{"size", "config", `{"height":16,"latent":13,"channels":[6,8],"bottleneck":4,"linear":2,"coding":{"Mu":50,"Max":20000}}`, "mu.weight is [12 12] in the file, want [13 13]"},
		{"channels", "config", `{"height":16,"latent":12,"channels":[6],"bottleneck":4,"linear":2,"coding":{"Mu":50,"Max":20000}}`, "channels has 1 levels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "wrong.safetensors")
			rewrite(t, m, path, c.key, c.value)
			f := torchtest.Open(t, path)
			if _, err := vae.Load(f, torchtest.Device(t)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

// rewrite saves the model with one entry of its metadata as given.
func rewrite(t *testing.T, m *vae.Model, path, key, value string) {
	t.Helper()
	if err := m.Save(path, torch.Float32, nil); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	metadata := maps.Clone(f.Metadata())
	f.Close()
	metadata[key] = value
	torchtest.Do(t, func(s *torch.Session) {
		var tensors []safetensors.Named
		for name, w := range m.Params.Each {
			tensors = append(tensors, safetensors.Named{Name: name, Tensor: w})
		}
		s.Check(safetensors.Write(path, tensors, metadata))
	})
}

// What a file is decides how it is read: no note may say otherwise.
func TestNotesCannotSayWhatAFileIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vae.safetensors")
	m := newTiny(t, tiny)
	if err := m.Save(path, torch.Float32, map[string]string{"kind": "clip", "config": "{", "recipe": "r"}); err != nil {
		t.Fatal(err)
	}
	f := torchtest.Open(t, path)
	again, err := vae.Load(f, torchtest.Device(t))
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if got := f.Metadata()["recipe"]; got != "r" {
		t.Errorf("the note is %q, want r", got)
	}
}
