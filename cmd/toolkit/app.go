package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/libtorch"
	"github.com/clipenv/toolkit/internal/nearest"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/torch"
)

func newApp(verbs []*cli.Command, stdout, stderr io.Writer) *cli.App {
	for _, v := range verbs {
		v.OnUsageError = flagError
		for _, sub := range v.Subcommands {
			sub.OnUsageError = flagError
		}
	}
	cli.VersionPrinter = func(c *cli.Context) { printVersion(c.App.Writer) }
	return &cli.App{
		Name:  "toolkit",
		Usage: "edit HDR environment maps with a sentence",
		Description: "Results go to standard output, all else to standard error.\n" +
			"Exit status: 0 done, 1 an error, 2 a wrong command line, 130 interrupted.",
		Version:              versions().Toolkit,
		Commands:             verbs,
		Action:               noVerb,
		OnUsageError:         flagError,
		EnableBashCompletion: true,
		// A comma belongs to a sentence or a file's name.
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {}, // reportError is the only one to end the process
		Writer:                    stdout,
		ErrWriter:                 stderr,
	}
}

// noVerb runs where the first argument is no verb.
func noVerb(c *cli.Context) error {
	if c.Args().Present() {
		return unknownCommand("", c.Args().First(), c.App.Commands)
	}
	return cli.ShowAppHelp(c)
}

// unknownCommand names the command that was meant, of those of a verb; verb is
// "" for the program's own.
func unknownCommand(verb, name string, valid []*cli.Command) error {
	var names []string
	for _, v := range valid {
		names = append(names, v.Names()...)
	}
	unknown := fmt.Sprintf("unknown command %q%s", name, didYouMean(name, "", names))
	if verb == "" {
		return usage("%s 'toolkit help' lists them", unknown)
	}
	return usage("%s: %s 'toolkit %s --help' lists them", verb, unknown, verb)
}

// didYouMean goes on after an unknown name, up to a hint.
func didYouMean(name, dashes string, valid []string) string {
	if near, ok := nearest.Of(name, valid); ok {
		return fmt.Sprintf(": did you mean %s%s?", dashes, near)
	}
	return ";"
}

func flagError(c *cli.Context, err error, isSubcommand bool) error {
	flags := c.App.Flags
	if isSubcommand {
		flags = c.Command.Flags
	}
	wrong := err.Error() + ";"
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: "); ok {
		name = strings.TrimLeft(name, "-") // the package has cut a dash off
		wrong = fmt.Sprintf("unknown flag %q%s", name, didYouMean(name, "--", flagNames(flags)))
	}
	if isSubcommand {
		return usage("%s: %s 'toolkit %s --help' lists the flags", spoken(c), wrong, spoken(c))
	}
	return usage("%s 'toolkit help' lists the flags", wrong)
}

// flagNames are the long names of flags.
func flagNames(flags []cli.Flag) (names []string) {
	for _, f := range flags {
		for _, name := range f.Names() {
			if len(name) > 1 {
				names = append(names, name)
			}
		}
	}
	return names
}

// spoken is the command as a user types it, without the program: "edit",
// "dataset synth".
func spoken(c *cli.Context) string {
	return strings.TrimPrefix(c.Command.HelpName, c.App.Name+" ")
}

// noArguments refuses arguments of a verb that takes only flags.
func noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return usage("%s: unexpected argument %q; 'toolkit %s --help' shows its use", spoken(c), c.Args().First(), spoken(c))
	}
	return nil
}

// needFlags refuses a command line that lacks one of the flags.
func needFlags(c *cli.Context, names ...string) error {
	for _, name := range names {
		if !c.IsSet(name) || c.String(name) == "" {
			return usage("%s: --%s is missing; 'toolkit %s --help' lists the flags", spoken(c), name, spoken(c))
		}
	}
	return nil
}

// withTorch is the Before of every verb that computes: it runs on the libtorch
// that the user named, or not at all.
func withTorch(*cli.Context) error {
	return libtorch.Confirm(os.Getenv("LIBTORCH"), torch.LibraryPath(), torch.Version())
}

func versions() run.Versions { return run.BuildVersions(version, torch.Version()) }

func printVersion(w io.Writer) {
	v := versions()
	line := "toolkit " + v.Toolkit
	if commit != "" {
		line += ", commit " + commit
	}
	fmt.Fprintf(w, "%s, libtorch %s\n", line, v.Libtorch)
}
