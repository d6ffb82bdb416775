package edit

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Phrase is a part of a prompt with its weight. A negative weight leads away
// from the text.
type Phrase struct {
	Text   string
	Weight float64
}

const (
	maxWeight  = 100  // of a phrase, either way
	maxPhrases = 100  // each is read by the model
	maxLetters = 2000 // of a prompt: a model reads some 75 words of each phrase at most, and longer words slowly
)

var (
	weight = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)
	// Someone who writes one of these means a weight: 1,5 and 50%, 0x10 and
	// 1_000, a long dash for a minus, nan, a sign alone or nothing.
	likeWeight = regexp.MustCompile(`^([+\-−–]*|[+\-−–]*[.,]?\d[\d.,_eExXpP+\-−–%]*|(?i)[+\-−–]?(inf|infinity|nan))$`)
	// The minutes after an hour are words: "a sunset at 18:30".
	timeOfDay = regexp.MustCompile(`(^|[^\d:.])([01]?\d|2[0-3]):[0-5]\d$`)
)

// ParsePrompt reads phrases with weights, as in "a sunset:1|clouds:0.5|people:-0.5"
// (after VQGAN-CLIP, arXiv:2204.08583). Its grammar, one for all prompts:
//
//	prompt = phrase { "|" phrase }
//	phrase = words [ ":" weight ]
//	weight = a decimal number from -100 to 100; 1 where none is given
//
// A prompt has at most 100 phrases and 2000 characters.
// What follows the last colon of a phrase and looks like a weight must be one;
// anything else is words, as is the time of the day in "a sunset at 18:30".
func ParsePrompt(prompt string) ([]Phrase, error) {
	fault := func(format string, args ...any) ([]Phrase, error) {
		return nil, fmt.Errorf("edit: prompt \"%s\": %s", quote.Text(prompt), fmt.Sprintf(format, args...))
	}
	if strings.TrimSpace(prompt) == "" {
		return nil, fmt.Errorf("edit: the prompt is empty, want a sentence")
	}
	if n := utf8.RuneCountInString(prompt); n > maxLetters {
		return fault("it has %d characters, want at most %d", n, maxLetters)
	}
	if n := strings.Count(prompt, "|") + 1; n > maxPhrases {
		return fault("it has %d phrases, want at most %d", n, maxPhrases)
	}
	var phrases []Phrase
	var total float64
	for part := range strings.SplitSeq(prompt, "|") {
		p := Phrase{strings.TrimSpace(part), 1}
		if words, tail, ok := weighed(p.Text); ok {
			w, err := strconv.ParseFloat(tail, 64)
			if !weight.MatchString(tail) || err != nil || math.Abs(w) > maxWeight {
				return fault("the weight of \"%s\" is \"%s\", want a number from -%d to %d, as in \"clouds:-0.5\"",
					quote.Text(words), quote.Text(tail), maxWeight, maxWeight)
			}
			if _, _, again := weighed(words); again {
				return fault("\"%s\" has two weights, want one", quote.Text(p.Text))
			}
			p = Phrase{words, w}
		}
		if p.Text == "" {
			return fault("a phrase is empty, want words between the |")
		}
		phrases = append(phrases, p)
		total += math.Abs(p.Weight)
	}
	if total == 0 {
		return fault("every weight is 0, want something to move towards, or away from")
	}
	return phrases, nil
}

// weighed parts a phrase at its last colon, if what follows looks like a
// weight.
func weighed(phrase string) (words, tail string, ok bool) {
	at := strings.LastIndexByte(phrase, ':')
	if at < 0 || timeOfDay.MatchString(phrase) {
		return phrase, "", false
	}
	words, tail = strings.TrimSpace(phrase[:at]), strings.TrimSpace(phrase[at+1:])
	return words, tail, likeWeight.MatchString(tail)
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
