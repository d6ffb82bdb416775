package main

import (
	"encoding/json"

	"github.com/urfave/cli/v2"
)

// printJSON prints a report as JSON for scripts, and for people who look at it.
func printJSON(c *cli.Context, report any) error {
	enc := json.NewEncoder(c.App.Writer)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // no one reads it in a web page
	return enc.Encode(report)
}
