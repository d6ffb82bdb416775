package evaluate

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
)

// TeX is, for a paper, what combinations and prompts came to by the CLIP that was
// optimised and by the judge: two tables of LaTeX with the package booktabs. A cell is
// the mean over the maps ± their deviation. The best of a column is bold: among those of
// one CLIP by itself, whose cosines compare with no other's, and among all by the judge.
func (p Page) TeX() string {
	var b strings.Builder
	b.WriteString("% Wants \\usepackage{booktabs}; where names are not in Latin letters, LuaLaTeX.\n")
	b.WriteString(p.texTable(texTable{figure: ClipAfter, what: "Final cosine with the words, by the CLIP that was optimised", label: "final-cosine", byCLIP: true, compared: p.Compare == DOrazio}))
	if slices.ContainsFunc(p.table(), func(c Tried) bool { return SpreadOf(c.Of(JudgeAfter)).N > 0 }) {
		b.WriteString("\n" + p.texTable(texTable{figure: JudgeAfter, what: "Cosine with the words after the edit, by a CLIP that took no part", label: "judge"}))
	}
	return b.String()
}

// texTable says what a table has.
type texTable struct {
	figure      string
	what, label string
	byCLIP      bool // the best is among those of one CLIP
	compared    bool // the paper's own stand beside them
}

// texCell is a mean, NaN for none, as it is written.
type texCell struct {
	value float64
	text  string
}

func (p Page) texTable(of texTable) string {
	keys := p.rows()
	names := len(p.nameHead())
	columns := make([][]texCell, 0, 2*len(p.Prompts))
	top, rules, head := strings.Repeat("& ", names-1), "", texWords(p.nameHead())
	for i, prompt := range p.Prompts {
		columns = append(columns, p.ours(keys, prompt.Name, of.figure))
		if !of.compared {
			head = append(head, tex(prompt.Name))
			continue
		}
		columns = append(columns, theirs(keys, prompt.Name))
		at := names + 1 + 2*i
		top += fmt.Sprintf("& \\multicolumn{2}{c}{%s} ", tex(prompt.Name))
		rules += fmt.Sprintf("\\cmidrule(lr){%d-%d}", at, at+1)
		head = append(head, "here", "paper")
	}
	for _, column := range columns {
		strengthen(column, keys, of.byCLIP)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\\begin{table}\n\\centering\n\\caption{%s}\n\\label{tab:%s}\n", p.texCaption(of), of.label)
	fmt.Fprintf(&b, "\\begin{tabular}{%s%s}\n\\toprule\n", strings.Repeat("l", names), strings.Repeat("r", len(columns)))
	if of.compared {
		fmt.Fprintf(&b, "%s\\\\\n%s\n", top, rules)
	}
	fmt.Fprintf(&b, "%s \\\\\n\\midrule\n", strings.Join(head, " & "))
	for i, key := range keys {
		if of.byCLIP && i > 0 && keys[i-1][0] != key[0] {
			b.WriteString("\\midrule\n")
		}
		row := texWords(p.named(key[0], key[1]))
		for _, column := range columns {
			row = append(row, column[i].text)
		}
		fmt.Fprintf(&b, "%s \\\\\n", strings.Join(row, " & "))
	}
	b.WriteString("\\bottomrule\n\\end{tabular}\n\\end{table}\n")
	return b.String()
}

// texDash stands where there is no figure.
const texDash = "--"

// ours are the cells of a prompt, one for each row.
func (r Results) ours(keys [][2]string, prompt, figure string) (column []texCell) {
	for _, key := range keys {
		c, _ := r.find(key[0], key[1], prompt)
		cell := texCell{math.NaN(), texDash}
		if s := SpreadOf(c.Of(figure)); s.N > 0 && !math.IsNaN(s.Mean) {
			cell = texCell{s.Mean, fmt.Sprintf("$%.4f$", s.Mean)}
			if !math.IsNaN(s.Deviation) {
				cell.text = fmt.Sprintf("$%.4f \\pm %.3f$", s.Mean, s.Deviation)
			}
		}
		if c.Err != "" {
			cell = texCell{math.NaN(), "failed"}
		}
		column = append(column, cell)
	}
	return column
}

// theirs are the paper's.
func theirs(keys [][2]string, prompt string) (column []texCell) {
	for _, key := range keys {
		cell := texCell{math.NaN(), texDash}
		if v, ok := Published(key[0], key[1], prompt); ok {
			cell = texCell{v, fmt.Sprintf("$%.4f$", v)}
		}
		column = append(column, cell)
	}
	return column
}

// strengthen has the greatest of a column bold, or, byCLIP, of the rows of each CLIP,
// where there are two or more.
func strengthen(column []texCell, keys [][2]string, byCLIP bool) {
	group := func(i int) string {
		if byCLIP {
			return keys[i][0]
		}
		return ""
	}
	best, count := map[string]float64{}, map[string]int{}
	for i, c := range column {
		if g := group(i); !math.IsNaN(c.value) {
			if v, ok := best[g]; !ok || c.value > v {
				best[g] = c.value
			}
			count[g]++
		}
	}
	for i := range column {
		if g := group(i); count[g] > 1 && column[i].value == best[g] {
			column[i].text = "\\textbf{\\boldmath " + column[i].text + "}"
		}
	}
}

// texCaption says what a table shows, of how many maps and seeds, and by what it was made.
func (p Page) texCaption(of texTable) string {
	maps := 0
	for _, c := range p.table() {
		maps = max(maps, SpreadOf(c.Of(of.figure)).N)
	}
	text := fmt.Sprintf("%s: mean ± standard deviation over %s", of.what, quote.Plural(maps, "map"))
	if len(p.Seeds) > 1 {
		text += fmt.Sprintf(", each the mean of %d seeds", len(p.Seeds))
	}
	text += "; bold: the best of a column"
	if of.byCLIP && len(p.CLIPs) > 1 {
		text += " by the same CLIP, since cosines by two do not compare"
	}
	text += ". "
	for _, prompt := range p.Prompts {
		text += fmt.Sprintf("%s: “%s”. ", quote.Text(prompt.Name), quote.Text(prompt.Words))
	}
	if of.compared {
		text += "Paper: D'Orazio, CLIP-guided Editing of Environment Maps using Inversion Techniques, nine maps. "
	}
	var recipe struct {
		Versions struct{ Libtorch string }
	}
	_ = json.Unmarshal([]byte(p.Recipe), &recipe) // without one only the version of the program is told
	text += "Made by toolkit " + p.Version
	if v := recipe.Versions.Libtorch; v != "" {
		text += " with libtorch " + v
	}
	return tex(text + ".")
}

func texWords(words []string) (out []string) {
	for _, w := range words {
		out = append(out, tex(w))
	}
	return out
}

// texOf is what LaTeX reads as each sign that means something else to it, or that its
// common fonts lack. No sign's is the beginning of another's.
var texOf = map[rune]string{
	'\\': `\textbackslash{}`, '{': `\{`, '}': `\}`, '%': `\%`, '&': `\&`, '$': `\$`, '#': `\#`, '_': `\_`,
	'~': `\textasciitilde{}`, '^': `\textasciicircum{}`, '<': `\textless{}`, '>': `\textgreater{}`, '|': `\textbar{}`, '"': `{\char34}`,
	'-': `{-}`, '`': "{`}", '\'': "{'}", // two of which make one sign
	'±': `$\pm$`, '→': `$\rightarrow$`, '×': `$\times$`, '≤': `$\leq$`, '≥': `$\geq$`, '°': `$^\circ$`, '…': `\dots{}`, '–': `\textendash{}`,
}

// tex is a text from outside that LaTeX prints as it stands, on one line.
func tex(words string) string {
	var b strings.Builder
	for _, r := range quote.Text(words) {
		if as, ok := texOf[r]; ok {
			b.WriteString(as)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
