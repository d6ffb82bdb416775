package sky_test

import (
	"path/filepath"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky"
)

// What a map is put into may be edited again: under a closed cover, which is grey, it
// is outdoors as it was.
func TestAnOvercastOfOnesOwnIsASky(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range []string{"hdri/park", "hdri/venice", "hdri/sunset", "hdri/dawn", "hdri/city", "world/city"} {
		im, err := hdr.Read(filepath.Join("../../examples", name+".exr"))
		if err != nil {
			continue // not fetched
		}
		if im, err = envmap.Resize(im, 512, 256); err != nil {
			t.Fatal(err)
		}
		sc, err := sky.Analyse(im)
		if err != nil {
			t.Fatal(err)
		}
		if sc.Kind == sky.Indoor {
			continue
		}
		seen++
		for _, tint := range [][3]float64{{1, 1, 1}, {1.08, 1, .9}} {
			closed := sc.Own()
			closed.Cover, closed.Detail, closed.Tint = 1, .5, tint
			out, err := sc.Render(closed)
			if err != nil {
				t.Fatal(err)
			}
			if kind, err := sky.KindOf(out); err != nil || kind == sky.Indoor {
				t.Errorf("%s under cloud of tint %v is %v (%v), want outdoors", name, tint, kind, err)
			}
		}
	}
	if seen == 0 {
		t.Skip("no example maps here")
	}
}
