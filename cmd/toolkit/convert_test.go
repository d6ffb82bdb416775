package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/run"
)

func stageOf(ctx context.Context, work func() error) error {
	c := cli.NewContext(cli.NewApp(), nil, nil)
	c.Context = ctx
	return stage(c, run.Progress(io.Discard, 3, "convert"), "done", work)
}

func TestAStageEndsWithTheUser(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	endless := make(chan struct{})
	defer close(endless)
	err := stageOf(ctx, func() error {
		cancel()
		<-endless
		return nil
	})
	if !errors.Is(err, context.Canceled) || fmt.Sprint(err) != "convert: interrupted after 0 of 3 steps; nothing was written" {
		t.Errorf("got %v, want the interruption", err)
	}
}

func TestAStageHandsOnFaults(t *testing.T) {
	fault := errors.New("no such map")
	if err := stageOf(context.Background(), func() error { return fault }); err != fault {
		t.Errorf("got %v, want %v", err, fault)
	}
	defer func() {
		if got := recover(); got != "a bug" {
			t.Errorf("recovered %v, want the panic of the work", got)
		}
	}()
	_ = stageOf(context.Background(), func() error { panic("a bug") })
}
