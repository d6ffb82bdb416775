package polyhaven

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clipenv/toolkit/internal/fetch/fetchtest"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/polyhaven/polyhaventest"
)

func TestCompleteFolderCostsOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client, dir := fetched(t, 3)
		before := stamps(t, dir)
		s.Requests()
		time.Sleep(time.Hour)
		report, err := bring(t.Context(), client, dir, quiet)
		if err != nil || len(report.Present) != 3 || len(report.Fetched) != 0 {
			t.Fatalf("got %+v, %v, want three files that are there", report, err)
		}
		if asked := s.Requests(); len(asked) != 1 || asked[0].Path != "/assets?type=hdris" {
			t.Errorf("asked %+v, want the list alone", asked)
		}
		if after := stamps(t, dir); after != before {
			t.Errorf("the folder was written to:\n%s\nwas\n%s", after, before)
		}
	})
}

// fetched is a folder that holds all n maps of a server.
func fetched(t *testing.T, n int) (s *polyhaventest.Server, client *Client, dir string) {
	t.Helper()
	s = haven(n, size)
	client, dir = serve(t, s, Settings{}), t.TempDir()
	if _, err := bring(t.Context(), client, dir, quiet); err != nil {
		t.Fatal(err)
	}
	return s, client, dir
}

// stamps tells whether a folder was written to.
func stamps(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range names(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(name + " " + info.ModTime().String() + "\n")
	}
	return b.String()
}

// A second run fetches what is missing or changed, here or there, and no more.
func TestOnlyWhatChangedIsFetched(t *testing.T) {
	path := func(dir, name string) string { return filepath.Join(dir, name) }
	for name, c := range map[string]struct {
		change func(t *testing.T, s *polyhaventest.Server, dir string)
		want   []string
	}{
		"removed": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			if err := os.Remove(path(dir, "b_1k.hdr")); err != nil {
				t.Fatal(err)
			}
		}, []string{"b_1k.hdr"}},
		"cut short": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			if err := os.Truncate(path(dir, "b_1k.hdr"), 100); err != nil {
				t.Fatal(err)
			}
		}, []string{"b_1k.hdr"}},
		"spoilt": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			write(t, path(dir, "b_1k.hdr"), strings.Repeat("x", size))
		}, []string{"b_1k.hdr"}},
		"touched": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			if err := os.Chtimes(path(dir, "b_1k.hdr"), time.Time{}, time.Unix(1e9, 0)); err != nil {
				t.Fatal(err)
			}
		}, nil},
		"provenance lost": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			if err := os.Remove(path(dir, provenanceName)); err != nil {
				t.Fatal(err)
			}
		}, nil},
		"changed at Poly Haven": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			s.Add("b", `{"name":"Map b","files_hash":"h2"}`)
			s.Put("b_1k.hdr", content("b1k, mended", size))
		}, []string{"b_1k.hdr"}},
		"another file of it changed": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			s.Add("b", `{"name":"Map b","files_hash":"h2"}`)
			s.Put("b_2k.hdr", content("b2k, mended", size))
		}, nil},
		"a map was added": {func(t *testing.T, s *polyhaventest.Server, dir string) {
			s.Add("d", `{"files_hash":null}`)
			s.Put("d_1k.hdr", content("d1k", size))
		}, []string{"d_1k.hdr"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, client, dir := fetched(t, 3)
				c.change(t, s, dir)
				report, err := bring(t.Context(), client, dir, quiet)
				if err != nil || !slices.Equal(report.Fetched, c.want) {
					t.Errorf("fetched %q, %v, want %q", report.Fetched, err, c.want)
				}
				report, err = bring(t.Context(), client, dir, quiet)
				if err != nil || len(report.Fetched) != 0 {
					t.Errorf("and then fetched %q, %v, want nothing more", report.Fetched, err)
				}
			})
		})
	}
}

func planOf(t *testing.T, c *Client, f *Folder, choice Choice, limit int) Plan {
	t.Helper()
	list, _, err := c.Assets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plan, err := f.Plan(t.Context(), list, choice, limit, func() {})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// Verify reads files whose time and size tell of no change.
func TestVerifyReadsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, dir := fetched(t, 1)
		path := filepath.Join(dir, "a_1k.hdr")
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, strings.Repeat("x", size))
		if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
			t.Fatal(err)
		}
		for verify, want := range map[bool]State{false: Present, true: Changed} {
			f, err := client.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			f.Verify = verify
			if got := planOf(t, client, f, Choice{Resolution: "1k", Format: "hdr"}, 0).Items[0].State; got != want {
				t.Errorf("verify %v: the file is %s, want %s", verify, got, want)
			}
		}
	})
}

func TestPlanTellsWhatIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(4, size)
		s.Put("b_8k.exr", content("b8k", size))
		s.Add("lone", `{}`) // in the list, without files
		client := serve(t, s, Settings{})
		f, err := client.Open("")
		if err != nil {
			t.Fatal(err)
		}

		plan := planOf(t, client, f, Choice{Resolution: "4k", Format: "hdr"}, 0)
		if len(plan.Items) != 0 || len(plan.Skipped) != 4 || plan.Skipped[1] != (Skipped{"b", "no hdr at 4k, only 1k 2k hdr, 8k exr"}) {
			t.Errorf("got %+v, want four maps skipped, with what there is", plan)
		}
		if len(plan.Failed) != 1 || plan.Failed[0].Slug != "lone" || !strings.Contains(plan.Failed[0].Reason, "404") {
			t.Errorf("failed: got %+v, want lone, that is not found", plan.Failed)
		}

		plan = planOf(t, client, f, Choice{Resolution: "4k", Format: "hdr", Nearest: true}, 3)
		if len(plan.Items) != 3 || plan.Items[2].File != "c_2k.hdr" || plan.Items[2].State != Missing {
			t.Errorf("nearest: got %+v, want three maps at 2k", plan.Items)
		}
		plan = planOf(t, client, f, Choice{Resolution: "16k", Format: "exr"}, 1)
		if len(plan.Items) != 0 {
			t.Errorf("got %+v, want nothing", plan.Items)
		}
		// A limit counts the maps that can be had.
		plan = planOf(t, client, f, Choice{Resolution: "8k", Format: "exr"}, 1)
		if len(plan.Items) != 1 || plan.Items[0].Slug != "b" || len(plan.Skipped) != 1 {
			t.Errorf("got %+v, want b alone, after a was skipped", plan)
		}
		if files, size, have := plan.ToFetch(); files != 1 || size != 5000 || have != 0 {
			t.Errorf("to fetch: got %d files, %d bytes, %d there; want 1, 5000, 0", files, size, have)
		}
	})
}

func TestPlanErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := haven(6, size)
		client := serve(t, s, Settings{})
		dir := t.TempDir()
		choice := Choice{Resolution: "1k", Format: "hdr"}
		list, _, err := client.Assets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := func(f *Folder, ctx context.Context, text string) {
			t.Helper()
			if _, err := f.Plan(ctx, list, choice, 0, func() {}); err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("got %v, want %q", err, text)
			}
		}
		f, err := client.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			s.Break(string(rune('a'+i)), fetchtest.Status(401))
		}
		want(f, t.Context(), "of 5 maps in a row the files are not to be learnt, the last: polyhaven: https://api.polyhaven.com/files/e: the server answers \"401 Unauthorized\"")
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		want(f, ended, "context canceled")
		if err := os.Mkdir(filepath.Join(dir, "b_1k.hdr"), 0o755); err != nil {
			t.Fatal(err)
		}
		want(f, t.Context(), "b_1k.hdr is a folder, want to put a map there")

		for name, text := range map[string]string{
			metadataName:   `[1]`,
			provenanceName: `{"maps":`,
		} {
			bad := t.TempDir()
			write(t, filepath.Join(bad, name), text)
			if _, err := client.Open(bad); err == nil || !strings.Contains(err.Error(), name) || !strings.HasSuffix(err.Error(), "; move it away, or name another folder") {
				t.Errorf("%s: got %v, want its name and the way out", name, err)
			}
			if _, err := client.Open(filepath.Join(bad, name)); err == nil || !strings.HasSuffix(err.Error(), name+" is a file, want a folder for the maps") {
				t.Errorf("%s: got %v, want that it is no folder", name, err)
			}
		}
	})
}

func TestOneRunAtATimeInAFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		unlock, err := run.LockFolder(dir, "download")
		if err != nil {
			t.Fatal(err)
		}
		client := serve(t, haven(1, size), Settings{})
		if _, err := bring(t.Context(), client, dir, quiet); err == nil || err.Error() != "polyhaven: "+dir+": another download is at work there; let it end, or name another folder" {
			t.Errorf("got %v, want a refusal", err)
		}
		unlock()
		if _, err := bring(t.Context(), client, dir, quiet); err != nil {
			t.Error(err)
		}
	})
}
