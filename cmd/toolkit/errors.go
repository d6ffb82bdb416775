package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/quote"
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
		say(w, "%v", stopped)
		return statusInterrupted
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "toolkit: interrupted")
		return statusInterrupted
	case errors.As(err, &exit):
		say(w, "%v", helpError(exit))
		return statusUsage
	case errors.As(err, &wrong):
		say(w, "%v", err)
		return statusUsage
	}
	say(w, "%v", err)
	return statusError
}

// helpError is cli's word for a command that help knows nothing of, as ours.
func helpError(err error) error {
	name, ok := strings.CutPrefix(err.Error(), "No help topic for '")
	if !ok {
		return err
	}
	return unknownCommand("", strings.TrimSuffix(name, "'"), verbs())
}

// mostLines is how many lines of a message are shown.
const mostLines = 24

// say writes a message as people read it: what would steer the terminal is
// escaped, whoever wrote it, and what is too long loses its middle.
func say(w io.Writer, format string, args ...any) {
	lines := strings.Split(fmt.Sprintf(format, args...), "\n")
	if more := len(lines) - mostLines; more > 0 {
		lines = slices.Concat(lines[:mostLines*3/4], []string{fmt.Sprintf("… %d lines more …", more)}, lines[len(lines)-mostLines/4:])
	}
	for i, line := range lines {
		lines[i] = quote.Text(line)
	}
	fmt.Fprintf(w, "toolkit: %s\n", strings.Join(lines, "\n"))
}

// output is the standard output. It remembers that something could not be
// written, as to a full disk, so that no verb has to ask after each line.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	o.err = cmp.Or(o.err, err) // "write /dev/stdout: no space left on device"
	return n, err
}

// reportBug is deferred around the whole program: a panic is a bug, and a user
// should see a line that says what to do about it, not a stack.
func reportBug(w io.Writer, status *int) {
	fault := recover()
	if fault == nil {
		return
	}
	*status = statusError
	say(w, "this is a bug: %v", fault)
	fmt.Fprintln(w, "  please report it with the command and the output of 'toolkit doctor' at https://github.com/clipenv/toolkit/issues")
	if os.Getenv("TOOLKIT_DEBUG") == "1" {
		fmt.Fprintf(w, "%s", debug.Stack())
	} else {
		fmt.Fprintln(w, "  (TOOLKIT_DEBUG=1 shows where it is)")
	}
}
