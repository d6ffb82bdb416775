package polyhaven

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/pkg/polyhaven/polyhaventest"
)

// interrupted runs bring and ends it once more than n bytes have come.
func interrupted(t *testing.T, c *Client, dir string, n int64) (Report, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	return bring(ctx, c, dir, Progress{Done: quiet.Done, Grown: func(k int64) {
		if n -= k; n < 0 {
			cancel()
		}
	}})
}

func TestInterruptedRunIsGoneOnWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(2, size)
		client := serve(t, s, Settings{})
		dir := t.TempDir()
		s.Break("b_1k.hdr", fetchtest.Stall(3000)) // so that the end comes in b's middle
		report, err := interrupted(t, client, dir, size+1000)
		if !errors.Is(err, context.Canceled) || !slices.Equal(report.Fetched, []string{"a_1k.hdr"}) {
			t.Fatalf("got %+v, %v, want a and an interruption", report, err)
		}
		if got, want := names(t, dir), []string{"a_1k.hdr", "b_1k.hdr.part", "b_1k.hdr.part.json", metadataName, provenanceName}; !slices.Equal(got, want) {
			t.Errorf("the folder has %q, want %q", got, want)
		}
		part, err := os.ReadFile(filepath.Join(dir, "b_1k.hdr.part"))
		if err != nil || len(part) == 0 || string(part) != string(content("b1k", size)[:len(part)]) {
			t.Fatalf("the part has %d bytes, %v, want the file's first", len(part), err)
		}

		s.Requests()
		if _, err := bring(t.Context(), client, dir, quiet); err != nil {
			t.Fatal(err)
		}
		wantWhole(t, dir, "a", "b")
		asked := s.Requests()
		if len(asked) != 3 { // the list, the files of b, the rest of b
			t.Fatalf("asked %+v, want three requests", asked)
		}
		if last := asked[2]; last.Range != "bytes=3000-" || last.IfRange == "" {
			t.Errorf("asked for range %q if %q, want bytes=3000- of the same version", last.Range, last.IfRange)
		}
	})
}

// A file that changes between two runs is never put together of both versions.
func TestChangedFileIsBegunAnew(t *testing.T) {
	for name, change := range map[string]func(*polyhaventest.Server){
		"and the API says so": func(s *polyhaventest.Server) {},
		"and the server sends ranges all the same": func(s *polyhaventest.Server) {
			s.Break("a_1k.hdr", fetchtest.IgnoreIfRange)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := haven(1, size)
				right := content("a1k", size)
				s.Put("a_1k.hdr", content("an older version", size))
				client := serve(t, s, Settings{})
				dir := t.TempDir()
				s.Break("a_1k.hdr", fetchtest.Stall(3000))
				if _, err := interrupted(t, client, dir, 1000); !errors.Is(err, context.Canceled) {
					t.Fatalf("got %v, want an interruption", err)
				}
				s.Put("a_1k.hdr", right)
				change(s)
				if report, err := bring(t.Context(), client, dir, quiet); err != nil || len(report.Fetched) != 1 {
					t.Fatalf("got %+v, %v, want one file", report, err)
				}
				wantWhole(t, dir, "a")
			})
		})
	}
}

// What a crash may leave of parts and their marks never harms.
func TestSpoiltPartsAreHarmless(t *testing.T) {
	right := content("a1k", size)
	good := `{"size":5000,"digest":"51524de22f8fedba7b3b3b000200aeb8"}`
	for name, c := range map[string]struct{ part, mark string }{
		"no mark":           {string(right[:100]), ""},
		"half a mark":       {string(right[:100]), good[:20]},
		"another's mark":    {string(right[:100]), `{"size":5000,"digest":"00000000000000000000000000000000"}`},
		"a longer part":     {string(right) + "x", good},
		"a whole part":      {string(right), good},
		"a wrong part":      {string(make([]byte, 4000)), good},
		"wrong and whole":   {string(make([]byte, 5000)), good},
		"an empty part":     {"", good},
		"right to its half": {string(right[:2500]), good},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := haven(1, size)
				client := serve(t, s, Settings{})
				dir := t.TempDir()
				write(t, filepath.Join(dir, "a_1k.hdr.part"), c.part)
				if c.mark != "" {
					write(t, filepath.Join(dir, "a_1k.hdr.part.json"), c.mark)
				}
				var grown int64
				report, err := bring(t.Context(), client, dir, Progress{Done: quiet.Done, Grown: func(n int64) { grown += n }})
				if err != nil || len(report.Fetched) != 1 {
					t.Fatalf("got %+v, %v, want one file", report, err)
				}
				wantWhole(t, dir, "a")
				if name == "right to its half" && grown != 2500 {
					t.Errorf("%d bytes came, want the 2500 that were missing", grown)
				}
			})
		})
	}
}

// Whoever can write to the folder may lay a link where a part comes: the file
// that it points to stays as it is.
func TestLinksAreNotWrittenThrough(t *testing.T) {
	const own = "a file of the user's"
	for name, lay := range map[string]func(precious, part string) error{
		"symbolic link": os.Symlink,
		"hard link":     os.Link,
		"to nothing":    func(_, part string) error { return os.Symlink("nowhere", part) },
		"pipe":          func(_, part string) error { return syscall.Mkfifo(part, 0o644) },
	} {
		for _, of := range []string{".part", ".part.json"} {
			t.Run(name+of, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client := serve(t, haven(1, size), Settings{})
					dir := t.TempDir()
					precious, laid := filepath.Join(t.TempDir(), "precious"), filepath.Join(dir, "a_1k.hdr"+of)
					write(t, precious, own)
					if err := lay(precious, laid); err != nil {
						t.Fatal(err)
					}
					_, err := bring(t.Context(), client, dir, quiet)
					if of == ".part" && (err == nil || !strings.Contains(err.Error(), "want a file that an earlier run left: remove it")) {
						t.Errorf("got %v, want a refusal", err)
					}
					if of == ".part.json" && err != nil {
						t.Errorf("got %v, want the mark replaced", err)
					}
					if got, err := os.ReadFile(precious); err != nil || string(got) != own {
						t.Errorf("the file now holds %d bytes (%v), want %q", len(got), err, own)
					}
					if _, err := os.Stat(filepath.Join(dir, "nowhere")); err == nil {
						t.Error("got a file where the link points to")
					}
				})
			})
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// However a file comes, what is counted adds up to its size.
func TestBytesAreCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(1, size)
		client := serve(t, s, Settings{})
		s.Break("a_1k.hdr", fetchtest.Cut(1000), fetchtest.IgnoreRange, fetchtest.Spoil(10), fetchtest.Cut(77), fetchtest.Status(416))
		var grown int64
		if _, err := bring(t.Context(), client, t.TempDir(), Progress{Done: quiet.Done, Grown: func(n int64) { grown += n }}); err != nil {
			t.Fatal(err)
		}
		if grown != size {
			t.Errorf("counted %d bytes, want %d", grown, size)
		}
	})
}

// A server that asks for time is left alone by every job.
func TestBusyServerIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(6, size)
		client := serve(t, s, Settings{})
		s.Break("a_1k.hdr", fetchtest.Status(429, "Retry-After", "60"))
		s.Break("b_1k.hdr", fetchtest.Stall(10)) // in flight meanwhile
		list, _, err := client.Assets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f, err := client.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		plan, err := f.Plan(t.Context(), list, Choice{Resolution: "1k", Format: "hdr"}, 0, func() {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Fetch(t.Context(), plan, 2, quiet); err != nil {
			t.Fatal(err)
		}
		var refused time.Time
		for _, r := range s.Requests() {
			if refused.IsZero() && r.Path == "/file/ph-assets/HDRIs/hdr/1k/a_1k.hdr" {
				refused = r.At
				continue
			}
			if after := r.At.Sub(refused); !refused.IsZero() && after > 10*time.Millisecond && after < time.Minute {
				t.Errorf("%s was asked for %v after the server wanted a minute", r.Path, after)
			}
		}
	})
}

func TestRequestsKeepTheirRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(8, size)
		client := serve(t, s, Settings{Rate: 4})
		if _, err := bring(t.Context(), client, t.TempDir(), quiet); err != nil {
			t.Fatal(err)
		}
		asked := s.Requests()
		for i := 1; i < len(asked); i++ {
			if apart := asked[i].At.Sub(asked[i-1].At); apart < 249*time.Millisecond {
				t.Errorf("requests %d and %d are %v apart, want a quarter of a second", i-1, i, apart)
			}
		}
	})
}
