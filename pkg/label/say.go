package label

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Mix sets the shares of captions that list a map's tags and that people
// wrote. All other captions are composed from attributes (Write), and so are
// those of a map without tags or sentences.
type Mix struct {
	Tags    float64 `yaml:"tags" json:"tags"`
	Written float64 `yaml:"written" json:"written"`
}

// Caption draws a caption that is true of a map. It is the zero Caption if
// nothing is known of the map.
func (m Mix) Caption(w Words, r *rand.Rand) Caption {
	if m == (Mix{}) {
		return Write(w.Attributes, r)
	}
	at := r.Float64()
	switch {
	case at < m.Tags && len(w.Tags) > 0:
		return listTags(w.Tags, r)
	case at >= m.Tags && at < m.Tags+m.Written && len(w.Written) > 0:
		return Caption{Text: w.Written[r.IntN(len(w.Written))], written: true, scene: w.Scene}
	}
	return Write(w.Attributes, r)
}

// tagTemplates are CLIP's own way of making a sentence of a word (Radford et
// al. 2021, arXiv:2103.00020), for panoramas.
var tagTemplates = []string{"%", "%", "an environment map of %", "a panorama of %", "a photo of %", "hdri, %", "an environment map, %"}

// mostTags are in a caption: CLIP reads 77 tokens.
const mostTags = 8

// listTags shuffles the tags and leaves some out, so that no order and no one
// tag is learnt for the whole.
func listTags(tags []string, r *rand.Rand) Caption {
	tags = slices.Clone(tags)
	r.Shuffle(len(tags), func(i, j int) { tags[i], tags[j] = tags[j], tags[i] })
	kept := tags[:1]
	for _, t := range tags[1:] {
		if r.Float64() < .5 && len(kept) < mostTags {
			kept = append(kept, t)
		}
	}
	template := tagTemplates[r.IntN(len(tagTemplates))]
	c := Caption{Text: strings.Replace(template, "%", strings.Join(kept, ", "), 1)}
	for _, t := range kept {
		c.tags = append(c.tags, tag{t, Read(t)})
	}
	return c
}

// Holds reports whether the caption is known to be true of a map. Its
// condition must hold, the map must have the caption's tags or the attributes
// that they claim, and a written sentence must be about the map or its scene.
func (c Caption) Holds(w Words) bool {
	if c.written && c.scene != w.Scene && !slices.Contains(w.Written, c.Text) {
		return false
	}
	for _, t := range c.tags {
		if !slices.Contains(w.Tags, t.text) && (t.claim == 0 || !w.Attributes.Has(t.claim)) {
			return false
		}
	}
	return c.When.Holds(w.Attributes) && !w.Attributes.Any(c.Not)
}

// Match returns the matrix [len(captions), len(maps)], row by row: 1 where the
// caption holds of the map, 0 elsewhere.
func Match(captions []Caption, maps []Words) []float32 {
	m := make([]float32, len(captions)*len(maps))
	for i, c := range captions {
		for j, w := range maps {
			if c.Holds(w) {
				m[i*len(maps)+j] = 1
			}
		}
	}
	return m
}
