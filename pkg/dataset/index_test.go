package dataset

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/polyhaven"
)

func TestSplitsPartScenesAndAreStable(t *testing.T) {
	var maps []Entry
	for i := range 600 {
		scene := fmt.Sprintf("scene_%d", i/2)
		maps = append(maps, Entry{Name: fmt.Sprint("map_", i), Words: label.Words{Scene: scene}, HeldOut: i == 7})
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
	maps, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	wantAttributes(t, maps, map[string]label.Attributes{
		"meadow":      label.Outdoor | label.Day | label.Clear | label.Field | label.Grass,
		"alley_night": label.Outdoor | label.City | label.Night | label.Pavement | label.Clear,
		"barn":        label.Indoor | label.Warehouse | label.ArtificialLight,
		"lot":         label.Outdoor | label.Dusk,
	})
	for _, m := range maps {
		if m.HeldOut != (m.Name == "barn") {
			t.Errorf("%s: got held out %v", m.Name, m.HeldOut)
		}
	}
	if i := slices.IndexFunc(maps, func(m Entry) bool { return m.Name == "meadow" }); len(maps[i].Written) != 2 {
		t.Errorf("meadow: got captions %q, want two", maps[i].Written)
	}
}

// wantAttributes holds that there are these maps and no other.
func wantAttributes(t *testing.T, entries []Entry, want map[string]label.Attributes) {
	t.Helper()
	if len(entries) != len(want) {
		t.Fatalf("got %d maps, want %d", len(entries), len(want))
	}
	for _, e := range entries {
		if e.Attributes != want[e.Name] {
			t.Errorf("%s: got %v, want %v", e.Name, e.Attributes, want[e.Name])
		}
	}
}

// Editors on Windows begin a file with a mark and end lines with two bytes.
func TestWordsComeFromEveryEditor(t *testing.T) {
	const mark = "\ufeff"
	dir := t.TempDir()
	for _, name := range []string{"a.hdr", "b.hdr", "my hill.hdr"} {
		write(t, dir, name, "x")
	}
	write(t, dir, "a.txt", mark+"a hill\r\nby day\r\n")
	write(t, dir, "captions.csv", mark+"name,caption\r\nb,\"snow, rocks\"\r\n")
	write(t, dir, "captions.jsonl", mark+`{"name":"my hill","tags":["hill"]}`+"\r\n")
	write(t, dir, "metadata.json", mark+`{"a":{"tags":["sea"]}}`)
	write(t, dir, "held_out.txt", mark+"my hill\r\nb\r\n")
	entries, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprint(e.Name, " ", e.Written, e.Tags, e.HeldOut))
	}
	want := []string{"a [a hill by day] [sea] false", "b [snow, rocks] [] true", "my hill [] [hill] true"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIndexErrors(t *testing.T) {
	empty := t.TempDir()
	bad, misspelt := t.TempDir(), t.TempDir()
	write(t, bad, "a.hdr", "x")
	write(t, bad, "captions.jsonl", `{"name":"a","capton":"x"}`)
	write(t, misspelt, "a.hdr", "x")
	write(t, misspelt, "captions.csv", "name,caption\nb,a night\n")
	write(t, misspelt, "held_out.txt", "a\nc\n")
	for dir, want := range map[string]string{
		misspelt:                        "captions.csv names b, but",
		misspelt + "/.":                 "held_out.txt holds out c, but",
		empty:                           "no .hdr or .exr file",
		filepath.Join(empty, "nowhere"): "no such file or directory",
		bad:                             `captions.jsonl: line 1: json: unknown field "capton"`,
	} {
		if _, err := Index(context.Background(), dir, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", dir, err, want)
		}
	}
}

// A sky that is published again without its ground is the same scene, sizes
// are no part of a name, and numbers are.
func TestNamesAndScenes(t *testing.T) {
	for path, want := range map[string]string{
		"a/meadow_1k.hdr": "meadow", "meadow_16k.EXR": "meadow", "meadow_512.hdr": "meadow", "meadow": "meadow",
		"room_100.hdr": "room_100", "studio_small_03_1k.exr": "studio_small_03", "st.peters": "st.peters", "v1.5_2k.hdr": "v1.5",
	} {
		if got := NameOf(path); got != want {
			t.Errorf("name of %s: got %s, want %s", path, got, want)
		}
	}
	if a, b := SceneOf("kloofendal_48d"), SceneOf("kloofendal_48d_puresky"); a != b {
		t.Errorf("got scenes %s and %s, want one", a, b)
	}
}

func TestIndexTakesEachMapOnce(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	write(t, dir, "meadow_1k.hdr", "x")
	write(t, dir, "meadow_4k.hdr", "xxxx")
	write(t, elsewhere, "captions.jsonl", `{"name":"far","file":"`+filepath.Join(dir, "meadow_1k.hdr")+`","tags":["field"]}`+"\n")
	maps, err := Index(context.Background(), dir, io.Discard)
	if err != nil || len(maps) != 1 || filepath.Base(maps[0].Path) != "meadow_4k.hdr" {
		t.Errorf("got %v (%v), want the larger file", maps, err)
	}
	maps, err = Index(context.Background(), elsewhere, io.Discard)
	if err != nil || len(maps) != 1 || maps[0].Path != filepath.Join(dir, "meadow_1k.hdr") || !maps[0].Attributes.Has(label.Field) {
		t.Errorf("got %v (%v), want the map that the captions name", maps, err)
	}
	maps, err = Folders(context.Background(), []string{dir, elsewhere}, []string{"meadow"}, io.Discard)
	if err != nil || len(maps) != 2 || !maps[0].HeldOut || maps[1].HeldOut {
		t.Errorf("got %v (%v), want meadow held out alone", maps, err)
	}
	for name, want := range map[string]string{
		"meadw":  `held_out names meadw, but no map or scene of "` + dir + `" is called so; did you mean meadow?`,
		"harbor": `held_out names harbor, but no map or scene of "` + dir + `" is called so`,
	} {
		if _, err := Folders(context.Background(), []string{dir}, []string{name}, io.Discard); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got error %v, want %s", name, err, want)
		}
	}
	if _, err := Folders(context.Background(), nil, []string{"meadow"}, io.Discard); err == nil || !strings.Contains(err.Error(), "there is no folder of real maps") {
		t.Errorf("without a folder: got error %v", err)
	}
}

func TestMetadataGivesTagsAndASentence(t *testing.T) {
	list, _, err := polyhaven.ParseAssets(strings.NewReader(`{"old_room_01":{"name":"Old Room 01","description":"Free 16K HDRI of an old room.","categories":["indoor"],"tags":["Brick","indoor"],
		"category":"Abandoned & Ruins/Interiors","attributes":{"weather":null,"contrast":"low","light_type":"natural","backplates":true,"pure_sky":false,"season":"winter"}}}`))
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v, want one map", list, err)
	}
	if got, want := strings.Join(tags(list[0]), "|"), "old room|abandoned & ruins|interiors|indoor|brick|low contrast|natural light|winter"; got != want {
		t.Errorf("tags: got %s, want %s", got, want)
	}
	if got, want := sentence(list[0].Description), "an old room"; got != want {
		t.Errorf("sentence: got %q, want %q", got, want)
	}
}

func uniform(r, g, b float32) *hdr.Image {
	im := hdr.New(32, 16)
	for i := range 32 * 16 {
		im.Pix[3*i], im.Pix[3*i+1], im.Pix[3*i+2] = r, g, b
	}
	return im
}

func check(t *testing.T, w label.Words, im *hdr.Image) label.Words {
	t.Helper()
	seen, err := See(im)
	if err != nil {
		t.Fatal(err)
	}
	return seen.Check(w)
}

func TestCheckHoldsWordsAgainstPixels(t *testing.T) {
	blue, orange, dark := uniform(.3, .5, .9), uniform(.9, .5, .2), uniform(.01, .01, .02)
	sunset := label.Words{Attributes: label.Outdoor | label.Sunset, Tags: []string{"field", "sunrise-sunset"}, Written: []string{"a field", "a field at sunset"}}
	if got := check(t, sunset, orange); !got.Attributes.Has(label.Sunset) || len(got.Tags) != 2 || len(got.Written) != 2 {
		t.Errorf("a sunset that is orange: got %+v, want all its words", got)
	}
	if got := check(t, sunset, blue); got.Attributes.Has(label.Sunset) || !slices.Equal(got.Tags, []string{"field"}) || !slices.Equal(got.Written, []string{"a field"}) {
		t.Errorf("a sunset that is blue: got %+v, want no word of it", got)
	}
	if len(sunset.Tags) != 2 || sunset.Tags[1] != "sunrise-sunset" {
		t.Errorf("the words that were checked are now %q", sunset.Tags)
	}
	night := label.Words{Attributes: label.Outdoor | label.Night}
	if check(t, night, blue).Attributes.Has(label.Night) || !check(t, night, dark).Attributes.Has(label.Night) {
		t.Errorf("night: got %v on a bright map and %v on a dark one, want it on the dark alone", check(t, night, blue).Attributes, check(t, night, dark).Attributes)
	}
	warm := label.Words{Attributes: label.Warm, Tags: []string{"high contrast"}}
	if got := check(t, warm, blue); got.Attributes.Has(label.Warm) || !got.Attributes.Has(label.Cool) || len(got.Tags) > 0 {
		t.Errorf("tone of a blue even map: got %v and %q, want cool and no contrast", got.Attributes, got.Tags)
	}
}

func TestExamplesAreLabelled(t *testing.T) {
	entries, err := Index(context.Background(), "../../examples/hdri", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 18 {
		t.Errorf("examples: got %d maps, want 18", len(entries))
	}
	for _, e := range entries {
		if len(e.Written) != 1 || !e.Attributes.Any(label.Setting) || e.Scene == "" {
			t.Errorf("%s: got captions %q, attributes %v and scene %q, want one of each", e.Name, e.Written, e.Attributes, e.Scene)
		}
	}
}
