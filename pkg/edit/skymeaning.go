package edit

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/clipenv/toolkit/pkg/label"
)

// meaning is what a word, or a few, say of the known lights: of which of them
// they are true. tells is false where that is all of them or none.
type meaning struct {
	text  string
	holds []bool // [knownLights]
	tells bool
	share float64 // of a vote: 1 for what captions say, less for what a person has with a light
}

// The share of a vote of a word that no caption has, and of one that has a light
// more often than not.
const (
	themed     = .7
	weakThemed = .3
)

// meanings are those of all phrases of captions, and of the themes.
var meanings = sync.OnceValue(func() (all []meaning) {
	add := func(text string, share float64, holds func(label.Attributes) bool) {
		m := meaning{text: text, holds: make([]bool, len(knownLights)), share: share}
		some := 0
		for i, k := range knownLights {
			is := k.is | label.Outdoor
			if is.Has(label.Night) {
				is |= label.CityLights // lamps are lit
			}
			if holds(is) {
				m.holds[i] = true
				some++
			}
		}
		m.tells = some > 0 && some < len(knownLights)
		all = append(all, m)
	}
	list := label.Phrases()
	for i := range list {
		share := 1.
		if list[i].Text == "day" || list[i].Text == "black" {
			share = weakThemed // as in "the end of the day" and "a black horse"
		}
		add(list[i].Text, share, list[i].Holds)
	}
	for _, t := range label.Themes() {
		share := themed
		if t.Weak {
			share = weakThemed
		}
		add(t.Text, share, t.When.Holds)
	}
	return all
})

// telling are the meanings that tell one known light from another.
var telling = sync.OnceValue(func() (all []meaning) {
	for _, m := range meanings() {
		if m.tells {
			all = append(all, m)
		}
	}
	return all
})

// captioned are those of them that captions say.
var captioned = sync.OnceValue(func() (all []meaning) {
	for _, m := range telling() {
		if m.share == 1 {
			all = append(all, m)
		}
	}
	return all
})

// meaningBook finds meanings by their words. One that stands there twice means
// either.
var meaningBook = sync.OnceValue(func() map[string]meaning {
	book, keys := map[string]meaning{}, make([]string, len(meanings()))
	for i, m := range meanings() {
		text := bookKey(m.text)
		keys[i] = text
		if had, twice := book[text]; twice {
			if m.share < had.share {
				continue // a caption's own
			}
			holds := slices.Clone(m.holds)
			for i, h := range had.holds {
				holds[i] = holds[i] || h && m.share == had.share
			}
			m.holds, m.tells = holds, slices.Contains(holds, false) && slices.Contains(holds, true)
		}
		book[text] = m
	}
	for _, text := range keys {
		if one := singular(text); one != text {
			if _, there := book[one]; !there {
				book[one] = book[text]
			}
		}
	}
	return book
})

// A light gains by its name over the others that a phrase is true of, and loses
// by a weather that few have in mind where they do not say it.
const (
	named   = .4
	unasked = .15
)

// wordsFor scores the known lights by the phrases of a prompt: how far what
// they mean is true of each, −1 to 1, and a little more for a light that a
// phrase names. weight is that of the votes, 0 where no phrase tells one light
// from another.
func wordsFor(prompt []Phrase) (score []float64, weight float64) {
	score = make([]float64, len(knownLights))
	for _, p := range prompt {
		phrases(p.Text, meaningBook(), func(_ string, m meaning, denied bool) {
			if !m.tells {
				return
			}
			by := p.Weight * m.share
			if denied {
				by = -by
			}
			weight += math.Abs(by)
			vote(score, m, by)
		})
	}
	weight += hoursFor(prompt, score)
	for i := range score {
		score[i] /= max(weight, 1e-9)
	}
	for _, p := range prompt {
		phrases(p.Text, saidBook, func(_ string, of []int, denied bool) {
			for _, i := range of {
				if denied {
					score[i] -= named * p.Weight
				} else {
					score[i] += named * p.Weight
				}
			}
			weight += math.Abs(p.Weight)
		})
	}
	plain(score)
	return score, weight
}

// scoreWords is wordsFor, and as far as that has too few words to be sure what
// lies near to them, which near tells, or nil for nothing.
func scoreWords(prompt []Phrase, near func() []float64) []float64 {
	score, weight := wordsFor(prompt)
	if weight >= themed-1e-9 {
		return score
	}
	other := near()
	if weight == 0 || other == nil {
		if other != nil {
			score = other
		}
		return score
	}
	for i, v := range other {
		score[i] = (weight*score[i] + (themed-weight)*v) / themed
	}
	return score
}

// TellingWords are the words of a text that tell a light by themselves, whether
// or not a model knows them.
func TellingWords(text string) map[string]bool {
	tell := map[string]bool{}
	add := func(phrase string) {
		for _, w := range wordsOf(phrase) {
			tell[w] = true
		}
	}
	phrases(text, meaningBook(), func(phrase string, m meaning, _ bool) {
		if m.tells {
			add(phrase)
		}
	})
	if c, found := clockOf(text); found {
		add(c.text)
	}
	return tell
}

// vote adds to the lights that a meaning is true of and takes from the others. A
// weak one asks for no mixed light: with another of a different kind it would.
func vote(score []float64, m meaning, by float64) {
	for i, h := range m.holds {
		if h && !(by > 0 && m.share < themed && knownLights[i].mixed()) {
			score[i] += by
		} else {
			score[i] -= by
		}
	}
}

// plain takes a little from lights of snow, fog and rain, a little more from those at
// an hour that is not their usual one, and again from snow that falls then.
func plain(score []float64) {
	for i, k := range knownLights {
		if k.is.Any(label.Snow | label.Fog | label.Rain) {
			score[i] -= unasked
		}
		if k.mixed() {
			score[i] -= unasked * 2 / 3
		}
		if k.is.Has(label.Night | label.Snowfall) {
			score[i] -= 2 * unasked // snow that lies says of none that falls
		}
	}
}

// mixed tells a light of snow, fog or rain at an hour that is not their usual
// one.
func (k knownLight) mixed() bool {
	return k.is.Any(label.Snow|label.Fog|label.Rain) && (!k.is.Has(label.Day) || k.is.Has(label.Snow|label.Clear))
}

// nearTexts scores the known lights, −1 to 1, by the meanings that lie nearest
// to words that none has; near holds the cosine of each.
func nearTexts(all []meaning, near []float64) []float64 {
	const asked, nearness = 25, .1 // meanings, and the cosine over which a vote falls to 1/e
	order := make([]int, len(near))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(near[b], near[a]) })
	score := make([]float64, len(knownLights))
	var weight float64
	for _, p := range order[:min(asked, len(order))] {
		by := all[p].share * math.Exp((near[p]-near[order[0]])/nearness)
		weight += by
		vote(score, all[p], by)
	}
	for i := range score {
		score[i] /= max(weight, 1e-9)
	}
	return score
}

// nearWords is nearTexts from the vectors of words, which a table gives: half for
// each word by itself, of which the nearer it has a meaning the more it counts,
// and half for their sum. It is nil where the table knows none of the words.
func nearWords(prompt []Phrase, vectors func(text string) [][]float32) []float64 {
	const nearness = .2 // the cosine over which a word's weight falls to 1/e
	all := telling()
	anchors := make([][]float32, len(all))
	var mean []float32 // what all words have in common tells nothing
	count := 0
	for i, m := range all {
		for _, v := range vectors(m.text) {
			if mean == nil {
				mean = make([]float32, len(v))
			}
			if anchors[i] == nil {
				anchors[i] = make([]float32, len(v))
			}
			for d, x := range v {
				anchors[i][d] += x
				mean[d] += x
			}
			count++
		}
	}
	for d := range mean {
		mean[d] /= float32(count)
	}
	for i := range anchors {
		anchors[i] = apart(anchors[i], mean)
	}
	near := func(v []float32) []float64 {
		v = apart(v, mean)
		cosines := make([]float64, len(anchors))
		for i, a := range anchors {
			for d, x := range a {
				cosines[i] += float64(x) * float64(v[d])
			}
		}
		return cosines
	}
	score := make([]float64, len(knownLights))
	var weight float64
	for _, p := range prompt {
		words := vectors(p.Text)
		if len(words) == 0 {
			continue
		}
		weight += math.Abs(p.Weight)
		whole, each, sum := make([]float32, len(mean)), make([]float64, len(score)), 0.
		for _, v := range words {
			for d, x := range v {
				whole[d] += x
			}
			cosines := near(v)
			by := math.Exp(slices.Max(cosines) / nearness)
			sum += by
			for i, x := range nearTexts(all, cosines) {
				each[i] += by * x
			}
		}
		for i, x := range nearTexts(all, near(whole)) {
			score[i] += p.Weight * (x + each[i]/sum) / 2
		}
	}
	if weight == 0 {
		return nil
	}
	for i, k := range knownLights {
		if score[i] /= weight; k.mixed() {
			score[i]-- // words near to each of the two say neither
		}
	}
	plain(score)
	return score
}

// apart is a vector of length 1 in the direction from mean to v, 0 where there
// is no v.
func apart(v, mean []float32) []float32 {
	out := make([]float32, len(v))
	var square float64
	for d := range v {
		out[d] = v[d] - mean[d]
		square += float64(out[d]) * float64(out[d])
	}
	for d := range out {
		out[d] /= float32(math.Sqrt(max(square, 1e-18)))
	}
	return out
}
