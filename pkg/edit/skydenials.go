package edit

import (
	"slices"
	"strings"
)

// waysToDeny are what people say for "not". An empty right side says no such
// thing: "nothing but blue" denies nothing.
var waysToDeny = func() (all [][2][]string) {
	for _, line := range []struct{ said, instead string }{
		{"not at all|not in the least|not in the slightest|not remotely|not even slightly|not even|not very|not really|not exactly|not too|not so|not that|not overly|not all that|none too|nothing too", "not"},
		{"anything but|anything except|everything but|everything except|all but|excluding|far from|nowhere near|by no means|in no way|free of|free from|devoid of|empty of|lacking|lacks|rather than|instead of|other than|never|neither|nor|nothing|minus|sans", "not"},
		{"isn't|aren't|wasn't|ain't|don't|do not|don't want|do not want|don't want any|do not want any|avoid|get rid of|get rid of the|remove the|remove all|lose the|drop the|kill the|no need for", "not"},
		{"without any|without the|not any|not a|hardly any|barely any|scarcely any|almost no|practically no|next to no|hardly a|barely a|scarcely a|nary a|no trace of|not a trace of|no hint of|no sign of|hardly|scarcely", "not"},
		{"less|much less|far less|a lot less|fewer|far fewer|too much|too many|too|enough of the|no more", "not"},
		{"not only|not just|not merely|nothing but|none but|nothing other than|nothing if not|never more|more or less|couldn't be|could not be|nothing less than|no less than", ""},
	} {
		for said := range strings.SplitSeq(line.said, "|") {
			all = append(all, [2][]string{strings.Fields(said), strings.Fields(line.instead)})
		}
	}
	// The longest first: "not at all" is no "not".
	slices.SortStableFunc(all, func(a, b [2][]string) int { return len(b[0]) - len(a[0]) })
	return all
}()

// plainDenials writes each denial of a text's words as "no", "not" or
// "without", which books and phrases know; "or" after a denied word carries the
// denial on, as "no fog or rain" does.
func plainDenials(words []string) (out []string) {
	denied := 0 // words ago, 0 for none
	for i := 0; i < len(words); {
		n := 0
		for _, way := range waysToDeny {
			if said := way[0]; len(said) <= len(words)-i && slices.Equal(said, words[i:i+len(said)]) {
				out, n = append(out, way[1]...), len(said)
				denied = len(way[1])
				break
			}
		}
		if n > 0 {
			i += n
			continue
		}
		w := words[i]
		switch {
		case denier(w):
			denied = 1
		case w == "or" && denied > 1 && denied <= reachOfDenial:
			w, denied = "not", 1
		case denied > 0:
			denied++
		}
		out = append(out, w)
		i++
	}
	return out
}

// reachOfDenial is how many words after it a denial may still be true of.
const reachOfDenial = 3

func denier(word string) bool { return word == "no" || word == "not" || word == "without" }

// looked finds a phrase in a book, as it stands there or by its stem; one
// that begins with a denial, by another denial too: "no clouds" is "not cloudy".
func looked[T any](book map[string]T, phrase string) (of T, ok bool) {
	if of, ok = book[phrase]; ok {
		return of, true
	}
	if of, ok = book[singular(phrase)]; ok {
		return of, true
	}
	first, rest, more := strings.Cut(phrase, " ")
	if !more {
		for _, form := range verbs(phrase) {
			if of, ok = book[form]; ok {
				return of, true
			}
		}
	}
	if !more || !denier(first) {
		return of, false
	}
	for _, other := range []string{"no ", "not ", "without "} {
		if of, ok = book[other+rest]; ok {
			return of, true
		}
		if of, ok = book[other+singular(rest)]; ok {
			return of, true
		}
	}
	return of, false
}
