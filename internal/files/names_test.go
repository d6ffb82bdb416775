package files

import (
	"slices"
	"testing"
)

func TestNamesTellFilesApart(t *testing.T) {
	for _, c := range []struct{ paths, want []string }{
		{[]string{"mini/edit.yaml"}, []string{"edit"}},
		{[]string{"mini/edit.yaml", "paper.yaml"}, []string{"edit", "paper"}},
		{[]string{"mini/edit.yaml", "full/edit.yaml"}, []string{"mini/edit.yaml", "full/edit.yaml"}},
		{[]string{"edit.yaml", "full/edit.yaml", "b.yaml"}, []string{"edit.yaml", "full/edit.yaml", "b"}},
		{[]string{"/a/x/edit.yaml", "/b/x/edit.yaml"}, []string{"a/x/edit.yaml", "b/x/edit.yaml"}},
		{[]string{"a/park.hdr", "a/park.exr"}, []string{"park.hdr", "park.exr"}},
		{[]string{"a/park.hdr", "a/park.exr", "b/park.exr"}, []string{"park.hdr", "a/park.exr", "b/park.exr"}},
		{nil, []string{}},
	} {
		got, err := ShortNames(c.paths)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q (%v), want %q", c.paths, got, err, c.want)
		}
	}
	for _, twice := range [][]string{{"a/b.yaml", "a/b.yaml"}, {"a/b.yaml", "a/../a/./b.yaml"}, {"c", "c"}} {
		if got, err := ShortNames(twice); err == nil {
			t.Errorf("%q: got %q, want an error", twice, got)
		}
	}
}
