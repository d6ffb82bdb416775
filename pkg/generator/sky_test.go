package generator_test

import (
	"math"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/edit/edittest"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/sky/atmosphere"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
	"github.com/clipenv/toolkit/pkg/view"
)

// meadow is a grained plain under an afternoon's sun.
func meadow(w int) *hdr.Image {
	l := atmosphere.Light{SunElevation: .6, SunAzimuth: .4, Haze: .2}
	model := atmosphere.New(l)
	im := &hdr.Image{W: w, H: w / 2, Pix: model.Render(w, w/2)}
	grain := uint32(1)
	for i := range im.Pix {
		if i >= len(im.Pix)/2 {
			if i%3 == 0 {
				grain = grain*1664525 + 1013904223
			}
			im.Pix[i] *= .5 + float32(grain>>8)/(1<<24)
		}
	}
	model.AddDisc(im.Pix, im.W, im.H)
	for i := range im.Pix {
		im.Pix[i] *= .004
	}
	return im
}

func meadowSky(t *testing.T, width int) (*sky.Scene, *generator.Sky) {
	t.Helper()
	scene, err := sky.Analyse(meadow(256))
	if err != nil {
		t.Fatal(err)
	}
	if !scene.SkySeen() || !scene.Sun.Found {
		t.Fatalf("the meadow's sky is %v, its sun %v, want both seen", scene.SkySeen(), scene.Sun.Found)
	}
	g, err := generator.NewSky(scene, width)
	if err != nil {
		t.Fatal(err)
	}
	return scene, g
}

func TestSkyIsAGenerator(t *testing.T) {
	edittest.Generator(t, func(t *testing.T) edit.Generator {
		_, g := meadowSky(t, 32)
		return g
	})
}

// What CLIP sees is what the artist gets, at another size.
func TestSkyDecodesWhatTheSceneRenders(t *testing.T) {
	scene, g := meadowSky(t, 64)
	small, err := scene.Small(64)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sky.Presets {
		light, _ := scene.Preset(name)
		light.FindOpenSky = false
		want, err := small.Render(light)
		if err != nil {
			t.Fatal(err)
		}
		err = torch.Do(torchtest.Device(t), func(s *torch.Session) {
			z := g.Lights(s, []sky.Target{light})
			got := g.Decode(z).Floats()
			n := want.W * want.H
			var off, sum float64
			for i := range n {
				for c := range 3 {
					a, b := float64(got[c*n+i]), float64(want.Pix[3*i+c])
					off, sum = off+math.Abs(a-b), sum+b
				}
			}
			if off > .02*sum {
				t.Errorf("%s: decoded it differs by %.3f of its light from the render", name, off/sum)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Numbers come back from their coordinates, at both bounds and between.
func TestSkyNumbersComeBack(t *testing.T) {
	scene, g := meadowSky(t, 32)
	for _, name := range sky.Presets {
		light, _ := scene.Preset(name)
		err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
			back := g.Targets(g.Lights(s, []sky.Target{light}))[0]
			for _, pair := range [][2]float64{
				{back.SunElevation, light.SunElevation}, {back.Cover, light.Cover}, {back.Fog, light.Fog}, {back.Snow, light.Snow},
				{back.Moon, light.Moon}, {back.Tint[0] / back.Tint[1], light.Tint[0] / light.Tint[1]}, {back.SunAzimuth, light.SunAzimuth},
			} {
				if math.Abs(pair[0]-pair[1]) > 1e-3*(math.Abs(pair[1])+.01) {
					t.Errorf("%s: %v came back as %v", name, pair[1], pair[0])
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What an artist has fixed no coordinate moves.
func TestSkyKeepsWhatIsFixed(t *testing.T) {
	scene, g := meadowSky(t, 32)
	g.Fix = func(t sky.Target) sky.Target { t.Cover = .3; return t }
	light, _ := scene.Preset("overcast")
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		if got := g.Targets(g.Lights(s, []sky.Target{light}))[0].Cover; got != .3 {
			t.Errorf("the cover is %v, want the .3 that is fixed", got)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Gradients are taken at half the size: they point where those of the render
// itself do.
func TestSkyGradientsOfHalfTheSizePointTheSameWay(t *testing.T) {
	scene, g := meadowSky(t, 128)
	light, _ := scene.Preset("foggy morning")
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		z := g.Lights(s, []sky.Target{light})
		loss := func(z latent.Latent) torch.Tensor {
			picture := view.Picture(g.Decode(z))
			return picture.Mul(s.Arange(0, float64(picture.Numel()), 1, torch.Float32).Reshape(picture.Shape()...).Sin().MulScalar(.2).AddScalar(1)).Mean()
		}
		leaf := z.Map(func(x torch.Tensor) torch.Tensor { return x.Detach().Clone().SetRequiresGrad(true) })
		slopes := torch.Grad(loss(leaf), leaf[0].Value)[0].Floats()
		at := z[0].Value.Floats()
		var both, given, measured float64
		for i, n := range generator.SkyNumbers {
			if n.Scale == 0 {
				continue
			}
			by := func(step float32) float64 {
				moved := slices.Clone(at)
				moved[i] += step
				return loss(latent.Of(generator.SkyLight, s.FromFloats(moved, 1, int64(len(moved))))).Item()
			}
			const step = .01
			slope := (by(step) - by(-step)) / (2 * step)
			both, given, measured = both+slope*float64(slopes[i]), given+float64(slopes[i]*slopes[i]), measured+slope*slope
		}
		if cosine := both / math.Sqrt(given*measured); !(cosine > .95) {
			t.Errorf("the gradient's cosine with that of differences is %.3f, want more than .95", cosine)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever the coordinates, a map has finite light.
func TestAnyCoordinatesGiveAFiniteMap(t *testing.T) {
	_, g := meadowSky(t, 32)
	err := torch.Do(torchtest.Device(t), func(s *torch.Session) {
		s.Seed(4)
		z := latent.Of(generator.SkyLight, s.Randn(48, int64(len(generator.SkyNumbers))).MulScalar(4))
		for i, v := range g.Decode(z).Floats() {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) || v < 0 {
				t.Fatalf("a map has the radiance %v at %d", v, i)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkSkyDecodeWithGradients(b *testing.B) {
	scene, err := sky.Analyse(meadow(1024))
	if err != nil {
		b.Fatal(err)
	}
	g, err := generator.NewSky(scene, 128)
	if err != nil {
		b.Fatal(err)
	}
	light, _ := scene.Preset("sunset")
	err = torch.Do(torch.CPU, func(s *torch.Session) {
		for i := range b.N {
			light.SunElevation = .05 + float64(i)*1e-4
			s.Scope(func() {
				z := g.Lights(s, []sky.Target{light}).Map(func(x torch.Tensor) torch.Tensor { return x.SetRequiresGrad(true) })
				g.Decode(z).Sum().Backward()
			})
		}
	})
	if err != nil {
		b.Fatal(err)
	}
}
