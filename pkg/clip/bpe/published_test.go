package bpe

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// published is what scripts/parity/tokenizer.py writes: strings of all kinds,
// and the ids that Hugging Face's tokenizer gives them.
type published struct {
	Merges []mergeLine
	Texts  []string
	IDs    [][]int
}

func readPublished(t *testing.T, path string) (p published) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err == nil {
		err = json.NewDecoder(z).Decode(&p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func givesTheIDs(t *testing.T, v *Vocabulary, p published, want int) {
	t.Helper()
	if len(p.Texts) < want || len(p.IDs) != len(p.Texts) {
		t.Fatalf("got %d strings and %d lists of ids, want %d of both", len(p.Texts), len(p.IDs), want)
	}
	tok, err := New(v, 77)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for i, text := range p.Texts {
		body, err := tok.Tokens(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Concat([]int{tok.start}, body, []int{tok.end}); !slices.Equal(got, p.IDs[i]) {
			if wrong++; wrong <= 20 {
				t.Errorf("%.200q: got %v, want %v", text, got, p.IDs[i])
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d strings have other ids", wrong, len(p.Texts))
	}
}

// The ids of 5,000 strings with the first merges of CLIP's vocabulary.
func TestIDsAreHuggingFaces(t *testing.T) {
	p := readPublished(t, "testdata/published.json.gz")
	merges := pairs(p.Merges)
	v, err := newVocabulary(number(merges), merges)
	if err != nil {
		t.Fatal(err)
	}
	givesTheIDs(t, v, p, 5000)
}

// With the whole vocabulary, for `make parity-check`, which makes the folder.
func TestIDsWithTheWholeVocabulary(t *testing.T) {
	folder := os.Getenv("TOOLKIT_PARITY_TOKENS")
	if folder == "" {
		t.Skip("TOOLKIT_PARITY_TOKENS names no folder of scripts/parity/tokenizer.py")
	}
	v, err := Read(filepath.Join(folder, "tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	if v.Size() != 49408 {
		t.Errorf("got %d tokens, want CLIP's 49408", v.Size())
	}
	givesTheIDs(t, v, readPublished(t, filepath.Join(folder, "ids.json.gz")), 20000)
}
