package evaluate

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/internal/quote"
)

// untex reads what tex wrote as LaTeX prints it.
func untex(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
next:
	for text != "" {
		for r, as := range texOf {
			if strings.HasPrefix(text, as) {
				b.WriteRune(r)
				text = text[len(as):]
				continue next
			}
		}
		r := []rune(text)[0]
		if strings.ContainsRune("\\{}%&$#_~^\n", r) {
			t.Fatalf("LaTeX takes %q as a command", text)
		}
		b.WriteRune(r)
		text = text[len(string(r)):]
	}
	return b.String()
}

// Every text stands in the table as it is, and steers nothing: no sign of it is a
// command, two signs never are one, and braces are in pairs.
func TestTeXPrintsWhatIsThere(t *testing.T) {
	signs := []rune("\\{}%&$#_~^<>|\"-`', ab7±→×≤≥°…–ßé“”\n\t\x00")
	words := []string{"", "a_b & 50 % of $x$ #1 {y} ~z^2 \\input{x}", "--set", "``quoted''", "fc none", "%", `\end{table}`, "clip-base.safetensors"}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var b strings.Builder
		for range dice.IntN(12) {
			b.WriteRune(signs[dice.IntN(len(signs))])
		}
		words = append(words, b.String())
	}
	depth := regexp.MustCompile(`\\[{}]`)
	for _, w := range words {
		got := tex(w)
		if back := untex(t, got); back != quote.Text(w) {
			t.Errorf("%q: LaTeX prints %q of %s", w, back, got)
		}
		if plain := depth.ReplaceAllString(got, ""); strings.Count(plain, "{") != strings.Count(plain, "}") {
			t.Errorf("%q: braces of %s are in no pairs", w, got)
		}
		for _, ligature := range []string{"--", "``", "''", "?`", "!`"} {
			if strings.Contains(got, ligature) {
				t.Errorf("%q: %s has a ligature", w, got)
			}
		}
	}
}

// A table has as many cells in each row as it has columns, one bold cell in each column
// of each CLIP, and the paper's own beside ours.
func TestTheTablesInTeX(t *testing.T) {
	r := seeded(func(int) float64 { return .2 })
	r.Experiment.Prompts[1].Words = "50 % snow_y & cold"
	page := Page{Results: r, Version: "v1_2", Recipe: `{"versions":{"libtorch":"2.11.0"}}`}
	text := page.TeX()
	for _, want := range []string{
		`\begin{tabular}{lrr}`, `\toprule`, `\bottomrule`, `over 9 maps, each the mean of 3 seeds; bold`, `“50 \% snow\_y \& cold”`, `toolkit v1\_2 with libtorch 2.11.0.`,
		`one & $0.4567 \pm 0.274$ & $0.4567 \pm 0.274$ \\`,
		`two & \textbf{\boldmath $0.6567 \pm 0.274$} & \textbf{\boldmath $0.6567 \pm 0.274$} \\`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant in it %s", text, want)
		}
	}
	if strings.Contains(text, "tab:judge") {
		t.Error("there is a table of a judge that was not asked")
	}

	compared := Page{Results: as(paper(), func(Trial) float64 { return 0 })}
	text = compared.TeX()
	first, second, _ := strings.Cut(text, `\label{tab:judge}`)
	want := len(compared.rows())
	for what, of := range map[string]struct {
		text string
		bold int
	}{"by the CLIP": {first, 2 * len(compared.Prompts) * len(compared.CLIPs)}, "by the judge": {second, len(compared.Prompts)}} {
		columns, rows := 2+len(compared.Prompts), 0
		if what == "by the CLIP" {
			columns += len(compared.Prompts)
		}
		for line := range strings.Lines(of.text) {
			if cells := strings.Split(line, " & "); strings.HasSuffix(line, " \\\\\n") && strings.Contains(line, `\pm`) {
				if rows++; len(cells) != columns {
					t.Errorf("%s: got %d columns, want %d: %s", what, len(cells), columns, line)
				}
			}
		}
		if rows != want {
			t.Errorf("%s: got %d rows, want %d", what, rows, want)
		}
		if got := strings.Count(of.text, `\textbf`); got < of.bold {
			t.Errorf("%s: got %d bold cells, want one of each column and CLIP: %d", what, got, of.bold)
		}
	}
	if !strings.Contains(first, `\cmidrule(lr){3-4}`) || !strings.Contains(first, `$0.2869$`) {
		t.Errorf("got\n%s\nwant the paper's own figures beside ours", first)
	}
}
