package train

import (
	"fmt"
	"slices"
	"strings"

	spelling "github.com/clipenv/toolkit/internal/nearest"
)

// isRank tells whether less is better of a figure.
func isRank(name string) bool { return strings.Contains(name, "_rank_") }

// chosen is the score of figures by those that Select names: their mean, where
// a rank counts with a minus.
func (l Loop) chosen(figures map[string]float64) float64 {
	var sum float64
	for _, name := range l.Select {
		if isRank(name) {
			sum -= figures[name]
		} else {
			sum += figures[name]
		}
	}
	return sum / float64(len(l.Select))
}

// checkChoice finds what Select names that no look of a run has.
func (l Loop) checkChoice(there []string) error {
	for _, name := range l.Select {
		if !slices.Contains(there, name) {
			meant := ""
			if near, ok := spelling.Of(name, there); ok {
				meant = fmt.Sprintf("; did you mean %s?", near)
			}
			return fmt.Errorf("train: train.select names %q, which no look of this run has, want some of %s%s", name, strings.Join(there, ", "), meant)
		}
	}
	return nil
}

// figureNames are those of all looks, by the beginnings of the names.
func figureNames(looks []look, beginnings []string) (names []string) {
	for _, l := range looks {
		if len(l.maps) == 0 {
			continue
		}
		for _, beginning := range beginnings {
			names = append(names, beginning+l.name)
		}
	}
	slices.Sort(names)
	return names
}
