package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

const root = "../.."

// TestDocsRun runs what the documentation shows. In README.md and
// docs/commands/*.md every line of a ```console block that begins with
// "$ toolkit " is run by bash, in order, in an empty folder per page that has
// the repository's examples/, configs/ and models/. It must succeed. In a
// ```console exact block it must also print the lines that follow it, where …
// stands for any text within a line.
func TestDocsRun(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "commands", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) == 0 {
		t.Fatal("got no page in docs/commands, want one per command")
	}
	pages = append(pages, filepath.Join(root, "README.md"))
	scripts := t.TempDir()
	var files []string
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		shown := shownCommands(string(text))
		if len(shown) == 0 {
			continue
		}
		script := filepath.Join(scripts, strings.TrimSuffix(filepath.Base(page), ".md")+".txtar")
		if err := os.WriteFile(script, []byte(scriptOf(shown)), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, script)
	}
	if len(files) == 0 {
		t.Fatal("got no command to run in any page")
	}
	testscript.Run(t, testscript.Params{Files: files, Setup: linkRepository})
}

func linkRepository(env *testscript.Env) error {
	for _, name := range []string{"examples", "configs", "models"} {
		source, err := filepath.Abs(filepath.Join(root, name))
		if err != nil {
			return err
		}
		if _, err := os.Stat(source); err != nil {
			continue
		}
		if err := os.Symlink(source, filepath.Join(env.WorkDir, name)); err != nil {
			return err
		}
	}
	return setUp(env)
}

// shownCommand is a command of a page, and what it must print.
type shownCommand struct {
	line    int // in the page, from 1
	command string
	exact   bool
	output  []string
}

func shownCommands(page string) []shownCommand {
	var shown []shownCommand
	inside, exact := false, false
	for i, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "```") {
			info := strings.Fields(strings.TrimLeft(line, "`"))
			inside = !inside && len(info) > 0 && info[0] == "console"
			exact = inside && len(info) > 1 && info[1] == "exact"
			continue
		}
		if !inside {
			continue
		}
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			shown = append(shown, shownCommand{line: i + 1, command: command, exact: exact})
		} else if n := len(shown); n > 0 {
			shown[n-1].output = append(shown[n-1].output, line)
		}
	}
	var ours []shownCommand
	for _, s := range shown {
		if strings.HasPrefix(s.command, "toolkit ") {
			ours = append(ours, s)
		}
	}
	return ours
}

// scriptOf writes the commands as a test script. Standard error is for the
// reader's eyes; only standard output is compared.
func scriptOf(shown []shownCommand) string {
	var script strings.Builder
	for _, s := range shown {
		fmt.Fprintf(&script, "# line %d\nexec bash -c %s\n", s.line, scriptWord(s.command))
		if s.exact {
			fmt.Fprintf(&script, "stdout %s\n", scriptWord(pattern(s.output)))
		}
	}
	return script.String()
}

// scriptWord makes one word of a script: within quotes, ” is a quote.
func scriptWord(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// pattern is a regular expression that the whole output must match; a script
// has one line per command, so that line ends are written as \n.
func pattern(lines []string) string {
	var p strings.Builder
	p.WriteString(`\A`)
	for _, line := range lines {
		p.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + `\n`)
	}
	return p.String() + `\z`
}

func TestShownCommandsAreFound(t *testing.T) {
	page := "text\n```console\n$ toolkit a | wc\n12\n$ ls\nx\n```\n$ toolkit outside\n```sh\n$ toolkit sh\n```\n```console exact\n$ toolkit b 'c'\nat … (1)\n```\n"
	got := scriptOf(shownCommands(page))
	want := "# line 3\nexec bash -c 'toolkit a | wc'\n# line 13\nexec bash -c 'toolkit b ''c'''\nstdout '\\Aat .* \\(1\\)\\n\\z'\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
