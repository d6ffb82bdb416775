// Package quote makes text from outside fit to be read on a terminal: names,
// comments and attributes of files, whoever wrote them.
package quote

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest is how many characters of a text are shown.
const Longest = 480

// Text returns s as one line that a terminal only prints. What would steer it
// is escaped as in a Go string: control characters, line ends among them,
// overrides of the writing's direction, and bytes that are no UTF-8. A text
// past Longest characters loses its middle, and says how much.
func Text(s string) string {
	before, after, cut := shorten(s)
	if cut == 0 {
		return escape(s)
	}
	return fmt.Sprintf("%s … %d characters more … %s", escape(before), cut, escape(after))
}

// shorten returns both ends of a long text, and how many characters stand
// between them: none where s is short.
func shorten(s string) (before, after string, cut int) {
	n := utf8.RuneCountInString(s)
	if n <= Longest {
		return s, "", 0
	}
	first, last := 0, len(s)
	for range Longest * 3 / 4 {
		_, size := utf8.DecodeRuneInString(s[first:])
		first += size
	}
	for range Longest / 4 {
		_, size := utf8.DecodeLastRuneInString(s[:last])
		last -= size
	}
	return s[:first], s[last:], utf8.RuneCountInString(s[first:last])
}

func escape(s string) string {
	var text strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&text, `\x%02x`, s[i])
		case unicode.IsGraphic(r) || r == '\u200c' || r == '\u200d':
			text.WriteRune(r) // the joiners belong to Persian, Hindi and emoji
		default:
			quoted := strconv.QuoteRune(r)
			text.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return text.String()
}

// Plural is a number of things: "1 map", "3 maps".
func Plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// Excerpt quotes the beginning of a short text from outside, as a header's, for
// the middle of a sentence.
func Excerpt(s string) string {
	const longest = 80
	if r := []rune(s); len(r) > longest {
		return fmt.Sprintf("%q…", string(r[:longest]))
	}
	return fmt.Sprintf("%q", s)
}

// List is a few words, each in quotes as Text has it: of many, the first eight
// and how many more there are.
func List(words []string) string {
	const most = 8
	var quoted []string
	for _, w := range words[:min(len(words), most)] {
		quoted = append(quoted, `"`+Text(w)+`"`)
	}
	if more := len(words) - most; more > 0 {
		quoted = append(quoted, fmt.Sprintf("%d more", more))
	}
	return strings.Join(quoted, ", ")
}
