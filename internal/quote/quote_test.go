package quote

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextEscapesWhatSteersATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"meadow 4k.hdr":          "meadow 4k.hdr",
		"北京 – Größe ½ 🏔":         "北京 – Größe ½ 🏔",
		"नमस्\u200dते":           "नमस्\u200dते",
		`C:\maps\noon.exr`:       `C:\maps\noon.exr`,
		"\x1b]0;owned\x07":       `\x1b]0;owned\a`,
		"a\nb\r\tc\x00\x7f":      `a\nb\r\tc\x00\x7f`,
		"\u009b31mred":           `\u009b31mred`,
		"\u202egpj.exe\u2066":    `\u202egpj.exe\u2066`,
		"line\u2028end":          `line\u2028end`,
		"Caf\xe9 \x9b31m":        `Caf\xe9 \x9b31m`,
		"\xef\xbb\xbfafter BOM":  `\ufeffafter BOM`,
		"a real \ufffd is shown": "a real \ufffd is shown",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestTextShortensTheMiddle(t *testing.T) {
	whole := strings.Repeat("é", Longest)
	if got := Text(whole); got != whole {
		t.Errorf("a text of %d characters: got %q, want it whole", Longest, got)
	}
	got := Text("begin" + strings.Repeat("é\x1b\xff", 40_000) + "end")
	if !strings.HasPrefix(got, "beginé") || !strings.HasSuffix(got, "end") || !strings.Contains(got, " … 119528 characters more … ") {
		t.Errorf("120,008 characters: got %q, want both ends and how many are between", got)
	}
	if n := utf8.RuneCountInString(got); n > 4*Longest+40 {
		t.Errorf("120,008 characters: got %d, want few", n)
	}
}

func FuzzTextIsOneLineOfPrint(f *testing.F) {
	f.Add("\x1b[2J\n\xff\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x1b\x07\n\r\u009b\u202e") {
			t.Errorf("Text(%q): got %q, want one line of printable UTF-8", s, got)
		}
	})
}

func TestListNamesEightWords(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"fog"}, `"fog"`},
		{[]string{"fog", "a\x1b[2Jb"}, `"fog", "a\x1b[2Jb"`},
		{strings.Split("abcdefghij", ""), `"a", "b", "c", "d", "e", "f", "g", "h", 2 more`},
	} {
		if got := List(c.words); got != c.want {
			t.Errorf("List(%q): got %s, want %s", c.words, got, c.want)
		}
	}
}
