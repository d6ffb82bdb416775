package dataset

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

// The most bytes of files that say something of maps: a million captions, the
// words of one map, and far more names and metadata than there are.
const (
	longestCaptions = 512 << 20
	longestMetadata = 64 << 20
	longestNames    = 16 << 20
	longestText     = 4 << 20
)

// readText reads a file of at most so many bytes as UTF-8, without the mark
// that editors on Windows begin one with. note says, where it is not empty,
// from which encoding it was converted.
func readText(path string, most int64) (text []byte, note string, err error) {
	data, err := run.ReadFile(path, most)
	if err != nil {
		return nil, "", fmt.Errorf("dataset: %w", err)
	}
	text, from := decodeText(data)
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return nil, "", fmt.Errorf("dataset: %s: byte %d is NUL: it is no text, or UTF-16 without its mark; save it as UTF-8", quote.Text(path), at)
	}
	if from != "" {
		note = fmt.Sprintf("dataset: %s: is no UTF-8, and was read as %s; save it as UTF-8 if its words look wrong", quote.Text(path), from)
	}
	return text, note, nil
}

// decodeText converts text to UTF-8, and names the encoding where it was another:
// UTF-16 has a mark, and what has none and is no UTF-8 comes, as a rule, from
// Windows in western Europe (windows-1252, Latin-1 among it).
func decodeText(data []byte) (text []byte, from string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeAs(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), data), "UTF-16"
	case utf8.Valid(data):
		return bytes.TrimPrefix(data, []byte("\ufeff")), ""
	}
	return decodeAs(charmap.Windows1252, data), "windows-1252"
}

// decodeAs cannot fail: what an encoding lacks becomes U+FFFD.
func decodeAs(e encoding.Encoding, data []byte) []byte {
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return bytes.ToValidUTF8(data, []byte("\ufffd"))
	}
	return text
}

// mostNamed is how many of a kind a message names.
const mostNamed = 5

// some lists names for a message, not all of many.
func some(names []string) string {
	quoted := make([]string, 0, mostNamed)
	for _, name := range names[:min(len(names), mostNamed)] {
		quoted = append(quoted, quote.Text(name))
	}
	list := strings.Join(quoted, ", ")
	if more := len(names) - len(quoted); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}
