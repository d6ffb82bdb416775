package evaluate

import (
	"bytes"
	_ "embed" // the page's own files
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Page is all that an experiment tells: tables, charts and pictures.
type Page struct {
	Results
	Recall    []Ranked
	Galleries []Shown
	Recipe    string // JSON
	Version   string
}

// Shown is a cell whose edits are seen.
type Shown struct {
	Title, Words, Note string
	Maps               []ShownMap
}

// ShownMap is one edit: the map, what the optimisation begins with, and the
// edit, all of one small size.
type ShownMap struct {
	Name              string
	Exposure          float64 // that suits the input, in stops
	Input, Start, End *hdr.Image
	Similarity, Judge [2]float64 // before and after
}

// Tables are the page's, in order.
func (p Page) Tables() []Table {
	all := []Table{p.CosineTable()}
	if p.Compare == DOrazio {
		all = append(all, p.ClaimTable())
	}
	if len(p.Recall) > 0 {
		all = append(all, RecallTable(p.Recall))
	}
	all = append(all, p.JudgeTable(), p.ScaleTable(), p.AgainstTable())
	return slices.DeleteFunc(all, func(t Table) bool { return len(t.Rows) == 0 })
}

// Failures says of each cell without an outcome why.
func (p Page) Failures() (lines []string) {
	for _, c := range p.Cells {
		if c.Err != "" {
			lines = append(lines, c.Name()+": "+c.Err)
		}
	}
	return lines
}

// Markdown is the page without charts and pictures.
func (p Page) Markdown() string {
	var b strings.Builder
	for _, t := range p.Tables() {
		b.WriteString(t.Markdown() + "\n")
	}
	fmt.Fprintf(&b, "## Verdict\n\n%s\n", p.Verdict().Text)
	if failed := p.Failures(); len(failed) > 0 {
		b.WriteString("\n## Failed\n\n")
		for _, line := range failed {
			fmt.Fprintf(&b, "- %s\n", escape(line))
		}
	}
	return b.String()
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"texels": texels, "picture": pictureURI, "spheres": spheresURI, "two": func(v float64) string { return number("%.2f", v) },
}).Parse(pageText))

// WriteHTML writes the page as one file that needs no other, and no network.
func (p Page) WriteHTML(w io.Writer) error {
	return pageTemplate.Execute(w, p)
}

// texels is a map for the page's viewer: each value v as the 16 bits
// 2048·(log₂ v + 16), from the top left, R G B, little-endian, in base64.
func texels(im *hdr.Image) string {
	data := make([]byte, 0, 2*len(im.Pix))
	for _, v := range im.Pix {
		code := math.Round(2048 * (math.Log2(math.Max(float64(v), 0)) + 16))
		data = binary.LittleEndian.AppendUint16(data, uint16(math.Min(math.Max(code, 0), math.MaxUint16)))
	}
	return base64.StdEncoding.EncodeToString(data)
}

func dataURI(picture image.Image) (template.URL, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

func pictureURI(im *hdr.Image, exposure float64) (template.URL, error) {
	return dataURI(envmap.AgX.Render(im, exposure))
}

// spheresURI draws a matte, a glossy and a mirror ball under a map.
func spheresURI(im *hdr.Image, exposure float64) (template.URL, error) {
	return dataURI(envmap.RenderSpheres(im, 64).Row(envmap.AgX, exposure))
}
