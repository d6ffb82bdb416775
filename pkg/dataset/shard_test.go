package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/dataset"
)

func TestShardsAreAllOfIt(t *testing.T) {
	for _, n := range []int{0, 1, 7, 20, 101} {
		for _, of := range []int{1, 2, 3, 20} {
			at := 0
			for i := range of {
				from, to := dataset.Shard{Number: i, Of: of}.Part(n)
				if from != at || to < from || to-from > n/of+1 {
					t.Errorf("shard %d/%d of %d: %d to %d, want them from %d on", i, of, n, from, to, at)
				}
				at = to
			}
			if at != n {
				t.Errorf("%d shards of %d end at %d", of, n, at)
			}
		}
	}
	if from, to := (dataset.Shard{}).Part(5); from != 0 || to != 5 {
		t.Errorf("no shard has %d to %d, want all", from, to)
	}
}

func TestWhatIsNoShard(t *testing.T) {
	for _, text := range []string{"", "1", "4/4", "-1/4", "0/0", "a/4", "1/4/2", "0/20000", "1.0/4"} {
		if s, err := dataset.ParseShard(text); err == nil || !strings.Contains(err.Error(), "is no shard, want I/N") {
			t.Errorf("%q: got %v, %v, want an error", text, s, err)
		}
	}
	if s, err := dataset.ParseShard("3/4"); s != (dataset.Shard{Number: 3, Of: 4}) || err != nil {
		t.Errorf("got %v, %v", s, err)
	}
}

// sameFiles holds a folder to the names and the bytes of another.
func sameFiles(t *testing.T, dir, whole string) {
	t.Helper()
	want, errWant := os.ReadDir(whole)
	got, errGot := os.ReadDir(dir)
	if errWant != nil || errGot != nil || len(got) != len(want) {
		t.Fatalf("got %v, %v, want %v (%v)", got, errGot, want, errWant)
	}
	for i, e := range want {
		a, errA := os.ReadFile(filepath.Join(dir, got[i].Name()))
		b, errB := os.ReadFile(filepath.Join(whole, e.Name()))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs from the whole's %s (%v, %v)", got[i].Name(), e.Name(), errA, errB)
		}
	}
}

// Shards that are drawn apart, one of them in two goes, merge to the folder
// that one process draws.
func TestMergedShardsAreTheWhole(t *testing.T) {
	ctx, size := context.Background(), dataset.Size{W: 64, H: 32}
	d := dataset.Drawing{Seed: 5, Size: size, Format: "hdr"}
	const maps, of = 7, 3
	write := func(dir string, first, n int) {
		t.Helper()
		if _, err := d.Write(ctx, dir, uint64(first), n, dataset.Program{}, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	whole, parts := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "parts")
	write(whole, 0, maps)
	for i := range of {
		s := dataset.Shard{Number: i, Of: of}
		if i == 2 {
			_, err := dataset.MergeShards(ctx, parts)
			if want := "1 of 3 shards are not finished: run --shard 2/3 first"; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want %q", err, want)
			}
		}
		from, to := s.Part(maps)
		write(s.Folder(parts), from, to-from)
	}
	if done, err := dataset.MergeShards(ctx, parts); err != nil || done.Maps != maps || done.Shards != of {
		t.Fatalf("got %+v, %v, want %d maps of %d shards", done, err, maps, of)
	}
	sameFiles(t, parts, whole)
	if _, err := dataset.MergeShards(ctx, parts); err == nil || !strings.Contains(err.Error(), "holds no shards") {
		t.Errorf("merged twice: got %v", err)
	}
}

// Shards that are not the parts of one drawing are told, and nothing is moved.
func TestShardsThatDoNotFitAreNotMerged(t *testing.T) {
	ctx := context.Background()
	const of = 3
	type part struct{ seed, first, maps int }
	for name, c := range map[string]struct {
		parts [of]part // 12 maps from 0 on are 0…3, 4…7 and 8…11
		want  string
	}{
		"a gap":         {[of]part{{1, 0, 4}, {1, 6, 6}, {1, 12, 6}}, "0001: synth-1-000006 comes after synth-1-000003, want number 4"},
		"an overlap":    {[of]part{{1, 0, 4}, {1, 4, 4}, {1, 6, 3}}, "0002: synth-1-000006 comes after synth-1-000007, want number 8"},
		"another first": {[of]part{{1, 0, 4}, {1, 104, 4}, {1, 8, 4}}, "0001: synth-1-000104 comes after synth-1-000003, want number 4"},
		"another seed":  {[of]part{{1, 0, 4}, {1, 4, 4}, {2, 8, 4}}, `0002 was drawn with {"seed":2,`},
	} {
		dir := t.TempDir()
		for i, p := range c.parts {
			d := dataset.Drawing{Seed: uint64(p.seed), Size: dataset.Size{W: 16, H: 8}, Format: "hdr"}
			if _, err := d.Write(ctx, dataset.Shard{Number: i, Of: of}.Folder(dir), uint64(p.first), p.maps, dataset.Program{}, io.Discard); err != nil {
				t.Fatal(err)
			}
		}
		if done, err := dataset.MergeShards(ctx, dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %+v, %v, want %q", name, done, err, c.want)
		}
		if maps, _ := filepath.Glob(filepath.Join(dir, "*.hdr")); len(maps) > 0 {
			t.Errorf("%s: %d maps were moved, want none", name, len(maps))
		}
	}
}

// Shards of what is there already, as of a job that was started once more, add
// nothing to it; those of what follows are added.
func TestShardsAreMergedToWhatIsThere(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	d := dataset.Drawing{Seed: 3, Size: dataset.Size{W: 16, H: 8}, Format: "hdr"}
	for _, c := range []struct{ first, maps, want int }{{0, 4, 4}, {0, 4, 4}, {4, 2, 6}} {
		for i := range 2 {
			s := dataset.Shard{Number: i, Of: 2}
			from, to := s.Part(c.maps)
			if _, err := d.Write(ctx, s.Folder(dir), uint64(c.first+from), to-from, dataset.Program{}, io.Discard); err != nil {
				t.Fatal(err)
			}
		}
		done, err := dataset.MergeShards(ctx, dir)
		maps, _ := filepath.Glob(filepath.Join(dir, "*.hdr"))
		if err != nil || done.Maps != c.want || len(maps) != c.want {
			t.Errorf("%d from %d on: got %+v, %v and %d files, want %d maps", c.maps, c.first, done, err, len(maps), c.want)
		}
	}
}

// A merge that was stopped after any of its steps goes on to the same bytes, and
// sweeps what a killed one did not finish.
func TestAStoppedMergeGoesOn(t *testing.T) {
	ctx := context.Background()
	d := dataset.Drawing{Seed: 5, Size: dataset.Size{W: 16, H: 8}, Format: "hdr"}
	const maps, of = 5, 2
	write := func(dir string, s dataset.Shard) {
		t.Helper()
		from, to := s.Part(maps)
		if _, err := d.Write(ctx, s.Folder(dir), uint64(from), to-from, dataset.Program{}, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	whole := filepath.Join(t.TempDir(), "whole")
	write(whole, dataset.Shard{})
	for _, stop := range []string{"recipe.json", "synth-5-000000.hdr", "synth-5-000003.hdr", "captions.jsonl"} {
		dir := t.TempDir()
		for i := range of {
			write(dir, dataset.Shard{Number: i, Of: of})
		}
		// Nothing can be put where a folder is.
		wall := filepath.Join(dir, stop)
		if err := os.Mkdir(wall, 0o755); err != nil {
			t.Fatal(err)
		}
		if done, err := dataset.MergeShards(ctx, dir); err == nil {
			t.Errorf("%s cannot be written: got %+v, want an error", stop, done)
		}
		unfinished := filepath.Join(dir, "."+stop+"123")
		if err := errors.Join(os.Remove(wall), os.WriteFile(unfinished, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
		if _, err := dataset.MergeShards(ctx, dir); err != nil {
			t.Errorf("stopped at %s: %v", stop, err)
		}
		sameFiles(t, dir, whole)
	}
}
