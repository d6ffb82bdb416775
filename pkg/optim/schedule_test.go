package optim_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/clipenv/toolkit/pkg/optim"
)

// testdata is made by scripts/golden/optim.py with PyTorch's schedulers.
func TestSchedulesEqualPyTorchs(t *testing.T) {
	text, err := os.ReadFile("testdata/schedules.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string][]float64
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	schedules := map[string]optim.Schedule{
		"constant":      optim.WarmupHoldCosine(.02, .02, 0, 0, 5),
		"warmup_cosine": optim.WarmupHoldCosine(1e-3, 1e-5, 10, 10, 60),
		"hold_cosine":   optim.WarmupHoldCosine(1e-3, 0, 0, 21, 60),
	}
	if len(golden) != len(schedules) {
		t.Errorf("got %d schedules in testdata, want %d", len(golden), len(schedules))
	}
	for name, rate := range schedules {
		for step, want := range golden[name] {
			if got := rate(step); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: step %d: got %v, want %v", name, step, got, want)
			}
		}
	}
}

func TestSchedulesKeepTheirEnds(t *testing.T) {
	for _, c := range []struct {
		name       string
		rate       optim.Schedule
		step       int
		want       float64
		afterwards bool // the same for ever
	}{
		{"warm-up's top", optim.WarmupHoldCosine(2, .5, 10, 10, 40), 9, 2, false},
		{"warm-up's floor", optim.WarmupHoldCosine(2, .5, 10, 10, 40), 40, .5, true},
		{"no warm-up", optim.WarmupHoldCosine(2, .5, 0, 0, 40), 0, 2, false},
		{"nothing but warm-up", optim.WarmupHoldCosine(2, .5, 10, 10, 10), 11, .5, true},
		{"hold", optim.WarmupHoldCosine(2, .5, 0, 10, 40), 10, 2, false},
		{"half way down", optim.WarmupHoldCosine(2, .5, 0, 10, 40), 25, 1.25, false},
		{"hold's floor", optim.WarmupHoldCosine(2, .5, 0, 10, 40), 40, .5, true},
		{"constant", optim.WarmupHoldCosine(2, 2, 0, 0, 1), 0, 2, true},
	} {
		steps := []int{c.step}
		if c.afterwards {
			steps = append(steps, c.step+1, c.step*10+1000)
		}
		for _, step := range steps {
			if got := c.rate(step); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("%s: step %d: got %v, want %v", c.name, step, got, c.want)
			}
		}
	}
}
