package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/clipenv/toolkit/internal/hub"
	"github.com/clipenv/toolkit/internal/quote"
)

// modelVerb is the parent of the verbs about models of the Hugging Face hub.
func modelVerb() *cli.Command {
	return &cli.Command{
		Name:  "model",
		Usage: "bring published models, and keep them",
		Description: "Models of the Hugging Face hub are kept in its own cache, which Python's\n" +
			"transformers reads too: HF_HUB_CACHE, else hub in HF_HOME. HF_TOKEN, HF_ENDPOINT\n" +
			"and HF_HUB_OFFLINE mean what they mean there.",
		Subcommands: []*cli.Command{modelPullVerb(), modelListVerb(), modelVerifyVerb(), modelImportVerb(), modelRemoveVerb()},
		Action:      noSubcommand,
	}
}

// oneArgument wants one argument; what says which.
func oneArgument(c *cli.Context, what string) error {
	if c.NArg() != 1 {
		return usage("%s: got %s, want one: %s", spoken(c), quote.Plural(c.NArg(), "argument"), what)
	}
	return nil
}

// completeModels offers the names of the models in the cache, beside the flags.
func completeModels(c *cli.Context) {
	cli.DefaultCompleteWithFlags(c.Command)(c)
	cache, err := hub.UserCache()
	if err != nil {
		return
	}
	models, _ := cache.Models() // what is completed is no place for an error: the verb itself says it
	for _, m := range models {
		fmt.Fprintln(c.App.Writer, m.Name)
	}
}
