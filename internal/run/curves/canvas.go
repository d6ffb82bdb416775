package curves

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The picture's size, in pixels.
const (
	Width  = 1200
	Height = 900
)

// Where a diagram's frame lies in its half of the picture, in pixels.
const (
	left, right = 88, Width - 40
	top, bottom = 56, Height/2 - 64
	letters     = 17 // the font's size
)

// colours can be told apart by the colour-blind too (Okabe and Ito 2008,
// "Color Universal Design").
var (
	blue    = color.NRGBA{0, 114, 178, 255}
	colours = []color.NRGBA{blue, {0, 158, 115, 255}, {213, 94, 0, 255}, {204, 121, 167, 255}, {230, 159, 0, 255}, {86, 180, 233, 255}}
	ink     = color.NRGBA{40, 40, 40, 255}
	grey    = color.NRGBA{110, 110, 110, 255}
	grid    = color.NRGBA{228, 228, 228, 255}
)

func faint(c color.NRGBA) color.NRGBA {
	c.A = 90
	return c
}

type point struct{ x, y float64 }

// line is one of a diagram's, thick as width says, in pixels.
type line struct {
	label  string
	points []point
	colour color.NRGBA
	width  float64
	mark   bool // a disc at each point
	last   bool // the legend has the last value
}

// diagram is what one half of the picture shows.
type diagram struct {
	title         string
	steps, values axis
	lines         []line
	best          int    // the step that is pointed out, 0 for none
	across        string // what the horizontal axis reads, "" for steps
}

// add adds a line, unless it has no point.
func (d *diagram) add(l line) {
	if len(l.points) > 0 {
		d.lines = append(d.lines, l)
	}
}

type canvas struct {
	im   *image.RGBA
	face font.Face
}

func newCanvas() (*canvas, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: letters, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	c := &canvas{image.NewRGBA(image.Rect(0, 0, Width, Height)), face}
	draw.Draw(c.im, c.im.Bounds(), image.White, image.Point{}, draw.Src)
	return c, nil
}

// upper is the picture's upper half.
func (c *canvas) upper() image.Rectangle { return image.Rect(0, 0, Width, Height/2) }

// diagram draws one below the row y of the picture.
func (c *canvas) diagram(y int, d diagram) {
	x := func(step float64) float64 { return left + (right-left)*d.steps.at(step) }
	height := func(v float64) float64 { return float64(y+bottom) - (bottom-top)*d.values.at(v) }
	for _, t := range d.values.ticks() {
		at := int(height(t.value))
		c.bar(left, at, right, at+1, grid)
		c.text(t.label, left-10, at+letters/3, 1, grey)
	}
	for _, t := range d.steps.ticks() {
		at := int(x(t.value))
		c.bar(at, y+top, at+1, y+bottom, grid)
		c.text(t.label, at, y+bottom+letters+6, .5, grey)
	}
	if d.best > 0 {
		at := int(x(float64(d.best)))
		c.bar(at, y+top, at+1, y+bottom, ink)
	}
	c.text(d.stepLabel(), (left+right)/2, y+bottom+2*letters+14, .5, ink)
	c.bar(left, y+bottom, right, y+bottom+1, grey)
	c.bar(left, y+top, left+1, y+bottom, grey)

	c.text(d.title, left, y+top-18, 0, ink)
	legend := right
	for i := len(d.lines) - 1; i >= 0; i-- {
		legend = c.legend(d.lines[i], legend, y+top-18) - 28
	}
	for _, l := range d.lines {
		pixels := make([]point, len(l.points))
		for i, p := range l.points {
			pixels[i] = point{x(p.x), height(p.y)}
		}
		c.stroke(pixels, l)
	}
}

// legend writes a line's label so that it ends at the given x, a piece of the
// line before it, and returns where that begins.
func (c *canvas) legend(l line, end, base int) (begin int) {
	label := l.label
	if l.last {
		label += " " + strconv.FormatFloat(l.points[len(l.points)-1].y, 'g', 4, 64)
	}
	begin = end - font.MeasureString(c.face, label).Ceil() - 40
	c.text(label, end, base, 1, ink)
	y := float64(base - letters/3)
	c.stroke([]point{{float64(begin), y}, {float64(begin) + 16, y}, {float64(begin) + 32, y}}, l)
	return begin
}

// text writes s on a base line; align is the share of its width that lies left
// of x.
func (c *canvas) text(s string, x, base int, align float64, colour color.NRGBA) {
	x -= int(align * float64(font.MeasureString(c.face, s).Ceil()))
	pen := font.Drawer{Dst: c.im, Src: image.NewUniform(colour), Face: c.face, Dot: fixed.P(x, base)}
	pen.DrawString(s)
}

func (c *canvas) bar(x0, y0, x1, y1 int, colour color.NRGBA) {
	draw.Draw(c.im, image.Rect(x0, y0, x1, y1), image.NewUniform(colour), image.Point{}, draw.Over)
}

// stroke draws a line through points in pixels, round where it bends and ends,
// so that a single point is seen too. All its parts turn the same way round:
// the rasteriser sums them up, and those that turn apart would wipe each other
// out.
func (c *canvas) stroke(points []point, l line) {
	r := vector.NewRasterizer(Width, Height)
	polygon := func(corners ...point) {
		for i, p := range corners {
			if i == 0 {
				r.MoveTo(float32(p.x), float32(p.y))
			} else {
				r.LineTo(float32(p.x), float32(p.y))
			}
		}
		r.ClosePath()
	}
	disc := func(p point, radius float64) {
		var corners [16]point
		for i := range corners {
			sin, cos := math.Sincos(-2 * math.Pi * float64(i) / float64(len(corners)))
			corners[i] = point{p.x + radius*cos, p.y + radius*sin}
		}
		polygon(corners[:]...)
	}
	for i, p := range points {
		if l.mark || len(points) == 1 {
			disc(p, l.width/2+2.5)
		} else {
			disc(p, l.width/2)
		}
		if i == 0 {
			continue
		}
		from := points[i-1]
		long := math.Hypot(p.x-from.x, p.y-from.y)
		if long == 0 {
			continue
		}
		nx, ny := -(p.y-from.y)/long*l.width/2, (p.x-from.x)/long*l.width/2
		polygon(point{from.x + nx, from.y + ny}, point{p.x + nx, p.y + ny}, point{p.x - nx, p.y - ny}, point{from.x - nx, from.y - ny})
	}
	r.Draw(c.im, c.im.Bounds(), image.NewUniform(l.colour), image.Point{})
}
