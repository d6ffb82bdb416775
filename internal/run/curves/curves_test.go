package curves

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/clipenv/toolkit/internal/run"
)

var psnr = HeldOut{"PSNR, dB", []Figure{{"psnr_held_out", "held out"}, {"psnr_trained", "trained on"}}}

// history is a run that logs each 20 steps and evaluates each 100.
func history(steps int) []run.Row {
	var rows []run.Row
	for step := 20; step <= steps; step += 20 {
		f := map[string]float64{"loss": 3/math.Sqrt(float64(step)) + .02*math.Sin(float64(step)), "rate": 1e-3}
		if step%100 == 0 {
			f["psnr_held_out"], f["psnr_trained"], f["score"] = 20+math.Log(float64(step)), 22+math.Log(float64(step)), 7
		}
		rows = append(rows, run.Row{Step: step, Figures: f})
	}
	return rows
}

func picture(t *testing.T, rows []run.Row) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Draw(&b, rows, psnr); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// differing counts the pixels that differ between two pictures of the stated size.
func differing(t *testing.T, a, b []byte) (different int) {
	t.Helper()
	var decoded [2]image.Image
	for i, data := range [][]byte{a, b} {
		im, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := im.Bounds(), image.Rect(0, 0, Width, Height); got != want {
			t.Fatalf("picture is %v, want %v", got, want)
		}
		decoded[i] = im
	}
	for y := range Height {
		for x := range Width {
			if decoded[0].At(x, y) != decoded[1].At(x, y) {
				different++
			}
		}
	}
	return different
}

func TestEachFigureIsSeen(t *testing.T) {
	for _, name := range []string{"loss", "psnr_held_out", "psnr_trained"} {
		with, without := history(400), history(400)
		for _, row := range without {
			delete(row.Figures, name)
		}
		if n := differing(t, picture(t, with), picture(t, without)); n < 200 {
			t.Errorf("%s changes %d pixels, want a line of 200 or more", name, n)
		}
	}
	plain, other := history(400), history(400)
	for _, row := range other {
		row.Figures["rate"] = 5
	}
	if n := differing(t, picture(t, plain), picture(t, other)); n != 0 {
		t.Errorf("figures that no diagram shows change %d pixels", n)
	}
}

func TestNoNumbersAndFewRowsAreDrawn(t *testing.T) {
	blank := picture(t, nil)
	for name, v := range map[string]float64{
		"NaN": math.NaN(), "+Inf": math.Inf(1), "-Inf": math.Inf(-1), "more than a float32": math.MaxFloat64,
	} {
		rows := history(400)
		gap := maps.Clone(rows[9].Figures)
		rows[9].Figures["loss"], rows[9].Figures["psnr_held_out"] = v, v
		delete(gap, "loss")
		delete(gap, "psnr_held_out")
		got := picture(t, rows)
		rows[9].Figures = gap
		if n := differing(t, got, picture(t, rows)); n != 0 {
			t.Errorf("%s: %d pixels differ from those of a gap", name, n)
		}
		for _, row := range rows {
			for figure := range row.Figures {
				row.Figures[figure] = v
			}
		}
		picture(t, rows)
	}
	for name, rows := range map[string][]run.Row{
		"one row":      history(20),
		"zero":         {{Step: 1, Figures: map[string]float64{"loss": 0, "psnr_held_out": 0}}},
		"negative":     {{Step: 1, Figures: map[string]float64{"loss": -3}}, {Step: 2, Figures: map[string]float64{"loss": -4}}},
		"level":        {{Step: 1, Figures: map[string]float64{"loss": 3}}, {Step: 2, Figures: map[string]float64{"loss": 3}}},
		"every size":   {{Step: 1, Figures: map[string]float64{"loss": math.SmallestNonzeroFloat32}}, {Step: 2, Figures: map[string]float64{"loss": math.MaxFloat32}}},
		"to both ends": {{Step: 1, Figures: map[string]float64{"psnr_trained": -math.MaxFloat32}}, {Step: 2, Figures: map[string]float64{"psnr_trained": math.MaxFloat32}}},
	} {
		if n := differing(t, picture(t, rows), blank); n < 20 {
			t.Errorf("%s: %d pixels differ from an empty picture's, want a mark", name, n)
		}
	}
}

// What a resumed run writes is what the whole run writes.
func TestWriteDrawsWhatIsKept(t *testing.T) {
	whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
	record(t, whole, 0, 400)
	record(t, parts, 0, 300)
	record(t, parts, 200, 400)
	var drawn [2][]byte
	for i, dir := range []string{whole, parts} {
		var err error
		if drawn[i], err = os.ReadFile(filepath.Join(dir, Name)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(drawn[0], drawn[1]) || !bytes.Equal(drawn[0], picture(t, history(400))) {
		t.Error("the pictures of a run, of the same run resumed, and of its rows differ")
	}
}

// record logs the steps after from, and draws.
func record(t *testing.T, path string, from, to int) {
	t.Helper()
	var dir *run.Dir
	var err error
	if from == 0 {
		dir, err = run.Create(path, run.Recipe{})
	} else {
		dir, _, err = run.Resume(path, from+1)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	for _, row := range history(to) {
		if row.Step > from {
			if err := dir.Metrics(row.Step, row.Figures); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := Write(dir, psnr); err != nil {
		t.Fatal(err)
	}
}

// Each tick lies on the axis, none is written twice, and there are enough to
// read a value from and few enough to tell apart.
func TestTicksCanBeRead(t *testing.T) {
	for _, a := range []axis{
		fit(true, []point{{0, .3}, {0, 4}}), fit(true, []point{{0, .021}, {0, .09}}), fit(true, []point{{0, 2.2}, {0, 8.9}}),
		fit(true, []point{{0, 1e-6}, {0, 3e5}}), fit(true, []point{{0, 7}, {0, 31}}), fit(true, []point{{0, 1e-45}, {0, 3e38}}),
		fit(false, []point{{0, 24.8301}, {0, 24.8302}}), fit(false, []point{{0, -3e38}, {0, 3e38}}), fit(false, []point{{0, 7}}),
		fit(false, []point{{0, 0}}), fit(false), {low: 0, high: 1}, {low: 0, high: 40_000_000}, {low: 0, high: 1500},
	} {
		ticks := a.ticks()
		if len(ticks) < 3 || len(ticks) > 14 {
			t.Errorf("%+v: got %d ticks, want 3 to 14", a, len(ticks))
		}
		seen := map[string]bool{}
		for _, tick := range ticks {
			if at := a.at(tick.value); at < 0 || at > 1 {
				t.Errorf("%+v: %v lies at %v, want 0 to 1", a, tick.value, at)
			}
			if seen[tick.label] {
				t.Errorf("%+v: %q stands twice", a, tick.label)
			}
			seen[tick.label] = true
			if v, err := strconv.ParseFloat(tick.label, 64); err != nil || math.Abs(v-tick.value) > 1e-3*(a.high-a.low) {
				t.Errorf("%+v: %v is written %q", a, tick.value, tick.label)
			}
		}
	}
}

// Where lines cross or turn back they hide nothing of themselves.
// Values that differ by rounding alone once had an axis of endless ticks.
func TestValuesThatDifferByRounding(t *testing.T) {
	v := .434
	points := []point{{x: 0, y: v}, {x: 1, y: math.Nextafter(v, 1)}, {x: 2, y: v * (1 + 1e-12)}}
	a := fit(false, points)
	if n := len(a.ticks()); n < 2 || n > 12 || a.low >= v || a.high <= v {
		t.Errorf("got %d ticks from %v to %v, want a few about %v", n, a.low, a.high, v)
	}
}

func TestStrokesAddUp(t *testing.T) {
	c, err := newCanvas()
	if err != nil {
		t.Fatal(err)
	}
	way := []point{{100, 100}, {300, 100}, {100, 100}, {100, 300}, {300, 100}, {200, 50}, {200, 200}}
	c.stroke(way, line{colour: ink, width: 6})
	for i, p := range way[1:] {
		for share := 0.; share <= 1; share += .05 {
			x, y := int(p.x+share*(way[i].x-p.x)), int(p.y+share*(way[i].y-p.y))
			if got := c.im.RGBAAt(x, y); got != (color.RGBA{ink.R, ink.G, ink.B, 255}) {
				t.Fatalf("(%d, %d) on the line is %v, want its colour %v", x, y, got, ink)
			}
		}
	}
}

// The step that is pointed out is that of the first greatest score.
func TestTheBestStepIsMarked(t *testing.T) {
	rows := history(400)
	for i, v := range map[int]float64{100: 3, 200: 9, 300: 9, 400: 5} {
		rows[i/20-1].Figures["score"] = v
	}
	if d := heldOutDiagram(rows, axis{high: 400}, psnr); d.best != 200 {
		t.Errorf("got step %d, want 200", d.best)
	}
}

// The mean of a straight line is the line, at its ends too.
func TestSmoothingKeepsALine(t *testing.T) {
	var line []point
	for step := range 200 {
		line = append(line, point{float64(step), 5 - .02*float64(step)})
	}
	for i, q := range smooth(line) {
		if math.Abs(q.y-line[i].y) > 1e-12 || q.x != line[i].x {
			t.Fatalf("point %d is %v, want %v", i, q, line[i])
		}
	}
}
