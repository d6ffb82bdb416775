package raster

// Lines reads a plane row by row at any size, and holds the row that it read last.
// The zero value reads nothing.
type Lines struct {
	from *Reader
	At   []float32
}

// Lines reads the plane row by row at a size.
func (p Plane) Lines(w, h int) Lines { return Lines{p.Reader(w, h), make([]float32, w)} }

// Some says that there is a plane to be read.
func (l *Lines) Some() bool { return l.from != nil }

// Read reads row y into At.
func (l *Lines) Read(y int) {
	if l.from != nil {
		l.from.Row(y, l.At)
	}
}

// Given is a row of the plane's width that Spread reads in place of one of the plane.
func (l *Lines) Given() []float32 { return l.from.mix[:l.from.p.W] }

// Spread reads what Given holds into At.
func (l *Lines) Spread() { l.from.spread(l.At) }

// ColourLines are lines of three planes: red, green and blue.
type ColourLines [3]Lines

// LinesOf reads three planes row by row at a size.
func LinesOf(p [3]Plane, w, h int) (l ColourLines) {
	for c := range l {
		l[c] = p[c].Lines(w, h)
	}
	return l
}

// Some says that there are planes to be read.
func (l *ColourLines) Some() bool { return l[0].from != nil }

// Read reads row y of all three.
func (l *ColourLines) Read(y int) {
	for c := range l {
		l[c].Read(y)
	}
}

// GuidedLines are lines of a guided filter.
type GuidedLines struct {
	from *GuidedReader
	At   []float32
}

// Lines reads the filter row by row at a size.
func (g Guided) Lines(w, h int) GuidedLines { return GuidedLines{g.Reader(w, h), make([]float32, w)} }

// Some says that there is a filter to be read.
func (l *GuidedLines) Some() bool { return l.from != nil }

// Read reads row y, given the guide's three rows.
func (l *GuidedLines) Read(y int, guide [3][]float32) { l.from.Row(y, guide, l.At) }
