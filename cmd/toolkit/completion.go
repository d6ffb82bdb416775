package main

import (
	_ "embed"
	"io"
	"slices"

	"github.com/urfave/cli/v2"
)

// The scripts ask the program itself for the words that can follow.
var (
	//go:embed completions/toolkit.bash
	bashCompletion string
	//go:embed completions/toolkit.zsh
	zshCompletion string
)

func completionVerb() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the script that completes commands in a shell",
		ArgsUsage: "bash|zsh|fish",
		Description: "bash: source <(toolkit completion bash)        in ~/.bashrc\n" +
			"zsh:  source <(toolkit completion zsh)         in ~/.zshrc, after compinit\n" +
			"fish: toolkit completion fish >~/.config/fish/completions/toolkit.fish",
		BashComplete: func(c *cli.Context) { _, _ = io.WriteString(c.App.Writer, "bash\nzsh\nfish\n") },
		Action:       printCompletion,
	}
}

// completable returns the arguments by which the cli package completes what a
// shell asks for. Behind a "--" it would not complete but run the command, so
// that nothing is offered there: the shell then offers files. One that is
// itself the word to complete begins a flag.
func completable(args []string) (completed []string, nothing bool) {
	last := len(args) - 1
	if last < 1 || args[last] != completionFlag {
		return args, false
	}
	words := args[:last]
	if words[last-1] == "--" {
		words = words[:last-1]
	}
	if slices.Contains(words, "--") {
		return nil, true
	}
	return append(slices.Clone(words), completionFlag), false
}

func printCompletion(c *cli.Context) error {
	script, err := completionScript(c)
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.App.Writer, script)
	return err
}

func completionScript(c *cli.Context) (string, error) {
	if c.NArg() != 1 {
		return "", usage("completion: got %d arguments, want one: bash, zsh or fish", c.NArg())
	}
	switch shell := c.Args().First(); shell {
	case "bash":
		return bashCompletion, nil
	case "zsh":
		return zshCompletion, nil
	case "fish":
		return c.App.ToFishCompletion()
	default:
		return "", usage("completion: unknown shell %q, want bash, zsh or fish", shell)
	}
}
