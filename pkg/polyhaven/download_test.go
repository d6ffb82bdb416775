package polyhaven

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/pkg/polyhaven/polyhaventest"
)

const size = 5000 // of the test's maps

var quiet = Progress{Grown: func(int64) {}, Done: func(string) {}}

// bring plans and fetches every map at 1k, one at a time.
func bring(ctx context.Context, c *Client, dir string, p Progress) (Report, error) {
	list, _, err := c.Assets(ctx)
	if err != nil {
		return Report{}, err
	}
	f, err := c.Open(dir)
	if err != nil {
		return Report{}, err
	}
	plan, err := f.Plan(ctx, list, Choice{Resolution: "1k", Format: "hdr"}, 0, func() {})
	if err != nil {
		return Report{}, err
	}
	return f.Fetch(ctx, plan, 1, p)
}

// wantWhole holds the law: what stands under a final name is right, and a
// folder whose maps are all there holds nothing else.
func wantWhole(t *testing.T, dir string, slugs ...string) {
	t.Helper()
	want := []string{metadataName, provenanceName}
	for _, slug := range slugs {
		name := slug + "_1k.hdr"
		want = append(want, name)
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, content(slug+"1k", size)) {
			t.Errorf("%s: got %d bytes, %v, want the server's %d", name, len(got), err, size)
		}
	}
	slices.Sort(want)
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("the folder has %q, want %q", got, want)
	}
}

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// ranges lists what was asked for of a file.
func ranges(s *polyhaventest.Server, name string) (out []string) {
	for _, r := range s.Requests() {
		if strings.HasSuffix(r.Path, name) {
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(r.Range, "bytes="), "-"))
		}
	}
	return out
}

// elsewhere is a fault's way to another version of a file.
func elsewhere(length int) []byte { return content("another version", length) }

func TestFaultsAreGotOver(t *testing.T) {
	whole := content("a1k", size)
	for name, c := range map[string]struct {
		faults []fetchtest.Fault
		ranges string // where each request began, with commas between; nothing for the whole file
		says   string // in the log
	}{
		"none":            {nil, "", ""},
		"cut":             {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Cut(1500)}, ",1000,2500", ""},
		"cut at once":     {[]fetchtest.Fault{fetchtest.Cut(0)}, ",", ""},
		"stalled":         {[]fetchtest.Fault{fetchtest.Stall(1000)}, ",1000", ""},
		"silent":          {[]fetchtest.Fault{fetchtest.Stall(0)}, ",", ""},
		"500s":            {[]fetchtest.Fault{fetchtest.Status(500), fetchtest.Status(502), fetchtest.Status(504)}, ",,,", ""},
		"too many":        {[]fetchtest.Fault{fetchtest.Status(429, "Retry-After", "7")}, ",", ""},
		"cut, then busy":  {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Status(503)}, ",1000,1000", ""},
		"wrong bytes":     {[]fetchtest.Fault{fetchtest.Spoil(4000)}, ",", ""},
		"a page":          {[]fetchtest.Fault{fetchtest.Page("text/html; charset=utf-8")}, ",", ""},
		"a secret page":   {[]fetchtest.Fault{fetchtest.Page("application/octet-stream")}, ",", ""},
		"cut, then page":  {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Page("text/html")}, ",1000,1000", ""},
		"too short":       {[]fetchtest.Fault{fetchtest.Bytes(200, whole[:size-1])}, ",4999", ""},
		"said too short":  {[]fetchtest.Fault{fetchtest.Bytes(200, whole[:size-1], "Content-Length", "4999")}, ",", ""},
		"too long":        {[]fetchtest.Fault{fetchtest.Bytes(200, append(elsewhere(size), 0))}, ",", ""},
		"endless":         {[]fetchtest.Fault{fetchtest.Bytes(200, elsewhere(9*size), "Transfer-Encoding", "chunked")}, ",", ""},
		"encoded":         {[]fetchtest.Fault{fetchtest.Bytes(200, whole, "Content-Encoding", "br")}, ",", ""},
		"range ignored":   {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.IgnoreRange}, ",1000", ""},
		"no such range":   {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Status(416)}, ",1000,", ""},
		"wrong range":     {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Bytes(206, whole, "Content-Range", "bytes 0-4999/5000")}, ",1000,", `the server sends the range "bytes 0-4999/5000", want 1000 to 4999 of 5000`},
		"odd range":       {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Bytes(206, whole[1000:], "Content-Range", "pages 1-2")}, ",1000,", ""},
		"other length":    {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Bytes(206, whole[1000:], "Content-Range", "bytes 1000-4999/6000")}, ",1000,", ""},
		"unknown length":  {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Bytes(206, whole[1000:], "Content-Range", "bytes 1000-4999/*")}, ",1000", ""},
		"less than asked": {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Bytes(206, whole[1000:2000], "Content-Range", "bytes 1000-1999/5000")}, ",1000,2000", ""},
		"other version":   {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Bytes(206, elsewhere(size)[1000:], "Content-Range", "bytes 1000-4999/5000", "ETag", `"other"`)}, ",1000,", "the file on the server is another by now"},
		"mixed unawares":  {[]fetchtest.Fault{fetchtest.Cut(1000), fetchtest.Bytes(206, elsewhere(size)[1000:], "Content-Range", "bytes 1000-4999/5000")}, ",1000,", "the file's md5 is "},
		"redirected":      {[]fetchtest.Fault{fetchtest.Redirect("https://mirror.example.org/x/a_1k.hdr")}, ",", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := haven(2, size)
				var said strings.Builder
				client := serve(t, s, Settings{Log: func(format string, args ...any) { fmt.Fprintf(&said, format, args...) }})
				dir := t.TempDir()
				s.Break("a_1k.hdr", c.faults...)
				report, err := bring(t.Context(), client, dir, quiet)
				if err != nil || len(report.Fetched) != 2 || len(report.Failed) != 0 {
					t.Fatalf("got %+v, %v, want two files", report, err)
				}
				wantWhole(t, dir, "a", "b")
				if !strings.Contains(said.String(), c.says) {
					t.Errorf("said %s, want %q in it", &said, c.says)
				}
				if got := strings.Join(ranges(s, "a_1k.hdr"), ","); got != c.ranges {
					t.Errorf("asked for ranges %q, want %q", got, c.ranges)
				}
			})
		})
	}
}

// What cannot be had is reported, leaves nothing under its name, and keeps no
// other file from coming.
func TestLastingFaultsAreReported(t *testing.T) {
	for name, c := range map[string]struct {
		fault fetchtest.Fault
		want  string
	}{
		"gone":      {fetchtest.Status(404), `the server answers "404 Not Found"`},
		"forbidden": {fetchtest.Status(403), `the server answers "403 Forbidden"`},
		"broken":    {fetchtest.Status(500), `the server answers "500 Internal Server Error"; given up after 6 tries`},
		"busy":      {fetchtest.Status(429, "Retry-After", "7200"), `the server answers "429 Too Many Requests" and asks to wait 2h0m0s; come back then`},
		"spoilt":    {fetchtest.Spoil(77), `as before`},
		"short":     {fetchtest.Bytes(200, make([]byte, 100)), "the file has 100 bytes, want 5000; given up after 6 tries"},
		"page":      {fetchtest.Page("text/html"), "got a page of HTML, want a map; given up after 6 tries"},
		"cut":       {fetchtest.Cut(0), "given up after 6 tries"},
		"silent":    {fetchtest.Stall(0), "no byte came for 30s; given up after 6 tries"},
		"circle":    {fetchtest.Redirect("/file/ph-assets/HDRIs/hdr/1k/a_1k.hdr"), "redirected in a circle, to https://api.polyhaven.com/file/"},
		"plain":     {fetchtest.Redirect("http://api.polyhaven.com/a_1k.hdr"), "redirected from https to plain \"http://api.polyhaven.com/a_1k.hdr\": refused"},
		"file":      {fetchtest.Redirect("file:///etc/passwd"), `redirected to "file:///etc/passwd", want https`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := haven(2, size)
				client := serve(t, s, Settings{})
				dir := t.TempDir()
				s.Break("a_1k.hdr", slices.Repeat([]fetchtest.Fault{c.fault}, 20)...)
				report, err := bring(t.Context(), client, dir, quiet)
				if err != nil || len(report.Failed) != 1 || report.Failed[0].Slug != "a" || !slices.Equal(report.Fetched, []string{"b_1k.hdr"}) {
					t.Fatalf("got %+v, %v, want a to fail and b to come", report, err)
				}
				if got := report.Failed[0].Reason; !strings.Contains(got, c.want) {
					t.Errorf("got %s, want %q in it", got, c.want)
				}
				wantWhole(t, dir, "b")
			})
		})
	}
}

func TestLongRedirectsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(1, size)
		client := serve(t, s, Settings{})
		for i := range 9 {
			s.Break(fmt.Sprintf("hop%d", i), fetchtest.Redirect(fmt.Sprintf("https://h%d.example.org/hop%d", i+1, i+1)))
		}
		s.Break("a_1k.hdr", fetchtest.Redirect("/hop0"))
		report, _ := bring(t.Context(), client, t.TempDir(), quiet)
		if len(report.Failed) != 1 || !strings.Contains(report.Failed[0].Reason, "redirected more than 5 times") {
			t.Errorf("got %+v, want the sixth redirect to be refused", report)
		}
	})
}

// Whatever a server does, and wherever a run is interrupted: a file under its
// final name is right, and once the server behaves all files are there.
func TestNoFaultLeavesAWrongFile(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 7))
	fault := func() fetchtest.Fault {
		n := r.IntN(size)
		wrong := elsewhere(size)
		switch r.IntN(14) {
		case 0, 1, 2:
			return fetchtest.Cut(n)
		case 3:
			return fetchtest.Stall(n)
		case 4:
			return fetchtest.Spoil(n)
		case 5:
			return fetchtest.Status([]int{500, 503, 429, 416, 408}[r.IntN(5)])
		case 6:
			return fetchtest.Page([]string{"text/html", "image/vnd.radiance"}[r.IntN(2)])
		case 7:
			return fetchtest.IgnoreRange
		case 8:
			return fetchtest.Bytes(206, wrong[n:], "Content-Range", fmt.Sprintf("bytes %d-%d/%d", n, size-1, size))
		case 9:
			return fetchtest.Bytes(200, wrong)
		case 10:
			return fetchtest.Bytes(200, wrong[:n], "Transfer-Encoding", "chunked")
		case 11:
			return fetchtest.Redirect("https://mirror.example.org/a_1k.hdr")
		case 12:
			return func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) { // another version, ranges and all
				r.Header.Del("If-Range")
				w.Header().Set("ETag", `"x"`)
				next(w, r)
			}
		default:
			return fetchtest.Status(404)
		}
	}
	for round := range 40 {
		synctest.Test(t, func(t *testing.T) {
			s := haven(2, size)
			client := serve(t, s, Settings{Log: func(string, ...any) {}})
			dir := t.TempDir()
			for range 1 + r.IntN(8) {
				s.Break([]string{"a_1k.hdr", "b_1k.hdr"}[r.IntN(2)], fault())
			}
			for try := 0; ; try++ {
				ctx, cancel := context.WithCancel(t.Context())
				left := int64(r.IntN(3 * size))
				report, err := bring(ctx, client, dir, Progress{Done: quiet.Done, Grown: func(n int64) {
					if left -= n; left < 0 {
						cancel()
					}
				}})
				cancel()
				for _, slug := range []string{"a", "b"} {
					got, err := os.ReadFile(filepath.Join(dir, slug+"_1k.hdr"))
					if err == nil && !bytes.Equal(got, content(slug+"1k", size)) {
						t.Fatalf("round %d: a wrong file stands as %s_1k.hdr", round, slug)
					}
				}
				if err == nil && len(report.Failed) == 0 {
					break
				}
				if try == 40 {
					t.Fatalf("round %d: got %+v, %v after %d runs", round, report, err, try)
				}
			}
			wantWhole(t, dir, "a", "b")
		})
	}
}

func TestManyFailuresEndTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(9, size)
		client := serve(t, s, Settings{})
		for i := range 9 {
			s.Break(string(rune('a'+i))+"_1k.hdr", fetchtest.Status(403))
		}
		report, err := bring(t.Context(), client, t.TempDir(), quiet)
		if err == nil || !strings.HasPrefix(err.Error(), "5 files in a row could not be had, the last: polyhaven: https://") {
			t.Errorf("got %v, want an end after 5 files", err)
		}
		if len(report.Failed) != 5 {
			t.Errorf("got %d failures, want 5", len(report.Failed))
		}
	})
}

// What no server can mend ends all: other files would meet it too.
func TestWhatThisMachineRefusesEndsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := serve(t, haven(3, size), Settings{})
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "b_1k.hdr.part"), 0o755); err != nil {
			t.Fatal(err)
		}
		report, err := bring(t.Context(), client, dir, quiet)
		if err == nil || !strings.Contains(err.Error(), "b_1k.hdr.part") {
			t.Errorf("got %v, want an error of the part", err)
		}
		if !slices.Equal(report.Fetched, []string{"a_1k.hdr"}) || len(report.Failed) != 0 {
			t.Errorf("got %+v, want a alone", report)
		}
		if err := os.Remove(filepath.Join(dir, "b_1k.hdr.part")); err != nil {
			t.Fatal(err)
		}
		wantWhole(t, dir, "a") // and it is noted
	})
}

func TestTimePasses(t *testing.T) {
	for name, c := range map[string]struct {
		faults   []fetchtest.Fault
		min, max time.Duration
	}{
		"no fault":      {nil, 0, time.Second},
		"backoff":       {slices.Repeat([]fetchtest.Fault{fetchtest.Status(500)}, 5), 7750 * time.Millisecond, 24 * time.Second}, // half of, to 1.5 × (.5+1+2+4+8)
		"seconds":       {[]fetchtest.Fault{fetchtest.Status(429, "Retry-After", "300")}, 300 * time.Second, 301 * time.Second},
		"date":          {[]fetchtest.Fault{fetchtest.Status(503, "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT", "Date", "Mon, 02 Jan 2006 15:00:05 GMT")}, 240 * time.Second, 241 * time.Second},
		"past":          {[]fetchtest.Fault{fetchtest.Status(503, "Retry-After", "Fri, 01 Jan 1999 15:04:05 GMT")}, 250 * time.Millisecond, time.Second},
		"no sense":      {[]fetchtest.Fault{fetchtest.Status(503, "Retry-After", "soon")}, 250 * time.Millisecond, time.Second},
		"stalled":       {[]fetchtest.Fault{fetchtest.Stall(10)}, 30250 * time.Millisecond, 31 * time.Second},
		"stalled twice": {[]fetchtest.Fault{fetchtest.Stall(10), fetchtest.Stall(10)}, 60750 * time.Millisecond, 63 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := haven(1, size)
				client := serve(t, s, Settings{})
				s.Break("a_1k.hdr", c.faults...)
				began := time.Now()
				if report, err := bring(t.Context(), client, t.TempDir(), quiet); err != nil || len(report.Fetched) != 1 {
					t.Fatalf("got %+v, %v", report, err)
				}
				if took := time.Since(began); took < c.min || took > c.max {
					t.Errorf("took %v, want %v to %v", took, c.min, c.max)
				}
			})
		})
	}
}
