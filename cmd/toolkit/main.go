// Command toolkit edits HDR environment maps with a sentence, and trains and
// measures what it edits with.
//
// One file holds one verb: flags, one call, print. Results go to standard
// output, all else to standard error. A new verb is a file and its line in
// verbs.
package main

import (
	"cmp"
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/app"
)

// version and commit are set by the linker; without a version, the version
// control's stands in.
var version, commit string

// worker computes on the main OS thread, since only its heap keeps large blocks
// from step to step; nil, as in tests, verbs compute where they are.
var worker *app.Worker

func main() {
	worker = app.NewWorker()
	status := statusDone
	worker.Serve(func() { status = execute(verbs(), os.Args, os.Stdout, os.Stderr) })
	os.Exit(status)
}

// verbs lists the commands, in the order of the help.
func verbs() []*cli.Command {
	return []*cli.Command{
		editVerb(),
		convertVerb(),
		infoVerb(),
		lightVerb(),
		searchVerb(),
		scoreVerb(),
		captionVerb(),
		evaluateVerb(),
		vaeVerb(),
		trainVAEVerb(),
		finetuneCLIPVerb(),
		wiseVerb(),
		bankVerb(),
		datasetVerb(),
		modelVerb(),
		doctorVerb(),
		completionVerb(),
	}
}

// execute is main without the process's end: it returns the exit status.
func execute(verbs []*cli.Command, args []string, stdout, stderr io.Writer) (status int) {
	defer reportBug(stderr, &status)
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	args, nothing := completable(args)
	if nothing {
		return statusDone
	}
	results := &output{w: stdout}
	err := newApp(verbs, results, stderr).RunContext(ctx, flagsFirst(verbs, args))
	return reportError(stderr, cmp.Or(err, results.err))
}

// endings are the signals that ask the program to end: Ctrl-C, kill, and the
// end of the terminal. Those that the parent ignores, as nohup and `trap \'\' INT`
// do, stay ignored.
func endings() []os.Signal {
	asked := []os.Signal{syscall.SIGTERM}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			asked = append(asked, s)
		}
	}
	return asked
}
