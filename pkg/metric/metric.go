// Package metric is the one list of what is measured of an edit. Everything
// that prints, stores or compares figures goes by it: a new figure is its line
// in All, and its function. A program with figures of its own adds them to All
// before it measures.
//
//	Measure: input, output, similarities -> Figures, by name
//
// Figures of a state are measured twice, as NAME_before and NAME_after; those
// of a change once, as NAME.
package metric

import (
	"cmp"
	"fmt"
	"math"
	"sync"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/figures"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Direction says which values of a metric are better.
type Direction int

// The directions.
const (
	Neither Direction = iota // it describes
	Higher
	Lower
)

// Metric is a figure of an edit.
type Metric struct {
	Name    string // in JSON and metrics.jsonl
	Unit    string // "" for a ratio or a cosine
	Column  string // its head in tables; "" where only files hold it
	Format  string // of its values in tables
	Better  Direction
	Meaning string // one line, with the source
	Missing string // why it may have no value, "" for the plain reason

	// One of the two. An error, or what is not finite, is a figure without value.
	State  func(Side) (float64, error)
	Change func(before, after Side) (float64, error)
}

// Paired tells whether the metric is of a state: two figures, before and after.
func (m Metric) Paired() bool { return m.State != nil }

// Before and After are the names of a state's two figures.
func (m Metric) Before() string { return m.Name + "_before" }

// After is the name of a state's figure for the output.
func (m Metric) After() string { return m.Name + "_after" }

// Similarities are the cosines of maps with the words, by one CLIP.
type Similarities struct {
	Before, After float64 // of the input and the output

	DecodedBefore, DecodedAfter float64 // of the generator's own maps, at the start and the end
}

// Edit is what is measured.
type Edit struct {
	Input, Output *hdr.Image // of one size
	CLIP          *Similarities
	Judge         *Similarities // a CLIP that took no part

	Spheres bool // render the three spheres too, which takes half a second
}

// Figures are numbers by name. NaN stands for what could not be measured.
type Figures = figures.Map

// Undefined says of each figure that could not be measured why.
func Undefined(f Figures) map[string]string {
	missing := map[string]string{}
	for _, m := range All {
		for _, name := range m.names() {
			if v, ok := f[name]; ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
				missing[name] = cmp.Or(m.Missing, notFinite)
			}
		}
	}
	return missing
}

// names are those of the metric's figures.
func (m Metric) names() []string {
	if m.Paired() {
		return []string{m.Before(), m.After()}
	}
	return []string{m.Name}
}

const notFinite = "there is no finite value: a map may be black, too small, or equal to the other"

// Measure returns the figures of an edit; NaN stands for those that it does
// not have, and [Undefined] says why.
func Measure(e Edit) Figures {
	f := Figures{}
	before, after := e.sides()
	note := func(name string, v float64, err error) {
		switch {
		case err == errNotMeasured:
		case err != nil || math.IsInf(v, 0):
			f[name] = math.NaN()
		default:
			f[name] = v
		}
	}
	for _, m := range All {
		if !m.Paired() {
			v, err := m.Change(before, after)
			note(m.Name, v, err)
			continue
		}
		v, err := m.State(before)
		note(m.Before(), v, err)
		v, err = m.State(after)
		note(m.After(), v, err)
	}
	return f
}

// Side is one of the two maps of an edit.
type Side struct {
	*hdr.Image
	Small  *hdr.Image // at most smallWidth wide
	Light  envmap.Light
	output bool
	edit   *shared
}

// shared is what the figures of one edit have in common.
type shared struct {
	Edit
	compare func() (envmap.SphereErrors, error)
}

// smallWidth is the width at which maps are compared: what a figure says of
// light does not need more, and takes a while at full size.
const smallWidth = 256

func (e Edit) sides() (before, after Side) {
	of := func(im *hdr.Image, output bool) Side {
		small := im
		if im.W > smallWidth {
			if resized, err := envmap.Resize(im, smallWidth, smallWidth/2); err == nil {
				small = resized
			}
		}
		return Side{im, small, envmap.Measure(im), output, nil}
	}
	before, after = of(e.Input, false), of(e.Output, true)
	both := &shared{e, sync.OnceValues(func() (envmap.SphereErrors, error) { return envmap.CompareSpheres(before.Small, after.Small) })}
	before.edit, after.edit = both, both
	return before, after
}

// errNotMeasured leaves a figure out: the edit has nothing of the kind.
var errNotMeasured = fmt.Errorf("metric: not measured")

// cosine is the similarity by one of the CLIPs.
func cosine(by func(*shared) *Similarities, decoded bool) func(Side) (float64, error) {
	return func(x Side) (float64, error) {
		s := by(x.edit)
		switch {
		case s == nil:
			return 0, errNotMeasured
		case decoded && x.output:
			return s.DecodedAfter, nil
		case decoded:
			return s.DecodedBefore, nil
		case x.output:
			return s.After, nil
		}
		return s.Before, nil
	}
}
