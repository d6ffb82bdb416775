package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// What the library says of a key and of a value that do not fit.
var (
	unknownKey = regexp.MustCompile(`field (.*) not found in type .*`)
	wrongValue = regexp.MustCompile("cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.*)")
)

// inWords says in a user's words, one fault a line, what the library says in
// Go's.
func inWords(err error) error {
	var faults *yaml.TypeError
	if !errors.As(err, &faults) {
		return err
	}
	var errs []error
	for _, fault := range faults.Errors {
		fault = unknownKey.ReplaceAllString(fault, `unknown key "$1"`)
		if m := wrongValue.FindStringSubmatch(fault); m != nil {
			found := m[2]
			if found == "" { // a list or a group, by the names of YAML
				found = map[string]string{"seq": "a list", "map": "a group of keys"}[m[1]]
			}
			fault = strings.Replace(fault, m[0], fmt.Sprintf("found %s, want %s", found, wanted(m[3])), 1)
		}
		errs = append(errs, errors.New(fault))
	}
	return errors.Join(errs...)
}

// wanted is what a user calls a Go type.
func wanted(goType string) string {
	if _, element, ok := strings.Cut(goType, "]"); ok && goType[0] == '[' {
		return "a list of " + strings.TrimPrefix(strings.TrimSuffix(wanted(element), "s")+"s", "a ")
	}
	switch goType {
	case "int", "int64", "uint64":
		return "a whole number"
	case "float64":
		return "a number"
	case "string":
		return "words"
	case "bool":
		return "true or false"
	}
	return "a group of keys"
}

// cutNumbers finds the numbers with a fraction where whole ones are wanted:
// the library would cut them off without a word. The text is one that it has
// read into the type t.
func cutNumbers(text []byte, t reflect.Type) error {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 {
		return err
	}
	return errors.Join(fractions(document.Content[0], t)...)
}

func fractions(n *yaml.Node, t reflect.Type) (errs []error) {
	switch {
	case n.Kind == yaml.AliasNode:
		return fractions(n.Alias, t)
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		for i := 0; i < len(n.Content); i += 2 {
			for j := range t.NumField() {
				if name, _, _ := strings.Cut(t.Field(j).Tag.Get("yaml"), ","); name == n.Content[i].Value {
					errs = append(errs, fractions(n.Content[i+1], t.Field(j).Type)...)
				}
			}
		}
	case n.Kind == yaml.SequenceNode && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array):
		for _, element := range n.Content {
			errs = append(errs, fractions(element, t.Elem())...)
		}
	case n.Kind == yaml.ScalarNode && wanted(t.Kind().String()) == wanted("int"):
		if v, err := strconv.ParseFloat(n.Value, 64); err == nil && v != math.Trunc(v) {
			errs = append(errs, fmt.Errorf("line %d: found %s, want a whole number", n.Line, n.Value))
		}
	}
	return errs
}
