package envmap

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

func TestSpheresInAWhiteFurnace(t *testing.T) {
	s := RenderSpheres(constant(64, 32, 1, 2, 4), 32)
	for y := range 32 {
		for x := range 32 {
			want := [3]float64{1, 2, 4}
			if !onSphere(x, y, 32) {
				want = [3]float64{}
			}
			diffuse, glossy, mirror := texel(s.Diffuse, x, y), texel(s.Glossy, x, y), texel(s.Mirror, x, y)
			for i := range want {
				near(t, "diffuse", float64(diffuse[i]), want[i], 3e-3*want[i])
				near(t, "mirror", float64(mirror[i]), want[i], 1e-5)
				// Rough metal loses what it would scatter twice, more so at
				// grazing angles.
				most := silverReflectance * want[i]
				if g := float64(glossy[i]); g > most*(1+1e-6) || g < .85*most {
					t.Errorf("glossy at (%d, %d): got %v, want from %v to %v", x, y, g, .85*most, most)
				}
			}
		}
	}
}

func TestMirrorShowsWhatIsBehindTheViewer(t *testing.T) {
	im := constant(128, 64, 0, 0, 0)
	// A lamp of 8° radius behind, on the right and above, each in its colour.
	g := newGrid(im.W, im.H)
	mark := func(lamp Vec, c int) {
		for y := range im.H {
			for x := range im.W {
				if AngleBetween(g.direction(x, y), lamp) < 8 {
					im.Pix[3*(y*im.W+x)+c] = 1
				}
			}
		}
	}
	mark(Vec{Z: -1}, 0)
	mark(Vec{X: -1}, 1)
	mark(Vec{Y: 1}, 2)
	s := RenderSpheres(im, 65)
	if got := texel(s.Mirror, 32, 32); got[0] < .9 {
		t.Errorf("centre of the mirror: got %v, want the red lamp behind the viewer", got)
	}
	// Light from the right reaches the viewer off a normal half way: at
	// 1/√2 of the radius to the right; from above likewise.
	const off = 23 // 32.5/√2
	if got := texel(s.Mirror, 32+off, 32); got[1] < .9 {
		t.Errorf("right of the mirror: got %v, want the green lamp on the right", got)
	}
	if got := texel(s.Mirror, 32, 32-off); got[2] < .9 {
		t.Errorf("top of the mirror: got %v, want the blue lamp above", got)
	}
	if l, r := texel(s.Diffuse, 10, 32)[1], texel(s.Diffuse, 54, 32)[1]; l >= r {
		t.Errorf("matte ball lit from the right: left %v, right %v, want right brighter", l, r)
	}
}

func TestDiffuseSphereIsIrradianceOverPi(t *testing.T) {
	im := noise(64, 32, 11)
	s := RenderSpheres(im, 16)
	for _, at := range [][2]int{{8, 8}, {3, 6}, {12, 11}} {
		n, _ := sphereNormal(float64(at[0])+.5, float64(at[1])+.5, 16)
		for i, want := range Irradiance(im, n) {
			near(t, "diffuse", float64(texel(s.Diffuse, at[0], at[1])[i]), want/math.Pi, 1e-5*want)
		}
	}
}

func TestGlossyKeepsTheLobesPlace(t *testing.T) {
	// A small lamp behind the viewer: its highlight is at the centre, is
	// wider than the mirror's and symmetric.
	im := constant(256, 128, 0, 0, 0)
	x, y := Position(Vec{Z: -1}, im.W, im.H)
	for dy := -2; dy < 2; dy++ {
		for dx := -2; dx < 2; dx++ {
			px, py := wrap(int(x)+dx, int(y)+dy, im.W, im.H)
			im.Pix[3*(py*im.W+px)] = 100
		}
	}
	s := RenderSpheres(im, 65)
	centre, near5, far := texel(s.Glossy, 32, 32)[0], texel(s.Glossy, 34, 32)[0], texel(s.Glossy, 50, 32)[0]
	if !(centre > near5 && near5 > 0 && far < centre/50) {
		t.Errorf("highlight: centre %v, 2 pixels off %v, 18 off %v, want a falling lobe", centre, near5, far)
	}
	left, right := texel(s.Glossy, 29, 32)[0], texel(s.Glossy, 35, 32)[0]
	near(t, "symmetry", float64(left), float64(right), .15*float64(right))
	if m := texel(s.Mirror, 35, 32)[0]; m > 0 {
		t.Errorf("mirror 3 pixels off the lamp: got %v, want 0", m)
	}
}

// integrated is the metal's light by summing the lobe over every texel.
func integrated(im *hdr.Image, n Vec) [3]float64 {
	g := newGrid(im.W, im.H)
	var all lamps
	for i := range im.W * im.H {
		p, solid := im.Pix[3*i:3*i+3], g.solid[i/im.W]
		all.towards = append(all.towards, g.direction(i%im.W, i/im.W))
		all.power = append(all.power, [3]float64{float64(p[0]) * solid, float64(p[1]) * solid, float64(p[2]) * solid})
	}
	return all.add([3]float64{}, n)
}

// A sun of one texel leaves one smooth highlight, and no feathers about it.
func TestTheMetalBallOfASunIsTheLobesIntegral(t *testing.T) {
	const size = 65
	for _, sun := range []struct {
		towards  Vec
		radiance float32
	}{{Vec{Z: -1}, 1e5}, {Vec{X: -.6, Y: .5, Z: -.7}, 1e5}, {Vec{X: .9, Y: .3, Z: .3}, 1e5}, {Vec{X: -.3, Y: .8, Z: -.2}, 50}, {Vec{Y: 1}, 1e5}} {
		im := smooth(256, 128)
		x, y := Position(sun.towards.Unit(), im.W, im.H)
		px, py := wrap(int(x), int(y), im.W, im.H)
		for c := range 3 {
			im.Pix[3*(py*im.W+px)+c] = sun.radiance
		}
		glossy := RenderSpheres(im, size).Glossy
		peak := float64(glossy.Peak())
		for y := 0; y < size; y += 4 {
			for x := 3 * y % 16; x < size; x += 16 {
				n, inside := sphereNormal(float64(x)+.5, float64(y)+.5, size)
				if !inside || n.Dot(view) < .2 { // the rim's lobe is finer than the texels of the sum
					continue
				}
				got, want := texel(glossy, x, y), integrated(im, n)
				for c := range 3 {
					if d := math.Abs(float64(got[c]) - want[c]); d > .04*want[c]+1e-3*peak {
						t.Fatalf("sun towards %v of %g: (%d, %d): got %v, want %v", sun.towards, sun.radiance, x, y, got, want)
					}
				}
			}
		}
	}
}

func TestSphereErrorsLaws(t *testing.T) {
	a, b := smooth(256, 128), noise(256, 128, 1)
	same := must(CompareSpheres(a, a))
	for _, e := range []SphereError{same.Diffuse, same.Glossy, same.Mirror} {
		near(t, "si-RMSE to itself", e.SiRMSE, 0, 1e-6)
		near(t, "angle to itself", e.AngularDegrees, 0, 1e-6)
	}
	// Exposure alone changes neither.
	darker := must(CompareSpheres(a, scaled(smooth(256, 128), .25)))
	near(t, "si-RMSE to a darker copy", darker.Diffuse.SiRMSE, 0, 1e-5)
	near(t, "angle to a darker copy", darker.Mirror.AngularDegrees, 0, 1e-3)

	e := must(CompareSpheres(a, b))
	if !(e.Mirror.SiRMSE > e.Diffuse.SiRMSE && e.Diffuse.SiRMSE > 0) {
		t.Errorf("noise: mirror %v, diffuse %v, want the mirror to show more", e.Mirror.SiRMSE, e.Diffuse.SiRMSE)
	}
	red, green := RenderSpheres(constant(64, 32, 1, 0, 0), 16), RenderSpheres(constant(64, 32, 0, 1, 0), 16)
	near(t, "red against green in degrees", must(red.Errors(green)).Mirror.AngularDegrees, 90, 1e-6)
}

func TestProtocolToneSetsTheMedian(t *testing.T) {
	out := ProtocolTone(noise(64, 32, 12))
	pix := slices.Sorted(slices.Values(out.Pix))
	near(t, "median", float64(pix[len(pix)/2]+pix[len(pix)/2-1])/2, .5, 1e-6)
}

func BenchmarkSpheres(b *testing.B) {
	im := noise(1024, 512, 1)
	for b.Loop() {
		RenderSpheres(im, 128)
	}
}
