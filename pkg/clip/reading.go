package clip

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipenv/toolkit/pkg/clip/bpe"
)

// Reading is how much of a text a model can take in.
type Reading struct {
	Words   int      // of two letters or more; articles, prepositions and the like do not count
	Unknown []string // those of them that the vocabulary has in pieces only, or the table of words has not, as cleaned
	Cut     bool     // the text is longer than the model reads: its end is lost
}

// joining are words that say nothing of a place or its light.
var joining = strings.Fields("a an the of in on at by to from for with and or is are as it its")

// Read tells which words of a text the model knows. A vocabulary is learnt from
// the captions that a model is trained on; a word that stood there often is
// one token of it, any other falls into pieces that mean nothing together.
func (m *Model) Read(text string) (Reading, error) {
	if m.Words != nil {
		return m.readWords(text), nil
	}
	var r Reading
	tokens, err := m.Tokenizer.Tokens(text)
	if err != nil {
		return r, err
	}
	r.Cut = len(tokens) > m.Tokenizer.Context()-2 // start and end
	for _, word := range bpe.Words(bpe.Clean(text)) {
		if !counts(word) {
			continue
		}
		r.Words++
		pieces, err := m.Tokenizer.Tokens(word)
		if err != nil {
			return r, err
		}
		if len(pieces) > 1 && !slices.Contains(r.Unknown, word) {
			r.Unknown = append(r.Unknown, word)
		}
	}
	return r, nil
}

// readWords is Read for a model on a table of words, which knows those that it
// holds, in any of their forms.
func (m *Model) readWords(text string) (r Reading) {
	for _, word := range bpe.Words(bpe.Clean(text)) {
		if counts(word) {
			r.Words++
		}
	}
	for _, word := range m.Words.Unknown(text) {
		if counts(word) && !slices.Contains(r.Unknown, word) {
			r.Unknown = append(r.Unknown, word)
		}
	}
	r.Cut = len(m.Words.Read(text)) > int(m.Config.Text.Context)
	return r
}

// counts tells whether a word says something by itself.
func counts(word string) bool {
	return utf8.RuneCountInString(word) >= 2 && startsWithLetter(word) && !slices.Contains(joining, word)
}

func startsWithLetter(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLetter(first)
}

// WordVectors returns the vector of each word of a text that the model's table
// of words has and that says something by itself, but for what is negated; none
// from a model without a table.
func (m *Model) WordVectors(text string) (vectors [][]float32) {
	if m.Words == nil {
		return nil
	}
	for _, token := range m.Words.Read(text) {
		if token.Negated || slices.Contains(joining, m.Words.Word(token.Row)) {
			continue
		}
		v := make([]float32, m.Words.Dim())
		m.Words.Add(v, token.Row, 1)
		vectors = append(vectors, v)
	}
	return vectors
}
