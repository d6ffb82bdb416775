package train

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch/shortage"
)

func TestAShortageNamesTheKeyAndItsValue(t *testing.T) {
	const gib = 1 << 30
	full := shortage.Shortage{Device: "cuda:0", Wanted: 2 * gib, Free: gib, Total: 16 * gib, Used: 15 * gib}
	huge := shortage.Shortage{Device: "cuda:0", Wanted: 60 * gib, Free: 11 * gib, Total: 16 * gib, Used: 4 * gib}
	for _, c := range []struct {
		name string
		loop Loop
		err  error
		want string
	}{
		{"all at a time", Loop{Batch: 32, Precision: F32}, full, "set train.micro_batch to 16: the networks saw 32 maps at a time, and the gradients stay those of a batch of 32"},
		{"some at a time", Loop{Batch: 32, MicroBatch: 8, Precision: F32}, full, "set train.micro_batch to 4:"},
		{"far too many", Loop{Batch: 64, Precision: F32}, huge, "set train.micro_batch to 8:"},
		{"an odd batch", Loop{Batch: 15, Precision: F32}, full, "set train.micro_batch to 5:"},
		{"a prime batch", Loop{Batch: 13, Precision: F32}, full, "set train.micro_batch to 1:"},
		{"one at a time", Loop{Batch: 32, MicroBatch: 1, Precision: F32}, full, "set train.precision to bf16, or make the model smaller"},
		{"one at a time in bf16", Loop{Batch: 32, MicroBatch: 1, Precision: BF16}, full, "make the model smaller, or train on a device with more memory"},
		{"one on the CPU", Loop{Batch: 1, Precision: F32}, shortage.Shortage{Device: "cpu"}, "make the model smaller, or train on a device with more memory"},
	} {
		got := c.loop.withRoom("train-vae", fmt.Errorf("torch: conv2d: %w", c.err))
		if !strings.HasPrefix(got.Error(), "train-vae: out of memory on ") || !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s: got %q, want %q in it", c.name, got, c.want)
		}
		if !errors.Is(got, c.err) {
			t.Errorf("%s: got %v, which no longer is the shortage", c.name, got)
		}
		// What is advised is a configuration that is accepted.
		if c.loop.MicroBatch = divisor(c.loop.Batch, 5); c.loop.MicroBatch < 1 || c.loop.Batch%c.loop.MicroBatch != 0 {
			t.Errorf("%s: got a micro batch of %d of %d", c.name, c.loop.MicroBatch, c.loop.Batch)
		}
	}
}

func TestOtherErrorsStayAsTheyAre(t *testing.T) {
	err := errors.New("train: no maps")
	if got := (Loop{Batch: 4}).withRoom("train-vae", err); got != err {
		t.Errorf("got %v, want %v", got, err)
	}
	if got := (Loop{Batch: 4}).withRoom("train-vae", nil); got != nil {
		t.Errorf("got %v, want nil", got)
	}
}
