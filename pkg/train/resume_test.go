package train_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/train"
)

// trained runs an experiment, by one thread unless change says otherwise.
func trained(t *testing.T, c train.VAEConfig, out string, resume bool, change func(*train.Run)) error {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	threads := torch.Threads()
	defer torch.SetThreads(threads)
	torch.SetThreads(1)
	r := at(out, resume)
	change(&r)
	_, err := train.TrainVAE(context.Background(), c, r)
	return err
}

func same(*train.Run) {}

// A run that was killed before it left a checkpoint is begun again by --resume,
// and ends with the bytes of one that was not.
func TestResumeBeginsARunWithoutACheckpoint(t *testing.T) {
	whole, killed := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "killed")
	if err := errors.Join(trained(t, tinyVAE(3), whole, false, same), trained(t, tinyVAE(3), killed, false, same)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"checkpoint.safetensors", "last.safetensors", "metrics.jsonl"} {
		if err := os.Remove(filepath.Join(killed, name)); err != nil {
			t.Fatal(err)
		}
	}
	stray := filepath.Join(killed, ".checkpoint.safetensors123")
	if err := os.WriteFile(stray, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := trained(t, tinyVAE(3), killed, true, same); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"checkpoint.safetensors", "best.safetensors", "last.safetensors", "metrics.jsonl"} {
		if !bytes.Equal(read(t, killed, name), read(t, whole, name)) {
			t.Errorf("%s differs from the run's that was not killed", name)
		}
	}
	if _, err := os.Lstat(stray); err == nil {
		t.Error("what the killed run was writing stayed")
	}
}

// dies ends the process's work, as a kill would, once a file is there.
type dies struct {
	context.Context
	path string
}

var errDead = errors.New("dead")

func (c dies) Err() error {
	if _, err := os.Stat(c.path); err == nil {
		return errDead
	}
	return nil
}

// The first step leaves a checkpoint, however far the next one is.
func TestTheFirstStepLeavesACheckpoint(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	c := tinyVAE(9)
	c.Train.SaveEvery = 1000
	ctx := dies{context.Background(), filepath.Join(out, "checkpoint.safetensors")}
	_, err := train.TrainVAE(ctx, c, at(out, false))
	if err == nil || !strings.Contains(err.Error(), "interrupted after 1 of 9 steps") {
		t.Errorf("got error %v, want a checkpoint after 1 step", err)
	}
}

func TestResumeUnderOtherSettings(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	if err := trained(t, tinyVAE(3), out, false, same); err != nil {
		t.Fatal(err)
	}
	before := read(t, out, "recipe.json")
	other := tinyVAE(4)
	other.Train.Batch, other.Beta, other.Data.SyntheticSeed = 4, 1, 8
	err := trained(t, other, out, true, func(*train.Run) { torch.SetThreads(2) })
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{
		"was begun with other settings", "beta was 0.000002, is 1", "data.synthetic_seed was 1, is 8", "train.batch was 3, is 4", "threads was 1, is 2",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want also %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "steps was") || !bytes.Equal(before, read(t, out, "recipe.json")) {
		t.Errorf("got %v and another recipe, want the run left alone, and steps that may change", err)
	}
	fewer := tinyVAE(2)
	if err := trained(t, fewer, out, true, same); err == nil || !strings.Contains(err.Error(), "has done 3 steps, more than train.steps (2)") {
		t.Errorf("got error %v, want that more steps are done", err)
	}

	more := tinyVAE(6)
	more.Train.SaveEvery = 1
	if err := trained(t, more, out, true, func(r *train.Run) { r.Version = "v2" }); err != nil {
		t.Fatal(err)
	}
	const want = "[{3 config.train.save_every 2 1} {3 config.train.steps 3 6} {3 versions.toolkit \"v1\" \"v2\"}]"
	f := torchtest.Open(t, filepath.Join(out, "last.safetensors"))
	for name, text := range map[string]string{"recipe.json": string(read(t, out, "recipe.json")), "last.safetensors": f.Metadata()["recipe"]} {
		recipe, err := run.ParseRecipe(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range recipe.Changes {
			got = append(got, fmt.Sprintf("{%d %s %s %s}", c.Step, c.Key, c.From, c.To))
		}
		if fmt.Sprint(got) != want || !strings.Contains(string(recipe.Config), `"steps":6`) && !strings.Contains(string(recipe.Config), `"steps": 6`) {
			t.Errorf("%s: got changes %v of %s, want %s", name, got, recipe.Config, want)
		}
	}
	// What was changed once is no change the next time.
	if err := trained(t, more, out, true, func(r *train.Run) { r.Version = "v2" }); err != nil {
		t.Error(err)
	}
}

// A recipe that was written before a key was there does not tell it.
func TestResumeOfARunFromBeforeAKey(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	if err := trained(t, tinyVAE(2), out, false, same); err != nil {
		t.Fatal(err)
	}
	recipe := string(read(t, out, "recipe.json"))
	for _, key := range []string{"micro_batch", "ema", "precision", "decay_matrices_only"} {
		older := regexp.MustCompile(`"`+key+`": *[^,]*,`).ReplaceAllString(recipe, "")
		if older == recipe {
			t.Fatalf("the recipe lacks %s: %s", key, recipe)
		}
		recipe = older
	}
	if err := os.WriteFile(filepath.Join(out, "recipe.json"), []byte(recipe), 0o644); err != nil {
		t.Fatal(err)
	}
	other := tinyVAE(2)
	other.Train.EMA = .5
	if err := trained(t, other, out, true, same); err == nil || !strings.Contains(err.Error(), "train.ema was null, is 0.5") {
		t.Errorf("got error %v, want that there was no average", err)
	}
	if err := trained(t, tinyVAE(2), out, true, same); err != nil {
		t.Error(err)
	}
	if got := string(read(t, out, "recipe.json")); strings.Contains(got, "changes") {
		t.Errorf("got %s, want no changes", got)
	}
}
