package run

import (
	"context"
	"errors"
	"testing"
)

func TestUntilEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	endless := make(chan struct{})
	defer close(endless)
	made, err := Until(ctx, func() (int, error) {
		cancel()
		<-endless
		return 1, nil
	})
	if !errors.Is(err, context.Canceled) || made != 0 {
		t.Errorf("got %v, %v, want nothing and that it was cancelled", made, err)
	}
}

func TestUntilHandsOnFaults(t *testing.T) {
	fault := errors.New("no such map")
	if made, err := Until(context.Background(), func() (int, error) { return 1, fault }); err != fault || made != 1 {
		t.Errorf("got %v, %v, want 1 and %v", made, err, fault)
	}
	defer func() {
		if got := recover(); got != "a bug" {
			t.Errorf("recovered %v, want the panic of the work", got)
		}
	}()
	_, _ = Until(context.Background(), func() (int, error) { panic("a bug") })
}
