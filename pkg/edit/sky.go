package edit

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/latent"
	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch"
)

// choose says what an edit goes through, and why. The scene is nil where that
// is the VAE.
func choose(input *hdr.Image, c Config) (scene *sky.Scene, why string, err error) {
	if c.Mode == Paper {
		return nil, "mode is paper", nil
	}
	if c.Sky.Generator == VAEGenerator {
		return nil, "asked for", nil
	}
	forced := c.Sky.Generator == SkyGenerator
	analyse := sky.Analyse
	if !forced && !c.Sky.Given() {
		switch {
		case c.setsVAE():
			return nil, "the settings change a key that only the VAE has", nil
		case input.CheckEquirect() != nil:
			return nil, "the map is not twice as wide as high", nil
		}
		kind, err := sky.KindOf(input)
		if err != nil {
			return nil, "", err
		}
		analyse = func(im *hdr.Image) (*sky.Scene, error) { return sky.AnalyseAs(im, kind) }
	}
	if scene, err = analyse(input); err != nil {
		return nil, "", err
	}
	switch {
	case forced:
		return scene, "asked for", nil
	case c.Sky.Given():
		return scene, "numbers of the light are given", nil
	case scene.Windows() > 0:
		return scene, "the map shows a room with windows", nil
	case scene.Kind == sky.Indoor:
		return scene, "the map shows a room, and no window that is sure", nil
	case !scene.SkySeen():
		return nil, "too little sky is seen", nil
	}
	return scene, fmt.Sprintf("the map shows a sky, by its look at %s", map[sky.Kind]string{sky.Day: "day", sky.Dusk: "dusk", sky.Night: "night"}[scene.Kind]), nil
}

// setsVAE tells whether a key that only an edit through a VAE has is not at its
// default. What either has, such as steps, says nothing.
func (c Config) setsVAE() bool {
	d := Defaults(c.Mode)
	d.Steps, d.Strength, d.Seed, d.Views, d.Precision = c.Steps, c.Strength, c.Seed, c.Views, c.Precision
	d.TF32, d.Graphs, d.FiguresEvery = c.TF32, c.Graphs, c.FiguresEvery
	c.Sky, d.Sky = SkyConfig{}, SkyConfig{}
	return !reflect.DeepEqual(c, d)
}

// Light is a light in numbers, as an artist gives them: angles in degrees.
type Light struct {
	SunElevation float64 `json:"sun_elevation"`
	SunAzimuth   float64 `json:"sun_azimuth"`
	Haze         float64 `json:"haze"`
	Cover        float64 `json:"cover"`
	Fog          float64 `json:"fog"`
	Snow         float64 `json:"snow"`
	Moon         float64 `json:"moon"`
	Stars        float64 `json:"stars"`
	Warmth       float64 `json:"warmth"`
	Detail       float64 `json:"detail"`
	SunStops     float64 `json:"sun_stops"`
	Kelvin       float64 `json:"kelvin,omitempty"`
	Exposure     float64 `json:"exposure"`
}

func lightOf(t sky.Target) Light {
	degrees := func(v float64) float64 { return math.Round(v*180/math.Pi*1e6) / 1e6 }
	return Light{
		degrees(t.SunElevation), degrees(math.Remainder(t.SunAzimuth, 2*math.Pi)), t.Haze, t.Cover, t.Fog, t.Snow, t.Moon, t.Stars, t.Warmth,
		t.Detail, t.SunStops, t.Kelvin, t.ExposureStops,
	}
}

// LightChange is what an edit through a sky did to the light.
type LightChange struct {
	Before Light `json:"before"` // as far as the map tells it
	After  Light `json:"after"`

	// The share of the new sun's disc that things in the map hide. Its light is drawn
	// before them.
	SunBehind float64 `json:"sun_behind,omitempty"`
	Placed    bool    `json:"-"` // the words say to which side the sun stands

	// The map shows neither a sky nor windows that are sure, so that no sun is drawn:
	// all of it changes in level and colour alike.
	Enclosed bool `json:"enclosed,omitempty"`

	// Whose clouds a sky got that was too clear for those that the light has.
	Clouds *sky.Borrowed `json:"clouds,omitempty"`

	Near []NearLight `json:"near,omitempty"` // the known lights that the search began between; none where words only changed the own light
	Said []string    `json:"said,omitempty"` // phrases that said a number or a change outright
}

// NearLight is a known light and its share of the start.
type NearLight struct {
	Light string  `json:"light"`
	Share float64 `json:"share"`
}

// Relight puts a map into the light that the settings' own numbers give. It
// needs neither words nor models.
func Relight(input *hdr.Image, c Config) (*Result, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if !c.Sky.Given() {
		return nil, fmt.Errorf("edit: neither a prompt nor a number of the light is given, want one, such as sun_elevation")
	}
	scene, err := sky.Analyse(input)
	if err != nil {
		return nil, err
	}
	r := &Result{Generator: SkyGenerator, Why: "numbers of the light are given"}
	own := scene.Own()
	if c.Sky.SunElevation != nil {
		own = c.Sky.findsSky(own)
	}
	if err := r.render(scene, own, c); err != nil {
		return nil, err
	}
	trim(r.Output, input)
	return r, nil
}

// render puts the input into a light, with what an artist has given.
func (r *Result) render(scene *sky.Scene, t sky.Target, c Config) (err error) {
	t = c.Sky.finish(t)
	if r.Light == nil {
		r.Light = &LightChange{}
	}
	if scene.LacksClouds(t) {
		if t, r.Light.Clouds, err = scene.BorrowClouds(t, c.Seed); err != nil {
			return err
		}
	}
	if r.Output, err = scene.Render(t); err != nil {
		return err
	}
	r.Light.Before, r.Light.After = lightOf(scene.Own()), lightOf(t)
	r.Light.Enclosed = !scene.SkySeen() && scene.Windows() == 0
	if stand, ok := scene.Stands(t); ok && t.Strength == 1 {
		stood := t
		stood.SunElevation, stood.SunAzimuth = stand.Elevation, stand.Azimuth
		r.Light.After, r.Light.SunBehind = lightOf(stood), math.Round(stand.Behind*100)/100
	}
	return nil
}

// throughSky edits through the numbers of a scene's light.
func (e *editing) throughSky(ctx context.Context, scene *sky.Scene, observe func(Step)) (*Result, error) {
	g, err := generator.NewSky(scene, e.small.W)
	if err != nil {
		return nil, err
	}
	g.Fix = func(t sky.Target) sky.Target { return e.config.Sky.fix(anew(t)) }
	text, err := Embed(e.s, e.models.CLIP, e.phrases)
	if err != nil {
		return nil, err
	}
	if found, ok := ownWishes(e.phrases, scene); ok {
		return e.asWished(scene, found, text)
	}
	if means, err := e.meansSomething(); err != nil {
		return nil, err
	} else if !means {
		return e.unchanged(scene, text)
	}
	start, by, err := e.begin(g, scene, text)
	if err != nil {
		return nil, err
	}
	r := &Result{Light: &LightChange{Near: by.near, Said: by.said}}
	var clouds *sky.Detail
	if fixed := e.config.Sky.fix(start); scene.LacksClouds(fixed) {
		if fixed, r.Light.Clouds, err = scene.BorrowClouds(fixed, e.config.Seed); err != nil {
			return nil, err
		}
		clouds = fixed.Clouds
	}
	g.Fix = func(t sky.Target) sky.Target {
		if t = asSaid(anew(t), start); by.keeps {
			t.SunElevation = start.SunElevation
		}
		t.Kelvin = start.Kelvin
		return e.config.Sky.fix(t).Under(clouds)
	}
	solution, err := e.search(ctx, g, scene, start, by, text, observe)
	if err != nil {
		return nil, err
	}
	end := g.Targets(solution.Latent)[0]
	// A lower sun than the one the search began with may stand behind trees.
	end = e.config.Sky.placed(scene, end, by.turns, by.turnsTo, by.standsAt)
	r.Light.Placed = by.turns
	if part, said := partOf(e.phrases); part != sky.Whole && scene.Kind != sky.Indoor {
		end.Only, r.Light.Said = part, append(r.Light.Said, said...)
	}
	if err := r.render(scene, end, e.config); err != nil {
		return nil, err
	}
	return r, e.judge(r, solution, text)
}

// anew is the light that words ask for, the whole of it: what a map is changed by
// are numbers.
func anew(t sky.Target) sky.Target {
	t.Anew = true
	return t
}

// beginning is what a light of words was made of.
type beginning struct {
	near  []NearLight // the known lights that it lies between
	keeps bool        // the sun stays as high as the map has it, or as words say in degrees
	outright
}

// begin finds the light that the words give at first: a blend of the known
// lights that they mean, and what they say outright.
func (e *editing) begin(g *generator.Sky, scene *sky.Scene, text torch.Tensor) (start sky.Target, by beginning, err error) {
	lights := make([]sky.Target, len(knownLights))
	for i, k := range knownLights {
		lights[i] = k.light(scene)
	}
	score, err := e.score(g, lights, text)
	if err != nil {
		return start, by, err
	}
	best := 0
	for i, v := range score {
		if v > score[best] {
			best = i
		}
	}
	// Halfway between day and night lies a sunset, and halfway between fog
	// and none a haze that nobody meant: only lights of a kind are blended.
	order := make([]int, 0, len(score))
	for i := range score {
		if nightly(lights[i]) == nightly(lights[best]) && (lights[i].Snow > 0) == (lights[best].Snow > 0) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	order = order[:min(len(order), blended)]
	var sum float64
	share := make([]float64, len(order))
	for k, i := range order {
		share[k] = math.Exp((score[i] - score[best]) / temperature)
		sum += share[k]
	}
	mean := make([]float32, len(generator.SkyNumbers))
	for k, i := range order {
		share[k] /= sum
		for d, v := range generator.Coordinates(lights[i]) {
			mean[d] += float32(share[k]) * v
		}
		if share[k] > .02 {
			by.near = append(by.near, NearLight{knownLights[i].caption, share[k]})
		}
	}
	z := latent.Of(generator.SkyLight, e.s.FromFloats(mean, 1, int64(len(mean))))
	start = g.Targets(z)[0]
	by.outright = saidOutright(e.phrases, &start)
	if by.keeps = by.standsAt; !by.standsAt && !by.clock {
		by.keeps = keepsSun(&start, scene)
	}
	by.said = append(by.said, addWishes(e.phrases, &start)...)
	return g.Fix(start), by, nil
}

const (
	blended     = 3  // known lights at most
	temperature = .4 // of their shares, in units of the score
)

// standard is values with mean 0 and standard deviation 1.
func standard(v []float32) []float64 {
	var mean, square float64
	for _, x := range v {
		mean += float64(x) / float64(len(v))
	}
	for _, x := range v {
		square += (float64(x) - mean) * (float64(x) - mean) / float64(len(v))
	}
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = (float64(x) - mean) / max(math.Sqrt(square), 1e-9)
	}
	return out
}

// reader is a model that tells which words it knows.
type reader interface {
	Read(text string) (clip.Reading, error)
}

// meansSomething tells whether the prompt holds a word that the model knows and that is
// no mere courtesy.
func (e *editing) meansSomething() (bool, error) {
	reads, ok := e.models.CLIP.(reader)
	if !ok {
		return true, nil
	}
	if _, weight := wordsFor(e.phrases); weight > 0 {
		return true, nil
	}
	for _, p := range e.phrases {
		reading, err := reads.Read(p.Text)
		if err != nil || len(reading.Unknown) < reading.Words && !onlyAsides(p.Text) {
			return true, err
		}
	}
	return false, nil
}

// unchanged is the result of words that say nothing: what an artist has given
// of a scene's light, and else the input. scene is nil where there is none.
func (e *editing) unchanged(scene *sky.Scene, text torch.Tensor) (*Result, error) {
	r := &Result{}
	if scene != nil {
		if err := r.render(scene, scene.Own(), e.config); err != nil {
			return nil, err
		}
	}
	if r.NumbersOnly = scene != nil && e.config.Sky.Given(); !r.NumbersOnly {
		r.Unchanged = true
		r.Output = &hdr.Image{W: e.input.W, H: e.input.H, Meta: e.input.Meta, Pix: slices.Clone(e.input.Pix)}
	}
	return r, e.judge(r, Solution{Start: e.radiance(e.small), End: e.radiance(e.small)}, text)
}
