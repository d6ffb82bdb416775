package label

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Sight is what a CLIP finds of a map, and what is measured of it.
type Sight struct {
	Cosine   func(text string) float64 // of the map with each of DescriptionTexts
	Scale    float64                   // that makes logits of cosines, as the CLIP learnt it
	Measured Attributes                // of Tone, and the sun where it is seen
	Denied   Attributes                // that the map's light rules out
}

// Description is what is said of a map.
type Description struct {
	Sentences  []string   // the best first, each another way to say it
	Phrases    []Ranked   // that they are made of, in their order
	Attributes Attributes // that they claim
}

// Ranked is a phrase of a description, with how probable it is beside the
// others of its family, or beside its denial. A measured one has none.
type Ranked struct {
	Text        string
	Claim       Attributes
	Probability float64
	Measured    bool

	others []string // of the same claim, the next best first
	part   part
}

// part is where in a sentence a phrase stands.
type part int

const (
	placePart part = iota
	timePart
	skyPart
	detailPart
	tonePart
)

// A phrase is said from these probabilities on. What is one of many must only
// lead clearly; a detail must be likelier there than not, by far, since what is
// said falsely costs more than what is left out.
const (
	sayChoice = .4
	sayDetail = .7
)

// waysTried, for each sentence, are gone through: many are the same.
const waysTried = 4

// mostDetails are in a sentence.
const mostDetails = 3

// Describe makes sentences of what is seen: the family of each part is ranked
// as a zero-shot classifier does (Radford et al. 2021, arXiv:2103.00020), with
// the mean over the ways to say a thing in place of one, and within what is
// said the way that fits the map best is taken. count is how many sentences at
// most.
func Describe(s Sight, count int) Description {
	t := teller{Sight: s}
	setting := s.choose(settings, 0)
	if setting.Claim == Indoor {
		t.indoors(setting)
	} else {
		t.outdoors(setting)
	}
	for _, tone := range tones {
		if s.Measured.Has(tone.claim) {
			t.say(tonePart, Ranked{Text: tone.text, Claim: tone.claim, Measured: true})
		}
	}
	d := Description{Phrases: t.said, Attributes: setting.Claim}
	for _, r := range t.said {
		d.Attributes |= r.Claim
	}
	for way := 0; len(d.Sentences) < count && way < waysTried*count; way++ {
		if text := sentence(t.said, way); !slices.Contains(d.Sentences, text) {
			d.Sentences = append(d.Sentences, text)
		}
	}
	return d
}

// teller gathers what is said of a map.
type teller struct {
	Sight
	said []Ranked
}

// say adds a phrase, unless it is none.
func (t *teller) say(p part, r Ranked) {
	if r.Text != "" {
		r.part = p
		t.said = append(t.said, r)
	}
}

func (t *teller) indoors(setting Ranked) {
	t.say(placePart, orElse(t.choose(indoorPlaces, sayChoice), setting))
	for _, d := range t.details(indoorDetails, 0) {
		t.say(detailPart, d)
	}
}

func (t *teller) outdoors(setting Ranked) {
	place := orElse(t.choose(outdoorPlaces, sayChoice), setting)
	time, sky := t.choose(times, sayChoice), t.choose(skies, sayChoice)
	if place.Claim == OpenSky && sky.Text != "" {
		t.say(placePart, place.above(sky))
		t.say(timePart, time)
	} else {
		t.say(placePart, place)
		t.say(timePart, time)
		t.say(skyPart, sky)
	}
	details := t.details(outdoorDetails, place.Claim)
	if time.Claim.Any(Night | Dusk) {
		details = append(details, t.details(nightDetails, place.Claim)...)
	}
	if ground := t.choose(grounds, sayChoice); !place.Claim.Any(ground.Claim) {
		details = append(details, ground)
	}
	slices.SortStableFunc(details, func(a, b Ranked) int { return cmp.Compare(b.Probability, a.Probability) })
	var claimed Attributes
	left := mostDetails
	for _, d := range details {
		seen := place.Claim != OpenSky || d.Claim.Any(Stars|Moon)
		if left > 0 && seen && !claimed.Has(d.Claim) {
			claimed |= d.Claim
			left--
			t.say(detailPart, d)
		}
	}
	if time.Claim.Any(Day|lowSun) && !sky.Claim.Any(Overcast|Fog|Rain) {
		for _, sun := range suns {
			if t.Measured.Has(sun.claim) {
				t.say(detailPart, Ranked{Text: sun.text, Claim: sun.claim | SunVisible, Measured: true})
			}
		}
	}
}

// orElse is the first of two phrases that is one.
func orElse(a, b Ranked) Ranked {
	if a.Text != "" {
		return a
	}
	return b
}

// above is the open sky as the weather in it: "the open sky under a clear sky"
// says it twice.
func (r Ranked) above(sky Ranked) Ranked {
	all := append([]string{sky.Text}, sky.others...)
	for i, text := range all {
		bare, ok := strings.CutPrefix(text, "under ")
		if !ok {
			bare = r.Text + " " + text
		}
		all[i] = bare
	}
	return Ranked{Text: all[0], Claim: r.Claim | sky.Claim, Probability: r.Probability * sky.Probability, others: all[1:]}
}

// choose returns the likeliest of the options that the light does not rule out;
// none that is not as likely as it must be.
func (s Sight) choose(options []option, least float64) Ranked {
	var open []option
	var logits []float64
	for _, o := range options {
		if !s.Denied.Any(o.claim) {
			open, logits = append(open, o), append(logits, s.Scale*s.mean(o.texts))
		}
	}
	if len(open) == 0 {
		return Ranked{}
	}
	likely := shares(logits)
	best := 0
	for i := range likely {
		if likely[i] > likely[best] {
			best = i
		}
	}
	if likely[best] < least {
		return Ranked{}
	}
	return s.ranked(open[best], likely[best])
}

// details are the options that are likelier there than not, without those that
// are said already.
func (s Sight) details(options []option, said Attributes) (found []Ranked) {
	for _, o := range options {
		if said.Has(o.claim) || s.Denied.Any(o.claim) {
			continue
		}
		if p := shares([]float64{s.Scale * s.mean(o.texts), s.Scale * s.mean(o.against)})[0]; p >= sayDetail {
			found = append(found, s.ranked(o, p))
		}
	}
	return found
}

// asGood is how probable other words are at least, beside the best, where they
// may stand for them: "a kitchen" must not stand for "a lounge".
const asGood = .5

// ranked is an option with the way to say it that fits best, and others that
// are as good.
func (s Sight) ranked(o option, p float64) Ranked {
	texts := slices.Clone(o.texts)
	slices.SortStableFunc(texts, func(a, b string) int { return cmp.Compare(s.Cosine(b), s.Cosine(a)) })
	best := s.Cosine(texts[0])
	worse := func(text string) bool { return math.Exp(s.Scale*(s.Cosine(text)-best)) < asGood }
	return Ranked{Text: texts[0], Claim: o.claim, Probability: p, others: slices.DeleteFunc(texts[1:], worse)}
}

func (s Sight) mean(texts []string) (sum float64) {
	for _, t := range texts {
		sum += s.Cosine(t)
	}
	return sum / float64(len(texts))
}

// shares is the softmax of logits.
func shares(logits []float64) []float64 {
	highest := slices.Max(logits)
	out, sum := make([]float64, len(logits)), 0.
	for i, v := range logits {
		out[i] = math.Exp(v - highest)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// sentence says the phrases in one sentence. Each way after the first, 0, takes
// the next best words; every second leaves the tone out, and every third what
// stands in the place.
func sentence(said []Ranked, way int) string {
	var b strings.Builder
	var details, tone []string
	for _, r := range said {
		text := r.Text
		if n := len(r.others) + 1; way%n > 0 {
			text = r.others[way%n-1]
		}
		switch {
		case r.part == detailPart:
			details = append(details, text)
		case r.part == tonePart:
			tone = append(tone, text)
		case b.Len() == 0:
			b.WriteString(text)
		default:
			b.WriteString(" " + text)
		}
	}
	if len(details) > 0 && way%3 != 2 {
		b.WriteString(" with " + series(details))
	}
	if len(tone) > 0 && way%2 == 0 {
		b.WriteString(", in " + strings.Join(tone, ", ") + " light")
	}
	return b.String()
}

// series is "a", "a and b", "a, b and c".
func series(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
