package sky

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// eyed is a spot of a map by eye.
type eyed struct {
	azimuth, elevation float64 // degrees
	doubtful           bool    // it may be a window: a mirror, a roof that lets light through
}

// eyedWindows reads the windows of rooms, a point within each pane, by map.
func eyedWindows(t *testing.T) map[string][]eyed {
	t.Helper()
	f, err := os.Open("testdata/windows.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][]eyed{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, points, ok := strings.Cut(lines.Text(), ":")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		for _, p := range strings.Fields(points) {
			var e eyed
			p, e.doubtful = strings.CutPrefix(p, "?")
			if _, err := fmt.Sscanf(p, "%g,%g", &e.azimuth, &e.elevation); err != nil {
				t.Fatalf("%s: %q is no point: %v", name, p, err)
			}
			out[name] = append(out[name], e)
		}
	}
	return out
}

// Of the windows that are seen by eye most are found, and little is found that is none.
func TestWindowsOfRealMaps(t *testing.T) {
	needsPolyHaven(t)
	known := eyedWindows(t)
	files, err := filepath.Glob(filepath.Join(os.Getenv(polyHaven), "*.hdr"))
	if err != nil {
		t.Fatal(err)
	}
	windows, found, wrong, rooms, seen := 0, 0, 0, 0, 0
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".hdr"), "_512")
		im, err := atMost(realMap(t, name), kindWidth)
		if err != nil {
			t.Fatal(err)
		}
		if kindSigns(im).kind() != Indoor {
			continue
		}
		o := findOpenings(im)
		parts, lamps := o.windows()
		panes, _ := o.panes(parts, lamps)
		missed := ""
		has, any := false, false
		for _, e := range known[name] {
			switch got := o.near(panes, e); {
			case e.doubtful:
				continue
			case got:
				found, any = found+1, true
			default:
				missed += fmt.Sprintf(" %g,%g", e.azimuth, e.elevation)
			}
			windows++
			has = true
		}
		if has {
			rooms++
		}
		if any {
			seen++
		}
		for _, a := range parts {
			if !slices.ContainsFunc(known[name], func(e eyed) bool { return o.near(o.set([]opening{a}), e) }) {
				wrong++
				t.Logf("%s: no window, %.3f sr at elevations of %.0f° to %.0f°, azimuth %.0f°", name, a.size, a.low, a.high, (float64(a.left)+float64(a.wide)/2)*360/float64(o.s.w)-180)
			}
		}
		if missed != "" {
			t.Logf("%s: missed%s", name, missed)
		}
	}
	t.Logf("%d of %d windows are found, in %d of %d rooms; %d that are none", found, windows, seen, rooms, wrong)
	if found < windows*6/10 || wrong > windows/20 {
		t.Errorf("%d of %d windows are found, and %d that are none: want 6 of 10, and 1 for 20", found, windows, wrong)
	}
}

// near tells whether a set holds a texel within 1.5° of a spot.
func (o *openings) near(in []bool, e eyed) bool {
	x0, y0 := texelAt(vecAt(e.azimuth, e.elevation), o.s.w, o.s.h)
	reach := int(math.Ceil(1.5 / 360 * float64(o.s.w)))
	for y := max(y0-reach, 0); y <= min(y0+reach, o.s.h-1); y++ {
		for x := x0 - reach; x <= x0+reach; x++ {
			if in[y*o.s.w+(x+o.s.w)%o.s.w] {
				return true
			}
		}
	}
	return false
}
