package dataset

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/polyhaven"
)

// tags are what Poly Haven says of a map in words: name, categories, tags and
// attributes, each once. Captions of tags are drawn from them.
func tags(m polyhaven.Asset) []string {
	all := []string{title(m.Name)}
	all = append(all, strings.Split(m.Category, "/")...)
	all = append(append(all, m.Categories...), m.Tags...)
	for _, key := range slices.Sorted(maps.Keys(m.Attributes)) {
		all = append(all, attributeTags(key, m.Attributes[key])...)
	}
	var out []string
	for _, t := range all {
		t = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(t, "_", " ")), " "))
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// title is a name without numbers: "Abandoned Games Room 01" says a games
// room.
func title(name string) string {
	words := slices.DeleteFunc(strings.Fields(name), func(w string) bool { return strings.ContainsAny(w, "0123456789") })
	return strings.Join(words, " ")
}

// attributeTags says one attribute in words; what says nothing of the picture
// gives none.
func attributeTags(key string, raw json.RawMessage) []string {
	var text string
	var yes bool
	var list []string
	switch {
	case key == "backplates" || key == "sky_view":
	case json.Unmarshal(raw, &text) == nil:
		switch {
		case text == "" || key == "light_type" && text == "mixed":
		case key == "light_type":
			return []string{text + " light"}
		case key == "contrast":
			return []string{text + " contrast"}
		default:
			return []string{text}
		}
	case json.Unmarshal(raw, &yes) == nil && yes:
		return []string{key}
	case json.Unmarshal(raw, &list) == nil:
		return list
	}
	return nil
}

// advert is how descriptions begin: "Free, unclipped 24K HDRI of a …".
var advert = regexp.MustCompile(`(?i)^[^.]*?\bhdri\b\s*(of|-|–|—|:)\s+`)

// sentence is a description without the words about the file.
func sentence(description string) string {
	said := advert.ReplaceAllString(strings.TrimSpace(description), "")
	return strings.TrimSuffix(said, ".")
}
