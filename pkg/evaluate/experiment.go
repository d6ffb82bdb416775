package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/faults"
)

// Experiment is an evaluation that a file describes: every combination by every
// CLIP with every prompt, each over the same maps. A combination says what of an
// edit's settings differs from the defaults, by assignments "KEY=VALUE" as
// --set takes them.
type Experiment struct {
	Models       string        `yaml:"models" json:"models"` // folder of VAE, judge and bank; "" for those inside the program
	CLIPs        []string      `yaml:"clips" json:"clips"`   // names, files or folders of the CLIPs that are optimised; none: the models' own
	Maps         Maps          `yaml:"maps" json:"maps"`
	Prompts      []Prompt      `yaml:"prompts" json:"prompts"`
	Mode         string        `yaml:"mode" json:"mode"` // of the combinations: paper or guided
	Set          []string      `yaml:"set" json:"set"`   // assignments that all combinations share
	Combinations []Combination `yaml:"combinations" json:"combinations"`
	Sweep        []Sweep       `yaml:"sweep" json:"sweep"` // multiplies the combinations
	Seeds        []int64       `yaml:"seeds" json:"seeds"` // each cell is made with each, in place of the settings' seed; none: once
	Galleries    []Gallery     `yaml:"galleries" json:"galleries"`
	Captions     Captions      `yaml:"captions" json:"captions"`
	Compare      string        `yaml:"compare" json:"compare"` // "dorazio": print that paper's figures beside ours
}

// Maps are those that are edited: files, or a seeded sample of a data set's
// test split.
type Maps struct {
	Files   []string `yaml:"files" json:"files"`
	Folders []string `yaml:"folders" json:"folders"`
	HeldOut []string `yaml:"held_out" json:"held_out"` // names or scenes of the test split, beside those that the folders name
	Test    float64  `yaml:"test" json:"test"`         // part of the scenes that is the test split too
	Count   int      `yaml:"count" json:"count"`       // of the sample
	Seed    uint64   `yaml:"seed" json:"seed"`
}

// Prompt is a sentence with the name that it has in tables.
type Prompt struct {
	Name  string `yaml:"name" json:"name"`
	Words string `yaml:"words" json:"words"`
}

// Combination is one way to edit.
type Combination struct {
	Name     string   `yaml:"name" json:"name"`         // "" for its assignments
	Settings string   `yaml:"settings" json:"settings"` // a file of an edit's settings, in place of mode and set
	Set      []string `yaml:"set" json:"set"`
	CLIPs    []string `yaml:"clips" json:"clips"` // only these of the experiment's; none: all
}

// Sweep tries each value of a key of the settings.
type Sweep struct {
	Key    string   `yaml:"key" json:"key"`
	Values []string `yaml:"values" json:"values"`
}

// Gallery is a picture of some edits that no table counts.
type Gallery struct {
	Name        string   `yaml:"name" json:"name"`
	Words       string   `yaml:"words" json:"words"`
	CLIP        string   `yaml:"clip" json:"clip"`
	Combination string   `yaml:"combination" json:"combination"` // by its name
	Maps        []string `yaml:"maps" json:"maps"`               // by their names; none: all
	Note        string   `yaml:"note" json:"note"`
}

// Captions are the maps with words that the CLIPs are compared on.
type Captions struct {
	Folders []string `yaml:"folders" json:"folders"`
	HeldOut []string `yaml:"held_out" json:"held_out"`
	Test    float64  `yaml:"test" json:"test"`
}

// DOrazio is the value of Compare that has the paper's figures printed.
const DOrazio = "dorazio"

// DefaultExperiment is an experiment without maps and prompts.
var DefaultExperiment = Experiment{Mode: "paper", Maps: Maps{Count: 9}}

const (
	maxCells = 100_000
	maxMaps  = 1000
)

// Validate reports every field that is wrong.
func (e Experiment) Validate() error {
	var found faults.List
	check := found.Check
	m := e.Maps
	check((len(m.Files) > 0) != (len(m.Folders) > 0), "maps names %d files and %d folders, want one or the other", len(m.Files), len(m.Folders))
	check(len(m.Folders) > 0 || len(m.HeldOut) == 0 && m.Test == 0 && m.Seed == 0, "maps.held_out, maps.test and maps.seed choose among folders, and maps.folders is empty")
	check(len(m.Files) <= maxMaps, "maps.files names %d, want at most %d", len(m.Files), maxMaps)
	check(m.Count >= 1 && m.Count <= maxMaps, "maps.count is %d, want 1 to %d", m.Count, maxMaps)
	check(m.Test >= 0 && m.Test < 1, "maps.test is %v, want 0 to below 1", m.Test)
	check(e.Captions.Test >= 0 && e.Captions.Test < 1, "captions.test is %v, want 0 to below 1", e.Captions.Test)
	check(len(e.Prompts) > 0, "prompts is empty, want sentences")
	check(e.Mode == "paper" || e.Mode == "guided", `mode is %q, want "paper" or "guided"`, e.Mode)
	check(len(e.Combinations) > 0, "combinations is empty, want ways to edit")
	check(e.Compare == "" || e.Compare == DOrazio, "compare is %q, want %q or nothing", e.Compare, DOrazio)
	unique(&found, "prompts", e.Prompts, func(p Prompt) string { return p.Name })
	for _, p := range e.Prompts {
		check(p.Name != "" && p.Words != "", "a prompt has the name %q and the words %q, want both", p.Name, p.Words)
	}
	for i, s := range e.Seeds {
		check(!slices.Contains(e.Seeds[:i], s), "seeds has %d twice", s)
	}
	for _, s := range e.Sweep {
		check(s.Key != "seed" || len(e.Seeds) == 0, "seed is swept, and seeds are given: want one, seeds for tables over all of them")
		check(s.Key != "" && len(s.Values) > 0, "sweep of %q has %d values, want a key and values", s.Key, len(s.Values))
	}
	if cells := e.size(); cells > maxCells {
		check(false, "sweep makes %d cells, want at most %d", cells, maxCells)
		return found.Err()
	}
	ways := e.Ways()
	unique(&found, "combinations", ways, func(w Combination) string { return w.Name })
	for _, w := range ways {
		for _, c := range w.CLIPs {
			check(slices.Contains(e.CLIPs, c), "the combination %q is of the CLIP %q, which clips does not list", w.Name, c)
		}
		check(w.Settings == "" || len(w.Set) == 0, "the combination %q has both settings and set, want one: put the keys into the file", w.Name)
	}
	unique(&found, "galleries", e.Galleries, func(g Gallery) string { return g.Name })
	for _, g := range e.Galleries {
		check(g.Name != "" && g.Words != "", "a gallery has the name %q and the words %q, want both", g.Name, g.Words)
		check(g.CLIP == "" || slices.Contains(e.CLIPs, g.CLIP), "the gallery %q is of the CLIP %q, which clips does not list", g.Name, g.CLIP)
		_, ok := e.Way(g.Combination)
		check(ok, "the gallery %q is of the combination %q, which combinations does not list", g.Name, g.Combination)
	}
	return found.Err()
}

func unique[T any](found *faults.List, key string, all []T, name func(T) string) {
	seen := map[string]bool{}
	for _, one := range all {
		n := name(one)
		found.Check(!seen[n], "%s has %q twice", key, n)
		seen[n] = true
	}
}

// size is how many cells the tables have, without listing them.
func (e Experiment) size() int {
	n := len(e.Combinations) * max(len(e.CLIPs), 1) * len(e.Prompts) * max(len(e.Seeds), 1)
	for _, s := range e.Sweep {
		if n *= len(s.Values); n > maxCells {
			return n
		}
	}
	return n
}

// Ways are the combinations, with those that the sweep makes of them. One with
// settings of its own is not swept.
func (e Experiment) Ways() []Combination {
	var ways []Combination
	for _, c := range e.Combinations {
		if c.Name == "" {
			c.Name = strings.Join(c.Set, " ")
		}
		some := []Combination{c}
		for _, s := range e.Sweep {
			if c.Settings != "" {
				break
			}
			var more []Combination
			for _, from := range some {
				for _, v := range s.Values {
					to := from
					to.Set = append(append([]string{}, from.Set...), s.Key+"="+v)
					to.Name = fmt.Sprintf("%s %s=%s", from.Name, s.Key, v)
					more = append(more, to)
				}
			}
			some = more
		}
		ways = append(ways, some...)
	}
	return ways
}

// Way finds a combination by its name.
func (e Experiment) Way(name string) (Combination, bool) {
	for _, w := range e.Ways() {
		if w.Name == name {
			return w, true
		}
	}
	return Combination{}, false
}

// Trial is one cell: some maps edited by one CLIP in one way with one sentence.
type Trial struct {
	CLIP    string // of CLIPs; "" for the models' own
	Way     Combination
	Words   string
	Prompt  string   // the name of the table's prompt; "" in a gallery
	Gallery string   // its name; "" in a table
	Maps    []string // by name; none: all
	Seed    *int64   // in place of the settings'; nil: that one
}

// Name says which cell it is.
func (t Trial) Name() string {
	parts := []string{t.CLIP, t.Way.Name, t.Prompt + t.Gallery}
	if t.CLIP == "" {
		parts = parts[1:]
	}
	if t.Seed != nil {
		parts = append(parts, fmt.Sprintf("seed %d", *t.Seed))
	}
	return strings.Join(parts, ", ")
}

// Trials lists the cells in order: CLIPs, within them combinations, within
// those prompts, within those seeds; then the galleries, of the first seed.
func (e Experiment) Trials() []Trial {
	clips := e.CLIPs
	if len(clips) == 0 {
		clips = []string{""}
	}
	seeds := []*int64{nil}
	if len(e.Seeds) > 0 {
		seeds = nil
		for _, s := range e.Seeds {
			seeds = append(seeds, &s)
		}
	}
	var all []Trial
	for _, c := range clips {
		for _, w := range e.Ways() {
			if len(w.CLIPs) > 0 && !slices.Contains(w.CLIPs, c) {
				continue
			}
			for _, p := range e.Prompts {
				for _, seed := range seeds {
					all = append(all, Trial{CLIP: c, Way: w, Words: p.Words, Prompt: p.Name, Seed: seed})
				}
			}
		}
	}
	for _, g := range e.Galleries {
		w, _ := e.Way(g.Combination)
		clip := g.CLIP
		if clip == "" {
			clip = clips[0]
		}
		all = append(all, Trial{CLIP: clip, Way: w, Words: g.Words, Gallery: g.Name, Maps: g.Maps, Seed: seeds[0]})
	}
	return all
}
