package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// side is what one side of a race needed: median times, highest memory.
type side struct {
	Seconds       float64 `json:"seconds"`
	UserSeconds   float64 `json:"user_seconds,omitempty"`
	SystemSeconds float64 `json:"system_seconds,omitempty"`
	PeakBytes     int64   `json:"peak_bytes"`
	DeviceBytes   int64   `json:"device_bytes,omitempty"`
}

// newSide sums up a side's turns; a step counts as so many pieces of work.
func newSide(turns []reply, pieces float64) (s side) {
	var seconds, user, system []float64
	for _, r := range turns {
		seconds = append(seconds, r.Seconds/pieces)
		user, system = append(user, r.UserSeconds), append(system, r.SystemSeconds)
		s.PeakBytes = max(s.PeakBytes, r.PeakBytes)
		s.DeviceBytes = max(s.DeviceBytes, r.DeviceBytes)
	}
	s.Seconds, s.UserSeconds, s.SystemSeconds = quantile(seconds, 0.5), quantile(user, 0.5), quantile(system, 0.5)
	return s
}

// line is the outcome of a race. Low and High are the quartiles of the ratio.
type line struct {
	Name     string  `json:"name"`
	Against  string  `json:"against"` // "" where the other side is a time that the work may take
	Toolkit  side    `json:"toolkit"`
	Other    side    `json:"other"`
	Ratio    float64 `json:"ratio"`
	Low      float64 `json:"ratio_low"`
	High     float64 `json:"ratio_high"`
	CPURatio float64 `json:"cpu_ratio,omitempty"` // of the time that threads ran, not of the clock's
	Target   float64 `json:"target"`
	Agree    bool    `json:"agree"` // both sides computed the same
}

type report struct {
	Date     string `json:"date"`
	Device   string `json:"device"`
	CPU      string `json:"cpu"`
	Libtorch string `json:"libtorch"`
	Threads  int    `json:"threads"`
	Rounds   int    `json:"rounds"`
	Lines    []line `json:"lines"`
}

// verdict is "unclear" where the target lies between the quartiles: run again,
// on a quieter machine or with more rounds.
func (l line) verdict() string {
	switch {
	case !l.Agree:
		return "RESULTS DIFFER"
	case l.High <= l.Target:
		return "met"
	case l.Low > l.Target:
		return "MISSED"
	case l.Ratio <= l.Target:
		return "met, unclear"
	}
	return "MISSED, unclear"
}

func (r report) print(w io.Writer) error {
	fmt.Fprintf(w, "\n%s · libtorch %s · %s · %s · %d threads · medians of %d rounds in turns\n\n", r.Date, r.Libtorch, r.Device, r.CPU, r.Threads, r.Rounds)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	cpu := func(l line) string {
		if l.CPURatio == 0 {
			return "–"
		}
		return fmt.Sprintf("%.2f", l.CPURatio)
	}
	onDevice := r.Device != "cpu"
	head := "\ttoolkit\tother\t\tratio (quartiles)\ttarget\tverdict\tCPU ratio\tpeak memory"
	if onDevice {
		head += "\ton device"
	}
	fmt.Fprintln(t, head)
	var missed []string
	for _, l := range r.Lines {
		other := l.Against
		if other == "" {
			other = "is allowed"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%.2f (%.2f–%.2f)\t≤ %.2f\t%s\t%s\t%s : %s", l.Name, duration(l.Toolkit.Seconds), duration(l.Other.Seconds), other,
			l.Ratio, l.Low, l.High, l.Target, l.verdict(), cpu(l), megabytes(l.Toolkit.PeakBytes), megabytes(l.Other.PeakBytes))
		if onDevice {
			fmt.Fprintf(t, "\t%s : %s", megabytes(l.Toolkit.DeviceBytes), megabytes(l.Other.DeviceBytes))
		}
		if l.Toolkit.UserSeconds > 0 {
			fmt.Fprintf(t, "\tuser+system %.2f+%.2f : %.2f+%.2f s", l.Toolkit.UserSeconds, l.Toolkit.SystemSeconds, l.Other.UserSeconds, l.Other.SystemSeconds)
		}
		fmt.Fprintln(t)
		if !strings.HasPrefix(l.verdict(), "met") {
			missed = append(missed, l.Name)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(missed) == 0 {
		_, err := fmt.Fprintf(w, "\nevery target met (%d)\n", len(r.Lines))
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d of %d targets missed: %s\n", len(missed), len(r.Lines), strings.Join(missed, "; "))
	return err
}

func duration(seconds float64) string {
	switch {
	case seconds < 1e-6:
		return fmt.Sprintf("%.0f ns", seconds*1e9)
	case seconds < 1e-4:
		return fmt.Sprintf("%.2f µs", seconds*1e6)
	case seconds < 1:
		return fmt.Sprintf("%.2f ms", seconds*1e3)
	}
	return fmt.Sprintf("%.2f s", seconds)
}

func megabytes(bytes int64) string { return fmt.Sprintf("%d MB", bytes/1e6) }
