package envmap

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// Spheres are pictures of three balls lit by a map, as in the protocol of
// StyleLight (Wang et al. 2022, arXiv:2207.14811) and DiffusionLight (Phongthawee
// et al. 2024, arXiv:2312.09168). Each is size×size, seen from afar by someone
// who looks towards the middle of the map, so that the middle of the mirror
// shows the map's edges. Outside the ball is black.
type Spheres struct {
	Diffuse *hdr.Image // white, Lambertian
	Glossy  *hdr.Image // matte silver: rough metal of reflectance .8
	Mirror  *hdr.Image // perfect mirror
}

const (
	silverReflectance = .8
	// silverAlpha is the GGX width of StyleLight's matte silver: its roughness
	// .3271, squared as in Blender.
	silverAlpha   = .3271 * .3271
	silverSamples = 256 // a pixel; a square, for stratification
)

// RenderSpheres renders the three spheres.
func RenderSpheres(im *hdr.Image, size int) Spheres {
	s := Spheres{hdr.New(size, size), hdr.New(size, size), hdr.New(size, size)}
	// Texels finer than what a pixel gathers would only alias.
	matte, sharp := atMost(im, 64), atMost(im, max(64, 4*size))
	lamps, rest := takeLamps(atMost(im, 256))
	rough := pyramid(rest)
	lobe := silverLobe()
	light := newLights(matte)

	parallel.Rows(size, func(from, to int) {
		for y := from; y < to; y++ {
			for x := range size {
				n, inside := sphereNormal(float64(x)+.5, float64(y)+.5, size)
				if !inside {
					continue
				}
				i := 3 * (y*size + x)
				put(s.Diffuse.Pix[i:], light.diffuse(n))
				put(s.Glossy.Pix[i:], lamps.add(lobe.reflect(rough, n), n))
				put(s.Mirror.Pix[i:], mirrored(sharp, x, y, size))
			}
		}
	})
	return s
}

// Row shows the three side by side, diffuse, glossy, mirror, as people see
// them, on a ground that is transparent.
func (s Spheres) Row(t ToneMap, exposureStops float64) *image.NRGBA {
	return s.picture(t, exposureStops, image.Pt(s.Diffuse.W, 0))
}

// Column is Row from top to bottom.
func (s Spheres) Column(t ToneMap, exposureStops float64) *image.NRGBA {
	return s.picture(t, exposureStops, image.Pt(0, s.Diffuse.W))
}

// picture draws each ball by step further on than the one before.
func (s Spheres) picture(t ToneMap, exposureStops float64, step image.Point) *image.NRGBA {
	ball := image.Rect(0, 0, s.Diffuse.W, s.Diffuse.W)
	out := image.NewNRGBA(image.Rectangle{Max: ball.Max.Add(step.Mul(2))})
	disc := image.NewAlpha(ball)
	for y := range ball.Max.Y {
		for x := range ball.Max.X {
			if onSphere(x, y, s.Diffuse.W) {
				disc.SetAlpha(x, y, color.Alpha{A: 255})
			}
		}
	}
	for i, im := range []*hdr.Image{s.Diffuse, s.Glossy, s.Mirror} {
		draw.DrawMask(out, ball.Add(step.Mul(i)), t.Render(im, exposureStops), image.Point{}, disc, image.Point{}, draw.Src)
	}
	return out
}

// onSphere reports whether a pixel's centre lies on the ball.
func onSphere(x, y, size int) bool {
	_, inside := sphereNormal(float64(x)+.5, float64(y)+.5, size)
	return inside
}

// sphereNormal returns the ball's normal at a point of the picture. The viewer
// looks along +z; right in the picture is -x, as in a map.
func sphereNormal(x, y float64, size int) (n Vec, inside bool) {
	r := float64(size) / 2
	right, up := x/r-1, 1-y/r
	depth := 1 - right*right - up*up
	if depth < 0 {
		return Vec{}, false
	}
	return Vec{-right, up, -math.Sqrt(depth)}, true
}

// view is the direction towards the viewer.
var view = Vec{Z: -1}

func reflectAt(n Vec) Vec { return n.Scale(2 * n.Dot(view)).Add(view.Scale(-1)) }

// mirrored is the mean of four rays through a pixel.
func mirrored(im *hdr.Image, x, y, size int) (rgb [3]float64) {
	hits := 0.
	for k := range 4 {
		n, inside := sphereNormal(float64(x)+.25+.5*float64(k%2), float64(y)+.25+.5*float64(k/2), size)
		if !inside {
			continue
		}
		addSample(&rgb, im, reflectAt(n), 1)
		hits++
	}
	return scale(rgb, 1/max(1, hits))
}

// lights are the texels of a small map as lamps.
type lights struct {
	towards []Vec
	power   [][3]float64 // radiance times solid angle, over π
}

func newLights(im *hdr.Image) lights {
	g, n := newGrid(im.W, im.H), im.W*im.H
	l := lights{make([]Vec, n), make([][3]float64, n)}
	for i := range n {
		y := i / im.W
		l.towards[i] = g.direction(i%im.W, y)
		for c := range 3 {
			l.power[i][c] = float64(im.Pix[3*i+c]) * g.solid[y] / math.Pi
		}
	}
	return l
}

// diffuse is the radiance of a white matte surface: its irradiance over π.
func (l lights) diffuse(n Vec) (rgb [3]float64) {
	for i, d := range l.towards {
		if cosine := n.Dot(d); cosine > 0 {
			p := &l.power[i]
			rgb[0] += cosine * p[0]
			rgb[1] += cosine * p[1]
			rgb[2] += cosine * p[2]
		}
	}
	return rgb
}

// lobe holds stratified points of the unit square, the same for each pixel, so
// that pictures can be compared without noise of their own.
type lobe [silverSamples]struct{ radius, cos, sin float64 }

func silverLobe() *lobe {
	const side = 16
	var l lobe
	for i := range l {
		// Each stratum's row is shifted by a golden-ratio step, so that the
		// lobe has no spokes.
		u := (float64(i/side) + .5) / side
		v := math.Mod((float64(i%side)+.5)/side+float64(i/side)*.6180339887498949/side, 1)
		l[i].radius = math.Sqrt(u)
		l[i].sin, l[i].cos = math.Sincos(2 * math.Pi * v)
	}
	return &l
}

// reflect is the light that a rough metal of normal n sends to the viewer:
// GGX by sampling its visible normals, each sample weighted by G2/G1 (Heitz
// 2018, "Sampling the GGX Distribution of Visible Normals"). Each sample reads
// a map whose texels suit the solid angle that it stands for, so
// that small lamps leave no dots (Křivánek and Colbert 2008, "Real-time Shading
// with Filtered Importance Sampling").
func (l *lobe) reflect(maps []*hdr.Image, n Vec) (rgb [3]float64) {
	const alpha = silverAlpha
	// A frame about the normal, in which the viewer is at (sinV, 0, cosV).
	cosV := n.Dot(view)
	across := view.Add(n.Scale(-cosV))
	sinV := math.Sqrt(across.Dot(across))
	if sinV < 1e-9 {
		across, sinV = Vec{X: 1}, 0
	}
	t := across.Unit()
	b := n.Cross(t)

	stretched := Vec{alpha * sinV, 0, cosV}.Unit()
	t1, t2 := Vec{Y: 1}, stretched.Cross(Vec{Y: 1})
	half := .5 * (1 + stretched.Z)
	for _, p := range l {
		p1, p2 := p.radius*p.cos, p.radius*p.sin
		p2 = (1-half)*math.Sqrt(1-p1*p1) + half*p2
		h := t1.Scale(p1).Add(t2.Scale(p2)).Add(stretched.Scale(math.Sqrt(max(0, 1-p1*p1-p2*p2))))
		h = Vec{alpha * h.X, alpha * h.Y, max(0, h.Z)}.Unit()
		vh := sinV*h.X + cosV*h.Z
		out := h.Scale(2 * vh).Add(Vec{-sinV, 0, -cosV})
		if out.Z <= 0 {
			continue
		}
		lambdaV, lambdaL := smithLambda(cosV), smithLambda(out.Z)
		weight := silverReflectance * (1 + lambdaV) / (1 + lambdaV + lambdaL) / silverSamples
		bottom := 1 + (alpha*alpha-1)*h.Z*h.Z
		density := alpha * alpha / (math.Pi * bottom * bottom) / (1 + lambdaV) / (4 * cosV)
		addSample(&rgb, level(maps, 1/(silverSamples*density)), t.Scale(out.X).Add(b.Scale(out.Y)).Add(n.Scale(out.Z)), weight)
	}
	return rgb
}

// pyramid returns the map at most 256 texels wide, and then again and again at
// half the size, down to 16.
func pyramid(im *hdr.Image) []*hdr.Image {
	var maps []*hdr.Image
	for w := 256; w >= 16; w /= 2 {
		im = atMost(im, w)
		maps = append(maps, im)
	}
	return maps
}

// level returns the first map whose texels at the horizon are at least four
// times as large as a solid angle: Křivánek and Colbert's bias of one
// level, since the samples are not spread evenly.
func level(maps []*hdr.Image, solid float64) *hdr.Image {
	for _, im := range maps[:len(maps)-1] {
		side := 2 * math.Pi / float64(im.W)
		if side*side >= 4*solid {
			return im
		}
	}
	return maps[len(maps)-1]
}

// smithLambda is Λ of Smith's masking for GGX, for a direction at a cosine to
// the normal.
func smithLambda(cosine float64) float64 {
	c2 := max(1e-12, cosine*cosine)
	return .5 * (math.Sqrt(1+silverAlpha*silverAlpha*(1-c2)/c2) - 1)
}

func addSample(rgb *[3]float64, im *hdr.Image, d Vec, weight float64) {
	for i, v := range Sample(im, d) {
		rgb[i] += weight * float64(v)
	}
}

func put(pix []float32, rgb [3]float64) {
	pix[0], pix[1], pix[2] = float32(rgb[0]), float32(rgb[1]), float32(rgb[2])
}

// atMost returns the map, made smaller where it is wider than w.
func atMost(im *hdr.Image, w int) *hdr.Image {
	if im.W <= w {
		return im
	}
	across, down := covering(im.W, w, longitudes), covering(im.H, w/2, latitudes)
	return apply(im, w, w/2, across, down)
}
