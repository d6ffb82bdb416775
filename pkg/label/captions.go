package label

import (
	"math/rand/v2"
	"strings"
)

// Caption is a sentence about one map, with the condition under which it is
// true of another (Holds).
type Caption struct {
	Text string
	When Condition
	Not  Attributes // of which it may have none

	tags    []tag  // of a list of tags
	written bool   // by a person
	scene   string // of what is written
}

// tag is a word with the attributes that it claims.
type tag struct {
	text  string
	claim Attributes
}

// Write composes a caption that is true of a map with the attributes a. It has
// one to four phrases of different kinds, and reads like a person's prompt or
// like a list of tags. Without attributes it is the zero Caption. The same
// stream of r gives the same caption.
func Write(a Attributes, r *rand.Rand) Caption {
	var can [slots][]*Phrase
	var open []slot
	for i := range phrases {
		if p := &phrases[i]; p.Holds(a) {
			if len(can[p.slot]) == 0 {
				open = append(open, p.slot)
			}
			can[p.slot] = append(can[p.slot], p)
		}
	}
	if len(open) == 0 {
		return Caption{}
	}
	n := min(phraseCount(r), len(open))
	slots := choose(open, n, r)
	picked := make([]*Phrase, n)
	for i, s := range slots {
		picked[i] = can[s][r.IntN(len(can[s]))]
	}
	return join(picked, r)
}

// phraseCount draws how many phrases a caption has; single words are the
// commonest prompt.
func phraseCount(r *rand.Rand) int {
	switch x := r.Float64(); {
	case x < .32:
		return 1
	case x < .62:
		return 2
	case x < .85:
		return 3
	default:
		return 4
	}
}

// choose draws n of the slots: time, sky and place are asked for by artists
// three times as often as the rest.
func choose(open []slot, n int, r *rand.Rand) []slot {
	left := append([]slot(nil), open...)
	out := make([]slot, 0, n)
	for len(out) < n {
		total := 0
		for _, s := range left {
			total += weight(s)
		}
		at := r.IntN(total)
		for i, s := range left {
			if at -= weight(s); at < 0 {
				out = append(out, s)
				left = append(left[:i], left[i+1:]...)
				break
			}
		}
	}
	return out
}

func weight(s slot) int {
	if s <= placeSlot {
		return 3
	}
	return 1
}

var (
	openings = []string{"", "", "", "", "", "", "", "a ", "a photo of ", "an environment map of ", "hdri of ", "a scene of ", "the "}
	joints   = []string{", ", ", ", ", ", ", ", " ", " with ", " in ", " and "}
)

// join strings the phrases together and keeps all their conditions. A phrase
// that begins with its own article or preposition takes no opening and is
// joined without a second one.
func join(picked []*Phrase, r *rand.Rand) Caption {
	var c Caption
	var b strings.Builder
	for i, p := range picked {
		lead := openings[r.IntN(len(openings))]
		if i > 0 {
			lead = joints[r.IntN(len(joints))]
		}
		if begins(p.Text) {
			lead = ", "
			if i == 0 {
				lead = ""
			}
		}
		b.WriteString(lead)
		b.WriteString(p.Text)
		c.When = append(c.When, p.When...)
		c.Not |= p.Not
	}
	c.Text = b.String()
	return c
}

func begins(text string) bool {
	first, _, _ := strings.Cut(text, " ")
	switch first {
	case "a", "an", "the", "at", "in", "on", "by", "with", "among", "inside", "before", "after", "from", "some", "under",
		"no", "not", "without", "never", "free":
		return true
	}
	return false
}

// Sentence composes the longest plain sentence: setting, time, weather, place,
// ground and details, in this order, with words drawn by r. It is the caption
// to print beside a map.
func Sentence(a Attributes, r *rand.Rand) Caption {
	var picked []*Phrase
	for _, s := range []slot{timeSlot, placeSlot, skySlot, groundSlot, detailSlot} {
		var can []*Phrase
		for i := range phrases {
			if p := &phrases[i]; p.slot == s && p.Holds(a) {
				can = append(can, p)
			}
		}
		if len(can) > 0 {
			picked = append(picked, can[r.IntN(len(can))])
		}
	}
	var c Caption
	texts := make([]string, len(picked))
	for i, p := range picked {
		texts[i] = p.Text
		c.When = append(c.When, p.When...)
		c.Not |= p.Not
	}
	c.Text = strings.Join(texts, ", ")
	return c
}
