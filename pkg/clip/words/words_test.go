package words

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch/safetensors/header"
)

// file makes the bytes of a table of two dimensions, whose rows are 10·i, −i at
// a scale of 1/8.
func file(t testing.TB, metadata string, list ...string) []byte {
	t.Helper()
	text := []byte(strings.Join(list, "\n"))
	n := int64(len(list))
	laid, head, err := header.Format([]header.Entry{
		{Name: "rows", Type: header.I8, Shape: []int64{n, 2}},
		{Name: "scales", Type: header.F16, Shape: []int64{n}},
		{Name: "words", Type: header.U8, Shape: []int64{int64(len(text))}},
	}, map[string]string{"kind": metadata})
	if err != nil {
		t.Fatal(err)
	}
	data := head
	for _, e := range laid {
		switch e.Name {
		case "rows":
			for i := range list {
				data = append(data, byte(int8(10*i)), byte(int8(-i)))
			}
		case "scales":
			for range list {
				data = binary.LittleEndian.AppendUint16(data, 12<<10) // 2^(12−15)
			}
		case "words":
			data = append(data, text...)
		}
	}
	return data
}

func table(t testing.TB) *Table {
	t.Helper()
	tab, err := Parse("table", file(t, "words", "the", "cloud", "forest", "sunset", "sunny", "fog", "foggy", "in", "cafe", "color", "but", "warm", "snow", "at", "beach", "sky", "hard", "shadow", "and", "people"))
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// say writes what is read as words, those negated with a minus.
func say(t *Table, sentence string) string {
	var out []string
	for _, token := range t.Read(sentence) {
		w := t.Word(token.Row)
		if token.Negated {
			w = "-" + w
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func TestSentencesAreRead(t *testing.T) {
	tab := table(t)
	for sentence, want := range map[string]string{
		"":                              "",
		"The SUNSET, in the forest!":    "the sunset in the forest",
		"forests":                       "forest",
		"Café  colours":                 "cafe color",
		"foggier than the foggiest fog": "foggy the foggy fog",
		"asdf qwerty":                   "",
		"no clouds":                     "-cloud",
		"without any clouds":            "-cloud",
		"cloudless sky":                 "-cloud sky",
		"not cloudless":                 "cloud",
		"not a sunset":                  "-sunset",
		"not in a forest":               "in -forest",
		"no clouds in the sky":          "-cloud in the sky",
		"not a sunset, a warm beach":    "-sunset warm beach",
		"not sunny but foggy":           "-sunny but foggy",
		"no hard shadows":               "-hard -shadow",
		"no fog or snow":                "-fog -snow",
		"no fog, no snow and people":    "-fog -snow and people",
		"it isn't foggy":                "-foggy",
		"it isn’t foggy":                "-foggy",
		"a snow-free beach":             "-snow beach",
		"free of snow":                  "-snow",
		"not only snow":                 "snow",
		"nothing but snow":              "but snow",
		"the snowbeach's a warm fog'":   "the snow beach warm fog",
		"snowbeaches":                   "snow beach",
		"five o'clock sunset":           "sunset",
		"without people at the beach":   "-people at the beach",
		"日本 の fog":                      "fog",
		"\xff\xfe snow":                 "snow",
	} {
		if got := say(tab, sentence); got != want {
			t.Errorf("%q: got %q, want %q", sentence, got, want)
		}
	}
}

func TestUnknownWordsAreNamed(t *testing.T) {
	for sentence, want := range map[string][]string{
		"asdf qwerty asdf":         {"asdf", "qwerty"},
		"the foggiest forests":     nil,
		"no Zeppelin in the sky":   {"zeppelin"},
		"sunset at 日本 not at moon": {"日本", "moon"},
	} {
		if got := table(t).Unknown(sentence); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", sentence, got, want)
		}
	}
}

// The vector is linear in the words, their order does not matter, and what is
// negated is taken away.
func TestAVectorIsTheSumOfItsWords(t *testing.T) {
	tab := table(t)
	sum := func(parts ...string) []float32 {
		out := make([]float32, tab.Dim())
		for _, p := range parts {
			for i, v := range tab.Embed(p) {
				out[i] += v
			}
		}
		return out
	}
	for _, c := range []struct{ text, a, b string }{
		{"sunset forest", "sunset", "forest"},
		{"forest, sunset", "sunset", "forest"},
		{"forest without clouds", "forest", "no cloud"},
	} {
		if got, want := tab.Embed(c.text), sum(c.a, c.b); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", c.text, got, want)
		}
	}
	if got := sum("clouds", "no clouds"); got[0] != 0 || got[1] != 0 {
		t.Errorf("clouds and no clouds: got %v, want 0", got)
	}
	if got, want := tab.Embed("fog"), []float32{5 * 10. / 8, -5. / 8}; !slices.Equal(got, want) {
		t.Errorf("fog: got %v, want row times scale, %v", got, want)
	}
}

func TestHalvesAreNumbers(t *testing.T) {
	for bits, want := range map[uint16]float32{
		0: 0, 0x3c00: 1, 0xc000: -2, 0x3555: .33325195, 1: 5.9604645e-8, 0x7bff: 65504,
	} {
		if got := half(bits); got != want {
			t.Errorf("%#x: got %v, want %v", bits, got, want)
		}
	}
	if got := half(0x7c00); !math.IsNaN(float64(got)) {
		t.Errorf("infinity: got %v, want none", got)
	}
}

func TestTablesThatAreNone(t *testing.T) {
	good := file(t, "words", "cloud", "forest")
	for want, data := range map[string][]byte{
		"the file has 3 bytes":                  good[:3],
		"is it cut short":                       good[:len(good)-1],
		`the file is a "clip", want a "words"`:  file(t, "clip", "cloud"),
		`word "cloud" has rows 0 and 1`:         file(t, "words", "cloud", "cloud"),
		`word 1 is "Forest", want letters a to`: file(t, "words", "cloud", "Forest"),
		`word 0 is ""`:                          file(t, "words", "", "forest"),
		"there are 1 words or more, want 2":     bytes.Replace(good, []byte("cloud\nforest"), []byte("cloudsforests"[:12]), 1),
		"the scale of row 0 is 0":               bytes.Replace(good, []byte{0, 0x30, 0, 0x30}, []byte{0, 0, 0, 0x30}, 1),
		"the scale of row 1 is NaN":             bytes.Replace(good, []byte{0, 0x30, 0, 0x30}, []byte{0, 0x30, 0, 0x7c}, 1),
		"rows is F16 [2], want I8":              bytes.Replace(bytes.Replace(bytes.Replace(good, []byte(`"rows"`), []byte(`"xxxx"`), 1), []byte(`"scales"`), []byte(`"rows"  `), 1), []byte(`"xxxx"`), []byte(`"sxxx"`), 1),
	} {
		if _, err := Parse("here.safetensors", data); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "words: here.safetensors: ") {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}

// The table that ships knows the words of a scene, keeps like words together,
// and says what it does not know.
func TestTheShippedTable(t *testing.T) {
	data, err := os.ReadFile("../../../models/mini/words.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	tab, err := Parse("words.safetensors", data)
	if err != nil {
		t.Fatal(err)
	}
	if tab.Len() != 20000 || tab.Dim() != 128 {
		t.Errorf("got %d words of %d, want 20000 of 128", tab.Len(), tab.Dim())
	}
	if got, want := tab.Unknown("asdf qwerty in a forest"), []string{"asdf", "qwerty"}; !slices.Equal(got, want) {
		t.Errorf("unknown: got %q, want %q", got, want)
	}
	cosine := func(a, b string) float64 {
		var ab, aa, bb float64
		x, y := tab.Embed(a), tab.Embed(b)
		for i := range x {
			ab += float64(x[i]) * float64(y[i])
			aa += float64(x[i]) * float64(x[i])
			bb += float64(y[i]) * float64(y[i])
		}
		return ab / math.Sqrt(aa*bb)
	}
	for _, c := range []struct{ word, near, far string }{
		{"blizzard in the mountains", "snow", "sand dunes"},
		{"cathedral", "church", "desert"},
		{"woods", "forest", "kitchen"},
		{"dusk", "twilight", "kitchen"},
		{"seashore", "beach", "factory"},
		{"a cosy cabin interior", "living room", "open sky"},
		{"aurora over a frozen lake", "ice", "sand dunes"},
	} {
		if near, far := cosine(c.word, c.near), cosine(c.word, c.far); near < far+.1 {
			t.Errorf("%q: got %.2f to %q and %.2f to %q", c.word, near, c.near, far, c.far)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(file(f, "words", "cloud", "forest"))
	f.Add(file(f, "words", "cloud", "cloud"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := Parse("fuzz", data)
		if err != nil {
			return
		}
		for i := range tab.Len() {
			read := tab.Read(tab.Word(i))
			if len(read) == 1 && len(tab.Word(i)) > 1 && read[0].Row != i {
				t.Errorf("word %q: got row %d, want %d", tab.Word(i), read[0].Row, i)
			}
		}
		for _, v := range tab.Embed("no cloud in the forest") {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Errorf("got %v, want a number", v)
			}
		}
	})
}

// Any text is read; each of its words is known or named; case does not matter.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"no clouds, not a sunset", "Café-free’s", "-free", "isn't", "\xff", "İ n't"} {
		f.Add(s)
	}
	tab := table(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, token := range tab.Read(s) {
			if token.Row < 0 || token.Row >= tab.Len() {
				t.Fatalf("%q: got row %d of %d", s, token.Row, tab.Len())
			}
		}
		for _, w := range tab.Unknown(s) {
			if rows, _ := tab.find(w); rows != nil || w == "" {
				t.Errorf("%q: got %q as unknown", s, w)
			}
		}
		if strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0 {
			if got, want := say(tab, strings.ToUpper(s)), say(tab, s); got != want {
				t.Errorf("%q: got %q in capitals, want %q", s, got, want)
			}
		}
	})
}
