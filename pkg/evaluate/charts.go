package evaluate

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// colours tell lines and bars apart, also for the colour-blind (Okabe & Ito).
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999", "#000000"}

// bar is one of a chart: its value, a whisker either way, and a mark beside it.
type bar struct {
	label         string
	value, spread float64
	mark          float64 // NaN for none
	colour        string
}

const (
	barHeight  = 16
	labelWidth = 190
	plotWidth  = 420
)

// bars draws a chart of bars that lie, as SVG.
func bars(title string, all []bar) template.HTML {
	low, high := 0., 0.
	for _, b := range all {
		for _, v := range []float64{b.value - b.spread, b.value + b.spread, b.mark} {
			if !math.IsNaN(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	if high == low {
		high = low + 1
	}
	at := func(v float64) float64 { return labelWidth + plotWidth*(v-low)/(high-low) }
	var s strings.Builder
	height := 24 + barHeight*len(all)
	fmt.Fprintf(&s, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s"><text x="0" y="13" class="title">%s</text>`,
		labelWidth+plotWidth+60, height, html.EscapeString(title), html.EscapeString(title))
	for i, b := range all {
		y := 20 + barHeight*i
		fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="end">%s</text>`, labelWidth-6, y+12, html.EscapeString(b.label))
		if math.IsNaN(b.value) {
			continue
		}
		from, to := at(math.Min(0, b.value)), at(math.Max(0, b.value))
		fmt.Fprintf(&s, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, from, y+2, math.Max(to-from, .5), barHeight-4, b.colour)
		if b.spread > 0 {
			fmt.Fprintf(&s, `<path d="M%.1f %dH%.1f" stroke="#000" stroke-opacity=".5"/>`, at(b.value-b.spread), y+barHeight/2, at(b.value+b.spread))
		}
		if !math.IsNaN(b.mark) {
			fmt.Fprintf(&s, `<path d="M%.1f %dV%d" stroke="#000" stroke-width="2"><title>paper: %.4f</title></path>`, at(b.mark), y, y+barHeight, b.mark)
		}
		fmt.Fprintf(&s, `<text x="%.1f" y="%d">%.3f</text>`, math.Max(at(b.value+b.spread), at(b.value))+5, y+12, b.value)
	}
	s.WriteString("</svg>")
	return template.HTML(s.String())
}

// CosineCharts are Fig. 3 as bars, one chart for each prompt; the paper's value
// is a mark.
func (p Page) CosineCharts() (all []template.HTML) {
	for _, prompt := range p.Prompts {
		var some []bar
		clips := map[string]int{}
		for _, key := range p.rows() {
			if _, ok := clips[key[0]]; !ok {
				clips[key[0]] = len(clips)
			}
			c, _ := p.find(key[0], key[1], prompt.Name)
			s := SpreadOf(c.Of(ClipAfter))
			mark := math.NaN()
			if paper, ok := Published(key[0], key[1], prompt.Name); ok && p.Compare == DOrazio {
				mark = paper
			}
			some = append(some, bar{strings.TrimSpace(key[0] + " " + key[1]), s.Mean, s.Deviation, mark, colours[clips[key[0]]%len(colours)]})
		}
		all = append(all, bars(fmt.Sprintf("%s: “%s”", prompt.Name, prompt.Words), some))
	}
	return all
}

// RecallChart is Fig. 4: how near captions lie to their maps.
func (p Page) RecallChart() template.HTML {
	if len(p.Recall) == 0 {
		return ""
	}
	var some []bar
	for i, r := range p.Recall {
		some = append(some, bar{r.CLIP, r.Matched.Mean, r.Matched.Deviation, math.NaN(), colours[i%len(colours)]})
	}
	return bars("cosine of a map of the test split with its own caption", some)
}

// Curves are the mean cosine by step, a chart for each CLIP and prompt, a line
// for each combination.
func (p Page) Curves() (all []template.HTML) {
	clips := p.CLIPs
	if len(clips) == 0 {
		clips = []string{""}
	}
	for _, clip := range clips {
		for _, prompt := range p.Prompts {
			var lines [][]float64
			var names []string
			for _, w := range p.Ways() {
				if c, ok := p.find(clip, w.Name, prompt.Name); ok && c.Outcome != nil && len(c.Outcome.Curve) > 1 {
					lines, names = append(lines, c.Outcome.Curve), append(names, w.Name)
				}
			}
			if len(lines) > 0 {
				all = append(all, curves(strings.TrimSpace(clip+" "+prompt.Name), names, lines))
			}
		}
	}
	return all
}

func curves(title string, names []string, lines [][]float64) template.HTML {
	const w, h, left, top = 300, 150, 40, 20
	low, high, steps := math.Inf(1), math.Inf(-1), 0
	for _, line := range lines {
		steps = max(steps, len(line))
		for _, v := range line {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if !(high > low) {
		high = low + 1
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s"><text x="%d" y="13" class="title">%s</text>`,
		left+w+100, top+h+16, html.EscapeString(title), left, html.EscapeString(title))
	fmt.Fprintf(&s, `<path d="M%d %dV%dH%d" fill="none" stroke="#888"/>`, left, top, top+h, left+w)
	for _, v := range []float64{low, high} {
		fmt.Fprintf(&s, `<text x="%d" y="%.1f" text-anchor="end">%.2f</text>`, left-4, top+h*(high-v)/(high-low)+4, v)
	}
	fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="end">step %d</text>`, left+w, top+h+13, steps)
	for i, line := range lines {
		colour := colours[i%len(colours)]
		fmt.Fprintf(&s, `<polyline fill="none" stroke="%s" stroke-width="1.5" points="`, colour)
		for k, v := range line {
			fmt.Fprintf(&s, "%.1f,%.1f ", left+w*float64(k)/float64(max(steps-1, 1)), top+h*(high-v)/(high-low))
		}
		fmt.Fprintf(&s, `"/><text x="%d" y="%d" fill="%s">%s</text>`, left+w+6, top+10+13*i, colour, html.EscapeString(names[i]))
	}
	s.WriteString("</svg>")
	return template.HTML(s.String())
}
