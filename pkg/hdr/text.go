package hdr

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// toUTF8 makes UTF-8 of all text in m, and notes if some was none: a reader of
// another program refuses a whole .exr for one such byte. Text from before
// Unicode is in windows-1252 as a rule.
func (m *Meta) toUTF8() {
	odd := false
	fix := func(s string) string {
		if utf8.ValidString(s) {
			return s
		}
		odd = true
		text, _ := charmap.Windows1252.NewDecoder().String(s) // a byte that it lacks becomes U+FFFD
		return text
	}
	m.Recipe = fix(m.Recipe)
	for i, c := range m.Comments {
		m.Comments[i] = fix(c)
	}
	for name, value := range m.Attributes {
		fixed := fix(value)
		if key := fix(name); key != name {
			delete(m.Attributes, name)
			name = key
		}
		m.Attributes[name] = fixed
	}
	if odd {
		m.Notes = append(m.Notes, "its text is not UTF-8: read as windows-1252")
	}
}
