package bpe

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sugarme/tokenizer"
	"github.com/sugarme/tokenizer/normalizer"
	"github.com/sugarme/tokenizer/pretokenizer"
)

// Tokenizer encodes and decodes texts. It remembers the texts it has seen, and
// can be used from several goroutines.
type Tokenizer struct {
	vocab      *Vocabulary
	context    int
	start, end int
	pipeline   *tokenizer.Tokenizer

	mu   sync.Mutex
	seen map[string][]int
}

// remembered bounds the texts that a Tokenizer keeps.
const remembered = 1 << 15

// New makes a tokenizer whose sequences have at most context tokens, start and
// end among them (77 in OpenAI's CLIP).
func New(v *Vocabulary, context int) (*Tokenizer, error) {
	if context < 3 {
		return nil, fmt.Errorf("bpe: context is %d, want 3 or more: a start, a token, an end", context)
	}
	t := &Tokenizer{vocab: v, context: context, start: v.ids[Start], end: v.ids[End], seen: map[string][]int{}}
	t.pipeline = tokenizer.NewTokenizer(v)
	t.pipeline.WithNormalizer(cleaner{})
	t.pipeline.WithPreTokenizer(pretokenizer.NewSplit(normalizer.NewRegexpPattern(wordPattern), normalizer.RemovedBehavior, true))
	t.pipeline.WithDecoder(decoder{})
	return t, nil
}

// Vocabulary returns the vocabulary.
func (t *Tokenizer) Vocabulary() *Vocabulary { return t.vocab }

// Context returns the most tokens that a sequence has.
func (t *Tokenizer) Context() int { return t.context }

// End returns the id of the end token, at which CLIP reads a text's feature.
func (t *Tokenizer) End() int { return t.end }

// Encode returns the ids of start, the text's tokens and end. Of a text too
// long for the context the last tokens are left out. The caller must not
// change the result.
func (t *Tokenizer) Encode(text string) ([]int, error) {
	t.mu.Lock()
	ids, ok := t.seen[text]
	t.mu.Unlock()
	if ok {
		return ids, nil
	}
	body, err := t.Tokens(text)
	if err != nil {
		return nil, err
	}
	body = body[:min(len(body), t.context-2)]
	ids = slices.Concat([]int{t.start}, body, []int{t.end})

	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) >= remembered {
		clear(t.seen)
	}
	t.seen[text] = ids
	return ids, nil
}

// Tokens returns the ids of all of the text's tokens, without start and end.
func (t *Tokenizer) Tokens(text string) ([]int, error) {
	// The pipeline's offsets panic on bytes that are not UTF-8.
	input := tokenizer.NewInputSequence(validText(text))
	e, err := t.pipeline.EncodeSingleSequence(input, 0, tokenizer.Byte)
	if err != nil {
		return nil, fmt.Errorf("bpe: encode %.40q: %w", text, err)
	}
	return e.GetIds(), nil
}

// Decode returns the text of ids: its words with a space after each, as
// cleaned. Start, end and numbers that are no token's are left out.
func (t *Tokenizer) Decode(ids []int) string {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int) bool { return id == t.start || id == t.end })
	return t.pipeline.Decode(ids, false)
}

// decoder is a tokenizer.Decoder: stand-ins back to bytes, word ends to spaces.
type decoder struct{}

func (d decoder) Decode(tokens []string) string {
	return strings.TrimSuffix(strings.Join(d.DecodeChain(tokens), ""), " ")
}

func (decoder) DecodeChain(tokens []string) []string {
	out := make([]string, len(tokens))
	for i, token := range tokens {
		body, ends := strings.CutSuffix(token, wordEnd)
		var b strings.Builder
		for _, r := range body {
			b.WriteByte(byteOf[r])
		}
		if ends {
			b.WriteByte(' ')
		}
		out[i] = b.String()
	}
	return out
}
