package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

// Shard is one part of a work that processes divide without speaking to one
// another: a Kubernetes indexed Job, an array of Slurm's. The zero Shard is all
// of it.
type Shard struct{ Number, Of int } // Number is from 0

// ParseShard reads "3/20", the fourth of twenty parts.
func ParseShard(text string) (Shard, error) {
	number, of, ok := strings.Cut(text, "/")
	i, err := strconv.Atoi(number)
	n, err2 := strconv.Atoi(of)
	if !ok || errors.Join(err, err2) != nil || n < 1 || n > mostShards || i < 0 || i >= n {
		return Shard{}, fmt.Errorf("%q is no shard, want I/N with I from 0 to N−1, as 0/4", text)
	}
	return Shard{i, n}, nil
}

// mostShards is how many have names that sort by their numbers.
const mostShards = 10_000

// Part is which of n things the shard has: from … to−1.
func (s Shard) Part(n int) (from, to int) {
	if s.Of == 0 {
		return 0, n
	}
	return s.Number * n / s.Of, (s.Number + 1) * n / s.Of
}

// Folder is where the shard leaves its part of a folder until [MergeShards].
func (s Shard) Folder(dir string) string {
	if s.Of == 0 {
		return dir
	}
	return filepath.Join(dir, fmt.Sprintf("shards-of-%04d", s.Of), fmt.Sprintf("%04d", s.Number))
}

// Parts are the files that shards have left under a folder: those whose way below
// "shards-of-N" matches, as [fs.Glob] has it.
func Parts(dir, pattern string) []string {
	found, _ := fs.Glob(os.DirFS(dir), path.Join("shards-of-*", pattern)) // the pattern is well formed
	for i := range found {
		found[i] = filepath.Join(dir, found[i])
	}
	return found
}

// DropParts removes the files of shards under dir of which the whole has all, and the
// folders of shards that are empty then. sweep removes from a folder what killed
// shards did not finish. A part that stays is joined again, and one that is gone was
// joined by another process.
func DropParts(dir string, files []string, sweep func(folder string)) {
	folders := slices.DeleteFunc(slices.Concat(Parts(dir, "*"), Parts(dir, "")), func(folder string) bool {
		held, _ := os.ReadDir(folder)
		return len(held) == 0 // a file, or a folder that a shard is about to write to
	})
	for _, file := range files {
		os.Remove(file)
	}
	for _, folder := range folders { // the deeper first
		sweep(folder)
		_ = syscall.Rmdir(folder) // unless it is empty, it stays
	}
	_ = syscall.Rmdir(dir)
}

// shardsFolder matches the name of the folder that has the shards' own.
var shardsFolder = regexp.MustCompile(`^shards-of-(\d{4})$`)

// mergedName is what that folder is called once all that is in it is elsewhere.
const mergedName = ".shards-merged"

// Merged says what MergeShards did.
type Merged struct {
	Folder string `json:"folder"`
	Shards int    `json:"shards"`
	Maps   int    `json:"maps"`
}

// MergeShards makes one data set of the shards in a folder, all of which must
// be finished: the maps are moved, their captions joined. One that was stopped
// goes on where it was.
func MergeShards(ctx context.Context, dir string) (Merged, error) {
	unlock, err := run.LockFolder(dir, "dataset merge")
	if err != nil {
		return Merged{}, fmt.Errorf("dataset: merge: %w", err)
	}
	defer unlock()
	run.Sweep(dir, drawnFile.MatchString)
	shards, err := finished(dir)
	if err != nil {
		return Merged{}, err
	}
	all, err := joined(dir, shards)
	if err != nil {
		return Merged{}, err
	}
	for _, s := range shards {
		if err := moveMaps(ctx, s, dir); err != nil {
			return Merged{}, fmt.Errorf("dataset: merge: %w", err)
		}
	}
	captions, err := writeCaptions(filepath.Join(dir, captionsName), all)
	if err != nil {
		return Merged{}, err
	}
	done := filepath.Join(dir, mergedName)
	if err := errors.Join(os.RemoveAll(done), os.Rename(filepath.Dir(shards[0]), done), os.RemoveAll(done)); err != nil {
		return Merged{}, fmt.Errorf("dataset: merge: %w", err)
	}
	return Merged{dir, len(shards), captions}, nil
}

// finished lists the folders of all shards, in order. The captions of a shard
// are written when all its maps are there.
func finished(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("dataset: merge: %w", err)
	}
	of := 0
	for _, e := range entries {
		if name := shardsFolder.FindStringSubmatch(e.Name()); name != nil {
			n, _ := strconv.Atoi(name[1])
			if of != 0 {
				return nil, fmt.Errorf("dataset: merge: %s holds shards of %d and of %d parts: remove those that are not wanted", quote.Text(dir), of, n)
			}
			of = n
		}
	}
	if of == 0 {
		return nil, fmt.Errorf("dataset: merge: %s holds no shards, as dataset synth --shard leaves them", quote.Text(dir))
	}
	var shards, missing []string
	for i := range of {
		s := Shard{i, of}.Folder(dir)
		shards = append(shards, s)
		if _, err := os.Stat(filepath.Join(s, captionsName)); err != nil {
			missing = append(missing, fmt.Sprintf("%d/%d", i, of))
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("dataset: merge: %s: %d of %d shards are not finished: run --shard %s first", quote.Text(dir), len(missing), of, strings.Join(missing[:min(len(missing), 20)], ", "))
	}
	return shards, nil
}

// joined returns the captions of all shards, and leaves their recipe in dir: it is
// the same for all. One shard's maps go on where those of the one before end.
func joined(dir string, shards []string) ([]Caption, error) {
	var all []Caption
	var first, last string // the first shard's drawing, and the last map so far
	var next uint64        // that follows it
	for i, s := range shards {
		text, err := run.ReadFile(filepath.Join(s, recipeName), longestRecipe)
		if err != nil {
			return nil, fmt.Errorf("dataset: merge: %w", err)
		}
		recipe, err := run.ParseRecipe(string(text))
		if err != nil {
			return nil, fmt.Errorf("dataset: merge: %s: %w", quote.Text(s), err)
		}
		if drawn := drawnWith(recipe); i == 0 {
			first = drawn
		} else if drawn != first {
			return nil, fmt.Errorf("dataset: merge: %s was drawn with %s, and shard 0/%d with %s: remove the one that is not wanted, and draw it as the others", quote.Text(s), quote.Text(drawn), len(shards), quote.Text(first))
		}
		if _, err := openDrawing(dir, recipe); err != nil {
			return nil, fmt.Errorf("dataset: merge: %w", err)
		}
		captions, err := readCaptionsFile(filepath.Join(s, captionsName))
		if err != nil {
			return nil, err
		}
		slices.SortFunc(captions, func(a, b Caption) int { return cmp.Compare(drawnNumber(a.Name), drawnNumber(b.Name)) })
		for _, c := range captions {
			if n := drawnNumber(c.Name); last != "" && n != next {
				return nil, fmt.Errorf("dataset: merge: %s: %s comes after %s, want number %d: the shards were drawn with different --count or --first; remove %s and draw all in the same way", quote.Text(s), quote.Text(c.Name), quote.Text(last), next, quote.Text(filepath.Dir(s)))
			}
			last, next = c.Name, drawnNumber(c.Name)+1
		}
		all = append(all, captions...)
	}
	before, err := readCaptionsFile(filepath.Join(dir, captionsName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return append(before, all...), nil
}

// drawnNumber is the number of a drawn map, which its name ends in.
func drawnNumber(name string) uint64 {
	n, _ := strconv.ParseUint(name[strings.LastIndexByte(name, '-')+1:], 10, 64) // of another name: 0, which follows nothing
	return n
}

func readCaptionsFile(path string) ([]Caption, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer f.Close()
	return ReadCaptions(f, path)
}

// moveMaps moves what drawing wrote from a shard to the data set.
func moveMaps(ctx context.Context, shard, dir string) error {
	entries, err := os.ReadDir(shard)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); drawnFile.MatchString(name) && name != captionsName && name != recipeName {
			if err := errors.Join(ctx.Err(), os.Rename(filepath.Join(shard, name), filepath.Join(dir, name))); err != nil {
				return err
			}
		}
	}
	return nil
}
