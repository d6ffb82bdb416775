package sky

import (
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky/realmaps"
)

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
	realmaps.Needed(t)
	maps, right, places := 0, 0, 0
	for _, m := range realmaps.Captions(t, "../..") {
		maps++
		want := kindsIn(m.Attributes)
		sc, err := Analyse(realmaps.Read(t, m.Name))
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
