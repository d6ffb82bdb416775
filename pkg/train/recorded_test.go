package train_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/train"
)

// silentMaps is a folder of two maps of which nothing is said.
func silentMaps(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"park.exr", "lab.exr"} {
		if err := os.WriteFile(filepath.Join(folder, name), read(t, "../../examples/hdri", name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// finished is the directory of a finished run.
func finished(t *testing.T, c train.VAEConfig) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	if _, err := train.TrainVAE(context.Background(), c, at(out, false)); err != nil {
		t.Fatal(err)
	}
	return out
}

// Steps that are played again as they were recorded are the steps: to the bit on
// the CPU, where a recording is the step itself and reads what is put into its
// inputs. So is a run that is interrupted and recorded anew.
func TestRecordedStepsAreTheSteps(t *testing.T) {
	torchtest.NoLeaks(t)
	averaged := tinyVAE(9)
	averaged.Train.EMA, averaged.Train.Precision = .8, train.BF16
	free := tinyVAE(9)
	free.Train.ClipNorm = 0
	parted := tinyVAE(9)
	parted.Train.MicroBatch = parted.Train.Batch / 2
	for name, c := range map[string]train.VAEConfig{"as it is": tinyVAE(9), "averaged, in bf16": averaged, "nothing clipped": free, "in micro-batches": parted} {
		plain := finished(t, c)
		again := func() string {
			defer train.RecordOnCPU()()
			return finished(t, c)
		}()
		for _, file := range []string{"checkpoint.safetensors", "best.safetensors", "last.safetensors", "metrics.jsonl"} {
			if !bytes.Equal(read(t, plain, file), read(t, again, file)) {
				t.Errorf("%s: %s differs with recorded steps, want the same bytes", name, file)
			}
		}
	}
}

// Recorded steps of a CLIP read sentences that are padded to a few lengths, of which
// some may be recorded and some not, and captions that only fill the batch up: they
// learn the same. A run that goes on plays
// other steps again than one that was left alone, and ends with the same bytes.
func TestRecordedStepsOfACLIPAreTheSteps(t *testing.T) {
	torchtest.NoLeaks(t)
	parted, words := tinyWords(18), tinyWords(18)
	parted.Train.MicroBatch = 2
	words.Train.EMA = .8
	ends := tinyCLIP(18)
	ends.Model.Text.Pool = clip.PoolEnd
	silent := tinyCLIP(18)
	silent.Data.Real, silent.Data.RealShare = []string{silentMaps(t)}, .5
	mute := silent // in some steps nothing is said of any map
	mute.Data.RealShare, mute.Train.Batch = .9, 2
	for name, c := range map[string]train.CLIPConfig{"pieces": tinyCLIP(18), "ends": ends, "words": words, "words in micro-batches": parted, "maps without captions": silent, "steps without captions": mute} {
		run := func(steps int, out string, resume bool) {
			t.Helper()
			c := c
			c.Train.Steps, c.Train.FinalRate = steps, 1
			if _, err := train.FinetuneCLIP(context.Background(), c, at(out, resume)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		dir := t.TempDir()
		plain, whole, halves := filepath.Join(dir, "plain"), filepath.Join(dir, "whole"), filepath.Join(dir, "halves")
		run(18, plain, false)
		func() {
			defer train.RecordOnCPU()()
			if c.Train.Batch == mute.Train.Batch { // whose captions have four lengths
				defer train.KeepTapes(2)()
			}
			run(18, whole, false)
			run(8, halves, false)
			run(18, halves, true)
		}()
		within(t, 1e-5, name, whole, plain) // sums over other lengths, 18 steps long
		if got, want := read(t, halves, "checkpoint.safetensors"), read(t, whole, "checkpoint.safetensors"); !bytes.Equal(got, want) {
			t.Errorf("%s: a run that goes on ends with other bytes than one that was left alone", name)
		}
	}
}

// Steps that cannot be recorded, and those that find no room beside others that were,
// go on as they would have gone. That is said once, however many lengths the captions have.
func TestStepsThatAreNotRecordedGoOn(t *testing.T) {
	torchtest.NoLeaks(t)
	dir := t.TempDir()
	run := func(name string, how func() (restore func())) (checkpoint []byte, said string) {
		t.Helper()
		defer how()()
		var log bytes.Buffer
		out := filepath.Join(dir, name)
		r := at(out, false)
		r.Log = &log
		if _, err := train.FinetuneCLIP(context.Background(), tinyWords(18), r); err != nil {
			t.Fatal(err)
		}
		return read(t, out, "checkpoint.safetensors"), log.String()
	}
	want, _ := run("recorded", train.RecordOnCPU)
	for _, c := range []struct {
		name string
		how  func() (restore func())
		line string
	}{
		{"not recorded", train.FailToRecord, "kernel by kernel"},
		{"without room", train.FindNoRoom, "no room for others beside those that were recorded: out of memory on cuda:0: 2.00 GiB wanted"},
	} {
		got, said := run(c.name, c.how)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: a run learns something else than one that is recorded", c.name)
		}
		if n := strings.Count(said, c.line); n != 1 {
			t.Errorf("%s: got %d lines with %q, want 1, of\n%s", c.name, n, c.line, said)
		}
	}
}

// A run leaves a row of figures every so many steps, with the loss, its terms, the rate
// and the gradient, and where it looks. How often changes no weight and no figure.
func TestFiguresAreWrittenEverySoManySteps(t *testing.T) {
	torchtest.NoLeaks(t)
	c := tinyVAE(9) // which looks after step 9
	c.Train.EvaluateEvery, c.Train.SaveEvery = 0, 4
	each := finished(t, c)
	rows := figures(t, each)
	if len(rows) != 9 {
		t.Fatalf("got %d rows of 9 steps, want one each", len(rows))
	}
	for i, row := range rows {
		for _, name := range []string{"loss", "reconstruction", "kl", "kl_weight", "rate", "gradient"} {
			if _, ok := row[name]; !ok {
				t.Errorf("row %d has no %s", i+1, name)
			}
		}
		if _, looked := row["score"]; looked != (i == 8) {
			t.Errorf("row %d: held-out maps were looked at: %v, want so at the last step alone", i+1, looked)
		}
	}
	c.Train.FiguresEvery = 7
	seldom := finished(t, c)
	if got, want := figures(t, seldom), []map[string]float64{rows[6], rows[8]}; !reflect.DeepEqual(got, want) {
		t.Errorf("every 7 steps: got %v, want the rows of steps 7 and 9: %v", got, want)
	}
	if !reflect.DeepEqual(checkpoint(t, seldom, "model."), checkpoint(t, each, "model.")) {
		t.Error("every 7 steps: other weights were learnt")
	}
}
