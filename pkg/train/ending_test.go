package train_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/run/events"
	"github.com/clipenv/toolkit/pkg/train"
)

// lasted is how many steps a tiny run made that was told to make 40, and what
// was said.
func lasted(t *testing.T, out string, resume bool, change func(*train.Loop)) (steps int, said string) {
	t.Helper()
	c := tinyWords(40)
	c.Train.EvaluateEvery = 2
	change(&c.Train)
	var log bytes.Buffer
	r := at(out, resume)
	r.Log = &log
	if _, err := train.FinetuneCLIP(context.Background(), c, r); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(read(t, out, "metrics.jsonl"))) {
		if _, err := fmt.Sscanf(line, `{"step":%d,`, &steps); err != nil {
			t.Fatal(err)
		}
	}
	return steps, log.String()
}

func TestARunEndsEarly(t *testing.T) {
	still := func(l *train.Loop) { l.Patience, l.LearningRate = 3, 1e-9 }
	out := filepath.Join(t.TempDir(), "patience")
	steps, said := lasted(t, out, false, still)
	if steps != 8 || !strings.Contains(said, "ends after step 8 of 40: the last 3 looks found no better model") {
		t.Errorf("at a rate of nothing: got %d steps, want 8: a look that is the best and three that are not; it said\n%s", steps, said)
	}
	for _, name := range []string{"last.safetensors", "best.safetensors", "checkpoint.safetensors"} {
		read(t, out, name)
	}
	// The same again has nothing to do; with more patience it goes on.
	if steps, _ = lasted(t, out, true, still); steps != 8 {
		t.Errorf("resumed: got %d steps, want 8", steps)
	}
	if steps, _ = lasted(t, out, true, func(l *train.Loop) { still(l); l.Patience = 5 }); steps != 12 {
		t.Errorf("resumed with a patience of 5: got %d steps, want 12", steps)
	}

	out = filepath.Join(t.TempDir(), "time")
	steps, said = lasted(t, out, false, func(l *train.Loop) { l.MaxTime = "1ns" })
	if steps != 1 || !strings.Contains(said, "ends after step 1 of 40: it has trained for") {
		t.Errorf("with a nanosecond: got %d steps, want 1; it said\n%s", steps, said)
	}
	read(t, out, "last.safetensors")
	if steps, _ = lasted(t, out, true, func(l *train.Loop) { l.MaxTime, l.Steps = "1h", 40 }); steps != 40 {
		t.Errorf("resumed with an hour: got %d steps, want 40", steps)
	}
}

func TestTheLastModelsStay(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	lasted(t, out, false, func(l *train.Loop) { l.Steps, l.Keep = 9, 3 })
	found, err := filepath.Glob(filepath.Join(out, "step-*.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range found {
		names = append(names, filepath.Base(path))
	}
	if got, want := strings.Join(names, " "), "step-0000006.safetensors step-0000008.safetensors step-0000009.safetensors"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := os.Stat(filepath.Join(out, events.Name)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("events that nobody asked for: %v", err)
	}
}

func TestTheBestIsByTheFigureThatIsNamed(t *testing.T) {
	for _, c := range []struct {
		by   []string
		sign float64
	}{{[]string{"alike_synthetic_held_out"}, 1}, {[]string{"maps_rank_synthetic_held_out"}, -1}} {
		out := filepath.Join(t.TempDir(), "run")
		lasted(t, out, false, func(l *train.Loop) { l.Steps, l.Select = 12, c.by })
		for _, row := range figures(t, out) {
			score, looked := row["score"]
			if want := c.sign * row[c.by[0]]; looked && score != want {
				t.Errorf("by %s: the score is %v, want %v", c.by, score, want)
			}
		}
	}
	e := tinyWords(1)
	e.Train.Select = []string{"maps_r1_synthetic_heldout"}
	_, err := train.FinetuneCLIP(context.Background(), e, at(filepath.Join(t.TempDir(), "run"), false))
	if err == nil || !strings.Contains(err.Error(), "did you mean maps_r1_synthetic_held_out?") {
		t.Errorf("a figure that no look has: got error %v", err)
	}
}

// A run that was stopped and goes on leaves the events of one that was not.
func TestEventsOfARunThatGoesOn(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	logged := func(l *train.Loop) { l.Steps, l.TensorBoard, l.MaxTime = 6, true, "1ns" }
	lasted(t, out, false, logged)
	lasted(t, out, true, func(l *train.Loop) { logged(l); l.MaxTime = "" })
	data := read(t, out, events.Name)
	// Every step has a row, and steps 1, 2, 4 and 6 a look.
	for name, want := range map[string]int{"loss": 6, "rate": 6, "maps_per_second": 6, "maps_r1_synthetic_held_out": 4} {
		if n := bytes.Count(data, append([]byte{10, byte(len(name))}, name...)); n != want {
			t.Errorf("%s stands in the events %d times, want %d", name, n, want)
		}
	}
	if bytes.Contains(read(t, out, "metrics.jsonl"), []byte("maps_per_second")) {
		t.Error("metrics.jsonl tells how fast the steps were: it would differ each time")
	}
}
