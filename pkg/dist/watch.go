package dist

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clipenv/toolkit/pkg/torch/c10d"
)

const (
	pulse = 500 * time.Millisecond // between signs of life
	lost  = 10 * time.Second       // without one a process is taken for dead
	doubt = 4 * time.Second        // and that long once a collective broke off
)

// live begins to leave signs of life in the group's store.
func (g *Group) live() {
	g.stop, g.ended = make(chan struct{}), make(chan struct{})
	go g.beat()
}

// beat leaves a sign of life, with the number of this process's collectives,
// until the group leaves its store. It is the process that lives: its work may take as
// long as it likes.
func (g *Group) beat() {
	defer close(g.ended)
	for n := 0; ; n++ {
		// Where the store is gone, the next call on it says so.
		_ = g.store.Set(key("beat", g.place.Rank), fmt.Sprintf("%d %d", n, g.calls.Load()))
		select {
		case <-g.stop:
			return
		case <-time.After(pulse):
		}
	}
}

// lostPeer is the end of a run for what happened to another process.
type lostPeer struct{ what string }

func (e *lostPeer) Error() string { return e.what }

// watch follows the signs of life of the others.
type watch struct {
	*Group
	beats []string
	since []time.Time // they last changed
}

func (g *Group) watch() *watch {
	return &watch{g, make([]string, g.place.Size), make([]time.Time, g.place.Size)}
}

// look returns why a process is not to be waited for, nil where it lives. One
// whose last sign of life is older than patience does not.
func (w *watch) look(rank int, patience time.Duration) error {
	why, failed, err := w.store.Get(key("failed", rank))
	if err != nil {
		return w.storeless()
	}
	if failed {
		if root, ok := strings.CutPrefix(why, rootMark); ok {
			return &lostPeer{root}
		}
		return &lostPeer{fmt.Sprintf("%s stopped: %s", w.name(rank), why)}
	}
	beat, _, err := w.store.Get(key("beat", rank))
	if err != nil {
		return w.storeless()
	}
	now := time.Now()
	if w.since[rank].IsZero() || beat != w.beats[rank] {
		w.beats[rank], w.since[rank] = beat, now
	}
	if now.Sub(w.since[rank]) > patience {
		return &lostPeer{fmt.Sprintf("%s is gone, or was stopped: no sign of life for %v", w.name(rank), patience)}
	}
	return nil
}

// rootMark begins what a process leaves that stopped for another one's sake.
const rootMark = "root:"

func (g *Group) storeless() error {
	if g.place.Agent {
		return &lostPeer{fmt.Sprintf("the launcher at %s:%d, which keeps the store, is gone", g.place.Host, g.place.Port)}
	}
	return &lostPeer{fmt.Sprintf("%s, which keeps the store at %s:%d, is gone", g.name(0), g.place.Host, g.place.Port)}
}

// calls is how many collectives a process had begun at its last sign of life.
func (w *watch) callsOf(rank int) int64 {
	_, calls, _ := strings.Cut(w.beats[rank], " ")
	n, _ := strconv.ParseInt(calls, 10, 64)
	return n
}

// blame finds out why a collective broke off: who is dead, who said why it
// stopped, or who is late. It takes as long as it takes to miss a sign of life.
func (g *Group) blame(doing string, cause error) error {
	w := g.watch()
	said := func(err error) error { return fmt.Errorf("%s: %w", doing, err) }
	var stopped error
	for began := time.Now(); time.Since(began) < doubt+2*pulse; time.Sleep(pulse / 2) {
		for rank := range g.place.Size {
			if rank == g.place.Rank {
				continue
			}
			if err := w.look(rank, doubt); err != nil {
				// Who keeps the store waits for it no more.
				_ = g.store.Set(key("bye", rank), "")
				stopped = cmp.Or(stopped, err)
			}
		}
		if stopped != nil {
			return said(stopped)
		}
	}
	var late []int
	for rank := range g.place.Size {
		if rank != g.place.Rank && w.callsOf(rank) < g.calls.Load() {
			late = append(late, rank)
		}
	}
	if len(late) > 0 {
		return said(&lostPeer{fmt.Sprintf("%s did not come to it within %v, and lives: %v", ranks(late), g.timeout, cause)})
	}
	return said(fmt.Errorf("all processes live: %w", cause))
}

// await waits for a key of another process, as long as that one lives and ctx
// does.
func (g *Group) await(ctx context.Context, doing, name string, rank int) (string, error) {
	w := g.watch()
	pause := 2 * time.Millisecond
	for looked := time.Now(); ; time.Sleep(pause) {
		value, set, err := g.store.Get(name)
		if err != nil {
			return "", fmt.Errorf("%s: %w", doing, g.storeless())
		}
		if set {
			return value, nil
		}
		if ctx.Err() != nil {
			return "", fmt.Errorf("%s: %w", doing, ctx.Err())
		}
		if time.Since(looked) > pulse {
			looked = time.Now()
			if err := w.look(rank, lost); err != nil {
				return "", fmt.Errorf("%s: %w", doing, err)
			}
		}
		pause = min(pause*5/4, 50*time.Millisecond)
	}
}

// Close leaves the group. With an error it tells the others why; without one
// it waits, where this process keeps the store, until they have left as well.
func (g *Group) Close(err error) {
	if g == nil {
		return
	}
	if !g.store.Opened() {
		g.base.Close()
		return
	}
	g.forget()
	mine := key("bye", g.place.Rank)
	_ = g.store.Set(mine, "")
	if err != nil {
		_ = g.store.Set(key("failed", g.place.Rank), farewell(err))
	}
	if g.gloo.Opened() {
		// Whoever waits for this process in a collective sees it leave.
		g.leaveGPU()
		g.gloo.Close()
	}
	if g.place.Serves() {
		g.waitForOthers()
	}
	g.leave()
	g.base.Close()
}

// leave is the end of this process's signs of life.
func (g *Group) leave() {
	close(g.stop)
	<-g.ended
	g.store.Close()
	g.store = c10d.Store{}
}

// waitForOthers keeps the store until all that live have read what they need.
func (g *Group) waitForOthers() {
	w := g.watch()
	for began := time.Now(); time.Since(began) < lost; time.Sleep(20 * time.Millisecond) {
		left := 0
		for rank := range g.place.Size {
			if _, gone, _ := g.store.Get(key("bye", rank)); !gone && w.look(rank, doubt) == nil {
				left++
			}
		}
		if left == 0 {
			return
		}
	}
}
