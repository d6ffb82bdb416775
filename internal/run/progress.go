package run

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Bar shows how far a long work is: on a terminal a bar with rate and time
// left, elsewhere, as in a log, a plain line every 10 seconds. It may be used
// from several goroutines.
type Bar struct {
	mu    sync.Mutex
	label string
	total int // 0: not known
	first int // where the work began: above 0 for a resumed one
	at    int
	bytes bool // what is counted: bytes, or steps
	note  string

	drawn *progressbar.ProgressBar // nil where plain lines are written

	w         io.Writer
	now       func() time.Time
	began     time.Time
	lastLine  time.Time
	lineAfter time.Duration
}

// Progress begins a display on w, as a rule standard error, of a work of total
// steps; 0 where that is not known. End it with Close.
func Progress(w io.Writer, total int, label string) *Bar {
	return newBar(w, total, label, false)
}

// ProgressBytes is Progress of a work that is counted in bytes, and shown so.
func ProgressBytes(w io.Writer, total int64, label string) *Bar {
	return newBar(w, int(total), label, true)
}

func newBar(w io.Writer, total int, label string, bytes bool) *Bar {
	b := &Bar{label: label, total: max(total, 0), bytes: bytes, w: w, now: time.Now, lineAfter: 10 * time.Second}
	b.began = b.now()
	b.lastLine = b.began
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		b.drawn = newDrawn(w, b.total, label, bytes)
	}
	return b
}

func newDrawn(w io.Writer, total int, label string, bytes bool) *progressbar.ProgressBar {
	if total == 0 {
		total = -1 // the library's word for not known: a spinner
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(label),
		progressbar.OptionSetWidth(24),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░", BarStart: " ", BarEnd: " "}),
	}
	if bytes { // their rate is shown with them
		options = append(options, progressbar.OptionShowBytes(true), progressbar.OptionUseIECUnits(true))
	} else {
		options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString("steps"))
	}
	return progressbar.NewOptions(total, options...)
}

// StartAt says that the first n steps were done earlier, by the run that this
// one resumes: they count as done and not into the rate.
func (b *Bar) StartAt(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.first, b.at = n, n
	if b.drawn != nil {
		_ = b.drawn.Set(n) // a display that cannot draw must not stop the work
	}
}

// Add counts n steps more as done and, unless note is empty, shows it behind
// the label: the loss, the file at hand.
func (b *Bar) Add(n int, note string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at += n
	if note != "" {
		b.note = fmt.Sprintf(note, args...)
	}
	if b.drawn != nil {
		if b.note != "" {
			b.drawn.Describe(b.label + " " + b.note)
		}
		_ = b.drawn.Add(n)
		return
	}
	if now := b.now(); now.Sub(b.lastLine) >= b.lineAfter {
		b.lastLine = now
		fmt.Fprintln(b.w, b.line(now))
	}
}

// Write puts whole lines above the bar: whatever else is said while it is
// drawn would stand in its middle.
func (b *Bar) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.drawn == nil {
		return b.w.Write(lines)
	}
	_ = b.drawn.Clear()
	n, err := b.w.Write(lines)
	_ = b.drawn.RenderBlank()
	return n, err
}

// Close ends the display with a last line that says what was done and in which
// time. It can be deferred: an interrupted work shows how far it came.
func (b *Bar) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
	done := b.label + ": " + amount(b.at, b.bytes)
	if b.total > 0 {
		done += " of " + amount(b.total, b.bytes)
	}
	done += " in " + duration(b.now().Sub(b.began))
	if b.note != "" {
		done += ", " + b.note
	}
	fmt.Fprintln(b.w, done)
}

// line is the state in words: "train vae: 120 of 3000 (4 %), 12.3/s, 3m54s
// left, loss 0.1234".
func (b *Bar) line(now time.Time) string {
	s := b.label + ": " + amount(b.at, b.bytes)
	if b.total > 0 {
		s += fmt.Sprintf(" of %s (%d %%)", amount(b.total, b.bytes), 100*b.at/b.total)
	}
	if rate := float64(b.at-b.first) / now.Sub(b.began).Seconds(); rate > 0 {
		if b.bytes {
			s += ", " + Bytes(int64(rate)) + "/s"
		} else {
			s += ", " + perSecond(rate)
		}
		if left := b.total - b.at; left > 0 {
			s += ", " + duration(time.Duration(float64(left)/rate*float64(time.Second))) + " left"
		}
	}
	if b.note != "" {
		s += ", " + b.note
	}
	return s
}

// amount writes what was counted.
func amount(n int, bytes bool) string {
	if bytes {
		return Bytes(int64(n))
	}
	return strconv.Itoa(n)
}

func perSecond(rate float64) string {
	if rate >= 100 {
		return fmt.Sprintf("%.0f/s", rate)
	}
	return fmt.Sprintf("%.3g/s", rate)
}

// duration rounds to what a reader wants to know.
func duration(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// Interrupted returns nil while ctx runs, and an [Interruption] that says how
// far the work is once it is cancelled. hint says how to go on, or is empty.
func (b *Bar) Interrupted(ctx context.Context, hint string) error {
	if ctx.Err() == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return &Interruption{Label: b.label, At: b.at, Total: b.total, Bytes: b.bytes, Hint: hint, Cause: ctx.Err()}
}

// Interruption is the error of a work that was told to stop. It wraps the
// context's error, so that errors.Is finds context.Canceled.
type Interruption struct {
	Label     string
	At, Total int  // steps done, of how many; Total 0: not known
	Bytes     bool // they are bytes
	Hint      string
	Cause     error
}

func (e *Interruption) Error() string {
	s := e.Label + ": interrupted after " + amount(e.At, e.Bytes)
	if e.Total > 0 {
		s += " of " + amount(e.Total, e.Bytes)
	}
	if !e.Bytes {
		s += " steps"
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *Interruption) Unwrap() error { return e.Cause }
