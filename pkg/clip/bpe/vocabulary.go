package bpe

import (
	"fmt"
	"maps"
	"os"

	"github.com/sugarme/tokenizer"

	"github.com/clipenv/toolkit/internal/files"
)

// Vocabulary is a set of numbered tokens and the merges that make them, the
// first learnt first. It is immutable, and is a tokenizer.Model whose words
// are raw text: it maps bytes to its alphabet itself.
type Vocabulary struct {
	tokens []string       // by id
	ids    map[string]int // and back
	merges [][2]string
	rules  map[[2]int]rule
}

var _ tokenizer.Model = (*Vocabulary)(nil)

// rule says what a pair of tokens merges into; the lowest rank goes first.
type rule struct{ rank, into int }

// newVocabulary checks that the tokens are numbered without gaps and have all
// 512 forms of bytes, start and end, and that merges stay among them.
func newVocabulary(ids map[string]int, merges [][2]string) (*Vocabulary, error) {
	v := &Vocabulary{ids: ids, tokens: make([]string, len(ids)), merges: merges, rules: make(map[[2]int]rule, len(merges))}
	taken := make([]bool, len(ids))
	for token, id := range ids {
		if id < 0 || id >= len(ids) {
			return nil, fmt.Errorf("token %q has id %d, want 0 to %d for %d tokens", token, id, len(ids)-1, len(ids))
		}
		if taken[id] {
			return nil, fmt.Errorf("tokens %q and %q share id %d", v.tokens[id], token, id)
		}
		v.tokens[id], taken[id] = token, true
	}
	for _, c := range inOrder() {
		for _, token := range []string{c, c + wordEnd} {
			if _, ok := ids[token]; !ok {
				return nil, fmt.Errorf("the token %q is missing: want every byte, alone and with %s", token, wordEnd)
			}
		}
	}
	for _, token := range []string{Start, End} {
		if _, ok := ids[token]; !ok {
			return nil, fmt.Errorf("the token %s is missing", token)
		}
	}
	for rank, m := range merges {
		a, okA := ids[m[0]]
		b, okB := ids[m[1]]
		into, ok := ids[m[0]+m[1]]
		if !okA || !okB || !ok {
			return nil, fmt.Errorf("merge %d of %q and %q: want both and what they make among the tokens", rank, m[0], m[1])
		}
		if _, twice := v.rules[[2]int{a, b}]; !twice {
			v.rules[[2]int{a, b}] = rule{rank, into}
		}
	}
	return v, nil
}

// Size returns the number of tokens.
func (v *Vocabulary) Size() int { return len(v.tokens) }

// Tokenize encodes one word. Offsets are its bytes. The words <|startoftext|>
// and <|endoftext|> are tokens of their own, as in OpenAI's tokenizer.
func (v *Vocabulary) Tokenize(word string) ([]tokenizer.Token, error) {
	if word == Start || word == End {
		return []tokenizer.Token{tokenizer.NewToken(v.ids[word], word, []int{0, len(word)})}, nil
	}
	var out []tokenizer.Token
	for _, p := range v.merge(word) {
		out = append(out, tokenizer.NewToken(p.id, v.tokens[p.id], []int{p.start, p.end}))
	}
	return out, nil
}

// piece is a token over the bytes start to end of a word.
type piece struct{ id, start, end int }

// merge joins the pair of the lowest rank, wherever it stands, until none of
// the pairs has a rule.
func (v *Vocabulary) merge(word string) []piece {
	pieces := make([]piece, len(word))
	for i, c := range letters(word) {
		pieces[i] = piece{v.ids[c], i, i + 1}
	}
	for {
		best, found := rule{}, false
		var pair [2]int
		for i := range len(pieces) - 1 {
			p := [2]int{pieces[i].id, pieces[i+1].id}
			if r, ok := v.rules[p]; ok && (!found || r.rank < best.rank) {
				best, found, pair = r, true, p
			}
		}
		if !found {
			return pieces
		}
		n := 0
		for i := 0; i < len(pieces); i++ {
			p := pieces[i]
			if i+1 < len(pieces) && p.id == pair[0] && pieces[i+1].id == pair[1] {
				p = piece{best.into, p.start, pieces[i+1].end}
				i++
			}
			pieces[n] = p
			n++
		}
		pieces = pieces[:n]
	}
}

// TokenToId returns the number of a token.
func (v *Vocabulary) TokenToId(token string) (id int, ok bool) {
	id, ok = v.ids[token]
	return id, ok
}

// IdToToken returns the token with a number.
func (v *Vocabulary) IdToToken(id int) (token string, ok bool) {
	if id < 0 || id >= len(v.tokens) {
		return "", false
	}
	return v.tokens[id], true
}

// GetVocab returns a copy of all tokens with their numbers.
func (v *Vocabulary) GetVocab() map[string]int { return maps.Clone(v.ids) }

// GetVocabSize is Size.
func (v *Vocabulary) GetVocabSize() int { return v.Size() }

// Save writes the vocabulary as a tokenizer.json to path, or to path with the
// prefix put before it.
func (v *Vocabulary) Save(path string, prefix ...string) error {
	if len(prefix) > 0 {
		path = prefix[0] + path
	}
	data, err := v.MarshalJSON()
	if err != nil {
		return err
	}
	if err := files.Write(path, func(f *os.File) error { _, err := f.Write(data); return err }); err != nil {
		return fmt.Errorf("bpe: write %s: %w", path, err)
	}
	return nil
}
