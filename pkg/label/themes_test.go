package label

import (
	"slices"
	"strings"
	"testing"
)

// Each file of themes is in order, each theme is of a known kind of light, and
// none stands twice in all the files.
func TestThemesAreInOrder(t *testing.T) {
	files, err := themeFiles.ReadDir("themes")
	if err != nil {
		t.Fatal(err)
	}
	seen, size := map[string]string{}, 0
	for _, file := range files {
		data, err := themeFiles.ReadFile("themes/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		size += len(data)
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if !slices.IsSorted(lines) {
			t.Errorf("%s is not in order: sort it by bytes (LC_ALL=C sort)", file.Name())
		}
		for _, line := range lines {
			theme, err := parseTheme(line)
			if err != nil {
				t.Errorf("%s: %v", file.Name(), err)
			}
			if had := seen[theme.Text]; had != "" {
				t.Errorf("%q stands in %s and in %s", theme.Text, had, file.Name())
			}
			if seen[theme.Text] = file.Name(); theme.Text != strings.ToLower(theme.Text) || strings.ContainsAny(theme.Text, "-,.;|") {
				t.Errorf("%s: %q has capitals or marks, which prompts are read without", file.Name(), theme.Text)
			}
		}
	}
	if size > 300_000 {
		t.Errorf("the themes are %d bytes, want at most 300,000", size)
	}
}

// A theme is true of some map of its light and, unless it tells none, false of
// some other.
func TestThemesTellALight(t *testing.T) {
	for kind, when := range themeKinds {
		if kind != "none" && (!when.Holds(^Attributes(0)) || when.Holds(0)) {
			t.Errorf("%s holds of every map or of none", kind)
		}
	}
	for _, line := range []string{"", "owl", "owl: ", "owl: nights", ": night", "owl night"} {
		if theme, err := parseTheme(line); err == nil {
			t.Errorf("line %q is read as %v, want an error", line, theme)
		}
	}
	if theme, err := parseTheme("blade runner: night rain~"); err != nil || !theme.Weak || len(theme.When) != 2 {
		t.Errorf("got %v, %v, want a weak theme of two conditions", theme, err)
	}
}
