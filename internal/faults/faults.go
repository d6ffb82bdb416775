// Package faults gathers all that is wrong with a configuration, so that one
// run mends it.
package faults

import (
	"errors"
	"fmt"
)

// List is what has been found, in the order it was.
type List struct{ errs []error }

// Check adds a fault unless ok.
func (l *List) Check(ok bool, format string, args ...any) {
	if !ok {
		l.errs = append(l.errs, fmt.Errorf(format, args...))
	}
}

// Add takes over what another check found, which may be nil.
func (l *List) Add(err error) { l.errs = append(l.errs, err) }

// Within adds a fault unless v lies from low to high: NaN never does.
func Within[T int64 | float64](l *List, name string, v, low, high T) {
	l.Check(v >= low && v <= high, "%s is %v, want %v to %v", name, v, low, high)
}

// Err is one error of them all, a line each; nil where there is none.
func (l *List) Err() error { return errors.Join(l.errs...) }
