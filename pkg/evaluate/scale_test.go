package evaluate

import (
	"math"
	"strings"
	"testing"
)

// A CLIP whose cosines are all larger, or all higher, by the same rule says the
// same on the scale.
func TestTheScaleForgetsACLIPsOwn(t *testing.T) {
	others := []float64{.1, .3, -.2, .25, .05}
	z, place := Above(.28, others)
	if place != 2 || math.Abs(z-(.28-.1)/.1968502) > 1e-6 {
		t.Errorf("got %v, place %v, want .9144, place 2", z, place)
	}
	var stretched []float64
	for _, o := range others {
		stretched = append(stretched, .6+.3*o)
	}
	if again, at := Above(.6+.3*.28, stretched); math.Abs(again-z) > 1e-9 || at != place {
		t.Errorf("stretched: %v, place %v, want %v, place %v", again, at, z, place)
	}
	if _, last := Above(.1, others); last != 4 {
		t.Errorf("an equal one comes first: place %v, want 4", last)
	}
	if z, place := Above(.5, []float64{.5, .5, .5}); !math.IsNaN(z) || place != 4 {
		t.Errorf("a CLIP to which all is alike: %v, place %v, want NaN, place 4", z, place)
	}
}

func TestTheScaleIsATable(t *testing.T) {
	r := as(paper(), func(Trial) float64 { return 0 })
	if r.ScaleTable().Rows != nil {
		t.Error("there is a table of figures that nobody has")
	}
	by := ScaledBy("clip")
	for i := range r.Cells {
		for k := range r.Cells[i].Outcome.Maps {
			f := r.Cells[i].Outcome.Maps[k].Figures
			f[by.Before], f[by.After], f[by.Place] = .5, 2.5, float64(1+2*k)
		}
	}
	text := r.ScaleTable().Markdown()
	if strings.Count(text, "| 0.50 → 2.50 | 50 % | 2.0 | – | – | – |") != 15 {
		t.Errorf("the table is\n%s", text)
	}
}

func TestOtherSentencesAreManyAndDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range OtherSentences() {
		if seen[s] {
			t.Errorf("%q stands twice", s)
		}
		seen[s] = true
	}
	if len(seen) < 50 {
		t.Errorf("%d sentences, want 50 or more", len(seen))
	}
}
