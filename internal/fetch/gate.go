package fetch

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// gate lets requests pass one by one, at a polite rate, and none while it is
// shut.
type gate struct {
	limiter *rate.Limiter

	mu    sync.Mutex
	until time.Time // shut until then
}

func newGate(perSecond float64) *gate {
	return &gate{limiter: rate.NewLimiter(rate.Limit(perSecond), 1)}
}

// shut closes the gate for at least d.
func (g *gate) shut(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(d); until.After(g.until) {
		g.until = until
	}
}

func (g *gate) left() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Until(g.until)
}

// wait returns when a request may be sent, or when ctx ends.
func (g *gate) wait(ctx context.Context) error {
	for d := g.left(); d > 0; d = g.left() {
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
	return g.limiter.Wait(ctx)
}
