package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shownInternals lists the types of internal packages that a Go file of a public one
// shows: in the signatures of exported functions, and in exported types. No
// program outside the module can name such a type.
func shownInternals(path string, text []byte) (found []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	hidden := map[string]bool{} // what the file calls internal packages
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := imported[strings.LastIndexByte(imported, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		hidden[name] = strings.Contains(imported, "/internal/")
	}
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field: // one that is not exported shows nothing
			return len(n.Names) == 0 || slices.ContainsFunc(n.Names, (*ast.Ident).IsExported)
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && hidden[x.Name] {
				found = append(found, x.Name+"."+n.Sel.Name)
			}
		}
		return true
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if shown(d) {
				for _, list := range []*ast.FieldList{d.Type.TypeParams, d.Type.Params, d.Type.Results} {
					for _, field := range fields(list) {
						ast.Inspect(field.Type, look)
					}
				}
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() {
					ast.Inspect(s, look)
				}
				if s, ok := spec.(*ast.ValueSpec); ok && s.Type != nil && slices.ContainsFunc(s.Names, (*ast.Ident).IsExported) {
					ast.Inspect(s.Type, look)
				}
			}
		}
	}
	return found, nil
}

func fields(list *ast.FieldList) []*ast.Field {
	if list == nil {
		return nil
	}
	return list.List
}

// shown tells whether a function is exported, and the type that it is a method
// of.
func shown(f *ast.FuncDecl) bool {
	for _, receiver := range fields(f.Recv) {
		kind := receiver.Type
		if star, ok := kind.(*ast.StarExpr); ok {
			kind = star.X
		}
		if id, ok := kind.(*ast.Ident); ok && !id.IsExported() {
			return false
		}
	}
	return f.Name.IsExported()
}

func TestPublicPackagesShowNoInternalType(t *testing.T) {
	sources(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") || !within(path, "pkg") {
			return
		}
		found, err := shownInternals(path, text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, name := range found {
			t.Errorf("%s shows %s, which no other module can name", path, name)
		}
	}, ".go")
}

func TestInternalTypesAreSeen(t *testing.T) {
	const text = `package p
import ("example.com/x/internal/run"; quiet "example.com/x/internal/files"; "io")
func F(r run.Recipe, w io.Writer) (map[string]*quiet.Plan, error) { var d run.Dir; return nil, nil }
func (hidden) G(r run.Row) {}
func h(r run.Row) {}
type T struct { A []run.Bar; b run.Row }
type u struct { A run.Row }
type I interface { M(run.Change) }
var V run.Versions
`
	want := []string{"run.Recipe", "quiet.Plan", "run.Bar", "run.Change", "run.Versions"}
	found, err := shownInternals("p.go", []byte(text))
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("got %q, %v, want %q", found, err, want)
	}
}
