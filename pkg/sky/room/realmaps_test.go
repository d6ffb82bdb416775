package room

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/sky/num"
	"github.com/clipenv/toolkit/pkg/sky/realmaps"
)

// realMap reads a map at most 512 texels wide, as rooms are looked at.
func realMap(t *testing.T, name string) *hdr.Image {
	t.Helper()
	im := realmaps.Read(t, name)
	if im.W <= 512 {
		return im
	}
	im, err := envmap.Resize(im, 512, 256)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// roomsByEye are the names of those maps that the captions, which were written by eye, call
// indoors.
func roomsByEye(t *testing.T) (names []string) {
	t.Helper()
	for _, m := range realmaps.Captions(t, "../../..") {
		if slices.Contains(m.Attributes, "indoor") {
			names = append(names, m.Name)
		}
	}
	return names
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
	realmaps.Needed(t)
	known := eyedWindows(t)
	windows, found, wrong, rooms, seen := 0, 0, 0, 0, 0
	for _, name := range roomsByEye(t) {
		o := findOpenings(realMap(t, name))
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
				t.Logf("%s: no window, %.3f sr at elevations of %.0f° to %.0f°, azimuth %.0f°", name, a.size, a.low, a.high, (float64(a.left)+float64(a.wide)/2)*360/float64(o.s.W)-180)
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
	to := atmosphere.Toward(num.Radians(e.elevation), num.Radians(e.azimuth))
	x0, y0 := o.s.Texel(envmap.Vec{X: to[0], Y: to[1], Z: to[2]})
	reach := int(math.Ceil(1.5 / 360 * float64(o.s.W)))
	for y := max(y0-reach, 0); y <= min(y0+reach, o.s.H-1); y++ {
		for x := x0 - reach; x <= x0+reach; x++ {
			if in[y*o.s.W+(x+o.s.W)%o.s.W] {
				return true
			}
		}
	}
	return false
}
