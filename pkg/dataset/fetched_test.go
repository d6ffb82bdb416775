package dataset

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/polyhaven"
	"github.com/clipenv/toolkit/pkg/polyhaven/polyhaventest"
)

// What is fetched is a data set, with what lay in the folder before.
func TestFetchedFoldersAreIndexed(t *testing.T) {
	s := &polyhaventest.Server{}
	s.Add("a", `{"name":"A","categories":["outdoor"],"tags":["grass"]}`)
	s.Add("b", `{"name":"Old Barn","categories":["outdoor","nature"],"tags":["meadow"],"description":"A meadow & a barn.",
		"authors":["Ada"],"attributes":{"weather":"overcast","time_of_day":"midday","pure_sky":null,"odd":{"x":1}},"coords":"here","whitebalance":"5100"}`)
	s.Put("a_1k.hdr", []byte("a map"))
	s.Put("b_1k.hdr", []byte("another"))
	server := httptest.NewServer(s)
	defer server.Close()
	dir := t.TempDir()
	write(t, dir, "metadata.json", `{"mine":{"name":"Mine","tags":["night"]}}`)
	write(t, dir, "mine.hdr", "x")

	client, err := polyhaven.New(polyhaven.Settings{Base: server.URL, Rate: 1000})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := client.Assets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	folder, err := client.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := folder.Plan(t.Context(), list, polyhaven.Choice{Resolution: "1k", Format: "hdr"}, 0, func() {})
	if err != nil {
		t.Fatal(err)
	}
	quiet := polyhaven.Progress{Grown: func(int64) {}, Done: func(string) {}}
	if _, err := folder.Fetch(t.Context(), plan, 1, quiet); err != nil {
		t.Fatal(err)
	}
	entries, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "metadata.json")); !strings.Contains(string(data), `"A meadow & a barn."`) || !strings.Contains(string(data), `"whitebalance": 5100`) {
		t.Errorf("got %s, want the description as it is, and the white balance as a number", data)
	}
	wantAttributes(t, entries, map[string]label.Attributes{
		"a":    label.Outdoor | label.Grass,
		"b":    label.Outdoor | label.Field | label.Grass | label.Day | label.Overcast,
		"mine": label.Outdoor | label.Night,
	})
}
