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

// TestDocsRun runs what the documentation shows. In every page, each line of a
// ```console block that begins with "$ " is run by bash, in order, in an empty
// folder per page that has the repository's examples/, configs/ and models/. It
// must succeed. In a ```console exact block it must also print the lines that
// follow it, where … stands for any text within a line.
func TestDocsRun(t *testing.T) {
	scripts := t.TempDir()
	var files []string
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		shown := shownCommands(string(text))
		if len(shown) == 0 {
			continue
		}
		name := strings.ReplaceAll(strings.TrimSuffix(page, ".md"), "/", "-")
		script := filepath.Join(scripts, name+".txtar")
		if err := os.WriteFile(script, []byte(scriptOf(shown)), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, script)
	}
	if len(files) < 8 {
		t.Fatalf("got %d pages with commands to run, want README.md and one per verb", len(files))
	}
	testscript.Run(t, testscript.Params{Files: files, Setup: linkRepository})
}

// TestShellBlocksRunOrSayWhyNot wants a reason from each shell block that
// TestDocsRun leaves out: ```sh not run: it needs a GPU.
func TestShellBlocksRunOrSayWhyNot(t *testing.T) {
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range unmarked(string(text)) {
			t.Errorf("%s:%d: a shell block that no test runs: make it ```console, or ```sh not run: and the reason", page, line)
		}
	}
}

// pages are the paths of all documentation, from the repository's root.
func pages(t *testing.T) (pages []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range found {
			path, err := filepath.Rel(root, page)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, filepath.ToSlash(path))
		}
	}
	return pages
}

var (
	shellBlock = regexp.MustCompile("^```+ *(sh|bash|zsh|shell)\\b *(.*)$")
	excused    = regexp.MustCompile(`^not run: \S`)
	indented   = regexp.MustCompile(`^(    |\t)(\$ )?(make|toolkit|bin/toolkit|go|docker|git) `)
)

// unmarked returns the lines, from 1, at which a page begins a shell block
// that is neither run nor excused.
func unmarked(page string) (lines []int) {
	inside := false
	for i, line := range strings.Split(page, "\n") {
		switch block := shellBlock.FindStringSubmatch(line); {
		case !inside && block != nil && !excused.MatchString(block[2]), !inside && indented.MatchString(line):
			lines = append(lines, i+1)
		}
		if strings.HasPrefix(line, "```") {
			inside = !inside
		}
	}
	return lines
}

func TestUnmarkedShellBlocksAreFound(t *testing.T) {
	page := "```sh\nmake\n```\n```sh not run: it is slow\nmake test\n    make test\n```\n\n    make edit\n```bash not run:\nx\n```\n```console\n$ x\n```\n```yaml\na: 1\n```\n"
	if got, want := fmt.Sprint(unmarked(page)), "[1 9 10]"; got != want {
		t.Errorf("got lines %s, want %s", got, want)
	}
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
	return shown
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
	want := "# line 3\nexec bash -c 'toolkit a | wc'\n# line 5\nexec bash -c 'ls'\n# line 13\nexec bash -c 'toolkit b ''c'''\nstdout '\\Aat .* \\(1\\)\\n\\z'\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
