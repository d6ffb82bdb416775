package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/run"
)

// Exit statuses; interrupted is the shell's 128 + SIGINT.
const (
	statusDone        = 0
	statusError       = 1
	statusUsage       = 2
	statusInterrupted = 130
)

// usageError is a command line that cannot be run.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// reportError says on w what went wrong, and returns the exit status.
func reportError(w io.Writer, err error) int {
	var wrong usageError
	var exit cli.ExitCoder // cli's own: help for a command that is not there
	var stopped *run.Interruption
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &stopped):
		fmt.Fprintf(w, "toolkit: %v\n", stopped)
		return statusInterrupted
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "toolkit: interrupted")
		return statusInterrupted
	case errors.As(err, &exit):
		fmt.Fprintf(w, "toolkit: unknown command; 'toolkit help' lists them\n")
		return statusUsage
	case errors.As(err, &wrong):
		fmt.Fprintf(w, "toolkit: %v\n", err)
		return statusUsage
	}
	fmt.Fprintf(w, "toolkit: %v\n", err)
	return statusError
}

// reportBug is deferred around the whole program: a panic is a bug, and a user
// should see a line that says what to do about it, not a stack.
func reportBug(w io.Writer, status *int) {
	fault := recover()
	if fault == nil {
		return
	}
	*status = statusError
	fmt.Fprintf(w, "toolkit: this is a bug: %v\n", fault)
	fmt.Fprintln(w, "  please report it with the command and the output of 'toolkit doctor' at https://github.com/clipenv/toolkit/issues")
	if os.Getenv("TOOLKIT_DEBUG") == "1" {
		fmt.Fprintf(w, "%s", debug.Stack())
	} else {
		fmt.Fprintln(w, "  (TOOLKIT_DEBUG=1 shows where it is)")
	}
}
