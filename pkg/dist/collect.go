package dist

import (
	"context"
	"errors"
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/c10d"
)

// bucket is how many bytes of gradients travel at a time: large enough that
// the network's delay is small beside them, small enough that one travels while
// the next is filled.
var bucket = 8 << 20

// collective does what all processes do together.
func (g *Group) collective(doing string, do func() error) error {
	g.calls.Add(1)
	err := g.broken()
	if err == nil {
		err = do()
	}
	if err != nil {
		return g.blame(doing, err)
	}
	return nil
}

// SendGradients has the weights' gradients leave during the next backward pass, each
// bucket as soon as its last gradient is there, where the group overlaps the two
// (Overlap). That pass is the last before AverageGradients, and adds to each
// gradient once.
func (g *Group) SendGradients(weights []torch.Tensor) error {
	if g == nil || !g.overlaps {
		return nil
	}
	g.forget() // of a step that failed
	return g.collective("sending the gradients", func() (err error) {
		g.sending, err = c10d.SendGradients(g.data, weights, bucket)
		return err
	})
}

// AverageGradients puts into the weights' gradients their mean over all
// processes.
func (g *Group) AverageGradients(weights []torch.Tensor) error {
	if g == nil {
		return nil
	}
	defer g.forget()
	return g.collective("averaging the gradients", func() error {
		if g.sending.Opened() {
			return g.sending.Average(g.gloo)
		}
		return c10d.AverageGradients(g.gloo, g.data, weights, bucket)
	})
}

// Overlap says whether gradients travel while the backward pass makes others. They do
// over NCCL, unless it is said otherwise: there the network is the GPUs' own. By
// gloo the processors that compute would move them, and nothing is won.
func (g *Group) Overlap(on bool) { g.overlaps = on }

// forget takes leave of what SendGradients began.
func (g *Group) forget() {
	g.sending.Close()
	g.sending = c10d.Sending{}
}

// Mean returns the mean of all processes' values, one by one, to f32's
// precision.
func (g *Group) Mean(values []float64) ([]float64, error) {
	if g == nil {
		return values, nil
	}
	out := make([]float64, len(values))
	err := torch.Do(torch.CPU, func(s *torch.Session) {
		single := make([]float32, len(values))
		for i, v := range values {
			single[i] = float32(v / float64(g.Size()))
		}
		x := s.FromFloats(single, int64(len(single)))
		s.Check(g.collective("averaging figures", func() error { return g.gloo.AllReduce(x, false) }))
		for i, v := range x.Floats() {
			out[i] = float64(v)
		}
	})
	return out, err
}

// Broadcast puts rank 0's tensors, on the device of the group, into those of
// the others, which are alike in order, shape and type.
func (g *Group) Broadcast(tensors []torch.Tensor) error {
	if g == nil {
		return nil
	}
	return g.collective("sharing rank 0's weights", func() error {
		for _, t := range tensors {
			to := g.data
			if t.Device() == torch.CPU {
				to = g.gloo
			}
			if err := to.Broadcast(t, 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// AllGather returns all processes' x, [n,…], one after the other: [Size·n,…].
// No gradient flows through it.
func (g *Group) AllGather(s *torch.Session, x torch.Tensor) (all torch.Tensor) {
	if g == nil {
		return x
	}
	shape := x.Shape()
	all = s.Full(0, x.DType(), append([]int64{int64(g.Size())}, shape...)...)
	s.Check(g.collective("gathering", func() error { return g.data.AllGather(all, x) }))
	return all.Reshape(append([]int64{int64(g.Size()) * shape[0]}, shape[1:]...)...)
}

// Barrier waits until all processes have come to it.
func (g *Group) Barrier() error {
	if g == nil {
		return nil
	}
	return g.collective("waiting for all", g.gloo.Barrier)
}

// Exchange returns what each process gives, by rank. A process may be as late
// as it likes while it lives.
func (g *Group) Exchange(doing, value string) ([]string, error) {
	if g == nil {
		return []string{value}, nil
	}
	g.turn++
	name := func(rank int) string { return fmt.Sprintf("turn/%d/%d", g.turn, rank) }
	if err := g.store.Set(name(g.place.Rank), value); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, g.storeless())
	}
	values := make([]string, g.place.Size)
	for rank := range values {
		var err error
		if values[rank], err = g.await(context.Background(), doing, name(rank), rank); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// First has rank 0 do something and return a word about it, which all get. The
// others wait, however long it takes, while rank 0 and ctx live.
func (g *Group) First(ctx context.Context, doing string, do func() (string, error)) (string, error) {
	if g == nil {
		return do()
	}
	g.turn++
	name := fmt.Sprintf("turn/%d", g.turn)
	if g.place.Rank > 0 {
		return g.await(ctx, doing, name, 0)
	}
	word, err := do()
	if err != nil {
		return "", err
	}
	if err := g.store.Set(name, word); err != nil {
		return "", fmt.Errorf("%s: %w", doing, g.storeless())
	}
	return word, nil
}

// InTurn has one process of each machine do something first, and then the
// others there: they find what it left in the machine's cache. They wait while
// that one and ctx live.
func (g *Group) InTurn(ctx context.Context, doing string, do func() error) error {
	if g == nil {
		return do()
	}
	g.turn++
	name := func(rank int) string { return fmt.Sprintf("turn/%d/%d", g.turn, rank) }
	if g.place.Local > 0 {
		// Launchers number the processes of a machine one after the other.
		first := max(0, g.place.Rank-g.place.Local)
		if _, err := g.await(ctx, doing, name(first), first); err != nil {
			return err
		}
		return do()
	}
	if err := do(); err != nil {
		return err
	}
	if err := g.store.Set(name(g.place.Rank), ""); err != nil {
		return fmt.Errorf("%s: %w", doing, g.storeless())
	}
	return nil
}

// farewell is what an error leaves for the others: its root, where that is
// another process.
func farewell(err error) string {
	var of *lostPeer
	if errors.As(err, &of) {
		return rootMark + of.what
	}
	return err.Error()
}
