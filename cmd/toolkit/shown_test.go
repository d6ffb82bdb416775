package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// Commands that no test can run, as they need a cluster, a GPU or hours, name
// verbs and flags that there are: those of the pages and those of deploy/.
func TestShownFlagsExist(t *testing.T) {
	seen := map[string]int{}
	check := func(path string, commands []string) {
		for _, command := range commands {
			verb, faults := knows(strings.Fields(command))
			seen[verb]++
			for _, fault := range faults {
				t.Errorf("%s: toolkit %s: %s", path, command, fault)
			}
		}
	}
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		if page != "CHANGELOG.md" { // it tells of flags that were
			for _, code := range codeOf(string(text)) {
				check(page, commandsIn(code))
			}
		}
	}
	files, _ := filepath.Glob(filepath.Join(root, "deploy/*/*"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		commands := commandsIn(string(text))
		for _, args := range containerArgs.FindAllStringSubmatch(string(text), -1) {
			commands = append(commands, strings.Join(strings.Fields(strings.ReplaceAll(args[1], "- ", " ")), " "))
		}
		if len(commands) == 0 && !strings.HasSuffix(file, "volumes.yaml") {
			t.Errorf("%s: got no command, want some", file)
		}
		check(file, commands)
	}
	for _, verb := range []string{"train-vae", "finetune-clip", "dataset synth", "dataset merge", "make-bank", "edit"} {
		if seen[verb] == 0 {
			t.Errorf("saw no command of %s, and there are some", verb)
		}
	}
}

// knows tells which verb the words of a command begin with, and which of the rest
// are no flags of it.
func knows(words []string) (verb string, faults []string) {
	known, flags := verbs(), []string{"help", "h"}
	for len(words) > 0 && len(known) > 0 {
		i := slices.IndexFunc(known, func(c *cli.Command) bool { return c.HasName(words[0]) })
		if i < 0 {
			break
		}
		verb, words = strings.TrimSpace(verb+" "+known[i].Name), words[1:]
		for _, f := range known[i].Flags {
			flags = append(flags, f.Names()...)
		}
		known = known[i].Subcommands
	}
	if verb == "" {
		return "", []string{"there is no such verb"}
	}
	for _, word := range words {
		name, _, _ := strings.Cut(strings.Trim(word, `[]"'…,.`), "=")
		if flag.MatchString(name) && !slices.Contains(flags, strings.TrimLeft(name, "-")) {
			faults = append(faults, verb+" has no flag "+name)
		}
	}
	return verb, faults
}

var (
	flag          = regexp.MustCompile(`^(--[a-z]|-[a-z]$)`)
	continued     = regexp.MustCompile(`\\\n\s*`)
	called        = regexp.MustCompile("(?m)(?:^|[\\s`'(])(?:bin/toolkit|toolkit|\"\\$TOOLKIT\") ([a-z][^\n|;&<>`]*)")
	containerArgs = regexp.MustCompile(`(?m)^ +args:\n((?: +- \S+\n)+)`)
	fence         = regexp.MustCompile("(?ms)^```+ *(?:sh|bash|console).*?^```")
	inline        = regexp.MustCompile("`(?:bin/)?toolkit [^`\n]*`")
)

// commandsIn finds what follows the program's name in a script.
func commandsIn(script string) (commands []string) {
	script = continued.ReplaceAllString(strings.ReplaceAll(script, `"$$VERB"`, "train-vae"), " ")
	for _, m := range called.FindAllStringSubmatch(script, -1) {
		commands = append(commands, strings.TrimSpace(m[1]))
	}
	return commands
}

// codeOf are the blocks of shell of a page, and the commands in its lines.
func codeOf(page string) []string {
	return append(fence.FindAllString(page, -1), inline.FindAllString(page, -1)...)
}

func TestUnknownFlagsAreFound(t *testing.T) {
	for command, want := range map[string]string{
		"edit --input a.exr -p x --no-preview":       "",
		"dataset synth --output=/data -n 3":          "",
		"train-vae -c a --help --set train.steps=2":  "",
		"train-vae --config a --resumes":             "train-vae has no flag --resumes",
		"dataset merge /data --shard=0/2":            "dataset merge has no flag --shard",
		"frob --x":                                   "there is no such verb",
		"convert in.exr out.jpg --exposure -1 -z":    "convert has no flag -z",
		`evaluate -c "$CONFIG" [--merge DIR] -o "x"`: "",
	} {
		if _, faults := knows(strings.Fields(command)); strings.Join(faults, "; ") != want {
			t.Errorf("%s: got %q, want %q", command, faults, want)
		}
	}
	script := "a \\\n\t\"$TOOLKIT\" edit -i x | wc\nbin/toolkit info y && toolkit doctor\ntoolkit: no\nRANK=0 toolkit \"$$VERB\" -c z &\n"
	if got, want := strings.Join(commandsIn(script), "|"), "edit -i x|info y|doctor|train-vae -c z"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
