package clip

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// apart is how far the vectors of two sentences lie apart.
func apart(s *torch.Session, m *Model, a, b string) float64 {
	return distance(m.EncodeText(s, []string{a}), m.EncodeText(s, []string{b}))
}

// Words that nobody knows change nothing, forms and marks of a word are the
// word, and padding does not reach a sentence.
func TestAWordTowerReadsWhatItKnows(t *testing.T) {
	for _, c := range []Config{tinyWords, tinyBag} {
		m := newModel(t, c)
		torchtest.Do(t, func(s *torch.Session) {
			for _, same := range [][2]string{
				{"a sunset in the forest", "A SUNSET in the asdf forest!"},
				{"asdf qwerty", ""},
				{"the foggiest", "the foggy"},
			} {
				if off := apart(s, m, same[0], same[1]); off > 0 {
					t.Errorf("%q and %q: got vectors apart by %g, want 0", same[0], same[1], off)
				}
			}
			for _, other := range [][2]string{{"sunset", "forest"}, {"sunset", ""}} {
				if off := apart(s, m, other[0], other[1]); off < 1e-3 {
					t.Errorf("%q and %q: got vectors apart by %g, want others", other[0], other[1], off)
				}
			}
			alone := m.EncodeText(s, []string{"sunset"})
			beside := m.EncodeText(s, []string{"sunset", "a long sentence about trees in a forest without clouds"})
			if off := distance(alone, beside.Narrow(0, 0, 1)); !(off <= torchtest.Tolerance(t, 1e-5)) {
				t.Errorf("got a vector that moves by %g with the padding, want none", off)
			}
		})
		if got, want := m.Unknown("an asdf forest"), []string{"asdf"}; !slices.Equal(got, want) {
			t.Errorf("unknown: got %q, want %q", got, want)
		}
	}
}

// A negated word begins as the word, and moves away from it once the negation's
// weights are no longer 0, alike for all ways to say so.
func TestANegatedWordIsAnother(t *testing.T) {
	m := newModel(t, tinyBag)
	torchtest.Do(t, func(s *torch.Session) {
		if off := apart(s, m, "clouds", "no clouds"); off != 0 {
			t.Errorf("at first: got vectors apart by %g, want 0", off)
		}
		s.Seed(8)
		s.NoGrad(func() { m.words.negate.Weight.CopyFrom(s.Randn(16, 128)) })
		if off := apart(s, m, "clouds", "no clouds"); off < .1 {
			t.Errorf("then: got vectors apart by %g, want others", off)
		}
		for _, same := range []string{"without clouds", "without any clouds", "not clouds", "free of clouds"} {
			if off := apart(s, m, same, "no clouds"); off != 0 {
				t.Errorf("%q: got a vector off by %g from that of no clouds, want the same", same, off)
			}
		}
	})
}

// By an MLP on the mean, the order of words does not matter; through a
// transformer with positions it does.
func TestOrderOfWords(t *testing.T) {
	for _, c := range []Config{tinyWords, tinyBag} {
		m := newModel(t, c)
		torchtest.Do(t, func(s *torch.Session) {
			off := apart(s, m, "orange sky green grass", "green grass orange sky")
			if bag := c.Text.Transformer.Layers == 0; bag != (off < 1e-5) {
				t.Errorf("%d layers: got vectors apart by %g", c.Text.Transformer.Layers, off)
			}
		})
	}
}

// A model's file names its table by hash, and holds nothing of it.
func TestAFileNamesItsWords(t *testing.T) {
	m := newModel(t, tinyBag)
	dir := t.TempDir()
	path := filepath.Join(dir, "clip.safetensors")
	if err := m.Save(path, torch.Float32, nil); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, want := f.Metadata()["words"], m.Words.Hash(); got != want || f.Metadata()["vocabulary"] != "" {
		t.Errorf("got words %q, want the table's hash %q and no vocabulary", got, want)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 100_000 {
		t.Errorf("got a file of %v bytes, want no table in it", info.Size())
	}
	other := copyWith(t, f, filepath.Join(dir, "other.safetensors"), "words", "0123456789abcdef")
	_, err = Load(other, torchtest.Device(t))
	if err == nil || !strings.Contains(err.Error(), "it stands on the table of words 0123456789ab, the program has") {
		t.Errorf("got error %v, want that the table is another", err)
	}
	table, err := mini.Files.ReadFile(wordsName)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, wordsName), table, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Load(other, torchtest.Device(t))
	if err == nil || !strings.Contains(err.Error(), "want the one that it was trained with") {
		t.Errorf("got error %v, want that the one beside it is another too", err)
	}
}

// copyWith writes the tensors of f again with one note changed, and opens that.
func copyWith(t *testing.T, f *safetensors.File, path, key, value string) *safetensors.File {
	t.Helper()
	notes := map[string]string{}
	for k, v := range f.Metadata() {
		notes[k] = v
	}
	notes[key] = value
	torchtest.Do(t, func(s *torch.Session) {
		var tensors []safetensors.Named
		for _, e := range f.Entries() {
			tensors = append(tensors, safetensors.Named{Name: e.Name, Tensor: f.Tensor(s, e.Name)})
		}
		s.Check(safetensors.Write(path, tensors, notes))
	})
	again, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Close() })
	return again
}
