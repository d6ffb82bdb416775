package hdr

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestOddLinesOfAHeaderAreLeftOutAndSaid(t *testing.T) {
	for lines, note := range map[string]string{
		"EXPOSURE=1,0\n":                  `line "EXPOSURE=1,0" is left out: want 1 number`,
		"EXPOSURE=\n":                     `line "EXPOSURE=" is left out`,
		"EXPOSURE=inf\n":                  `line "EXPOSURE=inf" is left out`,
		"COLORCORR=1 2\n":                 `line "COLORCORR=1 2" is left out: want 3 numbers`,
		"PRIMARIES=1 2 3 4 5 6\n":         `line "PRIMARIES=1 2 3 4 5 6" is left out: want 8 numbers`,
		"OWNER=me\n\nVIEW=-vta\n":         "read on past an empty line in it",
		"\n# by hand\n":                   "read on past an empty line in it",
		"\n\n\nVIEW=-vta\n":               "read on past an empty line in it",
		"EXPOSURE=\x1b[2J\n":              `line "EXPOSURE=\x1b[2J" is left out`,
		"EXPOSURE=a\n# caf\xe9\n":         "not UTF-8: read as windows-1252",
		strings.Repeat("EXPOSURE=a\n", 9): "4 more such lines",
	} {
		im := mustDecode(t, onePixel(lines))
		if got := strings.Join(im.Meta.Notes, "; "); !strings.Contains(got, note) {
			t.Errorf("%q: got notes %q, want %q", lines, got, note)
		}
		if im.Pix[0] != 1 {
			t.Errorf("%q: got %v, want 1", lines, im.Pix[0])
		}
	}
	if notes := mustDecode(t, onePixel("EXPOSURE=2\n# by hand\nVIEW=-vta\n")).Meta.Notes; notes != nil {
		t.Errorf("a sound header: got notes %q, want none", notes)
	}
}

func TestAnyProgramMayHaveWrittenIt(t *testing.T) {
	for _, program := range []string{"RGBE", "AUTOPANO", "GIMP 2.10", "Radiance\r", ""} {
		data := "#?" + program + strings.TrimPrefix(string(onePixel("")), "#?RADIANCE")
		if im := mustDecode(t, []byte(data)); im.Pix[0] != 1 {
			t.Errorf("#?%s: got %v, want 1", program, im.Pix)
		}
	}
}

func TestRepeatedLinesAreAllKept(t *testing.T) {
	first := mustDecode(t, onePixel("SOFTWARE=a\nOWNER=me\nSOFTWARE=b=c\nSOFTWARE=\nSOFTWARE=a\n"))
	if got, want := first.Meta.Attributes["SOFTWARE"], "a\nb=c\n\na"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	back := mustDecode(t, file(t, "a.hdr", first, WriteOptions{}))
	if got, want := back.Meta.Attributes["SOFTWARE"], first.Meta.Attributes["SOFTWARE"]; got != want {
		t.Errorf("written and read: got %q, want %q", got, want)
	}
}

func TestTextBecomesUTF8(t *testing.T) {
	m := mustDecode(t, onePixel("# caf\xe9 \x96 \x81\nOWN\xc9=Andr\xe9\n# recipe: \xfc\n# ça va\n")).Meta
	if want := []string{"café – \ufffd", "ça va"}; !slices.Equal(m.Comments, want) {
		t.Errorf("comments: got %q, want %q", m.Comments, want)
	}
	if m.Attributes["OWNÉ"] != "André" || m.Recipe != "ü" {
		t.Errorf("got %q and recipe %q, want OWNÉ=André and ü", m.Attributes, m.Recipe)
	}
	for _, text := range append(m.Comments, m.Recipe) {
		if !utf8.ValidString(text) {
			t.Errorf("got %q, want UTF-8", text)
		}
	}
}

func TestAHeaderThatNobodyCouldReadIsNotWritten(t *testing.T) {
	path := t.TempDir() + "/a.hdr"
	err := Write(path, New(2, 1), WriteOptions{Recipe: strings.Repeat("a", maxHeaderBytes)})
	if err == nil || !strings.Contains(err.Error(), "want at most") {
		t.Errorf("got error %v, want the size of the header", err)
	}
	data := file(t, "b.hdr", New(2, 1), WriteOptions{Recipe: strings.Repeat("a", maxHeaderBytes-2000)})
	if got := len(mustDecode(t, data).Meta.Recipe); got != maxHeaderBytes-2000 {
		t.Errorf("the largest recipe: got %d bytes back, want %d", got, maxHeaderBytes-2000)
	}
}

func TestManyLinesTakeTimeInProportion(t *testing.T) {
	start := time.Now()
	mustDecode(t, onePixel(strings.Repeat("A=b\n", maxHeaderBytes/4-100)))
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("a header of a million lines takes %v, want less than 5 s", took)
	}
}
