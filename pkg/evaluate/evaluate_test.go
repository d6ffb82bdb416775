package evaluate_test

import (
	"errors"
	"image"
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/metric"
)

var grid = evaluate.Grid{Settings: []string{"guided", "paper"}, Maps: []string{"park", "city", "night"}, Prompts: []string{"sunset", "a:1|b:-1"}}

func TestEveryCellComesOnce(t *testing.T) {
	seen := map[evaluate.Cell]bool{}
	for _, c := range grid.Cells() {
		seen[c] = true
	}
	if got, want := len(grid.Cells()), 2*3*2; got != want || len(seen) != want {
		t.Errorf("got %d cells, %d distinct, want %d", got, len(seen), want)
	}
}

// Means are over the maps of one setting and prompt, and over both for the
// last line of a setting.
func TestTheTableHoldsMeans(t *testing.T) {
	var results []evaluate.Result
	for _, c := range grid.Cells() {
		v := float64(10*c.Setting + c.Map) // the mean over maps is 10·setting + 1
		results = append(results, evaluate.Result{Figures: metric.Figures{
			"judge_before": v, "judge_after": v + float64(c.Map-1), // one of three rises
			"clip_before": v, "clip_after": 2 * v, "above_stops": -v,
		}})
	}
	got, err := grid.Table(results)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 2+2*3 {
		t.Fatalf("got %d lines:\n%s", len(lines), got)
	}
	for i, want := range map[int]string{
		2: "| guided | sunset | 1.00 → 1.00 | 1 of 3 | – | 1.00 → 2.00 | -1.0 | – | – | – | – | – |",
		6: `| paper | a:1\|b:-1 | 11.00 → 11.00 | 1 of 3 | – | 11.00 → 22.00 | -11.0 | – | – | – | – | – |`,
		7: "| paper | **all** | 11.00 → 11.00 | 2 of 6 | – | 11.00 → 22.00 | -11.0 | – | – | – | – | – |",
	} {
		if lines[i] != want {
			t.Errorf("line %d: got %q, want %q", i, lines[i], want)
		}
	}
	if _, err := grid.Table(results[1:]); err == nil {
		t.Error("a result too few: got no error")
	}
}

// A cell that failed, or a figure that is no number, is left out of the means,
// which say over how many they are.
func TestTheTableOfWhatFailed(t *testing.T) {
	var results []evaluate.Result
	for i := range grid.Cells() {
		results = append(results, evaluate.Result{Figures: metric.Figures{
			"judge_before": 0, "judge_after": 1, "above_stops": float64(i),
		}})
	}
	results[0] = evaluate.Result{Err: errors.New("out of memory\x1b[2J")} // park, sunset
	results[2].Figures["above_stops"] = math.NaN()                              // city, sunset
	for _, i := range []int{6, 8, 10} {                                   // the second setting's sunsets
		results[i].Figures["above_stops"] = math.Inf(-1)
	}
	got, err := grid.Table(results)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| guided | sunset | 0.00 → 1.00 (of 2) | 2 of 2 | – | – | +4.0 (of 1) | – | – | – | – | – |\n",
		"| paper | sunset | 0.00 → 1.00 | 3 of 3 | – | – | – | – | – | – | – | – |\n",
		"\n\n- failed: park, “sunset” by guided: out of memory\\x1b[2J\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%swant the line %q", got, want)
		}
	}
}

func TestTheSheetHasInputsAndEdits(t *testing.T) {
	pictures := func(n int) []image.Image {
		out := make([]image.Image, n)
		for i := range out {
			out[i] = image.NewNRGBA(image.Rect(0, 0, 64, 32))
		}
		return out
	}
	sheet, err := grid.Sheet(1, pictures(3), pictures(12))
	if err != nil {
		t.Fatal(err)
	}
	if size := sheet.Bounds().Size(); size.X < 3*64 || size.X > 4*64 || size.Y < 3*32 {
		t.Errorf("got a sheet of %v, want three columns and three rows", size)
	}
	if _, err := grid.Sheet(0, pictures(3), pictures(11)); err == nil {
		t.Error("a picture too few: got no error")
	}
}
