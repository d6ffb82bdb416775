package clip

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

func loaded(path string) (*Model, error) {
	f, err := safetensors.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Load(f, torch.CPU)
}

// tunedPair leaves a base in clip-base.safetensors of a folder and what
// fine-tuning made of it, whole and as a delta, and returns the folder.
func tunedPair(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	c := Mini
	c.Text.Vocabulary = 560
	base, err := New(c, reads(t, c), torch.CPU, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	path := filepath.Join(dir, "clip-base.safetensors")
	if err := base.Save(path, torch.Float16, nil); err != nil {
		t.Fatal(err)
	}
	tuned, err := loaded(path)
	if err != nil {
		t.Fatal(err)
	}
	defer tuned.Close()
	still, err := loaded(path)
	if err != nil {
		t.Fatal(err)
	}
	from, err := still.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	torchtest.Do(t, func(s *torch.Session) {
		s.NoGrad(func() {
			for name, w := range tuned.Params.Each {
				if name == "visual.out.weight" || name == "logit_scale" {
					w.CopyFrom(s.Use(w).MulScalar(1.25))
				}
			}
		})
	})
	if err := tuned.Save(filepath.Join(dir, "whole.safetensors"), torch.Float16, nil); err != nil {
		t.Fatal(err)
	}
	if err := tuned.SaveDelta(filepath.Join(dir, "clip-tuned.safetensors"), torch.Float16, nil, from); err != nil {
		t.Fatal(err)
	}
	return dir
}

func hashOf(t *testing.T, path string) string {
	t.Helper()
	m, err := loaded(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	hash, err := m.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// A delta is the whole model, and holds only what was learnt.
func TestADeltaIsTheWholeModel(t *testing.T) {
	dir := tunedPair(t)
	delta := filepath.Join(dir, "clip-tuned.safetensors")
	if got, want := hashOf(t, delta), hashOf(t, filepath.Join(dir, "whole.safetensors")); got != want {
		t.Errorf("got the model %.12s of the delta, want %.12s, the whole one's", got, want)
	}
	f := torchtest.Open(t, delta)
	var names []string
	for _, e := range f.Entries() {
		names = append(names, e.Name)
	}
	if got, want := strings.Join(names, " "), "logit_scale visual.out.weight"; got != want {
		t.Errorf("got %s in the delta, want %s", got, want)
	}
}

func TestADeltaWithoutItsBase(t *testing.T) {
	dir := tunedPair(t)
	base, delta := filepath.Join(dir, "clip-base.safetensors"), filepath.Join(dir, "clip-tuned.safetensors")
	refused := func(want string) {
		t.Helper()
		m, err := loaded(delta)
		if err == nil {
			m.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
	if err := os.Rename(base, filepath.Join(dir, "away.safetensors")); err != nil {
		t.Fatal(err)
	}
	refused("want the model that it was fine-tuned from beside it")
	// Another model by the base's name is not taken for it; a damaged one neither.
	if err := os.Rename(filepath.Join(dir, "whole.safetensors"), base); err != nil {
		t.Fatal(err)
	}
	refused("it holds only what differs from the CLIP")
	if err := os.WriteFile(base, []byte("no model"), 0o644); err != nil {
		t.Fatal(err)
	}
	refused("clip-base.safetensors")
}

func TestADeltaOfAnotherModel(t *testing.T) {
	dir := tunedPair(t)
	m, err := loaded(filepath.Join(dir, "clip-base.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	from, err := m.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	c := MiniViT
	c.Text.Vocabulary = 560
	other, err := New(c, reads(t, c), torch.CPU, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.SaveDelta(filepath.Join(dir, "x.safetensors"), torch.Float16, nil, from)
	if err == nil || !strings.Contains(err.Error(), "built otherwise") {
		t.Errorf("got error %v, want that it is built otherwise", err)
	}
}

// What stands on another model is no base: each delta is one step from it.
func TestADeltaOfADelta(t *testing.T) {
	dir := tunedPair(t)
	m, err := loaded(filepath.Join(dir, "clip-tuned.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	from, err := m.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	err = m.SaveDelta(filepath.Join(dir, "x.safetensors"), torch.Float16, nil, from)
	if err == nil || !strings.Contains(err.Error(), "stands on another itself") {
		t.Errorf("got error %v, want that it stands on another itself", err)
	}
}
