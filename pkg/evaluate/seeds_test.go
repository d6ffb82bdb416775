package evaluate

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/figures"
)

// seeded are results of two combinations by nine maps and three seeds: the second
// lies by above the first on every map, but for what a seed adds to both.
func seeded(by func(m int) float64) Results {
	e := DefaultExperiment
	e.Maps.Files = []string{"a.hdr"}
	e.Prompts = []Prompt{{"simple", "sunset"}, {"other", "snow"}}
	e.Combinations = []Combination{{Name: "one"}, {Name: "two"}}
	e.Seeds = []int64{3, 5, 9}
	e.Galleries = []Gallery{{Name: "g", Words: "w", Combination: "two"}}
	r := Results{Experiment: e}
	for _, t := range e.Trials() {
		c := Tried{Trial: t, Outcome: &Outcome{Seed: t.Seed, Curve: []float64{.1, float64(*t.Seed)}, Seconds: float64(*t.Seed), Figures: figures.Map{}}}
		for m, name := range strings.Split("abcdefghi", "") {
			v := .1*float64(m) + .01*float64(*t.Seed)
			if t.Way.Name == "two" {
				v += by(m)
			}
			c.Outcome.Maps = append(c.Outcome.Maps, MapOutcome{name, figures.Map{ClipBefore: 0, ClipAfter: v}})
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

func TestSeedsAreOneCellOfTheTables(t *testing.T) {
	r := seeded(func(int) float64 { return .2 })
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(r.Cells) != 2*2*3+1 || len(r.table()) != 4 {
		t.Fatalf("%d cells, %d of them in the tables, want 13 and 4", len(r.Cells), len(r.table()))
	}
	if last := r.Cells[12]; last.Gallery != "g" || *last.Trial.Seed != 3 || last.Name() != "two, g, seed 3" {
		t.Errorf("the gallery is %s, want that of the first seed", last.Name())
	}
	c, ok := r.find("", "two", "other")
	spread := c.OverSeeds(ClipAfter)
	mean := .4 + .2 + .01*17/3
	if !ok || math.Abs(c.Mean(ClipAfter)-mean) > 1e-12 || math.Abs(spread.Mean-mean) > 1e-12 || spread.N != 3 {
		t.Errorf("the mean is %v, over the seeds %+v, want %v", c.Mean(ClipAfter), spread, mean)
	}
	if math.Abs(spread.Deviation-.0305505) > 1e-6 { // of .03, .05, .09
		t.Errorf("the seeds differ by %v, want .0305505", spread.Deviation)
	}
	if math.Abs(c.Seconds-17./3) > 1e-12 || math.Abs(c.Curve[1]-17./3) > 1e-12 || r.Cells[9].Curve[1] != 3 {
		t.Errorf("the cell took %v s, its curve is %v, and that of a seed %v", c.Seconds, c.Curve, r.Cells[9].Curve)
	}
	if text := r.CosineTable().Markdown(); !strings.Contains(text, "| two | 0.6567 ± 0.274 (from 0.000), seeds ± 0.0306 |") {
		t.Errorf("the table is\n%s", text)
	}
	var csv bytes.Buffer
	if err := r.WriteCSV(&csv); err != nil || !strings.Contains(csv.String(), "\n,two,other,,snow,9,i,clip_after,") {
		t.Errorf("%v: the file is\n%s", err, csv.String())
	}
	r.Cells[4].Outcome, r.Cells[4].Err = nil, "it broke"
	if c, _ := r.find("", "one", "other"); c.Outcome != nil || c.Err != "it broke" {
		t.Errorf("a cell one of whose seeds failed is %+v", c)
	}
}

// A sure difference is told, one that is as often up as down is not, and too few
// maps tell nothing.
func TestACombinationAgainstTheFirst(t *testing.T) {
	sure := seeded(func(m int) float64 { return .2 + .001*float64(m) }).AgainstTable().Markdown()
	if !strings.Contains(sure, "| two | one | +0.2040 [+0.2017, +0.2062] | 0.004 |\n") || !strings.Contains(sure, "of 9 maps, one a map, the mean over 3 seeds") {
		t.Errorf("the table is\n%s", sure)
	}
	chance := seeded(func(m int) float64 { return .2 * float64(m%2*2-1) }).AgainstTable()
	if !strings.Contains(chance.Rows[0][2], "[-") || !strings.Contains(chance.Rows[0][2], ", +") {
		t.Errorf("a difference by chance is told as %v", chance.Rows[0])
	}
	few := seeded(func(int) float64 { return .2 })
	for i := range few.Cells {
		few.Cells[i].Outcome.Maps = few.Cells[i].Outcome.Maps[:5]
	}
	if table := few.AgainstTable(); table.Rows[0][2] != "+0.2000" || table.Rows[0][3] != dash || !strings.Contains(table.Note, "Of 5 maps no interval") {
		t.Errorf("five maps: %v, %s", table.Rows[0], table.Note)
	}
}

// A claim by a difference that the maps do not tell from chance neither holds nor
// fails.
func TestAClaimMayBeChance(t *testing.T) {
	r := as(paper(), func(Trial) float64 { return 0 })
	for i := range r.Cells {
		c := &r.Cells[i]
		maps := c.Outcome.Maps[:0]
		for m, name := range strings.Split("abcdefgh", "") {
			v := .3
			switch {
			case strings.HasSuffix(c.Way.Name, "none"):
				v += .01 // tv lies below on every map
			case c.Way.Name == "mulogvar kl":
				v += .01 * float64(m%2*2-1) * float64(m+1) // and kl about it, a little above on the mean
			}
			maps = append(maps, MapOutcome{name, figures.Map{ClipAfter: v}})
		}
		c.Outcome.Maps = maps
	}
	for _, c := range r.Claims() {
		want := map[string]string{"none ends above tv": "holds", "tv ends above kl": "not told from chance", "tv makes smoother pictures than none": "not known"}[c.Text]
		if want != "" && c.here() != want {
			t.Errorf("%s: %s, %+v, want %s", c.Text, c.here(), c.Difference, want)
		}
	}
}

func TestSeedsAreRefusedTwiceOrSwept(t *testing.T) {
	for want, spoil := range map[string]func(*Experiment){
		"seeds has 3 twice": func(e *Experiment) { e.Seeds = []int64{3, 4, 3} },
		"seed is swept":     func(e *Experiment) { e.Seeds, e.Sweep = []int64{1}, []Sweep{{"seed", []string{"1", "2"}}} },
	} {
		e := paper()
		spoil(&e)
		if err := e.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
