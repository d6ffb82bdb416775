package app

import (
	"context"
	"runtime"
)

// Worker owns the one OS thread on which libtorch computes, and does the jobs
// that other goroutines hand it, in turn. OpenMP keeps a team of threads for
// each thread that ever called it: with a second team every op would wait for
// sleeping threads, and two edits at a time would take longer than one after
// the other. A nil Worker does jobs on the caller's thread.
type Worker struct{ jobs chan job }

type job struct {
	work func() error
	done chan<- outcome
}

type outcome struct {
	err   error
	fault any // of a panic, to go on where it is reported
}

// NewWorker returns a worker that has still to be given its thread by Serve.
func NewWorker() *Worker { return &Worker{jobs: make(chan job)} }

// Serve makes the calling thread the worker's while main runs beside it, and
// returns when main does.
func (w *Worker) Serve(main func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		main()
	}()
	for {
		select {
		case j := <-w.jobs:
			j.done <- attempt(j.work)
		case <-ended:
			return
		}
	}
}

func attempt(work func() error) (o outcome) {
	defer func() { o.fault = recover() }()
	return outcome{err: work()}
}

// Do has the worker do a job, and waits for it. Where ctx ends before the job's
// turn comes, it is not done; one that has begun is the job's own to end.
func (w *Worker) Do(ctx context.Context, work func() error) error {
	if w == nil {
		return work()
	}
	done := make(chan outcome, 1)
	select {
	case w.jobs <- job{work, done}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	o := <-done
	if o.fault != nil {
		panic(o.fault)
	}
	return o.err
}
