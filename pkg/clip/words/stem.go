package words

import "strings"

// form is an ending of a word and what its stem has in place of it.
type form struct {
	ending, instead string
	less            bool // the word says that the stem is not there
}

// forms are tried in order: the nearest in meaning first.
var forms = []form{
	{"s", "", false}, {"es", "", false}, {"ies", "y", false}, {"ves", "f", false}, {"ves", "fe", false},
	{"ed", "", false}, {"ed", "e", false}, {"ing", "", false}, {"ing", "e", false},
	{"y", "", false}, {"y", "e", false}, {"ily", "y", false}, {"ly", "", false},
	{"ier", "y", false}, {"iest", "y", false}, {"er", "", false}, {"er", "e", false}, {"est", "", false}, {"est", "e", false},
	{"ish", "", false}, {"ness", "", false}, {"iness", "y", false}, {"ful", "", false}, {"like", "", false}, {"lit", "", false},
	{"less", "", true},
}

// shortest is the least that is left of a word without its ending.
const shortest = 3

// find returns the rows of a word: its own, its stem's, or those of the two
// words that it is put together of; none where it is not known. less says that
// the word negates its stem.
func (t *Table) find(text string) (rows []int, less bool) {
	for _, spelling := range []string{text, strings.ReplaceAll(text, "our", "or"), strings.ReplaceAll(text, "ise", "ize")} {
		if row, less, ok := t.stem(spelling); ok {
			return []int{row}, less
		}
	}
	// "heatwave", "sandcastles": the later the cut, the longer the first word.
	for cut := len(text) - shortestPart; cut >= shortest; cut-- {
		if cut < shortestPart && len(text)-cut <= shortestPart {
			break
		}
		first, ok := t.index[text[:cut]]
		if !ok {
			continue
		}
		if second, less, ok := t.stem(text[cut:]); ok {
			return []int{first, second}, less
		}
	}
	return nil, false
}

// shortestPart is the least that a word put together has of each, but for a
// short first word before a longer one: "sunbathing".
const shortestPart = 4

// stem returns the row of a word or of its stem, and whether the word negates
// the stem.
func (t *Table) stem(text string) (row int, less, ok bool) {
	if row, ok = t.index[text]; ok {
		return row, false, true
	}
	for _, f := range forms {
		stem, fits := strings.CutSuffix(text, f.ending)
		if !fits || len(stem) < shortest {
			continue
		}
		if row, ok = t.index[stem+f.instead]; ok {
			return row, f.less, true
		}
		// A doubled letter comes with the ending: "fogging".
		if n := len(stem); f.instead == "" && n > shortest && stem[n-1] == stem[n-2] {
			if row, ok = t.index[stem[:n-1]]; ok {
				return row, f.less, true
			}
		}
	}
	return 0, false, false
}
