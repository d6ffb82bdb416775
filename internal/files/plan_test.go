package files

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What a command reads stays as it was, by whatever name it is written to.
func TestPlans(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("maps/deep", 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, "pano.png", "a map")
	put(t, "maps/deep/b.hdr", "another")
	put(t, "maps/page.html", "a page")
	link(t, "pano.png", "soft.png")
	link(t, "soft.png", "softer.png")
	link(t, "maps", "way")
	link(t, "new.png", "ahead.png")
	if err := os.Link("pano.png", "hard.png"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo("fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	isMap := func(name string) bool { return filepath.Ext(name) == ".hdr" }
	for _, c := range []struct {
		what string
		plan func(*Plan)
		want string
	}{
		{"the input itself", func(p *Plan) { p.Reads("the input", "pano.png"); p.Writes("--preview", "pano.png") }, "edit: --preview pano.png is the input: name another file"},
		{"another spelling", func(p *Plan) { p.Reads("the input", "pano.png"); p.Writes("--preview", "./maps/../pano.png") }, "edit: --preview ./maps/../pano.png is the input pano.png: name"},
		{"a hard link", func(p *Plan) { p.Reads("the input", "pano.png"); p.Writes("--preview", "hard.png") }, "edit: --preview hard.png is the input pano.png: name"},
		{"a symbolic link", func(p *Plan) { p.Reads("the input", "pano.png"); p.Writes("--preview", "softer.png") }, "--preview softer.png is the input"},
		{"the input is a link", func(p *Plan) { p.Reads("the input", "soft.png"); p.Writes("--output", "hard.png") }, "--output hard.png is the input"},
		{"any of the inputs", func(p *Plan) { p.Reads("the map", "x", "pano.png"); p.WritesInto("--output", ".", "y", "hard.png") }, "--output hard.png is the map"},
		{"in a folder", func(p *Plan) { p.ReadsUnder("a map", "maps", isMap); p.Writes("--output", "way/deep/b.hdr") }, "--output way/deep/b.hdr is a map maps/deep/b.hdr"},
		{"in a linked folder", func(p *Plan) { p.ReadsUnder("a map", "way", isMap); p.Writes("--output", "maps/deep/b.hdr") }, "is a map way/deep/b.hdr"},
		{"not read there", func(p *Plan) { p.ReadsUnder("a map", "maps", isMap); p.Writes("--output", "maps/page.html") }, ""},
		{"one output", func(p *Plan) { p.Writes("--output", "d.exr"); p.Writes("--preview", "./d.exr") }, "edit: --preview ./d.exr is the file of --output d.exr"},
		{"but for its case", func(p *Plan) { p.Writes("--output", "D.exr"); p.Writes("--preview", "d.EXR") }, "is the file of --output D.exr"},
		{"through folders", func(p *Plan) { p.Writes("--output", "maps/d.exr"); p.Writes("--preview", "way/d.exr") }, "is the file of"},
		{"through a link to nothing", func(p *Plan) { p.Writes("--output", "new.png"); p.Writes("--preview", "ahead.png") }, "is the file of"},
		{"through links to a file", func(p *Plan) { p.Writes("--output", "hard.png"); p.Writes("--preview", "soft.png") }, "is the file of"},
		{"into a folder to be made", func(p *Plan) { p.WritesInto("--output", "out", "a", "b", "A") }, "--output out/A is the file of"},
		{"two files", func(p *Plan) {
			p.ReadsAgain("the input", "pano.png", "")
			p.Reads("the settings", "fifo", "nowhere")
			p.Writes("--output", "d.exr")
			p.Writes("--preview", "d.png")
			p.Writes("--sheet", "")
			p.WritesInto("--run", "out", "d.exr")
		}, ""},
		{"a pipe for twice", func(p *Plan) { p.ReadsAgain("the input", "fifo"); p.Writes("--output", "d.exr") }, "edit: the input fifo is a pipe or a device"},
		{"no folder", func(p *Plan) { p.Writes("--output", "nodir/d.exr") }, "edit: cannot write to nodir: no such file"},
	} {
		p := NewPlan("edit")
		c.plan(p)
		switch err := p.Check(); {
		case c.want == "" && err != nil:
			t.Errorf("%s: got %v, want no fault", c.what, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", c.what, err, c.want)
		}
	}
}
