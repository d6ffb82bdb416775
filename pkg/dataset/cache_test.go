package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset/store"
	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/synth"
)

var small = Size{32, 16}

// folderOf makes a folder of drawn maps called a, b, c, …
func folderOf(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		writeMap(t, filepath.Join(dir, string(rune('a'+i))+".hdr"), uint64(i))
	}
	return dir
}

func writeMap(t *testing.T, path string, number uint64) {
	t.Helper()
	if err := hdr.Write(path, synth.New(2, number).Draw(64, 32), hdr.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, l Loader, dir string) ([]Map, Refreshed) {
	t.Helper()
	entries, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	l.Size, l.Log = small, io.Discard
	maps, did, err := l.Load(context.Background(), entries)
	if err != nil {
		t.Fatal(err)
	}
	return maps, did
}

func radiance(maps []Map) (all []float32) {
	for _, m := range maps {
		all = append(all, m.Radiance()...)
	}
	return all
}

func TestACacheChangesNothingButTheTime(t *testing.T) {
	dir := folderOf(t, 4)
	l := Loader{Cache: Cache(t.TempDir())}
	without, _ := load(t, Loader{}, dir)
	first, did := load(t, l, dir)
	if did != (Refreshed{Read: 4}) {
		t.Errorf("first time: got %+v, want 4 read", did)
	}
	second, did := load(t, l, dir)
	if did != (Refreshed{Kept: 4}) {
		t.Errorf("second time: got %+v, want 4 kept", did)
	}
	for name, maps := range map[string][]Map{"first": first, "second": second} {
		if !slices.Equal(radiance(maps), radiance(without)) {
			t.Errorf("%s: got other radiance than without a cache", name)
		}
		for i, m := range maps {
			if m.Attributes != without[i].Attributes || m.Seen.Stops != without[i].Seen.Stops || m.SHA256 != without[i].SHA256 || len(m.SHA256) != 64 {
				t.Errorf("%s, %s: got %v, %+v, want %v, %+v", name, m.Name, m.Attributes, m.Seen, without[i].Attributes, without[i].Seen)
			}
		}
	}
}

// What the cache gives is the file's own radiance, to the coding's precision.
func TestCachedRadianceIsPrecise(t *testing.T) {
	dir := folderOf(t, 2)
	maps, _ := load(t, Loader{Cache: Cache(t.TempDir())}, dir)
	for _, m := range maps {
		im, err := hdr.Read(m.Path)
		if err != nil {
			t.Fatal(err)
		}
		resized, err := envmap.Resize(im, small.W, small.H)
		if err != nil {
			t.Fatal(err)
		}
		got := m.Radiance()
		for i, want := range envmap.Planar(resized) {
			if off := math.Abs(float64(got[i] - want)); off > store.Precision*(float64(want)+1./store.Mu) {
				t.Fatalf("%s: value %d: got %v, want %v", m.Name, i, got[i], want)
			}
		}
	}
}

func TestOnlyWhatChangedIsReadAgain(t *testing.T) {
	dir := folderOf(t, 4)
	l := Loader{Cache: Cache(t.TempDir())}
	before, _ := load(t, l, dir)
	later := time.Now().Add(time.Hour)
	steps := []struct {
		what string
		do   func()
		want Refreshed
	}{
		{"a newer date alone", func() { os.Chtimes(filepath.Join(dir, "a.hdr"), later, later) }, Refreshed{Kept: 4}},
		{"another picture", func() { writeMap(t, filepath.Join(dir, "b.hdr"), 17) }, Refreshed{Read: 1, Kept: 3}},
		{"one more", func() { writeMap(t, filepath.Join(dir, "aa.hdr"), 18) }, Refreshed{Read: 1, Kept: 4}},
		{"one less", func() { os.Remove(filepath.Join(dir, "d.hdr")) }, Refreshed{Kept: 4, Dropped: 1}},
		{"nothing", func() {}, Refreshed{Kept: 4}},
	}
	for _, s := range steps {
		s.do()
		maps, did := load(t, l, dir)
		if did != s.want {
			t.Errorf("%s: got %+v, want %+v", s.what, did, s.want)
		}
		fresh, _ := load(t, Loader{}, dir)
		if !slices.Equal(radiance(maps), radiance(fresh)) {
			t.Errorf("%s: got other radiance than without a cache", s.what)
		}
	}
	if len(before[3].Radiance()) == 0 { // its file was replaced long ago
		t.Error("an older map is gone")
	}
	// A file that was changed behind its date and size is seen when asked for.
	info, err := os.Stat(filepath.Join(dir, "c.hdr"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "c.hdr"))
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 4
	write(t, dir, "c.hdr", string(data))
	os.Chtimes(filepath.Join(dir, "c.hdr"), info.ModTime(), info.ModTime())
	if _, did := load(t, l, dir); did != (Refreshed{Kept: 4}) {
		t.Errorf("changed in secret: got %+v, want 4 kept", did)
	}
	l.All = true
	if _, did := load(t, l, dir); did != (Refreshed{Read: 1, Kept: 3}) {
		t.Errorf("all looked into: got %+v, want 1 read", did)
	}
}

// only is the one file in a folder, and what it holds.
func only(t *testing.T, dir string) (path string, data []byte) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v, want one file", files, err)
	}
	path = filepath.Join(dir, files[0].Name())
	if data, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return path, data
}

func TestADamagedCacheIsMadeAgain(t *testing.T) {
	dir, cache := folderOf(t, 2), t.TempDir()
	l := Loader{Cache: Cache(cache)}
	want, _ := load(t, l, dir)
	path, good := only(t, cache)
	for _, bad := range [][]byte{nil, good[:len(good)/2], bytes.Replace(good, []byte(`{"key"`), []byte(`{'key"`), 1)} {
		// In its place, as renaming puts it: the maps above still lie in the old one.
		if err := run.WriteFile(path, func(w io.Writer) error { _, err := w.Write(bad); return err }); err != nil {
			t.Fatal(err)
		}
		got, did := load(t, l, dir)
		if did != (Refreshed{Read: 2}) || !slices.Equal(radiance(got), radiance(want)) {
			t.Errorf("got %+v, want both read again", did)
		}
	}
}

// What was read before an error is kept, and the error is told.
func TestAnErrorKeepsWhatWasRead(t *testing.T) {
	dir := folderOf(t, 3)
	write(t, dir, "z.hdr", "no map")
	entries, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	l := Loader{Size: small, Cache: Cache(t.TempDir()), Log: io.Discard}
	if _, _, err := l.Load(context.Background(), entries); err == nil || !strings.Contains(err.Error(), "z.hdr") {
		t.Errorf("got error %v, want one that names z.hdr", err)
	}
	os.Remove(filepath.Join(dir, "z.hdr"))
	if _, did := load(t, l, dir); did.Kept == 0 {
		t.Errorf("got %+v, want some kept", did)
	}
}

// stopAfter is a context that ends once it was asked so many times.
type stopAfter struct {
	context.Context
	left atomic.Int64
}

func (c *stopAfter) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestAnInterruptionKeepsWhatWasRead(t *testing.T) {
	dir := folderOf(t, 8)
	entries, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	l := Loader{Size: small, Cache: Cache(t.TempDir()), Log: io.Discard}
	ctx := &stopAfter{Context: context.Background()}
	ctx.left.Store(16)
	_, _, err = l.Load(ctx, entries)
	var stopped *run.Interruption
	if !errors.As(err, &stopped) || !errors.Is(err, context.Canceled) || stopped.Total != 8 || stopped.At == 0 || stopped.At == 8 {
		t.Fatalf("got error %v, want that it was interrupted on the way to 8", err)
	}
	maps, did := load(t, l, dir)
	if did != (Refreshed{Kept: stopped.At, Read: 8 - stopped.At}) {
		t.Errorf("got %+v, want the %d of before kept", did, stopped.At)
	}
	want, _ := load(t, Loader{}, dir)
	if !slices.Equal(radiance(maps), radiance(want)) {
		t.Error("got other radiance")
	}
}

func TestWithoutAWritableFolderMapsStayInMemory(t *testing.T) {
	dir := folderOf(t, 2)
	blocked := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(blocked), "file", "")
	entries, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	l := Loader{Size: small, Cache: Cache(filepath.Join(blocked, "maps")), Log: &log}
	maps, did, err := l.Load(context.Background(), entries)
	if err != nil || did.Read != 2 || !strings.Contains(log.String(), "no cache of maps is kept") {
		t.Errorf("got %+v, %v, log %q, want the maps and a note", did, err, log.String())
	}
	want, _ := load(t, Loader{}, dir)
	if !slices.Equal(radiance(maps), radiance(want)) {
		t.Error("got other radiance")
	}
}

// A set of drawn maps grows, and a smaller one is a part of it.
func TestDrawnMapsAreDrawnOnce(t *testing.T) {
	l := Loader{Size: small, Cache: Cache(t.TempDir())}
	ctx := context.Background()
	for _, s := range []struct{ n, drawn int }{{3, 3}, {5, 2}, {2, 0}, {5, 0}} {
		var log strings.Builder
		l.Log = &log
		maps, err := l.Draw(ctx, 7, 0, s.n)
		if err != nil {
			t.Fatal(err)
		}
		alone, err := Loader{Size: small, Log: io.Discard}.Draw(ctx, 7, 0, s.n)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(radiance(maps), radiance(alone)) || maps[1].Attributes != alone[1].Attributes || maps[1].Attributes == 0 {
			t.Errorf("%d maps: got others than without a cache", s.n)
		}
		if said := log.String(); (s.drawn > 0) != (said != "") || s.drawn > 0 && !strings.HasPrefix(said, "drawing maps: "+string(rune('0'+s.drawn))+" of") {
			t.Errorf("%d maps: got %q, want %d drawn", s.n, said, s.drawn)
		}
	}
}

func TestOnlyPanoramasAreTaken(t *testing.T) {
	dir := t.TempDir()
	if err := hdr.Write(filepath.Join(dir, "cross.hdr"), hdr.New(30, 40), hdr.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	entries, err := Index(context.Background(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Loader{Size: small, Log: io.Discard}.Load(context.Background(), entries)
	if want := "cross.hdr: is 30×40, want twice as wide as high"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q", err, want)
	}
}

// One map turned, mirrored, made smaller and rounded is alike; others are not.
func TestFingerprintsKnowAMapThatWasTurned(t *testing.T) {
	see := func(im *hdr.Image) Seen {
		s, err := See(im)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var all []Seen
	for i := range uint64(40) {
		im := synth.New(3, i).Draw(128, 64)
		turned, err := envmap.Resize(envmap.Yaw(im, 1.1), 64, 32)
		if err != nil {
			t.Fatal(err)
		}
		s := see(im)
		if !s.alike(see(turned)) {
			t.Errorf("map %d, turned and made smaller: got prints\n%v\n%v", i, s.Print, see(turned).Print)
		}
		for k, other := range all {
			if s.alike(other) {
				t.Errorf("maps %d and %d: got alike", k, i)
			}
		}
		all = append(all, s)
	}
}

func FuzzParseIndex(f *testing.F) {
	f.Add([]byte(`[{"key":"/a.hdr","bytes":3,"modified":5,"sha256":"00","seen":{"width":64,"height":32,"tone":["warm"],"red":1,"mean":1,"stops":4,"print":"AAEC"}},null]`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, err := parseIndex(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(lines)
		if err != nil {
			t.Fatal(err)
		}
		if more, err := parseIndex(again); err != nil || len(more) != len(lines) {
			t.Errorf("written and read again: got %d lines, %v, want %d", len(more), err, len(lines))
		}
	})
}
