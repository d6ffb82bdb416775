package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// zeroes are the numbers whose default is 0 and means no more than that.
var zeroes = []string{"convert --exposure", "convert --rotate", "dataset synth --first"}

// Help shows one default for each flag, the value that will be used: a 0 that
// stands for another value, as for 60 steps, is not shown.
func TestHelpShowsTheDefaultThatIsUsed(t *testing.T) {
	var flags int
	var look func(path string, verbs []*cli.Command)
	look = func(path string, verbs []*cli.Command) {
		for _, v := range verbs {
			name := strings.TrimSpace(path + " " + v.Name)
			for _, f := range v.Flags {
				flags++
				flag := name + " --" + f.Names()[0]
				line := f.String()
				if n := strings.Count(line, "(default"); n > 1 {
					t.Errorf("%s shows %d defaults: %s", flag, n, line)
				}
				value := reflect.ValueOf(f).Elem().FieldByName("Value")
				if !value.IsValid() || !value.CanInt() && !value.CanUint() && !value.CanFloat() || !value.IsZero() {
					continue
				}
				explained := strings.Contains(line, "0: ") || slices.Contains(zeroes, flag)
				if !explained && strings.HasSuffix(line, "(default: 0)") && reflect.ValueOf(f).Elem().FieldByName("DefaultText").String() == "" {
					t.Errorf("%s shows a default of 0, which is not what will be used: %s", flag, line)
				}
			}
			look(name, v.Subcommands)
		}
	}
	look("", verbs())
	if flags < 50 {
		t.Errorf("saw %d flags, want all of the program's", flags)
	}
	for _, f := range editVerb().Flags {
		for name, want := range map[string]string{"strength": "(default: 1)", "steps": "(default: 16 through a sky; else 60; in paper mode 100)"} {
			if f.Names()[0] == name && !strings.Contains(f.String(), want) {
				t.Errorf("--%s: got %s, want %s", name, f, want)
			}
		}
	}
}
