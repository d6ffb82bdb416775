package dataset

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
)

func drawnMaps(t *testing.T, n int) []Map {
	t.Helper()
	maps, err := Loader{Size: small, Log: io.Discard}.Draw(context.Background(), 4, 0, n)
	if err != nil {
		t.Fatal(err)
	}
	return maps
}

// What people wrote is text on the page: it makes no element and no attribute.
func TestHostileWordsAreText(t *testing.T) {
	maps := drawnMaps(t, 2)
	const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>{{.}}`
	maps[0].Name, maps[0].Scene = hostile, hostile+"2"
	maps[0].Written, maps[0].Tags = []string{hostile}, []string{hostile, "javascript:alert(3)"}
	var page bytes.Buffer
	if err := WriteContacts(&page, hostile, hostile, maps, .1, .1); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	text, recipe := 0, ""
	d := xml.NewDecoder(&page)
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			count[token.Name.Local]++
			for i, a := range token.Attr {
				if a.Value == "recipe" {
					recipe = token.Attr[i+1].Value
				}
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "src" && !strings.HasPrefix(a.Value, "data:image/jpeg;base64,") {
					t.Errorf("got attribute %s=%q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			text += strings.Count(string(token), hostile)
		}
	}
	if count["script"] != 0 || count["img"] != 2 {
		t.Errorf("got %d scripts and %d images, want 0 and one for each of 2 maps", count["script"], count["img"])
	}
	if recipe != hostile {
		t.Errorf("got the recipe %q, want %q", recipe, hostile)
	}
	if text < 5 { // title, heading, name, scene, sentence, tag
		t.Errorf("got the words %d times as text, want at least 5", text)
	}
}

func TestSummaryCountsEveryMapOnce(t *testing.T) {
	maps := drawnMaps(t, 30)
	for i := range maps {
		maps[i].Seen.Stops, maps[i].SHA256 = float64(i), string(rune('a'+i))
		maps[i].Seen.Print = bytes.Repeat([]byte{byte(8 * i)}, 64)
	}
	maps[3].SHA256, maps[3].Seen.Print = maps[9].SHA256, maps[9].Seen.Print
	maps[4].Seen.Print, maps[4].Scene = maps[8].Seen.Print, maps[8].Scene // one scene: no leak
	maps[5].HeldOut = true
	s := Summarise(maps, .2, .2)
	if s.Maps != 30 || s.Scenes != 29 || s.HeldOut != 1 || s.Splits[Train]+s.Splits[Val]+s.Splits[Test] != 30 {
		t.Errorf("got %+v, want 30 maps in three splits, 29 scenes, one held out", s)
	}
	if s.Stops.Least != 0 || s.Stops.Median != 15 || s.Stops.Most != 29 {
		t.Errorf("stops: got %+v, want 0, 15, 29", s.Stops)
	}
	want := []string{maps[3].Name, maps[9].Name}
	if len(s.Same) != 1 || !slices.Equal(s.Same[0], want) || len(s.Alike) != 1 || !slices.Equal(s.Alike[0], want) {
		t.Errorf("duplicates: got %v and %v, want %v", s.Same, s.Alike, want)
	}
	total := 0
	for _, n := range s.Attributes {
		total += n
	}
	said := 0
	for _, m := range maps {
		said += len(m.Attributes.Names())
	}
	if total != said {
		t.Errorf("attributes: got %d, want %d", total, said)
	}
}
