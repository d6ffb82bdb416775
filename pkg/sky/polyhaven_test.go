package sky

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// polyHaven names the environment's variable with the folder of the maps that
// docs/models.md trains on, as NAME.hdr or NAME_512.hdr. They are in no clone, and
// without them these tests are skipped.
const polyHaven = "POLYHAVEN"

// realMap reads a map of that folder.
func realMap(t *testing.T, name string) *hdr.Image {
	t.Helper()
	folder := os.Getenv(polyHaven)
	im, err := hdr.Read(filepath.Join(folder, name+".hdr"))
	if errors.Is(err, os.ErrNotExist) {
		im, err = hdr.Read(filepath.Join(folder, name+"_512.hdr"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func needsPolyHaven(t *testing.T) {
	t.Helper()
	if os.Getenv(polyHaven) == "" {
		t.Skip(polyHaven + " names no folder of maps")
	}
}

// kindsIn are the kinds that a caption's attributes leave: two where it says nothing of
// the sun's height.
func kindsIn(attributes []string) []Kind {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(attributes, w) })
	}
	switch {
	case has("indoor"):
		return []Kind{Indoor}
	case has("night"):
		return []Kind{Night}
	case has("dusk", "sunrise", "sunset"):
		return []Kind{Dusk}
	case has("day"):
		return []Kind{Day}
	}
	return []Kind{Day, Dusk}
}

// The kind of scene, and that a sky is seen out of doors and in no room, are told as the
// captions have them, which were written by eye, in 19 of 20 maps.
func TestKindsOfRealMaps(t *testing.T) {
	needsPolyHaven(t)
	f, err := os.Open("../../configs/mini/polyhaven/captions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	maps, right, places := 0, 0, 0
	for d := json.NewDecoder(f); ; maps++ {
		var m struct {
			Name       string
			Attributes []string
		}
		if err := d.Decode(&m); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		want := kindsIn(m.Attributes)
		sc, err := Analyse(realMap(t, m.Name))
		if err != nil {
			t.Fatal(err)
		}
		indoor := want[0] == Indoor
		if (sc.Kind == Indoor) == indoor && sc.SkySeen() != indoor {
			places++
		}
		if slices.Contains(want, sc.Kind) && sc.SkySeen() != indoor {
			right++
		} else {
			t.Logf("%s: %v, sky seen %v; want %v", m.Name, sc.Kind, sc.SkySeen(), want)
		}
	}
	t.Logf("of %d maps %d are of the right kind, and %d indoors or outdoors rightly", maps, right, places)
	if 20*right < 19*maps {
		t.Errorf("%d of %d maps are told rightly, want 95 %%", right, maps)
	}
}
