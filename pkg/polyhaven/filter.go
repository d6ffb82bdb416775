package polyhaven

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Filter says which maps are wanted: those that meet all of it.
type Filter struct {
	Names      []string            // slugs or patterns of them (path.Match); any
	Categories []string            // all; a flat one, or a part of the path
	Tags       []string            // all
	Attributes map[string][]string // for each key any of the values
}

// ParseAttributes reads "weather=clear,overcast" and the like. A piece without
// "=" is one value more of the key before it, so that it does not matter
// whether a list was taken apart at its commas.
func ParseAttributes(pieces []string) (map[string][]string, error) {
	out := map[string][]string{}
	key := ""
	for _, piece := range pieces {
		for p := range strings.SplitSeq(piece, ",") {
			k, v, ok := strings.Cut(p, "=")
			if !ok {
				k, v = key, p
			}
			k, v = strings.TrimSpace(k), strings.TrimSpace(v)
			if k == "" || v == "" {
				return nil, fmt.Errorf("an attribute is %q, want KEY=VALUE, as weather=clear or pure_sky=true", piece)
			}
			key = k
			out[key] = append(out[key], v)
		}
	}
	return out, nil
}

// Check refuses what nothing can meet.
func (f Filter) Check() error {
	for _, name := range f.Names {
		if _, err := path.Match(name, ""); err != nil {
			return fmt.Errorf("the name is %q, want a slug or a pattern like 'abandoned_*'", name)
		}
	}
	for _, word := range slices.Concat(f.Categories, f.Tags) {
		if plain(word) == "" {
			return fmt.Errorf("a category or tag is %q, want a word", word)
		}
	}
	return nil
}

// condition is one thing that a filter asks.
type condition struct {
	what  string
	holds func(Asset) bool
}

func (f Filter) conditions() []condition {
	var out []condition
	if len(f.Names) > 0 {
		out = append(out, condition{"name " + strings.Join(f.Names, " or "), func(a Asset) bool {
			return slices.ContainsFunc(f.Names, func(pattern string) bool {
				ok, err := path.Match(pattern, a.Slug)
				return err == nil && ok
			})
		}})
	}
	for _, category := range f.Categories {
		out = append(out, condition{"category " + category, func(a Asset) bool { return a.inCategory(category) }})
	}
	for _, tag := range f.Tags {
		out = append(out, condition{"tag " + tag, func(a Asset) bool {
			return slices.ContainsFunc(a.Tags, func(t string) bool { return plain(t) == plain(tag) })
		}})
	}
	for key, wanted := range f.Attributes {
		out = append(out, condition{"attribute " + key + "=" + strings.Join(wanted, ","), func(a Asset) bool {
			return slices.ContainsFunc(values(a.Attributes[key]), func(v string) bool {
				return slices.ContainsFunc(wanted, func(w string) bool { return plain(v) == plain(w) })
			})
		}})
	}
	slices.SortFunc(out, func(a, b condition) int { return strings.Compare(a.what, b.what) })
	return out
}

// Select keeps the maps that meet the filter, in their order. Where none does,
// the error names what no map at all meets: most likely a slip of the pen.
func (f Filter) Select(list []Asset) ([]Asset, error) {
	var kept []Asset
	conditions := f.conditions()
	met := make([]int, len(conditions))
	for _, a := range list {
		all := true
		for i, c := range conditions {
			if c.holds(a) {
				met[i]++
			} else {
				all = false
			}
		}
		if all {
			kept = append(kept, a)
		}
	}
	if len(kept) > 0 {
		return kept, nil
	}
	var causes []string
	for i, c := range conditions {
		if met[i] == 0 {
			causes = append(causes, "none has "+c.what)
		}
	}
	if causes == nil {
		for i, c := range conditions {
			causes = append(causes, fmt.Sprintf("%d have %s", met[i], c.what))
		}
		causes = append(causes, "none all of it")
	}
	return nil, fmt.Errorf("polyhaven: no map of %d is wanted: %s", len(list), strings.Join(causes, "; "))
}

// plain brings the spellings of a word together: "Coast & Water", "coast-water"
// and "coast_water" are one.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return r < 128 && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), " ")
}

// inCategory tells whether the map is in a flat category, or the category's
// parts stand one after the other in the map's path.
func (a Asset) inCategory(category string) bool {
	for _, c := range a.Categories {
		if plain(c) == plain(category) {
			return true
		}
	}
	return strings.Contains(plainPath(a.Category), plainPath(category))
}

// plainPath ends each part of a path with a slash, and begins with one, so
// that only whole parts are found in it.
func plainPath(p string) string {
	out := "/"
	for part := range strings.SplitSeq(strings.Trim(p, "/"), "/") {
		out += plain(part) + "/"
	}
	return out
}
