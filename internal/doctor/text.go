package doctor

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/internal/run"
)

// WriteText writes the report as aligned lines for a reader.
func (r Report) WriteText(w io.Writer) error {
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	line := func(label, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", label, quote.Text(fmt.Sprintf(format, args...)))
	}
	line("toolkit", "%s", r.Versions.Toolkit)
	line("go", "%s", strings.TrimPrefix(r.Versions.Go, "go"))
	line("gotch", "%s", strings.TrimPrefix(r.Versions.Gotch, "v"))
	line("libtorch", "%s, %s", r.Versions.Libtorch, r.Libraries.Libtorch)
	line("openexr", "%s", r.Versions.OpenEXR)
	line("cuda", "%s", r.cuda())
	line("cores", "%d, %s, %d to an op", r.Processor.Cores, r.Processor.Capability, r.Processor.Threads)
	for _, d := range r.Devices {
		line(d.Name, "%s, %s, %s free", d.Model, run.Bytes(d.MemoryTotal), run.Bytes(d.MemoryFree))
	}
	for _, m := range r.Models {
		where := m.Path
		if where == "" {
			where = "in the program"
		}
		line("model", "%s, %s, %s", m.Name, run.Bytes(m.Bytes), where)
	}
	line("cache", "%s", r.Cache.Path)
	line("", "")
	for _, c := range r.Checks {
		line(string(c.State), "%s: %s", c.Name, c.Found)
		if c.Hint != "" {
			line("", "%s", c.Hint)
		}
	}
	t.Flush() // into memory
	for l := range strings.Lines(text.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(l, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func (r Report) cuda() string {
	switch {
	case r.Libraries.CUDA == "":
		return "no library beside libtorch"
	case r.Libraries.Message != "":
		return r.Libraries.CUDA + ": " + r.Libraries.Message
	}
	return r.Libraries.CUDA
}
