package words

import "strings"

// negators say that what follows is not so.
var negators = set("no not cannot without never nor neither none zero lacking except minus avoid free non")

// spare words stand for little, and for nothing that could be negated.
var spare = set("an the any some much many more of is are was were be been it its this that there single sign signs hint trace traces")

// ends are the words with which another phrase begins.
var ends = set("but and with while yet just only instead rather in at on by over under above below near behind beside along through during after before from into across among between around against as when where which who")

// reach is how many words a negation covers at most: "no hard black shadows".
const reach = 3

// negate marks the words that are negated and leaves out the negators and the
// marks. A negation covers what follows it, up to a mark, a word that begins
// another phrase, or its reach; "or" and "nor" carry it on. "Not in a forest"
// covers forest: a phrase that has not begun does not end. "Snow-free" and
// "free of snow" negate snow; "not only" and "nothing but" negate nothing.
func negate(sentence []word) []word {
	var out []word
	left := 0        // words that the negation may still cover
	covered := false // one, at least
	for i, w := range sentence {
		text := w.text
		next := func(n int) string {
			if i+n < len(sentence) {
				return sentence[i+n].text
			}
			return ""
		}
		switch {
		case w.ends:
			left = 0
		case text == "free" && w.joined && len(out) > 0:
			out[len(out)-1].negated = true
		case text == "free" && next(1) != "of":
			out = append(out, word{text: text})
		case text == "not" && set("only just merely")[next(1)],
			text == "nothing" && next(1) == "but":
			left = 0
		case negators[text] || strings.HasSuffix(text, "n't"):
			left, covered = reach, false
		case left > 0 && text == "or":
			left, covered = reach, false
		case left > 0 && spare[text]:
		case left > 0 && ends[text] && covered:
			left = 0
			out = append(out, word{text: text})
		case left > 0 && ends[text]:
			out = append(out, word{text: text})
		case left > 0:
			out = append(out, word{text: text, negated: true})
			left, covered = left-1, true
		default:
			out = append(out, word{text: text})
		}
	}
	return out
}

func set(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}
