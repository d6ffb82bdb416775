package bpe

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// plainWords are what a text must decode to.
func plainWords(text string) string {
	words := slices.DeleteFunc(Words(Clean(text)), func(w string) bool { return w == Start || w == End })
	return strings.Join(words, " ")
}

func checkRoundTrip(t *testing.T, tok *Tokenizer, text string) {
	t.Helper()
	ids, err := tok.Tokens(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if got, want := tok.Decode(ids), plainWords(text); got != want {
		t.Errorf("%q: got %q decoded, want %q", text, got, want)
	}
}

func TestEveryByteIsEncoded(t *testing.T) {
	tok := small(t)
	for b := range 256 {
		checkRoundTrip(t, tok, string([]byte{byte(b)}))
		checkRoundTrip(t, tok, "a"+string(rune(b))+"a")
	}
	checkRoundTrip(t, tok, strings.Repeat("sunsets", 3000))
}

func FuzzRoundTrip(f *testing.F) {
	for _, c := range readGolden(f).Texts {
		f.Add(c.Text)
	}
	f.Add("\xff\xfe broken \xe6\x97")
	tok := small(f)
	f.Fuzz(func(t *testing.T, text string) {
		checkRoundTrip(t, tok, text)
		ids, err := tok.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(ids); n < 2 || n > tok.Context() || ids[0] != tok.start || ids[n-1] != tok.End() {
			t.Errorf("%q: got %v, want start, tokens and end, %d at most", text, ids, tok.Context())
		}
	})
}

// A text's tokens do not depend on what comes after the next space.
func TestPrefixesAreStable(t *testing.T) {
	tok := small(t)
	tokens := func(text string) []int {
		ids, err := tok.Tokens(text)
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	texts := readGolden(t).Texts
	for _, a := range texts {
		for _, b := range texts {
			got, want := tokens(a.Text+" "+b.Text), slices.Concat(tokens(a.Text), tokens(b.Text))
			if !slices.Equal(got, want) {
				t.Errorf("%q then %q: got %v, want %v", a.Text, b.Text, got, want)
			}
		}
	}
}

func TestOffsetsCoverTheWord(t *testing.T) {
	v := small(t).Vocabulary()
	const word = "forests日本"
	tokens, err := v.Tokenize(word)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, token := range tokens {
		if token.Offsets[0] != at || token.Offsets[1] <= at {
			t.Fatalf("got offsets %v after %d, want them to go on from there", token.Offsets, at)
		}
		at = token.Offsets[1]
	}
	if at != len(word) {
		t.Errorf("got tokens up to byte %d, want %d", at, len(word))
	}
}

func TestTrainingForgetsTheOrderOfCaptions(t *testing.T) {
	g := readGolden(t)
	slices.Reverse(g.Captions)
	v, err := Train(g.Captions, g.Size)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(v.merges, g.Merges) {
		t.Errorf("got merges %v from reversed captions, want %v", v.merges, g.Merges)
	}
}

func TestTrainingEndsWhereNothingRepeats(t *testing.T) {
	v, err := Train([]string{"abc", "xyz"}, 4096)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Size(); got != minSize {
		t.Errorf("got %d tokens, want %d", got, minSize)
	}
	if _, err := Train(nil, 100); err == nil || !strings.Contains(err.Error(), "514") {
		t.Errorf("got error %v, want one that says 514", err)
	}
}

func TestSavedVocabulariesReadBack(t *testing.T) {
	v := small(t).Vocabulary()
	dir := t.TempDir()
	hf := filepath.Join(dir, "tokenizer.json")
	if err := v.Save("tokenizer.json", dir+"/"); err != nil {
		t.Fatal(err)
	}
	vocab, _ := json.Marshal(v.ids)
	lines := []string{"#version: 0.2"}
	for _, m := range v.merges {
		lines = append(lines, m[0]+" "+m[1])
	}
	pair := filepath.Join(dir, "vocab.json")
	for path, data := range map[string]string{pair: string(vocab), filepath.Join(dir, "merges.txt"): strings.Join(lines, "\n")} {
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	first, _ := v.MarshalJSON()
	for _, path := range []string{hf, pair} {
		got, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(got.ids, v.ids) || !slices.Equal(got.merges, v.merges) {
			t.Errorf("%s: got another vocabulary than was saved, want the same", path)
		}
		if again, _ := got.MarshalJSON(); !bytes.Equal(again, first) {
			t.Errorf("%s: got other bytes when saved again, want the same", path)
		}
	}
}

func TestBrokenFilesAreRefused(t *testing.T) {
	good, err := small(t).Vocabulary().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`{"version"`, `{{`, "not a tokenizer.json"},
		{`"type":"BPE"`, `"type":"Unigram"`, `the model is "Unigram"`},
		{`"end_of_word_suffix":"</w>"`, `"end_of_word_suffix":""`, "want BPE with </w>"},
		{`"!":0`, `"!":9999`, "id 9999, want 0 to 559"},
		{`"!":0`, `"!":1`, "share id 1"},
		{`"!":0`, `"!!!":0`, `the token "!" is missing`},
		{`"merges":["`, `"merges":["zz q","`, `merge 0 of "zz" and "q"`},
		{`"merges":["`, `"merges":["one","`, `merge "one": want two tokens`},
		{`"merges":["`, `"merges":[["a","b","c"],"`, "want two tokens"},
		{`"id":558`, `"id":3`, `added token "<|startoftext|>" has id 3`},
	} {
		bad := strings.Replace(string(good), c.old, c.new, 1)
		if bad == string(good) {
			t.Fatalf("%q is not in the file", c.old)
		}
		if _, err := Parse([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.new, err, c.want)
		}
	}
	if _, err := Read("testdata/nowhere.json"); err == nil || !strings.Contains(err.Error(), "nowhere.json") {
		t.Errorf("got error %v, want one that names the file", err)
	}
}

func FuzzParse(f *testing.F) {
	good, err := small(f).Vocabulary().MarshalJSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, []byte{})
	f.Add([]byte(`{"!":0}`), []byte("#version: 0.2\na b\n"))
	f.Fuzz(func(t *testing.T, data, merges []byte) {
		for _, parse := range []func() (*Vocabulary, error){
			func() (*Vocabulary, error) { return Parse(data) },
			func() (*Vocabulary, error) { return ParseVocab(data, merges) },
		} {
			v, err := parse()
			if err != nil {
				continue
			}
			tok, err := New(v, 8)
			if err != nil {
				t.Fatal(err)
			}
			if ids, err := tok.Encode("any text"); err != nil || len(ids) > 8 {
				t.Errorf("got %v and error %v, want 8 tokens at most", ids, err)
			}
		}
	})
}
