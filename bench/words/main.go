// Program words edits maps by sentences whose words no caption has, and holds
// the light that comes out to the one that a person expects.
//
//	go run ./bench/words [-least .85] [-map FILE]... FILE.jsonl...
//
// README.md beside it says what the files hold. It prints each edit that
// misses, with the numbers of its light, then the share that is right, and
// exits with 1 where that is less than -least.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // .exr in
	"github.com/clipenv/toolkit/pkg/torch"
)

// sentence is a line of a file: what is said, and the kinds of light that it
// must give.
type sentence struct {
	Says  string   `json:"says"`
	Light []string `json:"light"`
}

// width is that of the maps that are edited: the numbers of a light do not hang
// on it.
const width = 256

func main() {
	var maps list
	least := flag.Float64("least", .85, "exit with 1 where fewer are right")
	steps := flag.Int("steps", edit.DefaultSky.Steps, "of an edit; 0 holds the lights that edits begin with, in a tenth of the time")
	models := flag.String("models", "", "folder of models; those inside the program without it")
	flag.Var(&maps, "map", "edit the map in `FILE`; may be repeated (a city by day and a night)")
	flag.Parse()
	if len(maps) == 0 {
		maps = list{"examples/world/city.exr", "examples/world/night.exr"}
	}
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "words: name a file of sentences, such as bench/words/first.jsonl")
		os.Exit(2)
	}
	share, err := run(os.Stdout, *models, *steps, maps, flag.Args())
	if err == nil && share < *least {
		err = fmt.Errorf("%.1f %% are right, want %.0f %%", 100*share, 100**least)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "words:", err)
		os.Exit(1)
	}
}

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// run edits every map by every sentence, and returns the share of the edits
// whose light is right.
func run(out io.Writer, folder string, steps int, maps, files []string) (share float64, err error) {
	models, err := app.Session{Device: torch.CPU, Talk: os.Stderr}.OpenModels(context.Background(), app.ModelSet{Folder: folder}, nil)
	if err != nil {
		return 0, err
	}
	defer models.Close()
	inputs := make([]*hdr.Image, len(maps))
	for i, path := range maps {
		if inputs[i], err = hdr.Read(path); err != nil {
			return 0, err
		}
		hdr.Repair(inputs[i])
		if inputs[i], err = envmap.Resize(inputs[i], width, width/2); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	var right, all int
	for _, path := range files {
		said, err := read(path)
		if err != nil {
			return 0, err
		}
		good := 0
		for _, s := range said {
			for i, input := range inputs {
				light, err := lit(models.Models, input, s.Says, steps)
				if err != nil {
					return 0, fmt.Errorf("%q on %s: %w", s.Says, maps[i], err)
				}
				if holds(s.Light, light.After) {
					good++
					continue
				}
				l := light.After
				fmt.Fprintf(out, "%-44s %-8s want %-16s sun %+5.1f cover %.2f fog %.4f snow %.2f stars %.2f; begun at %v, said %q\n", s.Says, name(maps[i]),
					strings.Join(s.Light, ", "), l.SunElevation, l.Cover, l.Fog, l.Snow, l.Stars, light.Near, light.Said)
			}
		}
		n := len(said) * len(inputs)
		fmt.Fprintf(out, "%s: %d of %d edits right, %.1f %%\n", name(path), good, n, 100*float64(good)/float64(n))
		right, all = right+good, all+n
	}
	return float64(right) / float64(all), nil
}

func name(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

// read reads a file of sentences and refuses kinds of light that there are not.
func read(path string) (said []sentence, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		var s sentence
		reads := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		reads.DisallowUnknownFields()
		if err := reads.Decode(&s); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, n, err)
		}
		for _, all := range s.Light {
			for kind := range strings.SplitSeq(all, "|") {
				if kinds[kind] == nil {
					return nil, fmt.Errorf("%s: line %d: %q is no kind of light that README.md has", path, n, kind)
				}
			}
		}
		if s.Says == "" || len(s.Light) == 0 {
			return nil, fmt.Errorf("%s: line %d: want a sentence and its light", path, n)
		}
		said = append(said, s)
	}
	if len(said) == 0 {
		return nil, fmt.Errorf("%s: no sentence is there", path)
	}
	return said, lines.Err()
}

// lit is the light that a sentence gives to a map.
func lit(models edit.Models, input *hdr.Image, says string, steps int) (*edit.LightChange, error) {
	settings := edit.Defaults(edit.Guided)
	settings.Sky.Generator, settings.Sky.Steps = edit.SkyGenerator, steps
	result, err := edit.Run(context.Background(), torch.CPU, models, input, says, settings, nil)
	if err != nil {
		return nil, err
	}
	if result.Light == nil {
		return nil, errors.New("the edit tells no light")
	}
	return result.Light, nil
}

// kinds of light, as README.md has them: elevations are in degrees.
var kinds = map[string]func(edit.Light) bool{
	"night":    func(l edit.Light) bool { return l.SunElevation <= -12 },
	"dusk":     func(l edit.Light) bool { return l.SunElevation > -12 && l.SunElevation < 0 },
	"low":      func(l edit.Light) bool { return l.SunElevation >= 0 && l.SunElevation <= 16 },
	"day":      day,
	"sunny":    func(l edit.Light) bool { return day(l) && l.Cover < .5 && l.Fog < .005 && l.Snow < .3 },
	"clear":    func(l edit.Light) bool { return l.SunElevation > -12 && l.Cover < .2 && l.Fog < .005 },
	"clouds":   func(l edit.Light) bool { return l.Cover >= .15 && l.Cover <= .85 && l.Fog < .005 },
	"overcast": func(l edit.Light) bool { return l.SunElevation > -12 && l.Cover >= .8 },
	"fog":      func(l edit.Light) bool { return l.Fog >= .005 },
	"snow":     func(l edit.Light) bool { return l.Snow >= .3 },
	"stars":    func(l edit.Light) bool { return l.Stars >= .3 },
	"moon":     func(l edit.Light) bool { return l.SunElevation <= -12 && l.Moon >= .1 },
}

func day(l edit.Light) bool { return l.SunElevation >= 12 }

// holds tells whether a light is of each of the kinds, of which | parts those
// that may be instead of each other.
func holds(want []string, l edit.Light) bool {
	for _, all := range want {
		some := false
		for kind := range strings.SplitSeq(all, "|") {
			some = some || kinds[kind](l)
		}
		if !some {
			return false
		}
	}
	return true
}
