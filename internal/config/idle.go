package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Idle refuses keys that were given and would do nothing, since whoever gives
// a key wants something of it. why says of a key why it has no effect under the
// settings in force, "" where it has one.
func Idle(keys Keys, why func(key string) string) error {
	byLine := slices.SortedFunc(maps.Keys(keys), func(a, b string) int { return cmp.Or(keys[a]-keys[b], cmp.Compare(a, b)) })
	var errs []error
	for _, key := range byLine {
		reason := why(key)
		switch {
		case reason == "":
		case keys[key] == 0:
			errs = append(errs, fmt.Errorf("%s does nothing: %s", key, reason))
		default:
			errs = append(errs, fmt.Errorf("line %d: %s does nothing: %s", keys[key], key, reason))
		}
	}
	return errors.Join(errs...)
}
