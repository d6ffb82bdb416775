package train

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	keys "maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/torch"
)

// N processes train as one does: each takes its part of every batch, the
// gradient is the mean over all, and so all have the same weights after each
// step. Rank 0 alone reads and writes the run's directory, and evaluates.

// agree holds all processes to rank 0's recipe, but for what may differ from
// machine to machine.
func (r Run) agree(recipe run.Recipe) error {
	all, err := r.Peers.Exchange("comparing the recipes", recipe.String())
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	first, err := run.ParseRecipe(all[0])
	if err != nil {
		return err
	}
	var found []error
	for rank, text := range all {
		other, err := run.ParseRecipe(text)
		if err != nil {
			return err
		}
		changes, err := other.Differences(first)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if c.Key != "device" && c.Key != "threads" {
				found = append(found, fmt.Errorf("train: rank %d has %s %s, and rank 0 has %s: want the same", rank, strings.TrimPrefix(c.Key, "config."), c.To, c.From))
			}
		}
	}
	return errors.Join(found...)
}

// load is [Data.load], first by one process of each machine.
func (r Run) load(ctx context.Context, d Data, size dataset.Size, seed int64) (m maps, err error) {
	err = r.Peers.InTurn(ctx, "waiting for the maps", func() error {
		m, err = d.load(ctx, size, seed, r.Log)
		return err
	})
	return m, err
}

// share is which maps of a step's batch this process takes.
func (d *descent) share() (from, to int) { return d.peers.Share(d.Batch) }

// atOnce tells whether the networks see all of a part at once: its backward pass then
// adds to each weight's gradient once.
func (l Loop) atOnce(part batch) bool { return l.MicroBatch == 0 || part.len() <= l.MicroBatch }

// divides tells whether the batch can be shared among the processes.
func (l Loop) divides(processes int) error {
	each := l.Batch / processes
	switch {
	case l.Batch%processes != 0:
		return fmt.Errorf("train: batch is %d, want a multiple of the %d processes, of which each takes as many maps of it", l.Batch, processes)
	case l.MicroBatch > 0 && l.MicroBatch < each && each%l.MicroBatch != 0:
		return fmt.Errorf("train: micro_batch is %d, want a divisor of the %d maps that each of the %d processes takes of a batch", l.MicroBatch, each, processes)
	}
	return nil
}

// first has rank 0 do something; the others wait for it, even when told to stop:
// all stop after the same step.
func (d *descent) first(do func() error) error {
	_, err := d.peers.First(context.Background(), "waiting for rank 0", func() (string, error) { return "", do() })
	return err
}

// lookFirst is first, after which all know for how many looks no better model was
// found: whether the run has come to its end.
func (d *descent) lookFirst(do func() error) error {
	since, err := d.peers.First(context.Background(), "waiting for rank 0", func() (string, error) {
		err := do()
		return strconv.Itoa(d.at.Since), err
	})
	if err == nil {
		d.at.Since, err = strconv.Atoi(since)
	}
	return err
}

// together has rank 0 open the run, and brings the others to where it is.
func (d *descent) together(ctx context.Context, open func() error) error {
	if d.peers.Size() == 1 {
		return open()
	}
	text, err := d.peers.First(ctx, "waiting for rank 0 to open the run", func() (string, error) {
		if err := open(); err != nil {
			return "", err
		}
		at, err := json.Marshal(d.at)
		return string(at), err
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), &d.at); err != nil {
		return fmt.Errorf("train: rank 0's progress: %w", err)
	}
	if d.mean == nil {
		if err := d.keepMean(); err != nil {
			return err
		}
	}
	var tensors []torch.Tensor
	for _, part := range d.state {
		for _, t := range part.Each {
			tensors = append(tensors, t)
		}
	}
	err = torch.Do(d.params().Device(), func(*torch.Session) { err = d.peers.Broadcast(tensors) })
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return d.alike()
}

// alike checks that all processes have the same weights, by their hash.
func (d *descent) alike() error {
	sum := sha256.New()
	if err := d.params().Digest(sum); err != nil {
		return err
	}
	sums, err := d.peers.Exchange("comparing the weights", hex.EncodeToString(sum.Sum(nil)))
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if other := slices.IndexFunc(sums, func(s string) bool { return s != sums[0] }); other > 0 {
		return fmt.Errorf("train: rank %d has the weights %.12s after rank 0 shared its own, and rank 0 %.12s: want the same", other, sums[other], sums[0])
	}
	return nil
}

// meet finds out whether one of the processes was told to stop, and how long they
// have trained.
func (d *descent) meet(ctx context.Context) error {
	d.clock()
	if d.peers.Size() == 1 {
		return nil
	}
	told := 0.
	if ctx.Err() != nil {
		told = 1
	}
	means, err := d.peers.Mean([]float64{told, d.at.Seconds})
	if err != nil {
		return err
	}
	d.told, d.at.Seconds = means[0] > 0, means[1]
	return nil
}

// average puts into figures their means over all processes. What all have alike
// stays as it is: a mean would round it.
func (d *descent) average(figures map[string]float64) error {
	if d.peers.Size() == 1 {
		return nil
	}
	var names []string
	var values []float64
	for _, name := range slices.Sorted(keys.Keys(figures)) {
		if name != "rate" && name != "gradient" {
			names, values = append(names, name), append(values, figures[name])
		}
	}
	means, err := d.peers.Mean(values)
	if err != nil {
		return err
	}
	for i, name := range names {
		figures[name] = means[i]
	}
	return nil
}

// interrupted is the bar's, where all processes stop after the same step.
func (d *descent) interrupted(ctx context.Context, hint string) error {
	if d.peers.Size() == 1 {
		return d.bar.Interrupted(ctx, hint)
	}
	if !d.told {
		return nil
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	return d.bar.Interrupted(stopped, hint)
}
