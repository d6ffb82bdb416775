package edit

import (
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky"
)

// Chosen is what an edit goes through, and why.
func Chosen(input *hdr.Image, c Config) (generator, why string, err error) {
	scene, why, err := choose(input, c)
	if scene != nil {
		return SkyGenerator, why, err
	}
	return VAEGenerator, why, err
}

// KnownAttributes are those of the known lights.
func KnownAttributes() (all []label.Attributes) {
	for _, k := range knownLights {
		all = append(all, k.is)
	}
	return all
}

// NearestLight is the known light that words alone give, "" for none.
func NearestLight(prompt string, vectors func(string) [][]float32) (is label.Attributes, name string) {
	said := []Phrase{{Text: prompt, Weight: 1}}
	_, weight := wordsFor(said)
	near := nearWords(said, vectors)
	if weight == 0 && near == nil {
		return 0, ""
	}
	score := scoreWords(said, func() []float64 { return near })
	best := 0
	for i, v := range score {
		if v > score[best] {
			best = i
		}
	}
	return knownLights[best].is, knownLights[best].caption
}

// Places tells whether a prompt says outright how the sun of a light is turned, and
// how high it stands.
func Places(prompt string, t sky.Target) (turns, stands bool) {
	x := saidOutright([]Phrase{{Text: prompt, Weight: 1}}, &t)
	return x.turns, x.stands
}

// RecordOnCPU has steps recorded on the CPU too, until restore is called.
func RecordOnCPU() (restore func()) {
	recordOnCPU = true
	return func() { recordOnCPU = false }
}
