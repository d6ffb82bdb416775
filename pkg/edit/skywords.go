package edit

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky"
)

// explicit are phrases that say a number of the light outright. They are
// applied in the order in which they stand here, over the light that the
// prompt's other words give.
var explicit = []struct {
	words string
	set   func(*sky.Target)
}{
	{"noon|at noon|midday|high noon|sun overhead|overhead sun|high sun|sun high in the sky", func(t *sky.Target) { sunUp(t, 55) }},
	{"low sun|sun low in the sky|sun near the horizon|sun on the horizon", func(t *sky.Target) { sunUp(t, 6) }},
	{"sun in the middle of the sky|afternoon sun|morning sun", func(t *sky.Target) { sunUp(t, 30) }},
	{"from the left|on the left|sun left|to the left", func(t *sky.Target) { t.SunAzimuth = -math.Pi / 2 }},
	{"from the right|on the right|sun right|to the right", func(t *sky.Target) { t.SunAzimuth = math.Pi / 2 }},
	{"from behind|behind me|behind us|behind the camera|sun behind|at my back", func(t *sky.Target) { t.SunAzimuth = math.Pi }},
	{"from the front|in front|straight ahead|ahead|into the sun|against the sun", func(t *sky.Target) { t.SunAzimuth = 0 }},
	{"no clouds|without clouds|without any clouds|cloudless|clear sky|clear skies|not a cloud in the sky|not cloudy|cloud free sky|not overcast", func(t *sky.Target) {
		t.Cover, t.Detail = min(t.Cover, .02), min(t.Detail, .5)
	}},
	{"overcast|completely overcast|grey sky|gray sky", func(t *sky.Target) { t.Cover = max(t.Cover, .95) }},
	{"scattered clouds|few clouds|some clouds|partly cloudy", func(t *sky.Target) { t.Cover, t.Detail = .35, 1.4 }},
	{"broken clouds|dramatic clouds", func(t *sky.Target) { t.Cover, t.Detail = .6, 1.9 }},
	{"heavy fog|thick fog|dense fog|pea soup", func(t *sky.Target) { t.Fog, t.Cover = max(t.Fog, .05), max(t.Cover, .95) }},
	{"light fog|light mist|thin fog|thin mist|slightly foggy|a little fog", func(t *sky.Target) { t.Fog = .006 }},
	{"no fog|without fog|not foggy|no mist|without any mist", func(t *sky.Target) { t.Fog = min(t.Fog, .0002) }},
	{"very hazy|heavy haze|thick haze", func(t *sky.Target) { t.Haze = .95 }},
	{"clear air|crisp air|no haze|crystal clear", func(t *sky.Target) { t.Haze = .05 }},
	{"no snow|without snow|not snowy", func(t *sky.Target) { t.Snow = 0 }},
	{"no stars|without stars|starless", func(t *sky.Target) { t.Stars = 0 }},
	{"no moon|moonless|without a moon", func(t *sky.Target) {
		if nightly(*t) {
			t.Moon, t.SunStops = min(t.Moon, .02), -4
		}
	}},
	{"much brighter|very bright", func(t *sky.Target) { t.ExposureStops++ }},
	{"much darker|very dark", func(t *sky.Target) { t.ExposureStops-- }},
}

// sunUp stands the sun at an elevation in degrees; by night the moon stands
// there.
func sunUp(t *sky.Target, elevation float64) {
	if nightly(*t) {
		elevation = -elevation
	}
	t.SunElevation = elevation * math.Pi / 180
}

// phrases finds the phrases of a book in a text. At each word only the longest
// counts. denied tells that one stands after a word that denies it.
func phrases[T any](text string, book map[string]T, found func(phrase string, of T, denied bool)) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '\'' && r < 128
	})
	const longest, reach = 8, 3
	denied := 0
	for i := 0; i < len(words); i++ {
		denied--
		matched := false
		for n := min(longest, len(words)-i); n > 0 && !matched; n-- {
			phrase := strings.Join(words[i:i+n], " ")
			if of, ok := book[phrase]; ok {
				found(phrase, of, denied > 0)
				denied, matched = 0, true
				i += n - 1
			}
		}
		if w := words[min(i, len(words)-1)]; !matched && (w == "no" || w == "not" || w == "without") {
			denied = reach
		}
	}
}

// bookOf makes a book of lists of phrases, parted by |.
func bookOf[E, T any](list []E, of func(E) (words string, value T)) map[string][]T {
	book := map[string][]T{}
	for _, e := range list {
		words, value := of(e)
		for w := range strings.SplitSeq(words, "|") {
			if w != "" {
				book[w] = append(book[w], value)
			}
		}
	}
	return book
}

var (
	explicitBook = func() map[string][]int {
		all := make([]int, len(explicit))
		for i := range all {
			all[i] = i
		}
		return bookOf(all, func(i int) (string, int) { return explicit[i].words, i })
	}()
	saidBook = func() map[string][]int {
		all := make([]int, len(knownLights))
		for i := range all {
			all[i] = i
		}
		return bookOf(all, func(i int) (string, int) { return knownLights[i].said, i })
	}()
	labelBook = func() map[string][]*label.Phrase {
		list := label.Phrases()
		all := make([]*label.Phrase, len(list))
		for i := range list {
			all[i] = &list[i]
		}
		return bookOf(all, func(p *label.Phrase) (string, *label.Phrase) { return strings.ReplaceAll(p.Text, "-", " "), p })
	}()
)

// saidOutright applies the phrases of the prompt that say a number of the
// light, and returns them and whether one places the sun's azimuth.
func saidOutright(prompt []Phrase, t *sky.Target) (said []string, turns bool) {
	hit := map[int]string{}
	for _, p := range prompt {
		if p.Weight <= 0 {
			continue
		}
		phrases(p.Text, explicitBook, func(phrase string, of []int, denied bool) {
			if !denied {
				for _, i := range of {
					hit[i] = phrase
				}
			}
		})
	}
	for i, e := range explicit {
		if phrase, ok := hit[i]; ok {
			before := t.SunAzimuth
			e.set(t)
			turns = turns || t.SunAzimuth != before
			said = append(said, phrase)
		}
	}
	return said, turns
}

// named is what a light gains by its name, over the others that a phrase is
// true of.
const named = .4

// trueOf says of which of the known lights one of the phrases is true; tells is
// false where that is all of them or none.
func trueOf(phrases ...*label.Phrase) (holds []bool, tells bool) {
	holds = make([]bool, len(knownLights))
	some := 0
	for i, k := range knownLights {
		if slices.ContainsFunc(phrases, func(p *label.Phrase) bool { return p.Holds(k.is | label.Outdoor) }) {
			holds[i] = true
			some++
		}
	}
	return holds, some > 0 && some < len(knownLights)
}

// telling are the captions' phrases that tell one known light from another, and
// of which each is true.
var telling = sync.OnceValues(func() (texts []string, holds [][]bool) {
	list := label.Phrases()
	for i := range list {
		if h, tells := trueOf(&list[i]); tells {
			texts, holds = append(texts, list[i].Text), append(holds, h)
		}
	}
	return texts, holds
})

// nearPhrases scores the known lights, −1 to 1, by the phrases of captions that
// lie nearest to words that no caption has; near holds the cosine of each of
// telling.
func nearPhrases(near []float32) []float64 {
	const asked, nearness = 12, .06 // phrases, and the cosine over which a vote falls to 1/e
	_, holds := telling()
	order := make([]int, len(near))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(near[b], near[a]) })
	score := make([]float64, len(knownLights))
	var all float64
	for _, p := range order[:min(asked, len(order))] {
		vote := math.Exp(float64(near[p]-near[order[0]]) / nearness)
		all += vote
		for i, h := range holds[p] {
			if h {
				score[i] += vote
			} else {
				score[i] -= vote
			}
		}
	}
	for i := range score {
		score[i] /= max(all, 1e-9)
	}
	return score
}

// wordsFor scores the known lights by the phrases of a prompt: how far what
// captions mean by them is true of each, −1 to 1, and a little more for a light
// that a phrase names. found is false where no phrase tells one light from another.
func wordsFor(prompt []Phrase) (score []float64, found bool) {
	score = make([]float64, len(knownLights))
	var weight float64
	for _, p := range prompt {
		phrases(p.Text, labelBook, func(_ string, of []*label.Phrase, denied bool) {
			holds, tells := trueOf(of...)
			if !tells {
				return
			}
			by := p.Weight
			if denied {
				by = -by
			}
			weight += math.Abs(by)
			for i, h := range holds {
				if h {
					score[i] += by
				} else {
					score[i] -= by
				}
			}
		})
	}
	for i := range score {
		score[i] /= max(weight, 1e-9)
	}
	found = weight > 0
	for _, p := range prompt {
		phrases(p.Text, saidBook, func(_ string, of []int, denied bool) {
			for _, i := range of {
				if denied {
					score[i] -= named * p.Weight
				} else {
					score[i] += named * p.Weight
				}
			}
			found = true
		})
	}
	return score, found
}
