package architecture

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// code are the extensions of the files that a citation may stand in.
var code = []string{".go", ".py", ".sh", ".cpp", ".h", ".yaml"}

var (
	arXiv     = regexp.MustCompile(`(?i)arxiv:\s*(\d{4}\.\d{4,5})`)
	pathNamed = regexp.MustCompile("`((?:bench|cmd|configs|docs|examples|internal|models|pkg|scripts)/[\\w./-]+)`")
)

func page(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// uncited lists what a table of references lacks of the numbers in a file: a
// row of the number, which names the file's folder.
func uncited(rows []string, path, text string) (missing []string) {
	folder := "`" + filepath.ToSlash(filepath.Dir(path)) + "`"
	for _, found := range arXiv.FindAllStringSubmatch(text, -1) {
		number := "arXiv:" + found[1]
		if !slices.ContainsFunc(rows, func(row string) bool {
			return strings.Contains(row, "["+number+"]") && strings.Contains(row, folder)
		}) {
			missing = append(missing, number)
		}
	}
	return missing
}

func TestReferencesHoldWhatTheCodeCites(t *testing.T) {
	rows := strings.Split(page(t, "docs/references.md"), "\n")
	var cited int
	sources(t, func(path string, text []byte) {
		if within(path, "internal/architecture") {
			return
		}
		cited += len(arXiv.FindAllIndex(text, -1))
		for _, number := range uncited(rows, path, string(text)) {
			t.Errorf("%s cites %s: docs/references.md has no row of it that names `%s`", path, number, filepath.Dir(path))
		}
	}, code...)
	if cited < 20 {
		t.Errorf("saw %d arXiv numbers in the code, want all of them", cited)
	}
}

func TestACitationWithoutARowIsSeen(t *testing.T) {
	rows := []string{"| A, [arXiv:1312.6114](https://arxiv.org/abs/1312.6114) | `pkg/vae` |"}
	for _, c := range []struct{ path, text, want string }{
		{"pkg/vae/vae.go", "(arXiv:1312.6114)", ""},
		{"pkg/vae/vae.go", "arXiv:1312.6115 and arxiv: 0909.4061", "arXiv:1312.6115 arXiv:0909.4061"},
		{"pkg/loss/loss.go", "arXiv:1312.6114", "arXiv:1312.6114"},
	} {
		if got := strings.Join(uncited(rows, c.path, c.text), " "); got != c.want {
			t.Errorf("%s, %q: got %q, want %q", c.path, c.text, got, c.want)
		}
	}
}

// A folder that a page sends its reader to is there.
func TestPagesNameFoldersThatAreThere(t *testing.T) {
	for _, name := range []string{"docs/references.md", "docs/architecture.md", "CONTRIBUTING.md"} {
		named := pathNamed.FindAllStringSubmatch(page(t, name), -1)
		for _, found := range named {
			if _, err := os.Stat(filepath.Join(root, found[1])); errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s names `%s`, which is not there", name, found[1])
			}
		}
		if len(named) < 5 {
			t.Errorf("%s names %d folders, want more", name, len(named))
		}
	}
}

// The README's program is the one that runs as pkg/edit's example.
func TestTheReadmeShowsTheExample(t *testing.T) {
	_, rest, found := strings.Cut(page(t, "README.md"), "\n```go\n")
	shown, _, closed := strings.Cut(rest, "```")
	if !found || !closed || strings.Count(shown, "\n") < 10 {
		t.Fatalf("README.md shows %d lines of Go, want the example's", strings.Count(shown, "\n"))
	}
	_, body, _ := strings.Cut(page(t, "pkg/edit/example_test.go"), "\nfunc Example() {\n")
	body, _, _ = strings.Cut(body, "\n}\n")
	body = strings.ReplaceAll(strings.TrimPrefix(body, "\t"), "\n\t", "\n")
	if !strings.Contains(body, shown) {
		t.Errorf("README.md shows\n%s\nwhich is not in the Example of pkg/edit/example_test.go:\n%s", shown, body)
	}
}
