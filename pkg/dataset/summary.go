package dataset

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/clipenv/toolkit/internal/quote"
)

// Summary counts what a data set holds.
type Summary struct {
	Maps       int            `json:"maps"`
	Scenes     int            `json:"scenes"`
	HeldOut    int            `json:"held_out"` // by name, or with their scene
	Splits     map[Split]int  `json:"splits"`
	Sizes      map[string]int `json:"sizes"`
	Attributes map[string]int `json:"attributes"`
	Stops      struct {
		Least  float64 `json:"least"`
		Median float64 `json:"median"`
		Most   float64 `json:"most"`
	} `json:"stops"` // range from the darkest hundredth to the peak
	Written int        `json:"written"` // maps with sentences
	Tagged  int        `json:"tagged"`  // maps with tags
	Same    [][]string `json:"same"`    // maps whose files are equal
	Alike   [][]string `json:"alike"`   // maps that look like one, turned or not, under several scenes
}

// Summarise counts; val and test are the parts of the scenes that go there.
func Summarise(set []Map, val, test float64) Summary {
	s := Summary{
		Maps: len(set), Splits: map[Split]int{Train: 0, Val: 0, Test: 0}, Sizes: map[string]int{}, Attributes: map[string]int{},
		Same: [][]string{}, Alike: alike(set),
	}
	scenes, held := map[string]bool{}, map[string]bool{}
	files := map[string][]string{}
	var stops []float64
	for _, m := range set {
		scenes[m.Scene] = true
		if m.HeldOut {
			held[m.Scene] = true
		}
		files[m.SHA256] = append(files[m.SHA256], m.Name)
		s.Sizes[fmt.Sprintf("%dx%d", m.Seen.Width, m.Seen.Height)]++
		for _, name := range m.Attributes.Names() {
			s.Attributes[name]++
		}
		stops = append(stops, m.Seen.Stops)
		if len(m.Written) > 0 {
			s.Written++
		}
		if len(m.Tags) > 0 {
			s.Tagged++
		}
	}
	s.Scenes = len(scenes)
	for i, split := range Splits(set, val, test) {
		s.Splits[split]++
		if held[set[i].Scene] {
			s.HeldOut++
		}
	}
	for _, sum := range slices.Sorted(maps.Keys(files)) {
		if names := files[sum]; len(names) > 1 {
			s.Same = append(s.Same, names)
		}
	}
	if len(stops) > 0 {
		slices.Sort(stops)
		s.Stops.Least, s.Stops.Median, s.Stops.Most = stops[0], stops[len(stops)/2], stops[len(stops)-1]
	}
	return s
}

// WriteText writes the summary for people.
func (s Summary) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "maps\t%d of %d scenes\n", s.Maps, s.Scenes)
	fmt.Fprintf(t, "splits\ttrain %d, val %d, test %d (%d held out by name)\n", s.Splits[Train], s.Splits[Val], s.Splits[Test], s.HeldOut)
	fmt.Fprintf(t, "sizes\t%s\n", counts(s.Sizes))
	fmt.Fprintf(t, "range\t%.1f to %.1f stops, median %.1f\n", s.Stops.Least, s.Stops.Most, s.Stops.Median)
	fmt.Fprintf(t, "words\t%d with sentences, %d with tags\n", s.Written, s.Tagged)
	fmt.Fprintf(t, "attributes\t%s\n", counts(s.Attributes))
	for _, names := range s.Same {
		fmt.Fprintf(t, "same file\t%s\n", quote.Text(strings.Join(names, ", ")))
	}
	for _, names := range s.Alike {
		fmt.Fprintf(t, "look alike\t%s\n", quote.Text(strings.Join(names, ", ")))
	}
	return t.Flush()
}

// counts lists names with their counts, the commonest first.
func counts(of map[string]int) string {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(of[b]-of[a], strings.Compare(a, b))
	})
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %d", name, of[name])
	}
	return strings.Join(parts, ", ")
}
