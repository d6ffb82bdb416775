package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clipenv/toolkit/internal/nearest"
	"github.com/clipenv/toolkit/internal/quote"
)

// checker holds a tree of nodes against an experiment's type, and cuts out what
// does not fit, so that what is left costs the library no more than the type
// has fields. How deep it goes is the type's depth, whatever the tree's.
type checker struct {
	root   reflect.Type
	keys   Keys
	faults []fault
}

// check goes through a node that is to become a t; at is the key of it, "" for
// the whole document.
func (c *checker) check(n *yaml.Node, t reflect.Type, at string) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch {
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		c.group(n, t, at)
	case n.Kind == yaml.MappingNode:
		n.Content = nil // the library says that it is none of what is wanted
	case n.Kind == yaml.SequenceNode && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array):
		for _, element := range n.Content {
			c.check(element, t.Elem(), at)
		}
	case n.Kind == yaml.ScalarNode:
		c.scalar(n, t, at)
	}
}

// group goes through the keys of a group. Those that are wrong are cut out.
func (c *checker) group(n *yaml.Node, t reflect.Type, at string) {
	known := fields(t)
	first := map[string]int{} // the lines of keys met
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		field, ok := known[key.Value]
		line, twice := first[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			c.fault(key.Line, "a key is a list, a group or an alias, want a word")
		case key.Tag == "!!merge":
			c.fault(key.Line, `"<<" (a merge of groups) is not taken: write the keys out`)
		case twice:
			c.fault(key.Line, "%s stands twice, first in line %d", name(at, key.Value), line)
		case !ok:
			c.fault(key.Line, "unknown key \"%s\"%s", quote.Text(key.Value), c.meant(key.Value, known, at))
			first[key.Value] = key.Line
		default:
			first[key.Value] = key.Line
			c.keys[name(at, key.Value)] = key.Line
			c.check(value, field, name(at, key.Value))
			kept = append(kept, key, value)
		}
	}
	n.Content = kept
}

// meant is what to say of a key that is not known: where it belongs, or what
// it may be a slip of.
func (c *checker) meant(key string, known map[string]reflect.Type, at string) string {
	if word := renamed[key]; known[word] != nil {
		return fmt.Sprintf(": it is called %s", word)
	}
	for group := range groups(c.root, "") {
		if _, ok := fields(group.of)[key]; ok && group.at != at {
			if group.at == "" {
				return ": it belongs to no group"
			}
			return fmt.Sprintf(": it belongs under %s", group.at)
		}
	}
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	if word, ok := nearest.Of(key, names); ok {
		return fmt.Sprintf(": did you mean %q?", word)
	}
	elsewhere, places := []string{}, map[string]string{} // by their last word
	for group := range groups(c.root, "") {
		for word := range fields(group.of) {
			if _, seen := places[word]; !seen && group.at != at {
				elsewhere, places[word] = append(elsewhere, word), name(group.at, word)
			}
		}
	}
	slices.Sort(elsewhere)
	if word, ok := nearest.Of(key, elsewhere); ok {
		return fmt.Sprintf(": did you mean %q?", places[word])
	}
	return ""
}

// scalar finds what the library would take without a word: no value at all, a
// number that is none, and a fraction where a whole number is wanted.
func (c *checker) scalar(n *yaml.Node, t reflect.Type, at string) {
	if t.Kind() == reflect.Pointer { // which may be left out: null
		if n.ShortTag() == "!!null" {
			return
		}
		t = t.Elem()
	}
	switch {
	case n.ShortTag() == "!!null" && t.Kind() != reflect.Struct:
		hint := ""
		if t.Kind() == reflect.Slice {
			hint = ", [] for none"
		}
		c.fault(n.Line, "%s has no value, want %s%s", at, wanted(t.String()), hint)
	case t.Kind() == reflect.Float64:
		switch strings.ToLower(strings.TrimLeft(n.Value, "+-")) {
		case ".inf", ".nan": // as YAML spells them
			c.fault(n.Line, "%s is %s, want a finite number", at, quote.Text(n.Value))
		}
	case wanted(t.Kind().String()) == wanted("int"):
		if v, err := strconv.ParseFloat(n.Value, 64); err == nil && v != math.Trunc(v) {
			c.fault(n.Line, "found %s, want a whole number", quote.Text(n.Value))
			n.Value, n.Tag = "0", "!!int" // said once
		}
	}
}

func (c *checker) fault(line int, format string, args ...any) {
	c.faults = append(c.faults, fault{line, fmt.Sprintf(format, args...)})
}

func name(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

// fields are the keys of a group, with the types of their values.
func fields(t reflect.Type) map[string]reflect.Type {
	known := map[string]reflect.Type{}
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if key == "" {
			key = strings.ToLower(t.Field(i).Name) // as the library has it
		}
		known[key] = t.Field(i).Type
	}
	return known
}

// group is a group of keys in an experiment.
type group struct {
	at string
	of reflect.Type
}

// groups are the experiment itself and all groups below it.
func groups(t reflect.Type, at string) func(yield func(group) bool) {
	return func(yield func(group) bool) { visit(t, at, yield) }
}

func visit(t reflect.Type, at string, yield func(group) bool) bool {
	if !yield(group{at, t}) {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Type.Kind() == reflect.Struct {
			key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if key == "" {
				key = strings.ToLower(f.Name)
			}
			if !visit(f.Type, name(at, key), yield) {
				return false
			}
		}
	}
	return true
}
