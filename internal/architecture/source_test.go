package architecture

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the module's folder, seen from this one.
const root = "../.."

// longest is the most lines that a file of code may have: a file holds one
// idea.
const longest = 400

// sources calls visit with each source file of the module whose name has one
// of the extensions.
func sources(t *testing.T, visit func(path string, text []byte), extensions ...string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "bin" || entry.Name() == "out"):
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains(extensions, filepath.Ext(path)):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		visit(strings.TrimPrefix(path, root+"/"), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesHoldOneIdea(t *testing.T) {
	var seen int
	sources(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		seen++
		if lines := bytes.Count(text, []byte("\n")); lines > longest {
			t.Errorf("%s has %d lines, want %d or fewer: part it by its ideas", path, lines, longest)
		}
	}, ".go", ".cpp", ".h", ".py", ".sh")
	if seen < 50 {
		t.Errorf("saw %d files, want all of the module's", seen)
	}
}

// serving are the names of net/http and net that make a server.
var serving = map[string][]string{
	"net/http": {"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS", "Server", "ServeMux", "NewServeMux", "Handle", "HandleFunc", "FileServer"},
	"net":      {"Listen", "ListenTCP", "ListenUnix", "ListenConfig"},
}

// servers lists the names in a Go file that make a server.
func servers(path string, text []byte) (found []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	names := map[string][]string{} // by what the file calls the package
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := imported[strings.LastIndexByte(imported, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = serving[imported]
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(names[x.Name], s.Sel.Name) {
				found = append(found, x.Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	return found, nil
}

func TestNothingServes(t *testing.T) {
	sources(t, func(path string, text []byte) {
		// These two ask for a free port, and let it go.
		if strings.HasSuffix(path, "_test.go") || within(path, "pkg/dist/disttest") || path == "bench/job.go" {
			return
		}
		found, err := servers(path, text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, name := range found {
			t.Errorf("%s: %s: the program serves nothing", path, name)
		}
	}, ".go")
}

func TestServersAreSeen(t *testing.T) {
	const text = `package p
import ("fmt"; web "net/http")
func f() { fmt.Println(web.ListenAndServe(":80", nil)); web.Get("x") }`
	found, err := servers("p.go", []byte(text))
	if err != nil || len(found) != 1 || found[0] != "web.ListenAndServe" {
		t.Errorf("got %q, %v, want web.ListenAndServe", found, err)
	}
}
