package dataset

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Metadata is what Poly Haven's list says of one map; see
// https://api.polyhaven.com/assets?type=hdris. Fields may be absent.
type Metadata struct {
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Categories  []string          `json:"categories"`
	Category    string            `json:"category"`
	Tags        []string          `json:"tags"`
	Authors     map[string]string `json:"authors"`

	// Attributes hold strings, lists and booleans, which differ with the
	// age of the answer.
	Attributes map[string]json.RawMessage `json:"attributes"`
}

// ParseMetadata reads Poly Haven's list: an object keyed by slug.
// name is that of the file, for errors.
func ParseMetadata(r io.Reader, name string) (map[string]Metadata, error) {
	var list map[string]Metadata
	d := json.NewDecoder(r)
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("dataset: %s: %w", name, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("dataset: %s: more after the list, want one object keyed by slug", name)
	}
	return list, nil
}

// tags are the words of the name, the categories, the tags and the attributes,
// each once: what captions of tags are drawn from.
func (m Metadata) tags() []string {
	all := []string{m.title()}
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

// title is the name without numbers: "Abandoned Games Room 01" says a games
// room.
func (m Metadata) title() string {
	words := slices.DeleteFunc(strings.Fields(m.Name), func(w string) bool { return strings.ContainsAny(w, "0123456789") })
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

// sentence is the description, without the words about the file.
func (m Metadata) sentence() string {
	said := advert.ReplaceAllString(strings.TrimSpace(m.Description), "")
	return strings.TrimSuffix(said, ".")
}
