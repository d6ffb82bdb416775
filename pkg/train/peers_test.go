package train_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/dist/disttest"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/train"
)

// shared are trainings whose batches 4 processes can share.
func shared() map[string]func(ctx context.Context, r train.Run, change func(*train.Loop)) error {
	vae := func(ctx context.Context, r train.Run, change func(*train.Loop)) error {
		c := tinyVAE(6)
		c.Train.Batch = 8
		change(&c.Train)
		_, err := train.TrainVAE(ctx, c, r)
		return err
	}
	clip := func(c train.CLIPConfig) func(ctx context.Context, r train.Run, change func(*train.Loop)) error {
		return func(ctx context.Context, r train.Run, change func(*train.Loop)) error {
			change(&c.Train)
			_, err := train.FinetuneCLIP(ctx, c, r)
			return err
		}
	}
	return map[string]func(ctx context.Context, r train.Run, change func(*train.Loop)) error{
		"vae": vae, "clip": clip(tinyCLIP(6)), "clip of words": clip(tinyWords(6)),
		"vae in micro-batches, averaged": func(ctx context.Context, r train.Run, change func(*train.Loop)) error {
			return vae(ctx, r, func(l *train.Loop) { l.MicroBatch, l.EMA, l.WeightDecay = 2, .8, .1; change(l) })
		},
		"clip of words in micro-batches": func(ctx context.Context, r train.Run, change func(*train.Loop)) error {
			return clip(tinyWords(6))(ctx, r, func(l *train.Loop) { l.MicroBatch = 2; change(l) })
		},
	}
}

// What a process of a job trains stands in its environment: the training, the
// directory, whether it is resumed, and what befalls it.
const (
	caseVariable   = "TRAIN_CASE"
	outputVariable = "TRAIN_OUTPUT"
	resumeVariable = "TRAIN_RESUME"
	fateVariable   = "TRAIN_FATE"  // "RANK WHAT": kill, stop or another rate
	earlyVariable  = "TRAIN_EARLY" // whether gradients leave during the backward pass
)

func peer(ctx context.Context, g *dist.Group) error {
	r := at(os.Getenv(outputVariable), os.Getenv(resumeVariable) != "")
	r.Peers = g
	g.Overlap(os.Getenv(earlyVariable) != "")
	var victim int
	var fate string
	_, _ = fmt.Sscanf(os.Getenv(fateVariable), "%d %s", &victim, &fate)
	change := func(*train.Loop) {}
	if fate != "" && victim == g.Rank() {
		switch fate {
		case "rate":
			change = func(l *train.Loop) { l.LearningRate *= 2 }
		default:
			ctx = fated{ctx, fate}
		}
	}
	return shared()[os.Getenv(caseVariable)](ctx, r, change)
}

// fated is the context of a process that, once there is a checkpoint, is killed
// when it asks whether it is to stop, or is told so.
type fated struct {
	context.Context
	fate string
}

func (c fated) Err() error {
	if _, err := os.Stat(filepath.Join(os.Getenv(outputVariable), "checkpoint.safetensors")); err != nil {
		return nil
	}
	if c.fate == "kill" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return context.Canceled
}

// job is a training by so many processes.
func job(name, out string, size int, set ...string) disttest.Job {
	return disttest.Job{Role: "train", Size: size, Set: append(set, caseVariable+"="+name, outputVariable+"="+out)}
}

// alone trains in this process, by one thread as the others do.
func alone(t *testing.T, name, out string, resume bool) {
	t.Helper()
	threads := torch.Threads()
	defer torch.SetThreads(threads)
	torch.SetThreads(1)
	if err := shared()[name](context.Background(), at(out, resume), func(*train.Loop) {}); err != nil {
		t.Fatal(err)
	}
}

// moved are the weights of a run. Where the gradient was below 1e-8 all the way
// they are left at 0: the bias of attention's keys has none but what rounding
// leaves, and AdamW makes full steps of that.
func moved(t *testing.T, out, of string) map[string][]float32 {
	t.Helper()
	weights, squares := checkpoint(t, out, "model."), checkpoint(t, of, "optimiser.v.")
	for name, w := range weights {
		for i := range w {
			if v, learns := squares[name]; learns && v[i] < 1e-16 {
				w[i] = 0
			}
		}
	}
	return weights
}

// equal holds a run to another: weights, what the optimiser keeps, figures.
func equal(t *testing.T, what, got, want string) {
	t.Helper()
	within(t, 1e-6, what, got, want)
}

// within is equal to so much of the norms.
func within(t *testing.T, share float64, what, got, want string) {
	t.Helper()
	for section, of := range map[string]func(out string) map[string][]float32{
		"model":     func(out string) map[string][]float32 { return moved(t, out, want) },
		"optimiser": func(out string) map[string][]float32 { return checkpoint(t, out, "optimiser.m.") },
	} {
		if off := distance(t, of(got), of(want)); !(off < torchtest.Tolerance(t, share)) {
			t.Errorf("%s: %s is off by %.2g of its norm, want %.0e", what, section, off, share)
		}
	}
	have, wanted := figures(t, got), figures(t, want)
	if len(have) != len(wanted) {
		t.Fatalf("%s: %d lines of figures, want %d", what, len(have), len(wanted))
	}
	for i, row := range wanted {
		for name, v := range row {
			if off := math.Abs(have[i][name] - v); off > 1e-4*max(1, math.Abs(v)) {
				t.Errorf("%s: line %d: %s is %v, want %v", what, i, name, have[i][name], v)
			}
		}
	}
}

func TestManyProcessesTrainAsOne(t *testing.T) {
	for name := range shared() {
		out := t.TempDir()
		alone(t, name, filepath.Join(out, "1"), false)
		for _, size := range []int{2, 4} {
			if size == 4 && testing.Short() {
				continue
			}
			of := filepath.Join(out, fmt.Sprint(size))
			job(name, of, size).Run(t)
			equal(t, fmt.Sprintf("%s by %d processes", name, size), of, filepath.Join(out, "1"))
		}
	}
}

// When gradients travel changes no byte of what is learnt.
func TestGradientsThatLeaveEarlyTrainAlike(t *testing.T) {
	for name := range shared() {
		out := t.TempDir()
		after, during := filepath.Join(out, "after"), filepath.Join(out, "during")
		job(name, after, 2).Run(t)
		job(name, during, 2, earlyVariable+"=1").Run(t)
		for _, file := range []string{"checkpoint.safetensors", "metrics.jsonl"} {
			if !bytes.Equal(read(t, during, file), read(t, after, file)) {
				t.Errorf("%s: %s differs where gradients leave during the backward pass", name, file)
			}
		}
	}
}

// A job that lost a process is started again, by as many processes or by
// fewer, and ends as one that was left alone.
func TestAKilledJobIsResumed(t *testing.T) {
	for _, victim := range []int{0, 1} {
		out := t.TempDir()
		whole, killed := filepath.Join(out, "whole"), filepath.Join(out, "killed")
		job("vae", whole, 2).Run(t)
		for rank, p := range job("vae", killed, 2, fmt.Sprintf("%s=%d kill", fateVariable, victim)).Start(t) {
			_, stderr, err := p.End()
			if want := fmt.Sprintf("rank %d (process", victim); err == nil || rank != victim && !strings.Contains(stderr, want) {
				t.Errorf("rank %d: %v, %q, want that rank %d is gone", rank, err, stderr, victim)
			}
		}
		fewer := filepath.Join(out, "fewer")
		if err := os.CopyFS(fewer, os.DirFS(killed)); err != nil {
			t.Fatal(err)
		}
		job("vae", killed, 2, resumeVariable+"=1").Run(t)
		for _, name := range []string{"checkpoint.safetensors", "best.safetensors", "metrics.jsonl"} {
			if !bytes.Equal(read(t, killed, name), read(t, whole, name)) {
				t.Errorf("rank %d killed: %s differs from that of the job that was not", victim, name)
			}
		}
		alone(t, "vae", fewer, true)
		equal(t, "resumed by one process", fewer, whole)
		recipe, err := run.ReadRecipe(fewer)
		if err != nil || !slices.ContainsFunc(recipe.Changes, func(c run.Change) bool { return c.Key == "processes" && string(c.From) == "2" }) {
			t.Errorf("the recipe tells of changes %v (%v), want that there were 2 processes", recipe.Changes, err)
		}
	}
}

// Any rank that is told to stop stops all, after the same step, which is saved.
func TestOneThatIsToldToStopStopsAll(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	var said []string
	for rank, p := range job("vae", out, 2, fateVariable+"=1 stop").Start(t) {
		_, stderr, err := p.End()
		after := regexp.MustCompile(`interrupted after [1-5] of 6 steps; the same job with --resume`).FindString(stderr)
		if said = append(said, after); err == nil || after == "" || after != said[0] {
			t.Errorf("rank %d: %v, %q, want an interruption, after the same step as rank 0: %q", rank, err, stderr, said[0])
		}
	}
	whole := filepath.Join(filepath.Dir(out), "whole")
	job("vae", out, 2, resumeVariable+"=1").Run(t)
	job("vae", whole, 2).Run(t)
	if !bytes.Equal(read(t, out, "checkpoint.safetensors"), read(t, whole, "checkpoint.safetensors")) {
		t.Error("the run that was stopped ends otherwise than one that was not")
	}
}

func TestAnotherConfigurationIsRefused(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	for rank, p := range job("vae", out, 2, fateVariable+"=1 rate").Start(t) {
		const want = "rank 1 has train.learning_rate 0.002, and rank 0 has 0.001: want the same"
		if _, stderr, err := p.End(); err == nil || !strings.Contains(stderr, want) {
			t.Errorf("rank %d: %v, %q, want %q", rank, err, stderr, want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a run was begun")
	}
}

func TestABatchThatCannotBeShared(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	const want = "batch is 8, want a multiple of the 3 processes"
	for rank, p := range job("vae", out, 3).Start(t) {
		if _, stderr, err := p.End(); err == nil || !strings.Contains(stderr, want) {
			t.Errorf("rank %d: %v, %q, want %q", rank, err, stderr, want)
		}
	}
}
