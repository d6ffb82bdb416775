package evaluate

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"html"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/figures"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// paper is D'Orazio's experiment.
func paper() Experiment {
	e := DefaultExperiment
	e.Maps.Files = []string{"a.hdr", "b.hdr"}
	e.CLIPs = []string{"base", "polyhaven", "vae"}
	e.Prompts = []Prompt{{"simple", "sunset"}, {"complex 1", "A sunset in a forest"}, {"complex 2", "A sunny day"}}
	for _, name := range []string{"fc none", "fc tv", "mulogvar none", "mulogvar tv", "mulogvar kl"} {
		words := strings.Fields(name)
		e.Combinations = append(e.Combinations, Combination{Name: name, Set: []string{"variable=" + words[0], "regulariser=" + words[1]}})
	}
	e.Compare = DOrazio
	return e
}

func TestThePapersGridHas45Cells(t *testing.T) {
	e := paper()
	if err := e.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := len(e.Trials()); got != 45 {
		t.Errorf("got %d cells, want 45", got)
	}
	e.Sweep = []Sweep{{"learning_rate", []string{"0.05", "0.1"}}, {"steps", []string{"10", "20", "30"}}}
	ways := e.Ways()
	if got := len(e.Trials()); got != 45*6 || len(ways) != 5*6 {
		t.Errorf("swept: got %d cells of %d combinations, want %d of %d", got, len(ways), 45*6, 30)
	}
	if got := strings.Join(ways[1].Set, " "); got != "variable=fc regulariser=none learning_rate=0.05 steps=20" {
		t.Errorf("the second combination sets %q", got)
	}
	e.Combinations = append(e.Combinations, Combination{Name: "product", Settings: "edit.yaml", CLIPs: []string{"vae"}})
	e.Galleries = []Gallery{{Name: "hangar", Words: "a hangar", Combination: "product", CLIP: "vae", Maps: []string{"a"}}}
	trials := e.Trials()
	if got := len(trials); got != 45*6+3+1 {
		t.Errorf("with one combination of one CLIP, not swept, and a gallery: %d cells, want %d", got, 45*6+4)
	}
	if last := trials[len(trials)-1]; last.Gallery != "hangar" || last.CLIP != "vae" || len(last.Maps) != 1 {
		t.Errorf("the last is %+v", last)
	}
}

func TestWhatAnExperimentRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*Experiment){
		"maps names 0 files and 0 folders":              func(e *Experiment) { e.Maps.Files = nil },
		"maps.held_out, maps.test and maps.seed choose": func(e *Experiment) { e.Maps.Seed = 3 },
		"prompts is empty":                              func(e *Experiment) { e.Prompts = nil },
		`prompts has "simple" twice`:                    func(e *Experiment) { e.Prompts = append(e.Prompts, e.Prompts[0]) },
		"combinations is empty":                         func(e *Experiment) { e.Combinations = nil },
		`combinations has "fc tv" twice`:                func(e *Experiment) { e.Combinations = append(e.Combinations, e.Combinations[1]) },
		`is of the CLIP "other", which clips does`:      func(e *Experiment) { e.Combinations[0].CLIPs = []string{"other"} },
		"has both settings and set":                     func(e *Experiment) { e.Combinations[0].Settings = "x.yaml" },
		`is of the combination "none at all"`:           func(e *Experiment) { e.Galleries = []Gallery{{Name: "g", Words: "w", Combination: "none at all"}} },
		`compare is "someone"`:                          func(e *Experiment) { e.Compare = "someone" },
		"cells, want at most":                           func(e *Experiment) { e.Sweep = []Sweep{{"steps", make([]string, 10_000)}} },
	} {
		e := paper()
		spoil(&e)
		if err := e.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// as are results whose cells have the paper's cosines, plus a shift.
func as(e Experiment, shift func(Trial) float64) Results {
	r := Results{Experiment: e}
	for _, trial := range e.Trials() {
		c := Tried{Trial: trial}
		if v, ok := Published(trial.CLIP, trial.Way.Name, trial.Prompt); ok {
			v += shift(trial)
			c.Outcome = &Outcome{Curve: []float64{.1, v}, Seconds: 2, Figures: figures.Map{DiversityBefore: .4, DiversityAfter: .3}}
			for _, m := range []string{"a", "b"} {
				c.Outcome.Maps = append(c.Outcome.Maps, MapOutcome{m, figures.Map{ClipBefore: .1, ClipAfter: v, JudgeBefore: .1, JudgeAfter: v, "seam_before": 1, "seam_after": 1, Detail: .9}})
			}
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

// Figures equal to the paper's correlate wholly with it, differ from it by
// nothing, and every claim comes out as it does of the paper's own.
func TestThePaperAgreesWithItself(t *testing.T) {
	r := as(paper(), func(Trial) float64 { return 0 })
	text := r.CosineTable().Markdown()
	if strings.Count(text, "+0.0000") != 45 || !strings.Contains(text, "over 45 of them: 1.00") {
		t.Errorf("the table is\n%s", text)
	}
	claims := 0
	for _, c := range r.Claims() {
		if c.Paper == "" {
			continue
		}
		if claims++; c.Paper != c.verdict() || !c.Known {
			t.Errorf("%s: here %s, in the paper %s", c.Text, c.verdict(), c.Paper)
		}
	}
	if claims != 4 {
		t.Errorf("%d claims are of figures that the paper prints, want 4", claims)
	}
}

// A claim is told from its opposite.
func TestAClaimFails(t *testing.T) {
	r := as(paper(), func(trial Trial) float64 {
		if strings.HasSuffix(trial.Way.Name, "tv") {
			return 1
		}
		return 0
	})
	for _, c := range r.Claims() {
		switch c.Text {
		case "none ends above tv":
			if c.Holds || !strings.HasPrefix(c.Detail, "in 0 of 18") {
				t.Errorf("%s: %s, want it to fail", c.Text, c.verdict())
			}
		case "tv ends above kl":
			if !c.Holds || !strings.HasPrefix(c.Detail, "in 9 of 9") {
				t.Errorf("%s: %s, want it to hold", c.Text, c.verdict())
			}
		}
	}
}

// The verdict passes over what the judge likes best where its maps end in one
// picture.
func TestTheVerdictWantsDifferentSharpMaps(t *testing.T) {
	r := as(paper(), func(Trial) float64 { return 0 })
	best := r.Verdict()
	if best.CLIP != "polyhaven" || best.Combination != "fc none" {
		t.Errorf("the verdict is %+v, want polyhaven, fc none: the highest mean", best)
	}
	for i := range r.Cells {
		if r.Cells[i].Trial.CLIP == "polyhaven" {
			r.Cells[i].Outcome.Figures[DiversityAfter] = .1
		}
	}
	if next := r.Verdict(); next.CLIP != "vae" || next.Combination != "fc none" {
		t.Errorf("the verdict is %+v, want vae, fc none", next)
	}
	for i := range r.Cells {
		if r.Cells[i].Trial.CLIP == "vae" {
			for k := range r.Cells[i].Outcome.Maps {
				r.Cells[i].Outcome.Maps[k].Figures[Detail] = .3
			}
		}
	}
	if sharp := r.Verdict(); sharp.CLIP != "base" {
		t.Errorf("the verdict is %+v, want base: the others end in one picture, or in a blur", sharp)
	}
	if got := (Results{Experiment: paper()}).Verdict(); got.Combination != "" || !strings.HasPrefix(got.Text, "No verdict") {
		t.Errorf("without cells: %+v", got)
	}
}

// The page needs no other file and no network, and a name cannot become a part
// of it.
func TestThePageIsOneFile(t *testing.T) {
	e := paper()
	e.Prompts[0].Words = `<script>alert("x")</script>`
	r := as(e, func(Trial) float64 { return 0 })
	im := hdr.New(8, 4)
	for i := range im.Pix {
		im.Pix[i] = float32(i) / 10
	}
	p := Page{Results: r, Recipe: `{"command":"evaluate"}`, Version: "v1",
		Recall:    []Ranked{{CLIP: "base", Recall: RecallOf([][]float64{{.9, .1}, {.2, .8}}, []int{0, 1})}},
		Galleries: []Shown{{Title: "one", Words: "w", Maps: []ShownMap{{Name: `"><img src=x>`, Input: im, Start: im, End: im}}}}}
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, never := range []string{"http://", "https://", `<script>alert`, `"><img src=x>`, "ZgotmplZ", "<link"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %s", never)
		}
	}
	for _, want := range []string{"data:image/png;base64,", "<svg", `id="ev"`, "paper: 0.2869", "polyhaven"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	data, err := base64.StdEncoding.DecodeString(html.UnescapeString(regexp.MustCompile(`data-b="([^"]*)"`).FindStringSubmatch(page)[1]))
	if err != nil || len(data) != 2*len(im.Pix) {
		t.Fatalf("texels: %d bytes, %v", len(data), err)
	}
	for i, v := range im.Pix {
		got := math.Exp2(float64(binary.LittleEndian.Uint16(data[2*i:]))/2048 - 16)
		if want := math.Max(float64(v), math.Exp2(-16)); math.Abs(got/want-1) > 2e-4 {
			t.Errorf("texel %d is %v in the page, want %v", i, got, want)
		}
	}
}

func TestAFailedCellIsTold(t *testing.T) {
	r := as(paper(), func(Trial) float64 { return 0 })
	r.Cells[3].Outcome, r.Cells[3].Err = nil, "edit: it broke"
	text := Page{Results: r}.Markdown()
	if !strings.Contains(text, "- base, fc tv, simple: edit: it broke") || !strings.Contains(text, "| failed |") {
		t.Errorf("the page is\n%s", text)
	}
}
