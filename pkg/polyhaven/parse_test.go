package polyhaven

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
)

var api = &url.URL{Scheme: "https", Host: "api.polyhaven.com", Path: "/files/x"}

// In the API's shape, made up: nothing of it is Poly Haven's.
const answer = `{
	"quay_01": {"type": 0, "name": "Quay 01", "description": "A quay.", "category": "Coast & Water/Harbours/Small Quays",
		"categories": ["outdoor", "sunrise-sunset", "natural light"], "tags": ["boat", "water"],
		"authors": {"Ada": "All", "Bob": "Processing"}, "date_published": 1663804800, "date_taken": 1662805680,
		"coords": [50.5, -4.25], "evs_cap": 16, "whitebalance": 4950, "max_resolution": [16384, 8192], "backplates": true,
		"files_hash": "d81a", "attributes": {"weather": "clear", "sky_view": null, "pure_sky": true, "season": ["spring", "summer"], "odd": 7}},
	"attic": {"type": 0, "name": "Attic", "categories": null, "tags": ["wood", 7, null], "authors": ["Eve"], "coords": [1000, 0],
		"evs_cap": "12", "whitebalance": null, "date_taken": "yesterday", "max_resolution": [], "attributes": null},
	"bricks": {"type": 1, "name": "Bricks"},
	"../../etc": {"type": 0, "name": "Passwords"},
	"gone": null,
	"bare": {}
}`

func TestParseAssets(t *testing.T) {
	list, skipped, err := ParseAssets(strings.NewReader(answer))
	if err != nil {
		t.Fatal(err)
	}
	want := []Asset{
		{Slug: "attic", Name: "Attic", Categories: []string{}, Tags: []string{"wood"}, Authors: map[string]string{"Eve": ""}, EVsCap: 12},
		{Slug: "bare", Categories: []string{}, Tags: []string{}, Authors: map[string]string{}},
		{Slug: "quay_01", Name: "Quay 01", Description: "A quay.", Category: "Coast & Water/Harbours/Small Quays",
			Categories: []string{"outdoor", "sunrise-sunset", "natural light"}, Tags: []string{"boat", "water"},
			Authors: map[string]string{"Ada": "All", "Bob": "Processing"}, DatePublished: 1663804800, DateTaken: 1662805680,
			Coords: []float64{50.5, -4.25}, EVsCap: 16, WhiteBalance: 4950, MaxResolution: []int{16384, 8192}, Backplates: true, FilesHash: "d81a"},
	}
	if got := slices.Sorted(maps.Keys(list[2].Attributes)); !slices.Equal(got, []string{"pure_sky", "season", "weather"}) {
		t.Errorf("got attributes %q, want those of a known type", got)
	}
	list[2].Attributes = nil
	if !reflect.DeepEqual(list, want) {
		t.Errorf("got\n%+v\nwant\n%+v", list, want)
	}
	wantSkipped := []Skipped{
		{`"../../etc"`, `the slug is "../../etc", want up to 50 letters, digits, _ and -, no - first`},
		{"gone", "the list says nothing of it"},
	}
	if !slices.Equal(skipped, wantSkipped) {
		t.Errorf("skipped: got %q, want %q", skipped, wantSkipped)
	}
}

// A slug becomes a file's name, which people and scripts hand to programs.
func TestSlugsMakeSafeNames(t *testing.T) {
	for slug, want := range map[string]bool{
		"quay_01": true, "a-b": true, "_a": true, "0": true, strings.Repeat("a", 50): true,
		"-rf": false, "--help": false, "-": false, "": false, strings.Repeat("a", 51): false, "a/b": false, "..": false, "a.b": false, "a\x1b": false, "é": false, "a\n": false,
	} {
		if err := checkSlug(slug); (err == nil) != want {
			t.Errorf("%q: got %v, want it taken: %v", slug, err, want)
		}
	}
}

func TestFilter(t *testing.T) {
	list, _, err := ParseAssets(strings.NewReader(answer))
	if err != nil {
		t.Fatal(err)
	}
	attributes := func(s string) map[string][]string {
		a, err := ParseAttributes(strings.Split(s, " "))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range []struct {
		f    Filter
		want string // the slugs, or what the error says
	}{
		{Filter{}, "attic bare quay_01"},
		{Filter{Names: []string{"quay*", "attic"}}, "attic quay_01"},
		{Filter{Names: []string{"quay"}}, "none has name quay"},
		{Filter{Categories: []string{"Sunrise_Sunset"}}, "quay_01"},
		{Filter{Categories: []string{"coast-water"}}, "quay_01"},
		{Filter{Categories: []string{"coast-water/harbours"}}, "quay_01"},
		{Filter{Categories: []string{"Small Quays", "outdoor"}}, "quay_01"},
		{Filter{Categories: []string{"quays"}}, "none has category quays"},
		{Filter{Categories: []string{"coast-water/small-quays"}}, "none has category"},
		{Filter{Tags: []string{"Boat", "water"}}, "quay_01"},
		{Filter{Tags: []string{"boat", "wood"}}, "1 have tag boat; 1 have tag wood; none all of it"},
		{Filter{Attributes: attributes("weather=overcast,clear")}, "quay_01"},
		{Filter{Attributes: attributes("weather=overcast clear season=summer pure_sky=true")}, "quay_01"},
		{Filter{Attributes: attributes("weather=clear season=winter")}, "none has attribute season=winter"},
		{Filter{Attributes: attributes("pure_sky=false")}, "no map of 3 is wanted: none has attribute pure_sky=false"},
	} {
		kept, err := c.f.Select(list)
		var slugs []string
		for _, a := range kept {
			slugs = append(slugs, a.Slug)
		}
		if got := strings.Join(slugs, " "); err == nil && got != c.want {
			t.Errorf("%+v: got %s, want %s", c.f, got, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.f, err, c.want)
		}
	}
	for _, bad := range []Filter{{Names: []string{"[a"}}, {Tags: []string{"  "}}, {Categories: []string{""}}} {
		if bad.Check() == nil {
			t.Errorf("%+v: got no error", bad)
		}
	}
	for _, bad := range []string{"clear", "weather=", "=clear", ""} {
		if got, err := ParseAttributes([]string{bad}); err == nil {
			t.Errorf("%q: got %v, want an error", bad, got)
		}
	}
}

func entry(size, md5, address string) string {
	return fmt.Sprintf(`{"size":%s,"md5":%q,"url":%q}`, size, md5, address)
}

func TestParseFiles(t *testing.T) {
	const sum = "9A835B2F0E7A42E2B98FEFD19C4A3B9D"
	good := entry("10", sum, "https://dl.example.org/a_1k.hdr")
	files, err := ParseFiles(strings.NewReader(`{"hdri":{"1k":{"hdr":`+good+`,"exr":7,"psd":`+good+`},"19k":{"exr":`+good+`},"../1k":{"hdr":`+good+`},"2k":[]},"tonemapped":`+good+`}`), api)
	f := File{"https://dl.example.org/a_1k.hdr", 10, strings.ToLower(sum)}
	if want := (Files{"1k": {"hdr": f}, "19k": {"exr": f}}); err != nil || !reflect.DeepEqual(files, want) {
		t.Errorf("got %v, %v, want %v", files, err, want)
	}
	for text, want := range map[string]string{
		`{}`:                          "the answer names no map",
		`null`:                        "the answer names no map",
		`{"hdri":[]}`:                 "the answer names no map",
		`{"hdri":{"1k":{"hdr":{}}}}`:  `1k hdr: the url is "", want an address of https`,
		`{"hdri":{"1k":{"hdr":"x"}}}`: `1k hdr: want an object with url, size and md5`,
		`{"hdri":{"1k":{"hdr":` + entry("0", sum, "https://a/b") + `}}}`:        "the size is 0, want 1 to 68719476736 bytes",
		`{"hdri":{"1k":{"hdr":` + entry("1e30", sum, "https://a/b") + `}}}`:     "want an object with url, size and md5",
		`{"hdri":{"1k":{"hdr":` + entry("1", "x", "https://a/b") + `}}}`:        `the md5 is "x", want 32 hexadecimal digits`,
		`{"hdri":{"1k":{"hdr":` + entry("1", sum, "http://a/b") + `}}}`:         `the url is "http://a/b", want an address of https`,
		`{"hdri":{"1k":{"hdr":` + entry("1", sum, "file:///etc/passwd") + `}}}`: "want an address of https",
		`{"hdri":{"1k":{"hdr":` + entry("1", sum, "https://me:pw@a/b") + `}}}`:  "want an address of https",
		`{"hdri":{"1k":{"hdr":`: "the JSON ends in its middle, after ",
		``:                      "there is nothing, want JSON",
		`[]`:                    "no JSON of the known shape",
		`<html>`:                "no JSON of the known shape",
		`{} {}`:                 "there is more after the JSON",
	} {
		if got, err := ParseFiles(strings.NewReader(text), api); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %s", text, got, err, want)
		}
	}
}

func TestChoose(t *testing.T) {
	f := func(s string) File { return File{URL: s} }
	files := Files{"1k": {"hdr": f("1"), "exr": f("1e")}, "4k": {"hdr": f("4")}, "16k": {"hdr": f("16")}}
	for want, c := range map[string]Choice{
		"1":  {"1k", "hdr", false},
		"1e": {"8k", "exr", true},
		"4":  {"8k", "hdr", true}, // as far from 4k as from 16k: the smaller
		"16": {"12k", "hdr", true},
	} {
		if _, got, err := files.Choose(c); err != nil || got.URL != want {
			t.Errorf("%+v: got %v, %v, want %s", c, got, err, want)
		}
	}
	if _, got, err := files.Choose(Choice{"4k", "exr", false}); err == nil || err.Error() != "no exr at 4k, only 1k 4k 16k hdr, 1k exr" {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []Choice{{"0k", "hdr", false}, {"1", "hdr", false}, {"1k", "png", false}, {"../k", "exr", true}} {
		if bad.Check() == nil {
			t.Errorf("%+v: got no error", bad)
		}
	}
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		fault fetchtest.Fault
		want  string
	}{
		"page":    {fetchtest.Page("text/html"), "got a page of HTML, want JSON; given up after 6 tries"},
		"cut":     {fetchtest.Cut(20), "the JSON ends in its middle"},
		"garbage": {fetchtest.Bytes(200, []byte("{]")), "no JSON of the known shape: invalid character ']'"},
		"null":    {fetchtest.Bytes(200, []byte("null")), "the JSON is null, want an object keyed by slug"},
		"endless": {fetchtest.Bytes(200, bytes.Repeat([]byte(" "), longestAnswer+2)), "the answer is longer than 64 MiB"},
		"refused": {fetchtest.Status(400), `https://api.polyhaven.com/assets?type=hdris: the server answers "400 Bad Request"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := haven(1, size)
				client := serve(t, s, Settings{})
				s.Break("assets", slices.Repeat([]fetchtest.Fault{c.fault}, 9)...)
				if _, _, err := client.Assets(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %s", err, c.want)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // and those that come right the second time
		s := haven(1, size)
		client := serve(t, s, Settings{})
		s.Break("assets", fetchtest.Cut(20), fetchtest.Page("text/html"), fetchtest.Stall(10))
		if list, _, err := client.Assets(t.Context()); err != nil || len(list) != 1 {
			t.Errorf("got %v, %v, want one map", list, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		client := serve(t, haven(1, size), Settings{})
		if _, err := client.Files(t.Context(), "../a"); err == nil {
			t.Error("../a: got no error")
		}
	})
}

func TestSettings(t *testing.T) {
	for _, bad := range []Settings{
		{Base: "api.polyhaven.com", Rate: 1}, {Base: "ftp://a", Rate: 1}, {Base: "https://", Rate: 1}, {Base: "%", Rate: 1},
		{Rate: 0}, {Rate: -1},
	} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v: got no error", bad)
		}
	}
}

// A mirror over plain http works where the user names it so.
func TestMirror(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(1, size)
		client := serve(t, s, Settings{Base: "http://mirror.local/"})
		dir := t.TempDir()
		if _, err := bring(t.Context(), client, dir, quiet); err != nil {
			t.Fatal(err)
		}
		wantWhole(t, dir, "a")
	})
}

// Whatever comes: slugs are safe in file names, and what is kept of a list is
// read again as it is.
func FuzzParseAssets(f *testing.F) {
	f.Add(answer)
	f.Add(`{"a":{"attributes":{"x":["y"]},"authors":null,"coords":[1,2]}}`)
	f.Add(`{"..":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, _, err := ParseAssets(strings.NewReader(text))
		if err != nil {
			return
		}
		kept := map[string]Asset{}
		for _, a := range list {
			if strings.ContainsAny(a.Slug, "/\\.") || a.Slug == "" {
				t.Errorf("got slug %q", a.Slug)
			}
			kept[a.Slug] = a
		}
		data, err := marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := ParseAssets(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("read again: %v", err)
		}
		clear(kept)
		for _, a := range again {
			kept[a.Slug] = a
		}
		if more, err := marshal(kept); err != nil || !bytes.Equal(more, data) {
			t.Errorf("read and kept again: got %s, %v, want %s", more, err, data)
		}
	})
}

// Whatever comes: each file that is kept can be asked for and checked.
func FuzzParseFiles(f *testing.F) {
	f.Add(`{"hdri":{"1k":{"hdr":` + entry("10", "9a835b2f0e7a42e2b98fefd19c4a3b9d", "https://dl.example.org/a_1k.hdr") + `}}}`)
	f.Add(`{"hdri":{"2k":{"exr":` + entry("1", "9a835b2f0e7a42e2b98fefd19c4a3b9d", "//x/y") + `}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		files, err := ParseFiles(strings.NewReader(text), api)
		if err != nil {
			return
		}
		for resolution, formats := range files {
			for format, file := range formats {
				u, err := url.Parse(file.URL)
				if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
					t.Errorf("got url %q, %v", file.URL, err)
				}
				if c := (Choice{Resolution: resolution, Format: format}); c.Check() != nil || file.Size <= 0 || len(file.MD5) != 32 {
					t.Errorf("got %s %s: %+v", resolution, format, file)
				}
			}
		}
	})
}
