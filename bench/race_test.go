package main

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/torch"
)

func TestQuantileLiesBetweenTheValues(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{3}, 0.5, 3},
		{[]float64{4, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 2, 3}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4, 5}, 0.25, 2},
		{[]float64{1, 2}, 1, 2},
	} {
		if got := quantile(c.values, c.q); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("quantile %v of %v: got %v, want %v", c.q, c.values, got, c.want)
		}
	}
}

// A machine that is slow for a while slows both sides of a round: the ratio
// does not see it.
func TestRatioIsOfTurnsSideBySide(t *testing.T) {
	var ours, theirs []reply
	for _, slow := range []float64{1, 7, 2, 1, 5} {
		ours = append(ours, reply{Seconds: 0.9 * slow, CPUSeconds: 0.8})
		theirs = append(theirs, reply{Seconds: slow, CPUSeconds: 1})
	}
	l := sum(race{Target: 0.95}, ours, theirs)
	if math.Abs(l.Ratio-0.9) > 1e-12 || math.Abs(l.CPURatio-0.8) > 1e-12 {
		t.Errorf("got ratios %v and %v, want 0.9 and 0.8", l.Ratio, l.CPURatio)
	}
	if got := l.verdict(); got != "met" {
		t.Errorf("got verdict %q, want met", got)
	}
}

func TestVerdictOwnsUp(t *testing.T) {
	for _, c := range []struct {
		line line
		want string
	}{
		{line{Agree: true, Target: 1, Low: 0.8, Ratio: 0.9, High: 1}, "met"},
		{line{Agree: true, Target: 1, Low: 0.8, Ratio: 0.9, High: 1.1}, "met, unclear"},
		{line{Agree: true, Target: 1, Low: 0.9, Ratio: 1.05, High: 1.1}, "MISSED, unclear"},
		{line{Agree: true, Target: 1, Low: 1.01, Ratio: 1.05, High: 1.1}, "MISSED"},
		{line{Agree: false, Target: 1, Low: 0.1, Ratio: 0.1, High: 0.1}, "RESULTS DIFFER"},
	} {
		if got := c.line.verdict(); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.line, got, c.want)
		}
	}
}

func TestAgreeKnowsAnotherResult(t *testing.T) {
	fp32, bf16 := spec{}.tolerance(), spec{BF16: true}.tolerance()
	if agree(1, 1.01, fp32) || agree(1, 1.1, bf16) || agree(0, 1, bf16) {
		t.Error("got agreement on different results")
	}
	if !agree(1, 1.00001, fp32) || !agree(1, 1.005, bf16) || !agree(0, 0, fp32) {
		t.Error("got no agreement on the same result")
	}
}

// Each kind of work is right to repeat: it leaves nothing behind.
func TestWorkIsSteady(t *testing.T) {
	for _, s := range []spec{
		{Kind: kindOverhead, Op: "relu"},
		{Kind: kindOverhead, Op: "add"},
		{Kind: kindConv},
		{Kind: kindAttention, Batch: 2, Tokens: 5, Width: 8, Heads: 2},
		{Kind: kindLayer, Batch: 2, Tokens: 5, Width: 8, Heads: 2, Causal: true, BF16: true},
	} {
		s.Device, s.Threads = "cpu", 1
		ok, err := steady(t.Output(), race{Name: s.Kind + s.Op, Spec: s}, 2, 5)
		if err != nil || !ok {
			t.Errorf("%+v: got steady %v, error %v", s, ok, err)
		}
	}
}

// The work on maps gives what it says: the mean of a map, whichever way it
// went, is nearly that of the map.
func TestWorkOnMaps(t *testing.T) {
	dir := t.TempDir()
	const sample = "../examples/hdri/park.exr"
	f := mapFilesIn(dir)
	if err := f.make(sample); err != nil {
		t.Fatal(err)
	}
	im, err := hdr.Read(sample)
	if err != nil {
		t.Fatal(err)
	}
	want := meanOf(im)
	for _, sp := range []spec{
		{Kind: kindDecode, File: f.radiance},
		{Kind: kindDecode, File: f.zip},
		{Kind: kindDecode, File: f.dwab},
		{Kind: kindEncode, File: f.zip, Out: filepath.Join(dir, "out.hdr")},
		{Kind: kindEncode, File: f.radiance, Out: filepath.Join(dir, "out.exr"), Compression: "dwab"},
		{Kind: kindResize, File: f.radiance},
	} {
		err := torch.Do(torch.CPU, func(s *torch.Session) {
			w := prepare(s, sp)
			w.step()
			if got := w.check(); math.Abs(got-want) > 1e-2*want {
				t.Errorf("%+v: got a mean of %v, want %v", sp, got, want)
			}
		})
		if err != nil {
			t.Errorf("%+v: %v", sp, err)
		}
	}
}
