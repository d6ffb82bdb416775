package evaluate_test

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
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
		2: "| guided | sunset | 1.00 → 1.00 | 1 of 3 | – | 1.00 → 2.00 | -1.0 | – | – | – | – | – | – |",
		6: `| paper | a:1\|b:-1 | 11.00 → 11.00 | 1 of 3 | – | 11.00 → 22.00 | -11.0 | – | – | – | – | – | – |`,
		7: "| paper | **all** | 11.00 → 11.00 | 2 of 6 | – | 11.00 → 22.00 | -11.0 | – | – | – | – | – | – |",
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
		}, Generator: map[bool]string{true: "sky", false: "vae"}[i == 2]})
	}
	results[0] = evaluate.Result{Err: errors.New("out of memory\x1b[2J")} // park, sunset
	results[2].Figures["above_stops"] = math.NaN()                        // city, sunset
	for _, i := range []int{6, 8, 10} {                                   // the second setting's sunsets
		results[i].Figures["above_stops"] = math.Inf(-1)
	}
	got, err := grid.Table(results)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| guided | sunset | 0.00 → 1.00 (of 2) | 2 of 2 | – | – | +4.0 (of 1) | – | – | – | – | – | sky 1, vae 1 |\n",
		"| paper | sunset | 0.00 → 1.00 | 3 of 3 | – | – | – | – | – | – | – | – | vae |\n",
		"\n\n- failed: park, “sunset” by guided: out of memory\\x1b[2J\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%swant the line %q", got, want)
		}
	}
}

// Each picture stands in the row of its map and the column of its prompt, at
// its own size, and no other setting's is there.
func TestTheSheetHasInputsAndEdits(t *testing.T) {
	const w, h = 64, 32
	// A picture of a colour that no other has: its kind, and its number.
	pictures := func(kind uint8, n int) []image.Image {
		out := make([]image.Image, n)
		for i := range out {
			im := image.NewNRGBA(image.Rect(0, 0, w, h))
			draw.Draw(im, im.Bounds(), image.NewUniform(color.NRGBA{kind, uint8(i), 200, 255}), image.Point{}, draw.Src)
			out[i] = im
		}
		return out
	}
	const input, edit = 100, 150
	for setting := range grid.Settings {
		sheet, err := grid.Sheet(setting, pictures(input, 3), pictures(edit, 12))
		if err != nil {
			t.Fatal(err)
		}
		placed := map[color.NRGBA]image.Rectangle{}
		for y := range sheet.Bounds().Dy() {
			for x := range sheet.Bounds().Dx() {
				if c := sheet.NRGBAAt(x, y); c.B == 200 && (c.R == input || c.R == edit) {
					placed[c] = placed[c].Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if len(placed) != 3+6 {
			t.Errorf("setting %d: got %d pictures, want 3 inputs and 6 edits", setting, len(placed))
		}
		at := func(kind uint8, i int) image.Rectangle {
			place := placed[color.NRGBA{kind, uint8(i), 200, 255}]
			if place.Size() != image.Pt(w, h) {
				t.Errorf("setting %d: picture %d of kind %d is %v, want all of it", setting, i, kind, place.Size())
			}
			return place
		}
		for i, c := range grid.Cells() {
			if c.Setting != setting {
				continue
			}
			in, out := at(input, c.Map), at(edit, i)
			if out.Min.Y != in.Min.Y || out.Min.X-in.Min.X != (1+c.Prompt)*(at(edit, i-c.Prompt).Min.X-in.Min.X) {
				t.Errorf("setting %d, map %d, prompt %d: the edit is at %v, its input at %v", setting, c.Map, c.Prompt, out.Min, in.Min)
			}
			if c.Map > 0 && in.Min.Y < at(input, c.Map-1).Max.Y {
				t.Errorf("setting %d: map %d is not below the one before", setting, c.Map)
			}
		}
	}
	if _, err := grid.Sheet(0, pictures(input, 3), pictures(edit, 11)); err == nil {
		t.Error("a picture too few: got no error")
	}
}
