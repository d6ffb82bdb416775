package generator

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch"
)

// SkyLight is the one part of a latent of Sky.
const SkyLight = "light"

// Sky edits through a dozen numbers of a light: where the sun stands, haze,
// cloud, fog and so on, of one scene that package sky took apart. Its latent
// is one coordinate for each number, [N,D]; see SkyNumbers.
//
// Start reads the light of any map; Decode puts the scene into it. The
// renderer is the one that makes the output. Its derivatives are differences.
type Sky struct {
	scene  *sky.Scene
	coarse *sky.Scene // for the derivatives
	w, h   int
	hash   string

	slopes slopes // taken last

	// Fix changes a light before it is rendered: what an artist has set by
	// hand stays. nil leaves it as it is.
	Fix func(sky.Target) sky.Target
}

// coarsest is the width down to which derivatives are taken at half the size.
const coarsest = 64

// NewSky makes a scene's generator for maps of a width, which is even.
func NewSky(scene *sky.Scene, width int) (*Sky, error) {
	small, err := scene.Small(width)
	if err != nil {
		return nil, fmt.Errorf("generator: sky: %w", err)
	}
	g := &Sky{scene: small, coarse: small, w: width, h: width / 2}
	if width/2 >= coarsest {
		if g.coarse, err = scene.Small(width / 2); err != nil {
			return nil, fmt.Errorf("generator: sky: %w", err)
		}
	}
	own, err := g.render(small, g.target(Coordinates(scene.Own())))
	if err != nil {
		return nil, err
	}
	sum := fnv.New64a()
	fmt.Fprint(sum, width, own.Pix)
	g.hash = fmt.Sprintf("sky %d×%d %x", g.w, g.h, sum.Sum64())
	return g, nil
}

// Name is what reports call the generator.
func (*Sky) Name() string { return "sky" }

// Hash identifies the generator by what it computes: the scene in its own
// light.
func (g *Sky) Hash() string { return g.hash }

// Size returns the size of the maps, in texels.
func (g *Sky) Size() (w, h int) { return g.w, g.h }

// Own is the latent of the scene's own light, n times.
func (g *Sky) Own(s *torch.Session, n int64) latent.Latent {
	return g.Lights(s, slices.Repeat([]sky.Target{g.scene.Own()}, int(n)))
}

// Lights are the latents of lights.
func (g *Sky) Lights(s *torch.Session, lights []sky.Target) latent.Latent {
	var all []float32
	for _, t := range lights {
		all = append(all, Coordinates(t)...)
	}
	return latent.Of(SkyLight, s.FromFloats(all, int64(len(lights)), int64(len(SkyNumbers))))
}

// Start returns the lights that maps show, radiance [N,3,H,W], as far as they
// tell it.
func (g *Sky) Start(radiance torch.Tensor) latent.Latent {
	s, n := radiance.Session(), radiance.Size(0)
	lights := make([]sky.Target, n)
	pix := radiance.Floats()
	each := len(pix) / int(n)
	for i := range lights {
		im, err := envmap.FromPlanar(pix[i*each:(i+1)*each], g.w, g.h)
		s.Check(err)
		scene, err := sky.Analyse(im)
		s.Check(err)
		lights[i] = scene.Own()
	}
	return g.Lights(s, lights)
}

// Prior returns n lights to begin with: the scene's own.
func (g *Sky) Prior(s *torch.Session, n int64) latent.Latent { return g.Own(s, n) }

// Target is the light of a latent's row of coordinates, to be rendered.
func (g *Sky) target(z []float32) sky.Target {
	t := g.scene.Own()
	for i, n := range SkyNumbers {
		n.set(&t, n.value(float64(z[i])))
	}
	if g.Fix != nil {
		t = g.Fix(t)
	}
	return t
}

// Targets are the lights of latents, as Decode renders them.
func (g *Sky) Targets(z latent.Latent) []sky.Target {
	rows := z.Part(SkyLight).Floats()
	var out []sky.Target
	for row := range slices.Chunk(rows, len(SkyNumbers)) {
		out = append(out, g.target(row))
	}
	return out
}

// render renders a light at the size of a scene. A mask is of the input's
// size: it is no part of what is searched.
func (g *Sky) render(scene *sky.Scene, t sky.Target) (*hdr.Image, error) {
	t.Mask = nil
	t.FindOpenSky = false // it jumps
	return scene.Render(t)
}

// Decode returns the scene in the lights of the latents: radiance [N,3,H,W].
// Where z asks for gradients they are those of the line through the render,
// R + J·(z − z'), with z' the value of z and J of differences: its value is
// the render itself. J is that of a place near z' where it was taken last.
func (g *Sky) Decode(z latent.Latent) (radiance torch.Tensor) {
	at := z.Part(SkyLight)
	defer at.Tidy(&radiance)()

	s, n, d := at.Session(), at.Size(0), at.Size(1)
	rows := slices.Collect(slices.Chunk(at.Detach().Floats(), int(d)))
	w, h := int64(g.w), int64(g.h)
	values, err := g.renders(g.scene, rows)
	s.Check(err)
	radiance = s.FromFloats(values, n, 3, h, w)
	if !at.RequiresGrad() {
		return radiance
	}
	jacobian, err := g.slopesNear(rows)
	s.Check(err)
	j := s.FromFloats(jacobian, n*d, 3, int64(g.coarseH()), 2*int64(g.coarseH())).Resize(h, w, torch.Bilinear)
	line := at.Sub(at.Detach()).Unsqueeze(1).MatMul(j.Reshape(n, d, 3*h*w))
	return radiance.Add(line.Reshape(n, 3, h, w))
}

func (g *Sky) coarseH() int {
	if g.coarse != g.scene {
		return g.h / 2
	}
	return g.h
}

// slopes is a jacobian and where it was taken.
type slopes struct {
	rows     [][]float32
	jacobian []float32
}

// near is how far each coordinate may lie from where a jacobian was taken: a
// search's longest steps are a third of that.
const near = .15

// slopesNear is the jacobian of rows, or one taken not far from there.
func (g *Sky) slopesNear(rows [][]float32) ([]float32, error) {
	if g.slopes.serve(rows) {
		return g.slopes.jacobian, nil
	}
	j, err := g.jacobian(rows)
	if err == nil {
		g.slopes = slopes{rows, j}
	}
	return j, err
}

// serve tells whether each number of each row lies near that of the slopes,
// and is at rest, or not, as it was.
func (x slopes) serve(rows [][]float32) bool {
	if len(x.rows) != len(rows) {
		return false
	}
	for i, row := range rows {
		for k, n := range SkyNumbers {
			a, b := float64(row[k]), float64(x.rows[i][k])
			if math.Abs(a-b) > near || n.rests(a) != n.rests(b) {
				return false
			}
		}
	}
	return true
}

// jacobian holds the change of the coarse map for one unit of each coordinate,
// [N,D,3,h,w]: differences towards the middle of a number's bounds. A number
// that is at rest has none, and costs none.
func (g *Sky) jacobian(rows [][]float32) ([]float32, error) {
	type slot struct {
		row, number int
		by          float32
	}
	var slots []slot
	asked := slices.Clone(rows)
	for i, row := range rows {
		for k, n := range SkyNumbers {
			if n.Scale == 0 || n.rests(float64(row[k])) {
				continue
			}
			by := float32(-math.Copysign(difference, float64(row[k])))
			moved := slices.Clone(row)
			moved[k] += by
			asked = append(asked, moved)
			slots = append(slots, slot{i, k, moved[k] - row[k]})
		}
	}
	maps, err := g.renders(g.coarse, asked)
	if err != nil {
		return nil, err
	}
	size := 6 * g.coarseH() * g.coarseH()
	out := make([]float32, len(rows)*len(SkyNumbers)*size)
	for i, slot := range slots {
		before, after := maps[slot.row*size:], maps[(len(rows)+i)*size:]
		to := out[(slot.row*len(SkyNumbers)+slot.number)*size:][:size]
		for k := range to {
			to[k] = (after[k] - before[k]) / slot.by
		}
	}
	return out, nil
}

// difference is the step of a coordinate that derivatives are taken over.
const difference = 5e-3

// renders renders rows of coordinates, on as many threads as may run at once:
// planar radiance, one map after the other.
func (g *Sky) renders(scene *sky.Scene, rows [][]float32) ([]float32, error) {
	maps, errs := make([][]float32, len(rows)), make([]error, len(rows))
	next := make(chan int, len(rows))
	for i := range rows {
		next <- i
	}
	close(next)
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(rows)) {
		group.Go(func() {
			for i := range next {
				im, err := g.render(scene, g.target(rows[i]))
				if errs[i] = err; err == nil {
					maps[i] = envmap.Planar(im)
				}
			}
		})
	}
	group.Wait()
	return slices.Concat(maps...), errors.Join(errs...)
}

// Spread is how far one unit of each coordinate changes a map. A number
// without any is held: see SkyNumber.
func (g *Sky) Spread(s *torch.Session) latent.Latent {
	spread := make([]float32, len(SkyNumbers))
	for i, n := range SkyNumbers {
		spread[i] = float32(n.Scale)
	}
	return latent.Of(SkyLight, s.FromFloats(spread, int64(len(spread))))
}
