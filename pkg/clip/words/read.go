package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Token is a word of a sentence that the table has.
type Token struct {
	Row     int  // of the word or of its stem
	Negated bool // the sentence says that it is not so
}

// Read returns the words of a sentence that the table knows, in order.
func (t *Table) Read(sentence string) []Token {
	var out []Token
	for _, w := range negate(split(sentence)) {
		rows, less := t.find(w.text)
		for i, row := range rows {
			// Of two parts the ending belongs to the second.
			out = append(out, Token{row, w.negated != (less && i == len(rows)-1)})
		}
	}
	return out
}

// Unknown returns the words of a sentence that neither stand in the table nor
// have a stem there, as they are written but in lower case, each once.
func (t *Table) Unknown(sentence string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range negate(split(sentence)) {
		if rows, _ := t.find(w.text); rows == nil && !seen[w.text] {
			seen[w.text] = true
			out = append(out, w.text)
		}
	}
	return out
}

// Embed returns the sum of a sentence's vectors; those of negated words are
// taken away. It is 0 where no word is known.
func (t *Table) Embed(sentence string) []float32 {
	sum := make([]float32, t.dim)
	for _, token := range t.Read(sentence) {
		weight := float32(1)
		if token.Negated {
			weight = -1
		}
		t.Add(sum, token.Row, weight)
	}
	return sum
}

// word is a word of a sentence, or a mark that ends a phrase.
type word struct {
	text    string
	ends    bool // a mark
	joined  bool // to the word before by a hyphen
	negated bool
}

// split takes a sentence apart: words in lower case and without accents, and
// the marks between phrases. Single letters, as of "a" and "o'clock", are left
// out, but "isn't" is a word, and so is a run of numerals.
func split(sentence string) []word {
	var out []word
	var b strings.Builder
	hyphen := false
	flush := func() {
		text := strings.Trim(b.String(), "'")
		b.Reset()
		parts := []string{text}
		if !strings.HasSuffix(text, "n't") {
			parts = strings.Split(text, "'")
		}
		for _, part := range parts {
			if len(part) > 1 {
				out = append(out, word{text: part, joined: hyphen})
			}
		}
		hyphen = hyphen && text == ""
	}
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(sentence, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent, apart from its letter
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		case unicode.IsDigit(r):
			b.WriteRune(r)
		case (r == '\'' || r == '’') && b.Len() > 0:
			b.WriteByte('\'')
		default:
			flush()
			hyphen = (r == '-' || r == '‐') && len(out) > 0
			if strings.ContainsRune(",;:.!?()|\n", r) {
				out = append(out, word{ends: true})
			}
		}
	}
	flush()
	return out
}
