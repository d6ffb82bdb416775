package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves a verb's flags before its arguments, which is the order
// that the cli package wants: a user may write "convert a.hdr b.exr --size
// 2048x1024". What follows a "--" is no flag.
func flagsFirst(verbs []*cli.Command, args []string) []string {
	if len(args) == 0 || args[len(args)-1] == completionFlag {
		return args // which asks about the word before it, where it stands
	}
	at, verb := 1, (*cli.Command)(nil)
	for at < len(args) {
		i := slices.IndexFunc(verbs, func(v *cli.Command) bool { return v.HasName(args[at]) })
		if i < 0 {
			break
		}
		verb, verbs = verbs[i], verbs[i].Subcommands
		at++
	}
	if verb == nil {
		return args
	}
	flags, rest := slices.Clone(args[:at]), []string(nil)
	for i := at; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if !isFlag(arg) {
			rest = append(rest, arg)
			continue
		}
		flags = append(flags, arg)
		if takesNext(verb, arg) && i+1 < len(args) {
			i++
			flags = append(flags, args[i])
		}
	}
	if slices.ContainsFunc(rest, isFlag) {
		flags = append(flags, "--")
	}
	return append(flags, rest...)
}

func isFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

// completionFlag is what the shells' completion scripts append.
const completionFlag = "--generate-bash-completion"

// takesNext tells whether the value of a flag is the argument after it.
func takesNext(verb *cli.Command, arg string) bool {
	name, _, inside := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	if inside {
		return false
	}
	for _, f := range verb.Flags {
		if slices.Contains(f.Names(), name) {
			_, isSwitch := f.(*cli.BoolFlag)
			return !isSwitch
		}
	}
	return false
}
