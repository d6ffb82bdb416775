package dataset

import (
	"encoding/json"
	"fmt"
	"io"
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

// words are the texts that tell attributes.
func (m Metadata) words() []string {
	out := append([]string{m.Name, m.Description, m.Category}, m.Categories...)
	out = append(out, m.Tags...)
	for key, raw := range m.Attributes {
		var s string
		var yes bool
		var list []string
		switch {
		case json.Unmarshal(raw, &s) == nil:
			out = append(out, strings.TrimSpace(s))
			if key == "light_type" {
				out = append(out, s+" light")
			}
		case json.Unmarshal(raw, &yes) == nil && yes && key != "backplates":
			out = append(out, strings.ReplaceAll(key, "_", " "))
		case json.Unmarshal(raw, &list) == nil:
			out = append(out, list...)
		}
	}
	return out
}
