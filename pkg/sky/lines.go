package sky

// lines reads a plane row by row at any size, and holds the row that it read last.
// The zero value reads nothing.
type lines struct {
	from *reader
	at   []float32
}

func (p plane) lines(w, h int) lines { return lines{p.reader(w, h), make([]float32, w)} }

func (l *lines) some() bool { return l.from != nil }

func (l *lines) read(y int) {
	if l.from != nil {
		l.from.row(y, l.at)
	}
}

// given is a row of the plane's width that spread reads in place of one of the plane.
func (l *lines) given() []float32 { return l.from.mix[:l.from.p.w] }

func (l *lines) spread() { l.from.spread(l.at) }

// colourLines are three.
type colourLines [3]lines

func linesOf(p [3]plane, w, h int) (l colourLines) {
	for c := range l {
		l[c] = p[c].lines(w, h)
	}
	return l
}

func (l *colourLines) some() bool { return l[0].from != nil }

func (l *colourLines) read(y int) {
	for c := range l {
		l[c].read(y)
	}
}

// guidedLines are lines of a guided filter.
type guidedLines struct {
	from *guidedReader
	at   []float32
}

func (g guided) lines(w, h int) guidedLines { return guidedLines{g.reader(w, h), make([]float32, w)} }

func (l *guidedLines) some() bool { return l.from != nil }

func (l *guidedLines) read(y int, guide [3][]float32) { l.from.row(y, guide, l.at) }
