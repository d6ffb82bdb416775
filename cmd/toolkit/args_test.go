package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func TestFlagsMayStandBehindArguments(t *testing.T) {
	verbs := []*cli.Command{
		{Name: "turn", Aliases: []string{"t"}, Flags: []cli.Flag{
			&cli.Float64Flag{Name: "by", Aliases: []string{"b"}}, &cli.BoolFlag{Name: "force"},
		}},
		{Name: "set", Subcommands: []*cli.Command{{Name: "make", Flags: []cli.Flag{&cli.IntFlag{Name: "n"}}}}},
	}
	for given, want := range map[string]string{
		"toolkit":                                    "toolkit",
		"toolkit --version":                          "toolkit --version",
		"toolkit turn in out":                        "toolkit turn in out",
		"toolkit turn in out --by -90 --force":       "toolkit turn --by -90 --force in out",
		"toolkit turn in -b 3 out":                   "toolkit turn -b 3 in out",
		"toolkit t in out --force=true":              "toolkit t --force=true in out",
		"toolkit turn in --by=-3 out":                "toolkit turn --by=-3 in out",
		"toolkit turn --force in out":                "toolkit turn --force in out",
		"toolkit turn in --frob out":                 "toolkit turn --frob in out",
		"toolkit turn in --by":                       "toolkit turn --by in",
		"toolkit turn - --force":                     "toolkit turn --force -",
		"toolkit turn --force -- -in- out":           "toolkit turn --force -- -in- out",
		"toolkit turn in -- --force":                 "toolkit turn -- in --force",
		"toolkit set make here --n 3":                "toolkit set make --n 3 here",
		"toolkit set --n make":                       "toolkit set --n make",
		"toolkit frob in --force":                    "toolkit frob in --force",
		"toolkit turn in --generate-bash-completion": "toolkit turn in --generate-bash-completion",
	} {
		got := flagsFirst(verbs, strings.Fields(given))
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: got %s, want %s", given, strings.Join(got, " "), want)
		}
	}
}
