// Package nearest finds what a misspelt word was meant to be: a command, a
// flag, a key of an experiment.
package nearest

import (
	"strings"

	"github.com/xrash/smetrics"
)

// longest is the length, in bytes, above which a word is not a slip of the
// pen: the work grows with its square.
const longest = 64

var alike = strings.NewReplacer("_", "", "-", "", " ", "")

// Of returns the valid word that is nearest to word, and whether one is near
// enough to be meant. Case, hyphens and underscores do not count, a third of
// the letters may be wrong (two letters that changed places are two), and the
// beginning of one word alone stands for it. Of equals the first wins.
func Of(word string, valid []string) (string, bool) {
	if len(word) > longest {
		return "", false
	}
	given := strings.ToLower(alike.Replace(word))
	best, least := "", (len(given)+2)/3+1
	var begun []string
	for _, v := range valid {
		meant := strings.ToLower(alike.Replace(v))
		if d := smetrics.WagnerFischer(given, meant, 1, 1, 1); d < least && d < len(meant) {
			best, least = v, d
		}
		if len(given) > 2 && strings.HasPrefix(meant, given) {
			begun = append(begun, v)
		}
	}
	if best == "" && len(begun) == 1 {
		return begun[0], true
	}
	return best, best != ""
}
