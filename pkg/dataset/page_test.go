package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clipenv/toolkit/pkg/label"
)

// crowdedPage is a page of maps with more words than fit, and words longer
// than a line.
func crowdedPage(t *testing.T) string {
	t.Helper()
	maps := drawnMaps(t, 12)
	long := strings.Repeat("immeasurably", 40)
	for i := range maps {
		m := &maps[i]
		m.Attributes = label.Outdoor | label.Day | label.Clear | label.Field | label.Grass | label.Trees | label.Buildings | label.SunVisible | label.SunHigh | label.NaturalLight | label.Bright | label.HighContrast
		m.Written = []string{"a meadow at noon, with trees before a row of houses"}
		m.Tags = []string{"meadow", "afternoon sun", "scattered clouds", "old houses"}
	}
	maps[0].Name, maps[0].Scene, maps[0].Written, maps[0].Tags = long, long, []string{long, "草原" + strings.Repeat("草", 400)}, []string{long, "short"}
	for range 300 {
		maps[1].Tags = append(maps[1].Tags, "tag")
	}
	maps[2].Written, maps[2].Tags = nil, nil
	var page bytes.Buffer
	if err := WriteContacts(&page, "Maps of /home/"+strings.Repeat("folder/", 60)+long, "{}", maps, .1, .1); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// The page's own rules, without a browser: what keeps words inside their column
// is there. Words of a list stand in boxes that may wrap, since nothing between
// them could break a line; columns and boxes may be narrower than their words.
func TestThePageCanBreakItsLines(t *testing.T) {
	page := crowdedPage(t)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	if style == nil {
		t.Fatal("the page has no style")
	}
	rules := map[string]string{}
	for _, r := range regexp.MustCompile(`(?m)^([^{}]+) \{ ([^{}]+) \}$`).FindAllStringSubmatch(style[1], -1) {
		for name := range strings.SplitSeq(r[1], ", ") {
			rules[strings.TrimSpace(name)] += r[2] + ";"
		}
	}
	for name, wants := range map[string][]string{
		"body":   {"overflow-wrap: anywhere"},
		"main":   {"display: grid", "minmax(min(256px, 100%), 1fr)"},
		"figure": {"min-width: 0"},
		"ul":     {"display: flex", "flex-wrap: wrap"},
		"li":     {"min-width: 0"},
		"img":    {"width: 100%"},
		"pre":    {"white-space: pre-wrap"},
	} {
		for _, want := range wants {
			if !strings.Contains(rules[name], want) {
				t.Errorf("%s: got %q, want %q among it", name, rules[name], want)
			}
		}
	}
	if !strings.Contains(page, `content="width=device-width, initial-scale=1"`) {
		t.Error("a phone would show the page as a desk's, made small: no viewport of its width")
	}
}

// measured is what a browser says of the page at a width.
type measured struct {
	Width  int      `json:"width"`  // of what is shown, pixels
	Scroll int      `json:"scroll"` // of what there is
	Maps   int      `json:"maps"`
	Over   []string `json:"over"` // what is wider than where it stands
}

// A phone's, a laptop's and a wide screen's width: nothing scrolls sideways and
// nothing runs over its neighbour.
func TestNothingOverflowsInABrowser(t *testing.T) {
	browser := findBrowser(t)
	page := crowdedPage(t)
	for _, width := range []int{320, 390, 1300, 2200} {
		m := measure(t, browser, page, width)
		if m.Width != width || m.Maps != 12 {
			t.Errorf("got %d maps %d pixels wide, want 12 and %d: the measuring is wrong", m.Maps, m.Width, width)
		}
		if m.Scroll > width || len(m.Over) > 0 {
			t.Errorf("at %d pixels: the page is %d wide, and over their places are %q", width, m.Scroll, m.Over)
		}
	}
	// The measuring sees what it is for.
	bad := strings.Replace(page, "flex-wrap: wrap", "flex-wrap: nowrap; white-space: nowrap", 1)
	if m := measure(t, browser, bad, 1300); len(m.Over) == 0 {
		t.Error("lists that run over their neighbours are not seen")
	}
}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium here to look at the page with: Debian has it as chromium-headless-shell")
	return ""
}

// measure shows the page in a frame of the given width.
func measure(t *testing.T, browser, page string, width int) (m measured) {
	t.Helper()
	const look = `<script>
onload = () => {
	const frame = document.querySelector("iframe"), doc = frame.contentDocument, over = [];
	for (const e of doc.body.querySelectorAll("*")) {
		const place = (e.closest("figure") || doc.documentElement).getBoundingClientRect();
		for (const box of e.getClientRects())
			if (box.right > place.right + 0.5 || box.left < place.left - 0.5) { over.push(e.tagName + " " + e.textContent.slice(0, 20)); break; }
		if (e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1) over.push(e.tagName + " scrolls");
	}
	const said = {width: frame.contentWindow.innerWidth, scroll: doc.documentElement.scrollWidth, maps: doc.querySelectorAll("figure").length, over: over.slice(0, 5)};
	document.querySelector("output").textContent = JSON.stringify(said);
};
</script><output></output>`
	dir := t.TempDir()
	path := filepath.Join(dir, "look.html")
	frame := fmt.Sprintf(`<!doctype html><meta charset="utf-8"><iframe style="border:0;width:%dpx;height:900px" srcdoc="%s"></iframe>%s`, width, html.EscapeString(page), look)
	if err := os.WriteFile(path, []byte(frame), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--user-data-dir="+filepath.Join(dir, "user"), "--virtual-time-budget=5000", "--dump-dom", "file://"+path)
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	said := regexp.MustCompile(`<output>(.*)</output>`).FindSubmatch(dom)
	if said == nil {
		t.Fatalf("%s said nothing of %d bytes", browser, len(dom))
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(said[1]))), &m); err != nil {
		t.Fatalf("%s said %q: %v", browser, said[1], err)
	}
	return m
}
