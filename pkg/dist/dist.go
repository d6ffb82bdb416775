// Package dist is a group of processes that train one model: the collectives of
// libtorch, and what they leave open, which is who is missing.
//
// A nil *Group is a process alone: it is rank 0 of 1, and what would be
// exchanged is what it has.
package dist

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/clipenv/toolkit/pkg/dist/launch"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/c10d"
)

// Group is this process among the others. It belongs to one goroutine.
type Group struct {
	place   launch.Place
	timeout time.Duration
	peers   []hello

	base  c10d.Store // of all rounds: see join
	store c10d.Store // of this one
	gloo  c10d.Backend
	data  c10d.Backend // that of the weights: gloo, or NCCL

	overlaps bool         // see Overlap
	sending  c10d.Sending // see SendGradients

	turn  int          // how many exchanges there were: their keys differ
	calls atomic.Int64 // of collectives: who is behind the others is missed
	stop  chan struct{}
	ended chan struct{} // closed once the heart has stopped
}

// Options say how a group is made.
type Options struct {
	Timeout time.Duration     // the longest wait for a peer: in the beginning, and in each collective
	Device  torch.Device      // where the weights are
	Agreed  map[string]string // what must be the same in all processes, as versions
}

// hello is how a process presents itself.
type hello struct {
	Host   string            `json:"host"`
	PID    int               `json:"pid"`
	Agreed map[string]string `json:"agreed"`
}

// Open joins the group of a place, nil for a process alone.
func Open(ctx context.Context, p launch.Place, o Options) (*Group, error) {
	if p.Alone() {
		return nil, nil
	}
	g := &Group{place: p, timeout: o.Timeout}
	err := g.open(ctx, o)
	if err == nil {
		return g, nil
	}
	g.Close(err)
	return nil, fmt.Errorf("dist: rank %d of %d: %w", p.Rank, p.Size, err)
}

func (g *Group) open(ctx context.Context, o Options) error {
	if err := g.join(ctx, o.Agreed); err != nil {
		return err
	}
	p := g.place
	var err error
	g.gloo, err = c10d.Gloo(g.store, p.Rank, p.Size, os.Getenv("GLOO_SOCKET_IFNAME"), o.Timeout)
	if err != nil {
		return fmt.Errorf("gloo: %w; GLOO_SOCKET_IFNAME names the network interface by which the machines reach one another", err)
	}
	g.data = g.gloo
	if o.Device != torch.CPU {
		ncclEnvironment(os.LookupEnv, os.Setenv)
		if g.data, err = c10d.NCCL(ncclPath(), g.store, p.Rank, p.Size, o.Timeout); err != nil {
			return fmt.Errorf("nccl: %w; scripts/plugins.sh builds the library where the headers of CUDA and NCCL are", err)
		}
		g.overlaps = true
	}
	return nil
}

// compare lists where processes differ from rank 0.
func (g *Group) compare() error {
	var found []error
	for rank, p := range g.peers {
		for _, what := range slices.Sorted(maps.Keys(p.Agreed)) {
			if is, want := p.Agreed[what], g.peers[0].Agreed[what]; is != want {
				found = append(found, fmt.Errorf("%s has %s %s, and rank 0 has %s: want the same", g.name(rank), what, is, want))
			}
		}
	}
	return errors.Join(found...)
}

// Rank is the number of this process, from 0.
func (g *Group) Rank() int {
	if g == nil {
		return 0
	}
	return g.place.Rank
}

// Size is how many processes there are.
func (g *Group) Size() int {
	if g == nil {
		return 1
	}
	return g.place.Size
}

// Share is which of n things this process takes: from … to−1.
func (g *Group) Share(n int) (from, to int) { return ShareOf(n, g.Rank(), g.Size()) }

// ShareOf is [Group.Share] of another rank.
func ShareOf(n, rank, size int) (from, to int) { return rank * n / size, (rank + 1) * n / size }

func key(what string, rank int) string { return fmt.Sprintf("%s/%d", what, rank) }

// name calls a rank as people find it.
func (g *Group) name(rank int) string {
	if g.peers == nil {
		return hello{}.name(rank)
	}
	return g.peers[rank].name(rank)
}

func (h hello) name(rank int) string {
	if h.Host == "" {
		return fmt.Sprintf("rank %d", rank)
	}
	return fmt.Sprintf("rank %d (process %d on %s)", rank, h.PID, h.Host)
}

// ranks lists some: "rank 3", "ranks 1, 2".
func ranks(list []int) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = fmt.Sprint(r)
	}
	if len(list) == 1 {
		return "rank " + words[0]
	}
	return "ranks " + strings.Join(words, ", ")
}
