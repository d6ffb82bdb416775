package room

import (
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/sky/num"
)

// What a window is, beside lamps, panels, soft boxes, patches of sun and lit
// walls. Of 48 rooms, halls and studios 27 of the 31 with windows are told by 92 of
// their 142 windows; two panels of lamps behind louvres are taken for windows. Missed are
// those that a lit wall joins, dim ones of the light's own colour, and walls of glass.
const (
	windowSharp   = 1.55 // stops at its edge, of one that is sure
	windowSoft    = 1.45 // and of others in a room that has such
	windowOver    = 5.5  // its mean radiance over the room's median
	windowUnder   = 600. // above which there are only lamps
	windowBlue    = 1.6  // stops of blue over red: more is coloured light
	windowCool    = .42  // over the room's, of one with a window's shape
	windowCooler  = .85  // and of one of any shape but a lamp's
	windowCoolest = 2.75
	windowSure    = .02   // steradians
	windowHuge    = .2    // above which its outline says little
	windowPlain   = .05   // over the room's colour, of a large one with a window's shape
	windowEdged   = 1.9   // stops at the edge of such a one, and of a large one with three corners cut off
	windowBright  = 8.    // and its mean radiance over the room's median
	windowDetail  = .15   // and stops from texel to texel of what is seen through it
	windowSmall   = .0165 // above eye level, where lamps are
	skylight      = 38.   // degrees: middle of one that must be large
	skylightLeast = .07   // steradians
	roofFrom      = 60.   // degrees
	roofLeast     = .3    // steradians
	lampSharp     = 2.5   // stops at the edge of a lamp near eye level
	lampOver      = 8.    // a lamp's mean radiance over the room's median
	lampMost      = .03   // steradians of one of the windows' colour
	lampsFrom     = 25.   // degrees above which such a one hangs
	lampRound     = 4.    // stops at the edge of a soft box or a globe, of whatever colour
	lampWarmer    = .8    // stops of blue over red below the windows' elsewhere
	mostDoubt     = .4    // light of what may be windows, over that of windows
	likeOthers    = .5    // stops of blue over red off those of sure windows
	likeEdged     = 1.75  // stops at the edge of one that is odd in shape
	viewDetail    = .55   // and stops from texel to texel of a garden or a street that is seen through one
	viewLeast     = 2.9   // whose dark tenth lies so many stops under its bright one
	viewMost      = 5.5   // and no more: a lamp outshines its shade
	viewSharp     = 1.8   // stops at the edge of such a one: a lit wall beside softens it
	viewSize      = .012  // steradians
	viewHigh      = 30.   // degrees: its middle
	viewWarmer    = 1.3   // stops of blue over red under the sure windows': leaves
	holeLeast     = 4.5   // stops from the dark tenth to the bright one of a hole of any shape
	holeMost      = 7.    // which lamps have more of
	rowSharp      = 1.1   // stops at the edge of one in a row with sure ones
)

// over is an opening's mean radiance, in medians.
func (a *opening) over() float64 { return a.flux / a.size }

// place tells whether an opening stands where windows do.
func (a *opening) place() bool {
	switch {
	case a.high < 3 || a.low < openingLowest || a.middle < -12:
		return false
	case a.middle > roofFrom:
		return a.size > roofLeast
	case a.middle > skylight:
		return a.size > skylightLeast
	}
	return true
}

// sure tells whether an opening is a window by itself. cool is its blue over
// red, less the room's.
func (a *opening) sure(cool float64) bool {
	shaped := cool > windowCool && a.cut <= 2 && a.upright > .6
	coloured := cool > windowCooler && (a.cut <= 2 || a.cut == 3 && a.size > windowHuge && a.middle > 0 && a.contrast > windowEdged)
	// A hole in a wall has any shape, and shows bright and dark things, which soft boxes do not.
	hole := cool > windowCooler && a.size > windowHuge && a.contrast > windowEdged && a.spread > holeLeast && a.spread < holeMost && a.detail > windowDetail
	// In a room that is white by daylight its shape tells, and that it shows
	// something: soft boxes and panels are even.
	plain := a.size > windowHuge && cool > windowPlain && a.cut <= 2 && a.upright > .6 &&
		a.contrast > windowEdged && a.over() > windowBright && a.detail > windowDetail
	// A skylight and a panel of lamps look alike.
	low := a.middle < skylight || a.size > roofLeast && !plain
	return a.place() && low && a.size > windowSure && a.contrast > windowSharp &&
		a.over() > windowOver && a.over() < windowUnder &&
		a.blue < windowBlue && cool < windowCoolest && (shaped || coloured || plain || hole)
}

// views tells whether an opening shows a place outside, in a room whose warmest sure
// window has a blue over red: with dark and bright parts, as neither a lamp nor a wall has.
func (a *opening) views(warmest float64) bool {
	return a.place() && a.size > viewSize && a.middle < viewHigh && a.contrast > viewSharp &&
		a.over() > windowOver && a.over() < windowUnder && a.blue < windowBlue &&
		a.detail > viewDetail && a.spread > viewLeast && a.spread < viewMost && a.blue > warmest-viewWarmer
}

// ranks tells whether an opening stands in a row with another: sills and heads of both
// are as high, and one is as blue as the other.
func (a *opening) ranks(with *opening) bool {
	return a.place() && math.Abs(a.low-with.low) < 2 && math.Abs(a.high-with.high) < 2.5 && math.Abs(a.blue-with.blue) < likeOthers+.15 &&
		a.contrast > rowSharp && a.over() > windowOver && a.over() < windowUnder
}

// stands tells whether an opening is a pane of the same window as another: both
// are as wide, and one stands on the other.
func (a *opening) stands(on *opening, w int) bool {
	slack := max(2, on.wide/6)
	off := (a.left-on.left+w+w/2)%w - w/2
	gap := max(a.low-on.high, on.low-a.high)
	return max(off, -off) <= slack && max(a.wide-on.wide, on.wide-a.wide) <= slack && gap < paneGap &&
		a.cut <= 2 && a.contrast > windowSharp && a.over() > windowOver && a.over() < windowUnder && a.low > openingLowest
}

// paneGap is how many degrees lie at most between panes of a window.
const paneGap = 6.

// like tells whether an opening is a window in a room whose sure ones have
// blues over red from warmest to bluest.
func (a *opening) like(warmest, bluest float64) bool {
	least := openingLeast
	if a.middle > 15 {
		least = windowSmall
	}
	off := max(warmest-a.blue, a.blue-bluest)
	tidy := a.upright > .8 && a.cut <= 1
	odd := a.cut == 4 && a.size < .15 || a.cut == 3 && (a.size < lampMost || a.contrast < likeEdged)
	return a.place() && !odd && a.size > least && a.contrast > windowSoft && a.over() > windowOver && a.over() < windowUnder &&
		(off < likeOthers || a.cut <= 2 && a.contrast > likeEdged && off < likeOthers+.15 || tidy && off < likeOthers+.3)
}

// lamp tells whether an opening that is no window is a lamp, in a room whose
// warmest sure window has a blue over red. Small and high is a lamp, or a pane
// of a roof of glass.
func (a *opening) lamp(warmest float64, glassRoof bool) bool {
	high := a.middle > lampsFrom && a.size < lampMost && !glassRoof
	warm := a.blue < warmest-lampWarmer && a.contrast > lampSharp
	round := a.cut == 4 && a.contrast > lampRound && a.size > lampMost
	glaring := a.middle > lampsFrom && a.over() > windowUnder
	return a.middle > 0 && a.over() > lampOver && (high || warm || round || glaring)
}

// windows are those of the openings that are, nil unless they outshine what
// else may be one; and the lamps.
func (o *openings) windows() (windows, lamps []opening) {
	var sure []opening
	for _, a := range o.found {
		if a.sure(a.blue - o.blue) {
			sure = append(sure, a)
		}
	}
	if sure == nil {
		return nil, nil
	}
	warmest, bluest, glassRoof := math.Inf(1), math.Inf(-1), roofed(sure)
	for _, a := range sure {
		warmest, bluest = min(warmest, a.blue), max(bluest, a.blue)
	}
	has, doubt := 0., 0.
	for i := range o.found {
		a := &o.found[i]
		beside := func(b opening) bool { return a.stands(&b, o.s.W) || a.ranks(&b) }
		switch {
		case a.sure(a.blue-o.blue) || a.like(warmest, bluest) || a.views(warmest) || slices.ContainsFunc(sure, beside):
			windows = append(windows, *a)
			has += a.flux
		case a.lamp(warmest, glassRoof):
			lamps = append(lamps, *a)
		case a.high > -5 && a.size > .05 && a.blue > o.blue-.1:
			doubt += a.flux * num.Step(1, 2, a.contrast) // what windows light has no edge
		}
	}
	if doubt > mostDoubt*has {
		return nil, nil
	}
	return windows, lamps
}

// roofed tells whether there are windows in the roof.
func roofed(windows []opening) bool {
	return slices.ContainsFunc(windows, func(a opening) bool { return a.middle > skylight })
}
