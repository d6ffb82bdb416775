package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clipenv/toolkit/internal/quote"
)

// mostFaults is how many faults of a file are told: whoever has more mends
// these first.
const mostFaults = 20

// fault is something wrong in a line of a file.
type fault struct {
	line int
	text string
}

// err is all that was found, in the order of the lines, which are named where
// there are lines; nil where nothing was.
func (c *checker) err(lines bool) error {
	slices.SortStableFunc(c.faults, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	c.faults = slices.Compact(c.faults) // an alias shows its fault wherever it stands
	var errs []error
	for _, f := range c.faults[:min(len(c.faults), mostFaults)] {
		if lines {
			f.text = fmt.Sprintf("line %d: %s", f.line, f.text)
		}
		errs = append(errs, errors.New(f.text))
	}
	if more := len(c.faults) - mostFaults; more > 0 {
		errs = append(errs, fmt.Errorf("and %d faults more", more))
	}
	return errors.Join(errs...)
}

// What the library says of a value that does not fit.
var wrongValue = regexp.MustCompile("(?s)^line (\\d+): cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.*)$")

// library takes over, in a user's words, what the library says in Go's.
func (c *checker) library(err error) {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		c.fault(0, "%s", quote.Text(err.Error()))
		return
	}
	for _, text := range wrong.Errors {
		m := wrongValue.FindStringSubmatch(text)
		if m == nil {
			c.fault(0, "%s", quote.Text(text))
			continue
		}
		found := quote.Text(m[3])
		if found == "" { // a list or a group, by the names of YAML
			found = map[string]string{"seq": "a list", "map": "a group of keys", "str": "no word"}[m[2]]
		}
		line, _ := strconv.Atoi(m[1])
		c.fault(line, "found %s, want %s", found, wanted(m[4]))
	}
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
