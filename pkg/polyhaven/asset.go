package polyhaven

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"github.com/clipenv/toolkit/internal/quote"
)

// Asset is what the API says of one map, in the API's own shape. Fields that
// are absent, null or of another type there are empty here.
type Asset struct {
	Slug        string            `json:"-"`
	Type        int               `json:"type"` // 0: an HDR environment map
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Category    string            `json:"category,omitempty"` // a path: "Coast & Water/Beaches"
	Categories  []string          `json:"categories"`         // the older, flat ones
	Tags        []string          `json:"tags"`
	Authors     map[string]string `json:"authors"` // name: what they did

	// Attributes are strings, booleans and lists of strings. False ones are
	// left out by the API.
	Attributes map[string]json.RawMessage `json:"attributes,omitempty"`

	DatePublished int64     `json:"date_published,omitempty"` // seconds since 1970
	DateTaken     int64     `json:"date_taken,omitempty"`     // seconds since 1970; the API calls it untrustworthy
	Coords        []float64 `json:"coords,omitempty"`         // latitude and longitude, degrees
	EVsCap        int       `json:"evs_cap,omitempty"`        // exposures that were merged
	WhiteBalance  float64   `json:"whitebalance,omitempty"`   // kelvin
	MaxResolution []int     `json:"max_resolution,omitempty"` // width and height
	Backplates    bool      `json:"backplates,omitempty"`
	FilesHash     string    `json:"files_hash,omitempty"` // changes when a file does
}

// Skipped is a map that is left out, and why.
type Skipped struct {
	Slug   string `json:"slug"`
	Reason string `json:"reason"`
}

// slugPattern is the API's own rule, but for a dash that comes first: a file of
// that name would be taken for a flag. It also keeps a file name that is made
// of a slug inside its folder.
var slugPattern = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,49}$`)

func checkSlug(slug string) error {
	if !slugPattern.MatchString(slug) {
		return fmt.Errorf("the slug is %s, want up to 50 letters, digits, _ and -, no - first", quote.Excerpt(slug))
	}
	return nil
}

// ParseAssets reads an answer of /assets, or a file of it: an object keyed by
// slug. The maps
// come back sorted by slug; assets of other types are left out.
func ParseAssets(r io.Reader) ([]Asset, []Skipped, error) {
	var entries map[string]json.RawMessage
	if err := decode(r, &entries); err != nil {
		return nil, nil, err
	}
	if entries == nil {
		return nil, nil, errors.New("the JSON is null, want an object keyed by slug")
	}
	var list []Asset
	var skipped []Skipped
	for _, slug := range slices.Sorted(maps.Keys(entries)) {
		var fields map[string]json.RawMessage
		if err := checkSlug(slug); err != nil {
			skipped = append(skipped, Skipped{quote.Excerpt(slug), err.Error()})
		} else if json.Unmarshal(entries[slug], &fields) != nil || fields == nil {
			skipped = append(skipped, Skipped{slug, "the list says nothing of it"})
		} else if a := newAsset(slug, fields); a.Type == 0 {
			list = append(list, a)
		}
	}
	return list, skipped, nil
}

// decode reads one JSON value and nothing after it.
func decode(r io.Reader, v any) error {
	d := json.NewDecoder(r)
	err := d.Decode(v)
	if errors.Is(err, io.EOF) {
		return errors.New("there is nothing, want JSON")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the JSON ends in its middle, after %d bytes", d.InputOffset())
	}
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &shape) {
		return fmt.Errorf("no JSON of the known shape: %w", err)
	}
	if err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more after the JSON")
	}
	return nil
}

func newAsset(slug string, fields map[string]json.RawMessage) Asset {
	a := Asset{
		Slug:          slug,
		Type:          int(number(fields["type"])),
		Name:          field[string](fields, "name"),
		Description:   field[string](fields, "description"),
		Category:      field[string](fields, "category"),
		Categories:    words(fields["categories"]),
		Tags:          words(fields["tags"]),
		Authors:       authors(fields["authors"]),
		DatePublished: int64(number(fields["date_published"])),
		DateTaken:     int64(number(fields["date_taken"])),
		EVsCap:        int(number(fields["evs_cap"])),
		WhiteBalance:  number(fields["whitebalance"]),
		Backplates:    field[bool](fields, "backplates"),
		FilesHash:     field[string](fields, "files_hash"),
	}
	if c := field[[]float64](fields, "coords"); len(c) == 2 && within(c[0], 90) && within(c[1], 180) {
		a.Coords = c
	}
	if m := field[[]int](fields, "max_resolution"); len(m) == 2 && m[0] > 0 && m[1] > 0 {
		a.MaxResolution = m
	}
	for key, raw := range field[map[string]json.RawMessage](fields, "attributes") {
		if values(raw) != nil {
			if a.Attributes == nil {
				a.Attributes = map[string]json.RawMessage{}
			}
			a.Attributes[key] = raw
		}
	}
	return a
}

func within(x, bound float64) bool { return -bound <= x && x <= bound }

// field reads a field, or gives the zero value where it is of another type.
func field[T any](fields map[string]json.RawMessage, key string) (v T) {
	var zero T
	if json.Unmarshal(fields[key], &v) != nil {
		return zero
	}
	return v
}

// number reads a number, which may be in quotes, or gives 0 where it is no
// number of a size that makes sense.
func number(raw json.RawMessage) float64 {
	var n json.Number
	if json.Unmarshal(raw, &n) != nil {
		return 0
	}
	x, err := n.Float64()
	if err != nil || !within(x, 1<<53) {
		return 0
	}
	return x
}

// words reads the strings of a list; what else is in it is left out.
func words(raw json.RawMessage) []string {
	list := []string{}
	var items []any
	if json.Unmarshal(raw, &items) != nil {
		return list
	}
	for _, item := range items {
		if s, ok := item.(string); ok {
			list = append(list, s)
		}
	}
	return list
}

// authors reads names with what each did, or, as in older answers, names alone.
func authors(raw json.RawMessage) map[string]string {
	names := map[string]string{}
	var credits map[string]any
	if json.Unmarshal(raw, &credits) == nil {
		for name, credit := range credits {
			names[name], _ = credit.(string)
		}
		return names
	}
	for _, name := range words(raw) {
		names[name] = ""
	}
	return names
}

// values lists what an attribute holds, a boolean as "true" or "false"; nil
// where it is of no known type.
func values(raw json.RawMessage) []string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	switch v := v.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{fmt.Sprint(v)}
	case []any:
		if list := words(raw); len(list) == len(v) && len(v) > 0 {
			return list
		}
	}
	return nil
}

// AuthorNames lists the authors, sorted.
func (a Asset) AuthorNames() []string { return slices.Sorted(maps.Keys(a.Authors)) }

// Page is where people read about the map.
func (a Asset) Page() string { return "https://polyhaven.com/a/" + a.Slug }
