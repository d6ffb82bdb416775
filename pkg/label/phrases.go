package label

import "strings"

// Phrase is a piece of a caption with the condition under which it is true:
// When holds, and none of the attributes of Not are there.
type Phrase struct {
	Text string
	When Condition
	Not  Attributes
	slot slot
}

// Holds reports whether the phrase is true of a map.
func (p *Phrase) Holds(a Attributes) bool { return p.When.Holds(a) && !a.Any(p.Not) }

// slot keeps a caption from saying one thing twice: it takes at most one
// phrase for each.
type slot int

const (
	timeSlot slot = iota
	skySlot
	placeSlot
	groundSlot
	settingSlot
	detailSlot
	toneSlot
	notSlot // what is not there
	slots
)

// lowSun is the pair that no picture tells apart: a map of either is true to
// the words of both.
const lowSun = Sunset | Sunrise

// natural places are those a person would call nature.
const natural = Field | Forest | Park | Beach | Desert | Mountain | Waterside

// Phrases returns every phrase, in a fixed order.
func Phrases() []Phrase { return phrases }

var phrases = func() []Phrase {
	var out []Phrase
	add := func(s slot, texts string, not Attributes, when []Attributes) {
		for t := range strings.SplitSeq(texts, "|") {
			out = append(out, Phrase{t, when, not, s})
		}
	}
	for _, p := range said {
		add(p.slot, p.texts, 0, p.when)
	}
	for _, p := range denied {
		add(notSlot, p.texts, p.not, p.when)
	}
	return out
}()
