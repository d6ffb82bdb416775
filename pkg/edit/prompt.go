package edit

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Phrase is a part of a prompt with its weight. A negative weight leads away
// from the text.
type Phrase struct {
	Text   string
	Weight float64
}

// maxWeight bounds a phrase's weight either way.
const maxWeight = 100

// ParsePrompt reads one sentence, or several with weights (after VQGAN-CLIP,
// arXiv:2204.08583):
//
//	a sunset:1|clouds:0.5|people:-0.5
//
// A phrase without a weight has weight 1. A prompt without a | is one
// sentence, colons included.
func ParsePrompt(prompt string) ([]Phrase, error) {
	parts := strings.Split(prompt, "|")
	if len(parts) == 1 {
		text := strings.TrimSpace(prompt)
		if text == "" {
			return nil, fmt.Errorf("edit: the prompt is empty, want a sentence")
		}
		return []Phrase{{text, 1}}, nil
	}
	var phrases []Phrase
	for _, part := range parts {
		p := Phrase{strings.TrimSpace(part), 1}
		if at := strings.LastIndex(part, ":"); at >= 0 {
			if w, err := strconv.ParseFloat(strings.TrimSpace(part[at+1:]), 64); err == nil {
				p = Phrase{strings.TrimSpace(part[:at]), w}
			}
		}
		if p.Text == "" {
			return nil, fmt.Errorf("edit: prompt %q: a phrase is empty, want words between the |", prompt)
		}
		if !(math.Abs(p.Weight) <= maxWeight) {
			return nil, fmt.Errorf("edit: prompt %q: the weight of %q is %v, want -%d to %d", prompt, p.Text, p.Weight, maxWeight, maxWeight)
		}
		phrases = append(phrases, p)
	}
	return phrases, nil
}

// Embed returns the unit vector [1,E] in the direction of the weighted sum of
// the phrases' embeddings.
func Embed(s *torch.Session, m Encoder, phrases []Phrase) (text torch.Tensor, err error) {
	if len(phrases) == 0 {
		return torch.Tensor{}, fmt.Errorf("edit: the prompt is empty, want a sentence")
	}
	defer s.Tidy(&text)()
	texts, weights := make([]string, len(phrases)), make([]float32, len(phrases))
	for i, p := range phrases {
		texts[i], weights[i] = p.Text, float32(p.Weight)
	}
	s.NoGrad(func() {
		text = s.FromFloats(weights, 1, int64(len(weights))).MatMul(m.EncodeText(s, texts))
		if length := text.Norm().Item(); !(length > 1e-3) {
			err = fmt.Errorf("edit: the weighted phrases cancel each other out (length %.2g): change the weights", length)
		}
		text = text.Normalize(-1, 1e-12)
	})
	if err != nil {
		text = torch.Tensor{}
	}
	return text, err
}
