package main

import (
	"context"
	"io"

	"github.com/clipenv/toolkit/internal/run"
)

// progress is a bar that appears when the work begins to move: faults that are
// found before it have no bar to stand above. It is an app.Watch too, whose parts
// have bars of their own before the work's.
type progress struct {
	w     io.Writer
	label string
	total int
	bytes bool // what is counted: bytes, or steps
	bar   *run.Bar
	work  *progress // while a part is shown: what is shown after it
}

// Write says a line: above the bar, where there is one.
func (p *progress) Write(line []byte) (int, error) {
	if p.bar != nil {
		return p.bar.Write(line)
	}
	return p.w.Write(line)
}

// begin shows the bar of a work of so many steps, the first of which are done.
func (p *progress) begin(done, total int) {
	p.total = total
	p.shown().StartAt(done)
}

func (p *progress) add(note string, args ...any) { p.shown().Add(1, note, args...) }

func (p *progress) shown() *run.Bar {
	switch {
	case p.bar != nil:
	case p.bytes:
		p.bar = run.ProgressBytes(p.w, int64(p.total), p.label)
	default:
		p.bar = run.Progress(p.w, p.total, p.label)
	}
	return p.bar
}

// Begin shows the bar of a part of the work.
func (p *progress) Begin(label string, done, total int64, bytes bool) {
	p.End()
	p.work = &progress{label: p.label, total: p.total, bytes: p.bytes}
	p.label, p.bytes = label, bytes
	p.begin(int(done), int(total))
}

// Add counts what was done of a part.
func (p *progress) Add(n int64, note string) { p.shown().Add(int(n), "%s", note) }

// End ends the bar of a part, if one is shown.
func (p *progress) End() {
	if p.work == nil {
		return
	}
	p.close()
	p.label, p.total, p.bytes, p.work = p.work.label, p.work.total, p.work.bytes, nil
}

// interrupted is nil while ctx runs, and says how far the work is once it is
// cancelled.
func (p *progress) interrupted(ctx context.Context, hint string) error {
	if ctx.Err() == nil {
		return nil
	}
	return p.shown().Interrupted(ctx, hint)
}

// close ends the bar, if there is one. It may be called twice.
func (p *progress) close() {
	if p.bar != nil {
		p.bar.Close()
		p.bar = nil
	}
}
