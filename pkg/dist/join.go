package dist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/clipenv/toolkit/pkg/dist/launch"
	"github.com/clipenv/toolkit/pkg/torch/c10d"
)

// A store outlives processes: that of torchrun all of them, that of rank 0 those
// that a cluster starts again one by one, as pods are. So each rank 0 begins a round,
// whose keys are its own. The others take their place in it, which no one had before them,
// and all begin once rank 0 has seen all. Who finds its place taken comes from a group that
// is about to end, and waits for the next round.

const (
	roundKey = "round" // the number of the newest
	sizeKey  = "size"  // of a round: how many processes it is for
	goKey    = "go"    // of a round: all are there
)

// errNextRound is of a round that another has followed, or that is gone.
var errNextRound = errors.New("the round is over")

// join finds the store, or keeps it, and takes part in a round with all others.
func (g *Group) join(ctx context.Context, agreed map[string]string) error {
	deadline := time.Now().Add(g.timeout)
	for entered := ""; ; {
		if !g.base.Opened() {
			var err error
			if g.base, err = connect(ctx, g.place, g.timeout); err != nil {
				return err
			}
			entered = ""
		}
		round, err := g.enter(ctx, entered, deadline)
		if err == nil {
			entered = round
			err = g.meet(ctx, round, agreed, deadline)
		}
		if !errors.Is(err, errNextRound) {
			return err
		}
		if g.store.Opened() {
			g.leave()
		}
		if _, _, err := g.base.Get(roundKey); err != nil { // rank 0 is gone, and the store with it
			g.base.Close()
			g.base = c10d.Store{}
		}
	}
}

// connect finds the store, or keeps it.
func connect(ctx context.Context, p launch.Place, timeout time.Duration) (c10d.Store, error) {
	type found struct {
		store c10d.Store
		err   error
	}
	done := make(chan found, 1)
	go func() {
		store, err := c10d.OpenStore(p.Host, p.Port, p.Serves(), "toolkit/"+p.Attempt, timeout)
		done <- found{store, err}
	}()
	select {
	case f := <-done:
		switch {
		case f.err != nil && p.Serves():
			return f.store, fmt.Errorf("keep the store at %s:%d: %w; choose another MASTER_PORT", p.Host, p.Port, f.err)
		case f.err != nil:
			return f.store, fmt.Errorf("no store at %s:%d within %v, where rank 0 or the launcher keeps it: %w; MASTER_ADDR names another host", p.Host, p.Port, timeout, f.err)
		}
		return f.store, nil
	case <-ctx.Done(): // the process is about to end, and that wait with it
		return c10d.Store{}, context.Cause(ctx)
	}
}

// enter begins a round, as rank 0 does, or takes this process's place in one that
// is not the one it was in before. It returns the round's number.
func (g *Group) enter(ctx context.Context, before string, deadline time.Time) (string, error) {
	if g.place.Rank == 0 {
		return g.begin()
	}
	var other held // a round that is not for this process
	defer func() { other.store.Close() }()
	for known := before; ; time.Sleep(20 * time.Millisecond) {
		round, set, err := g.base.Get(roundKey)
		if err != nil {
			return "", errNextRound
		}
		if set && round != known {
			store, ours, err := g.take(round)
			if err != nil {
				return "", err
			}
			if ours {
				g.store = store
				g.live()
				return round, nil
			}
			other.store.Close()
			known, other = round, held{store: store}
		}
		late := time.Now().After(deadline)
		switch {
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case other.alive(g.place.Rank):
			return "", fmt.Errorf("%s is there already: two processes have this rank, or another job has the port %d", other.name(g.place.Rank), g.place.Port)
		case late && other.store.Opened():
			return "", fmt.Errorf("the store at %s:%d was another group's for %v: want one that waits for this process", g.place.Host, g.place.Port, g.timeout)
		case late:
			return "", fmt.Errorf("rank 0 did not arrive within %v", g.timeout)
		}
	}
}

// begin is rank 0's beginning of a round.
func (g *Group) begin() (round string, err error) {
	defer func() { err = g.ofStore(err) }()
	n, err := g.base.Count("rounds")
	if err != nil {
		return "", err
	}
	round = strconv.FormatInt(n, 10)
	if g.store, err = g.base.Under("round/" + round); err != nil {
		return "", err
	}
	g.live()
	return round, errors.Join(g.store.Set(sizeKey, strconv.Itoa(g.place.Size)), g.base.Set(roundKey, round))
}

// take takes this process's place in a round, unless it is taken, or the round is for
// another number of processes.
func (g *Group) take(round string) (store c10d.Store, ours bool, err error) {
	if store, err = g.base.Under("round/" + round); err != nil {
		return store, false, err
	}
	size, _, err := store.Get(sizeKey)
	if err == nil && size == strconv.Itoa(g.place.Size) {
		var n int64
		n, err = store.Count(key("taken", g.place.Rank))
		ours = n == 1
	}
	if err != nil {
		store.Close()
		return c10d.Store{}, false, errNextRound
	}
	return store, ours, nil
}

// held is a round in which this process's place is another's.
type held struct {
	store c10d.Store
	beat  string // the other's last sign of life
}

// alive tells whether the other lives, from the second call on.
func (h *held) alive(rank int) bool {
	if !h.store.Opened() {
		return false
	}
	before := h.beat
	h.beat, _, _ = h.store.Get(key("beat", rank)) // of a store that is gone: the next call on it says so
	return before != "" && h.beat != "" && h.beat != before
}

func (h *held) name(rank int) string {
	var is hello
	text, _, _ := h.store.Get(key("hello", rank))
	_ = json.Unmarshal([]byte(text), &is)
	return is.name(rank)
}

// meet waits for all processes of a round, and holds them to what rank 0 is.
func (g *Group) meet(ctx context.Context, round string, agreed map[string]string, deadline time.Time) error {
	host, _ := os.Hostname()
	mine, err := json.Marshal(hello{host, os.Getpid(), agreed})
	if err != nil {
		return err
	}
	if err := g.store.Set(key("hello", g.place.Rank), string(mine)); err != nil {
		return errNextRound
	}
	g.peers = make([]hello, g.place.Size)
	missing := make(map[int]bool)
	for rank := range g.peers {
		missing[rank] = true
	}
	for w := g.watch(); ; time.Sleep(20 * time.Millisecond) {
		for rank := range g.peers {
			if !missing[rank] {
				if err := w.look(rank, lost); err != nil {
					return g.unless(round, err)
				}
				continue
			}
			text, here, err := g.store.Get(key("hello", rank))
			if err != nil {
				return errNextRound
			}
			if here {
				if err := json.Unmarshal([]byte(text), &g.peers[rank]); err != nil {
					return fmt.Errorf("rank %d says %q, want a process of this program: %w", rank, text, err)
				}
				delete(missing, rank)
			}
		}
		if len(missing) == 0 {
			switch begun, err := g.begun(); {
			case err != nil:
				return err
			case begun:
				return g.compare()
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := g.unless(round, nil); err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s did not arrive within %v", ranks(slices.Sorted(maps.Keys(missing))), g.timeout)
		}
	}
}

// begun tells whether rank 0 has seen all; it is rank 0 that has, where this is it.
func (g *Group) begun() (bool, error) {
	if g.place.Rank == 0 {
		return true, g.ofStore(g.store.Set(goKey, ""))
	}
	_, set, err := g.store.Get(goKey)
	if err != nil {
		return false, errNextRound
	}
	return set, nil
}

// ofStore says of an error where the store is that gave it.
func (g *Group) ofStore(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the store at %s:%d: %w", g.place.Host, g.place.Port, err)
}

// unless is the error, or that the round is over, where it is.
func (g *Group) unless(round string, err error) error {
	if g.place.Rank == 0 {
		return err
	}
	if newest, _, gone := g.base.Get(roundKey); gone != nil || newest != round {
		return errNextRound
	}
	return err
}
