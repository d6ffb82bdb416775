package edit

import (
	"context"
	"math"

	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch"
)

// search moves the light that the words give at first towards what CLIP sees in
// them. It never ends farther from them, by CLIP, than it began.
func (e *editing) search(ctx context.Context, g *generator.Sky, scene *sky.Scene, start sky.Target, by beginning, text torch.Tensor, observe func(Step)) (Solution, error) {
	looks, err := e.config.looksBy(e.models.CLIP)
	if err != nil {
		return Solution{}, err
	}
	c := e.config
	c.Variable, c.Regulariser, c.SpreadExponent = Whole, NoRegulariser, 1
	c.Strength, c.LightPrior, c.GainSmoothness = 1, 0, 0
	c.Steps, c.LearningRate, c.AnchorWeight = c.Sky.Steps, c.Sky.LearningRate, c.Sky.AnchorWeight
	if scene.Kind == sky.Indoor {
		// CLIP knows lights by their skies, and would have a ceiling for one.
		c.Steps = 0
	}
	if c.Steps > 0 && !by.stands && !by.keeps {
		start = e.stand(g, start, text)
	}
	from := g.Lights(e.s, []sky.Target{start})
	// Without maps it begins with the generator's prior, the scene's own light, which
	// took more than a small map to find.
	p := Problem{Generator: g, CLIP: looks, Text: text}
	e.s.NoGrad(func() { p.Move = from.Zip(g.Prior(e.s, 1), torch.Tensor.Sub) })
	out, err := Invert(ctx, p, c, observe)
	if err != nil || c.Steps == 0 {
		return out, err
	}
	e.s.NoGrad(func() { out.Latent, out.End = e.nearestOn(g, from, out.Latent, out.End, text) })
	return out, nil
}

// asSaid keeps what the words say of a light that a search moves.
//
// The sun stays between three quarters of the height that the words had it at,
// half the depth where that is below the horizon, and half as much again, and so
// on one side of it: CLIP likes a sunset redder than one that casts a shadow. A
// low sun may rise by a degree more.
//
// Fog keeps three quarters of what hides things: CLIP likes a clear view. The beam
// keeps its energy to a third of a stop, and so the shadows their depth.
func asSaid(t, words sky.Target) sky.Target {
	low, high := heights(words)
	t.SunElevation = min(max(t.SunElevation, low), high)
	if words.Fog >= mist {
		t.Fog = max(t.Fog, .75*words.Fog)
	}
	t.SunStops = min(max(t.SunStops, words.SunStops-1./3), words.SunStops+1./3)
	return t
}

// mist is the extinction, 1/m, from which on fog is meant: what is thinner is the
// air of a distance.
const mist = .004

// heights are the least and the most that a search may stand the sun at.
func heights(words sky.Target) (low, high float64) {
	const more = math.Pi / 180
	low, high = .75*words.SunElevation, 1.5*words.SunElevation+more
	if words.SunElevation < 0 {
		low, high = 1.5*words.SunElevation, words.SunElevation/2
	}
	return max(low, -math.Pi/2), min(high, math.Pi/2)
}

// keepsSun leaves the sun where the map has it if it stands as low as a low sun of the words,
// and five degrees lower at most, or as high as a high one: a sunset is none the less one with
// the sun half as high, and a noon with the sun higher. It tells whether it did.
func keepsSun(t *sky.Target, scene *sky.Scene) bool {
	const lowest, low, high = 5 * math.Pi / 180, 15 * math.Pi / 180, 45 * math.Pi / 180
	own := scene.Light.SunElevation
	switch {
	case !scene.Sun.Found:
		return false
	case t.SunElevation > 0 && t.SunElevation < low && own > 0 && own < t.SunElevation && own > t.SunElevation-lowest,
		t.SunElevation > high && own > t.SunElevation:
		t.SunElevation = own
		return true
	}
	return false
}

// clearly is by how much nearer to the words, in cosine, a picture must lie for
// the search to leave a light that is right by the words themselves. What it gains
// below that, other judges do not see.
const clearly = .02

// clearlyNearest is the place of the greatest of cosines, where that is clearly
// greater than the first, and else the first's.
func clearlyNearest(near []float64) int {
	best := 0
	for i, v := range near {
		if v > near[0]+clearly && v > near[best] {
			best = i
		}
	}
	return best
}

// stand moves the sun that a search begins with to the lower or the upper end of
// what it may be, where CLIP finds that clearly nearer to the words: as a sun
// climbs, CLIP likes it less before it likes it more, which no slope shows. A sun
// below the horizon, or hidden behind cloud, stays.
func (e *editing) stand(g *generator.Sky, start sky.Target, text torch.Tensor) sky.Target {
	if e.config.Sky.SunElevation != nil || start.SunElevation <= 0 || start.Cover > .9 {
		return start
	}
	some := []sky.Target{start, start, start}
	some[1].SunElevation, some[2].SunElevation = heights(start)
	var near []float64
	e.s.NoGrad(func() {
		e.s.Scope(func() { near = Similarity(e.models.CLIP, g.Decode(g.Lights(e.s, some)), text) })
	})
	return some[clearlyNearest(near)]
}

// ends are the shares of a search's way at which it may end.
var ends = []float64{0, .5, 1}

// nearestOn is the light on the way of a search that CLIP finds nearest to the
// words, and its map: as it is rendered, less what its distance from the beginning
// costs, clearly nearer than the beginning. The steps see views of it, and a
// straight line for the renderer. last is the map of the way's end, [1,3,H,W].
func (e *editing) nearestOn(g *generator.Sky, from, to latent.Latent, last, text torch.Tensor) (z latent.Latent, radiance torch.Tensor) {
	a, b := from.Part(generator.SkyLight), to.Part(generator.SkyLight)
	along := b.Sub(a)
	var rows []torch.Tensor
	for _, k := range ends {
		rows = append(rows, a.AddScaled(along, k))
	}
	on := func(rows []torch.Tensor) latent.Latent { return latent.Of(generator.SkyLight, torch.Cat(0, rows...)) }
	points := on(rows)
	maps := torch.Cat(0, g.Decode(on(rows[:len(rows)-1])), last)
	near := Similarity(e.models.CLIP, maps, text)
	way := along.Square().Mean().Item()
	for i, k := range ends {
		near[i] -= e.config.Sky.AnchorWeight * k * k * way
	}
	best := clearlyNearest(near)
	one := func(x torch.Tensor) torch.Tensor { return x.Narrow(0, int64(best), 1) }
	return points.Map(one), one(maps)
}
