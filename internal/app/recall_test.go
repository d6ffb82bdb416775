package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRecallMakesOnceAndTrustsNoDamage(t *testing.T) {
	t.Setenv("TOOLKIT_CACHE", t.TempDir())
	want := []float32{1, -2.5, 3e-9}
	made := 0
	get := func(name string) []float32 {
		return recall()(name, func() []float32 {
			made++
			return want
		})
	}
	for range 3 {
		if got := get("a"); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if get("b"); made != 2 {
		t.Errorf("made %d times, want once for each of 2 names", made)
	}
	path := filepath.Join(os.Getenv("TOOLKIT_CACHE"), "vectors", "a.f32")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	turned := slices.Clone(whole)
	turned[len(turned)-1] ^= 1
	for _, damaged := range [][]byte{nil, whole[:20], whole[:len(whole)-4], turned} {
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		before := made
		if got := get("a"); !slices.Equal(got, want) || made != before+1 {
			t.Errorf("of %d bytes: got %v, made %d times, want it made anew", len(damaged), got, made-before)
		}
	}
}

func TestRecallKeepsWithinBounds(t *testing.T) {
	dir := t.TempDir()
	for i := range 9 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.f32", i)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dropOldest(dir, 4)
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 4 || left[3].Name() != "8.f32" {
		t.Errorf("got %v, %v, want the 4 newest", left, err)
	}
}

// A cache that cannot be written is no reason to fail.
func TestRecallWithoutAPlaceMakesEachTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TOOLKIT_CACHE", file)
	if got := recall()("a", func() []float32 { return []float32{7} }); !slices.Equal(got, []float32{7}) {
		t.Errorf("got %v, want what was made", got)
	}
}
