package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// clocked returns a bar whose clock moves only by hand.
func clocked(w *bytes.Buffer, total int) (*Bar, *time.Time) {
	now := time.Unix(0, 0)
	b := Progress(w, total, "train vae")
	b.now = func() time.Time { return now }
	b.began, b.lastLine = now, now
	return b, &now
}

func TestPlainLinesComeEveryTenSeconds(t *testing.T) {
	var out bytes.Buffer
	b, now := clocked(&out, 100)
	for range 60 { // half a second a step
		*now = now.Add(500 * time.Millisecond)
		b.Add(1, "loss %.2f", 0.5)
	}
	b.Close()
	want := `train vae: 20 of 100 (20 %), 2/s, 40s left, loss 0.50
train vae: 40 of 100 (40 %), 2/s, 30s left, loss 0.50
train vae: 60 of 100 (60 %), 2/s, 20s left, loss 0.50
train vae: 60 of 100 in 30s, loss 0.50
`
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestResumedStepsDoNotCountIntoTheRate(t *testing.T) {
	var out bytes.Buffer
	b, now := clocked(&out, 1000)
	b.StartAt(900)
	*now = now.Add(10 * time.Second)
	b.Add(10, "")
	if got, want := out.String(), "train vae: 910 of 1000 (91 %), 1/s, 1m30s left\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUnknownTotalShowsTheCountAlone(t *testing.T) {
	var out bytes.Buffer
	b, now := clocked(&out, 0)
	*now = now.Add(20 * time.Second)
	b.Add(5000, "")
	b.Close()
	if got, want := out.String(), "train vae: 5000, 250/s\ntrain vae: 5000 in 20s\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestInterruptedSaysHowFarItCame(t *testing.T) {
	b, _ := clocked(new(bytes.Buffer), 40)
	ctx, cancel := context.WithCancel(t.Context())
	b.Add(12, "")
	if err := b.Interrupted(ctx, "add --resume to go on"); err != nil {
		t.Errorf("got %v before the cancel, want nil", err)
	}
	cancel()
	err := b.Interrupted(ctx, "add --resume to go on")
	if got, want := err.Error(), "train vae: interrupted after 12 of 40 steps; add --resume to go on"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not wrap context.Canceled", err)
	}
}

func TestDrawnBarShowsCountAndNote(t *testing.T) {
	var out bytes.Buffer
	b, _ := clocked(&out, 8)
	b.drawn = newDrawn(&out, 8, "train vae", false)
	b.Add(8, "loss %.1f", 2.5)
	for _, want := range []string{"train vae loss 2.5", "100%", "8/8"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %q, want %q in it", out.String(), want)
		}
	}
	b.Close()
	if got, want := out.String(), "train vae: 8 of 8 in 0s, loss 2.5\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want %q at its end", got, want)
	}
}

func TestLinesStandAboveTheBar(t *testing.T) {
	var out bytes.Buffer
	b, _ := clocked(&out, 8)
	b.drawn = newDrawn(&out, 8, "maps", false)
	b.Add(3, "")
	const line = "meadow_1k.hdr: again in 2s\n"
	if n, err := fmt.Fprint(b, line); n != len(line) || err != nil {
		t.Errorf("got %d, %v, want %d bytes written", n, err, len(line))
	}
	b.Add(5, "")
	b.Close()
	// What a terminal shows of a line is what follows its last return.
	shown := strings.Split(out.String(), "\n")
	for i, row := range shown {
		shown[i] = row[strings.LastIndex(row, "\r")+1:]
	}
	if want := []string{"meadow_1k.hdr: again in 2s", "train vae: 8 of 8 in 0s", ""}; !slices.Equal(shown, want) {
		t.Errorf("got %q, want %q", shown, want)
	}

	out.Reset()
	plain := Progress(&out, 8, "maps")
	fmt.Fprint(plain, line)
	if out.String() != line {
		t.Errorf("got %q, want %q alone", out.String(), line)
	}
}

func TestBytesAreShownInTheirUnits(t *testing.T) {
	var out bytes.Buffer
	b, now := clocked(&out, 40<<20)
	b.bytes = true
	*now = now.Add(10 * time.Second)
	b.Add(10<<20, "meadow_1k.hdr")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := b.Interrupted(ctx, "run it again to go on")
	if got, want := err.Error(), "train vae: interrupted after 10.0 MiB of 40.0 MiB; run it again to go on"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Close()
	want := `train vae: 10.0 MiB of 40.0 MiB (25 %), 1.0 MiB/s, 30s left, meadow_1k.hdr
train vae: 10.0 MiB of 40.0 MiB in 10s, meadow_1k.hdr
`
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}

	out.Reset()
	b, _ = clocked(&out, 8<<20)
	b.drawn = newDrawn(&out, 8<<20, "maps", true)
	b.Add(8<<20, "")
	if got := out.String(); !strings.Contains(got, "8.0/8.0 MiB, ") || strings.Contains(got, "steps") {
		t.Errorf("got %q, want 8.0/8.0 MiB with a rate, and no steps", got)
	}
}

func TestBytesReadWell(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1<<20 - 1: "1.0 MiB", 3 << 29: "1.5 GiB", 1 << 42: "4.0 TiB", 1 << 54: "16384.0 TiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
