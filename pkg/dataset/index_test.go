package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dataset/label"
	"github.com/clipenv/toolkit/pkg/hdr"
)

func TestSplitsPartScenesAndAreStable(t *testing.T) {
	var maps []Entry
	for i := range 600 {
		scene := fmt.Sprintf("scene_%d", i/2)
		maps = append(maps, Entry{Name: fmt.Sprint("map_", i), Scene: scene, HeldOut: i == 7})
	}
	where := map[string]Split{}
	count := map[Split]int{}
	for _, s := range []Split{Train, Val, Test} {
		for _, m := range Select(maps, s, .1, .2) {
			if was, ok := where[m.Scene]; ok && was != s {
				t.Errorf("%s: got in %s and %s, want one split", m.Scene, was, s)
			}
			where[m.Scene] = s
			count[s]++
		}
	}
	if got := count[Train] + count[Val] + count[Test]; got != 600 {
		t.Errorf("maps in splits: got %d, want 600", got)
	}
	if where["scene_3"] != Test {
		t.Errorf("held-out scene: got in %s, want test", where["scene_3"])
	}
	if count[Val] < 30 || count[Val] > 90 || count[Test] < 80 || count[Test] > 160 {
		t.Errorf("parts: got %v, want near 420, 60, 120", count)
	}
	for _, m := range Select(maps[:100], Train, .1, .2) {
		if where[m.Scene] != Train {
			t.Errorf("%s: got moved by maps that came later", m.Scene)
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestIndexGathersWhatIsBeside(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"meadow_1k.hdr", "alley_night_512.hdr", "barn.exr", "lot.hdr"} {
		write(t, dir, name, "x")
	}
	write(t, dir, "meadow_1k.txt", "a sunny day on a meadow\nclear sky over grass\n")
	write(t, dir, "captions.csv", "name,caption,attributes\nbarn.exr,\"an old warehouse, lamps\",\nlot,,outdoor dusk\n")
	write(t, dir, "metadata.json", `{"alley_night":{"name":"Alley Night","categories":["outdoor","urban","night"],"tags":["street"],"attributes":{"weather":"clear","backplates":true}},"other":{}}`)
	write(t, dir, "held_out.txt", "barn\n")
	maps, err := Index(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]label.Attributes{
		"meadow":      label.Outdoor | label.Day | label.Clear | label.Field | label.Grass,
		"alley_night": label.Outdoor | label.City | label.Night | label.Pavement | label.Clear,
		"barn":        label.Indoor | label.Warehouse | label.ArtificialLight,
		"lot":         label.Outdoor | label.Dusk,
	}
	if len(maps) != len(want) {
		t.Fatalf("maps: got %d, want %d", len(maps), len(want))
	}
	for _, m := range maps {
		if m.Attributes != want[m.Name] {
			t.Errorf("%s: got %v, want %v", m.Name, m.Attributes, want[m.Name])
		}
		if m.HeldOut != (m.Name == "barn") {
			t.Errorf("%s: got held out %v", m.Name, m.HeldOut)
		}
	}
	if i := slices.IndexFunc(maps, func(m Entry) bool { return m.Name == "meadow" }); len(maps[i].Captions) != 2 {
		t.Errorf("meadow: got captions %q, want two", maps[i].Captions)
	}
}

func TestIndexErrors(t *testing.T) {
	empty := t.TempDir()
	bad := t.TempDir()
	write(t, bad, "a.hdr", "x")
	write(t, bad, "captions.jsonl", `{"name":"a","capton":"x"}`)
	for dir, want := range map[string]string{
		empty:                           "no .hdr or .exr file",
		filepath.Join(empty, "nowhere"): "no such file or directory",
		bad:                             `captions.jsonl: line 1: json: unknown field "capton"`,
	} {
		if _, err := Index(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", dir, err, want)
		}
	}
}

func uniform(r, g, b float32) *hdr.Image {
	im := hdr.New(32, 16)
	for i := range 32 * 16 {
		im.Pix[3*i], im.Pix[3*i+1], im.Pix[3*i+2] = r, g, b
	}
	return im
}

func TestCheckHoldsWordsAgainstPixels(t *testing.T) {
	blue, orange, dark := uniform(.3, .5, .9), uniform(.9, .5, .2), uniform(.01, .01, .02)
	sunset := label.Outdoor | label.Sunset
	if Check(sunset, blue).Has(label.Sunset) || !Check(sunset, orange).Has(label.Sunset) {
		t.Errorf("sunset: got %v on blue and %v on orange, want it on orange alone", Check(sunset, blue), Check(sunset, orange))
	}
	night := label.Outdoor | label.Night
	if Check(night, blue).Has(label.Night) || !Check(night, dark).Has(label.Night) {
		t.Errorf("night: got %v on a bright map and %v on a dark one, want it on the dark alone", Check(night, blue), Check(night, dark))
	}
	if got := Check(label.Warm, blue); got.Has(label.Warm) || !got.Has(label.Cool) {
		t.Errorf("tone of a blue map: got %v, want cool", got)
	}
}

func TestExamplesAreLabelled(t *testing.T) {
	entries, err := Index("../../examples/hdri")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 18 {
		t.Errorf("examples: got %d maps, want 18", len(entries))
	}
	for _, e := range entries {
		if len(e.Captions) != 1 || !e.Attributes.Any(label.Setting) || e.Scene == "" {
			t.Errorf("%s: got captions %q, attributes %v and scene %q, want one of each", e.Name, e.Captions, e.Attributes, e.Scene)
		}
	}
}

// Words and templates speak one language: what a phrase says of a map is read
// back from it, and nothing that excludes it.
func TestWordsAreReadBackFromPhrases(t *testing.T) {
	for text, want := range map[string]label.Attributes{
		"a sunset in a forest, cloudy, with trees":                label.Outdoor | label.Sunset | label.SunLow | label.Forest | label.Trees,
		"A sunny day at the beach, clear sky, sand terrain":       label.Outdoor | label.Day | label.Clear | label.Beach | label.Sand,
		"dark environment, at night time, with trees in a forest": label.Outdoor | label.Night | label.Forest | label.Trees,
		"an indoor scene of a hangar":                             label.Indoor | label.Warehouse,
		"partly cloudy, morning-afternoon, outdoor":               label.Outdoor | label.PartlyCloudy | label.Day,
		"indoor photo studio with a large window, natural light":  label.Indoor | label.Studio | label.Windows | label.NaturalLight,
		"": 0,
	} {
		got := AttributesOf(text)
		if got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
		if settle(got) != got {
			t.Errorf("%q: got %v, which is not settled", text, got)
		}
	}
}
