package edit

import (
	"math"

	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/pkg/sky"
)

// What an edit goes through.
const (
	AutoGenerator = "auto" // sky where a map shows one, vae elsewhere
	SkyGenerator  = "sky"  // the numbers of a light
	VAEGenerator  = "vae"  // the latent of a generator of pictures
)

// What part of a map an edit changes. Any other word names a mask of the
// caller's.
const (
	WholeMap   = "all"
	SkyPart    = "sky"
	GroundPart = "ground"
)

// SkyConfig holds the settings of an edit through a sky. A number that is nil
// is left to the words.
type SkyConfig struct {
	Generator string  `yaml:"generator" json:"generator"`
	Strength  float64 `yaml:"strength" json:"strength"` // 0 is the input, 1 the light asked for, up to 1.5 beyond it

	Steps        int     `yaml:"steps" json:"steps"` // of Adam; 0 takes the light that the words give at first
	LearningRate float64 `yaml:"learning_rate" json:"learning_rate"`
	AnchorWeight float64 `yaml:"anchor_weight" json:"anchor_weight"` // of the squared distance from that light

	SunElevation *float64 `yaml:"sun_elevation" json:"sun_elevation,omitempty"` // degrees over the horizon
	SunAzimuth   *float64 `yaml:"sun_azimuth" json:"sun_azimuth,omitempty"`     // degrees to the right of the map's centre
	SunStops     *float64 `yaml:"sun_stops" json:"sun_stops,omitempty"`         // of the beam, beside what the light gives
	Kelvin       *float64 `yaml:"kelvin" json:"kelvin,omitempty"`               // colour of the beam
	Cover        *float64 `yaml:"cover" json:"cover,omitempty"`                 // share of the sky that is cloud
	Haze         *float64 `yaml:"haze" json:"haze,omitempty"`                   // 0 clearest to 1
	Fog          *float64 `yaml:"fog" json:"fog,omitempty"`                     // extinction, 1/m
	Exposure     *float64 `yaml:"exposure" json:"exposure,omitempty"`           // stops, of the whole map

	KeepEnergy bool   `yaml:"keep_energy" json:"keep_energy"` // level ground gets as much light as before
	Mask       string `yaml:"mask" json:"mask"`               // all, sky, ground, or the file of a mask

	mask []float32
}

// DefaultSky are the settings that work.
var DefaultSky = SkyConfig{Generator: AutoGenerator, Strength: 1, Steps: 16, LearningRate: .1, AnchorWeight: .5, Mask: WholeMap}

// WithMask returns the settings with what the file that Mask names holds: how
// far each texel of the input is edited, 0 to 1.
func (c SkyConfig) WithMask(texels []float32) SkyConfig {
	c.mask = texels
	return c
}

// MaskFile is the name of the file that the mask is to be read from, "" for
// none.
func (c SkyConfig) MaskFile() string {
	switch c.Mask {
	case WholeMap, SkyPart, GroundPart:
		return ""
	}
	return c.Mask
}

// number is a setting that an artist may give: where it stands and what it may
// be.
type number struct {
	key         string
	value       *float64
	least, most float64
	unit        string
	set         func(t *sky.Target, v float64)
}

func (c SkyConfig) numbers() []number {
	radians := func(v float64) float64 { return v * math.Pi / 180 }
	return []number{
		{"sun_elevation", c.SunElevation, -90, 90, " degrees", func(t *sky.Target, v float64) { t.SunElevation = radians(v) }},
		{"sun_azimuth", c.SunAzimuth, -360, 360, " degrees", func(t *sky.Target, v float64) { t.SunAzimuth = radians(v) }},
		{"sun_stops", c.SunStops, -10, 10, " stops", func(t *sky.Target, v float64) { t.SunStops = v }},
		{"kelvin", c.Kelvin, 1000, 40000, "", func(t *sky.Target, v float64) { t.Kelvin = v }},
		{"cover", c.Cover, 0, 1, "", func(t *sky.Target, v float64) { t.Cover = v }},
		{"haze", c.Haze, 0, 1, "", func(t *sky.Target, v float64) { t.Haze = v }},
		{"fog", c.Fog, 0, 1, " per metre", func(t *sky.Target, v float64) { t.Fog = v }},
		{"exposure", c.Exposure, -20, 20, " stops", func(t *sky.Target, v float64) { t.ExposureStops = v }},
	}
}

// Given tells whether an artist has set anything that changes a light: such an
// edit needs no words.
func (c SkyConfig) Given() bool {
	for _, n := range c.numbers() {
		if n.value != nil {
			return true
		}
	}
	return false
}

// findsSky lets the sun look for open sky, as far as an artist has not said where it
// stands.
func (c SkyConfig) findsSky(t sky.Target) sky.Target {
	t.FindOpenSky = c.SunAzimuth == nil
	t.KeepElevation = c.SunElevation != nil
	return t
}

// aside is how far, in radians, a sun that words put to a side may turn to stand in the
// open: "from the left" is no number.
const aside = 30 * math.Pi / 180

// placed is a light whose sun stands where words put it: to a side, to degrees there, at
// degrees of height.
func (c SkyConfig) placed(scene *sky.Scene, t sky.Target, turns, turnsTo, standsAt bool) sky.Target {
	finds := c.findsSky(t)
	finds.KeepElevation = finds.KeepElevation || standsAt
	if !turns {
		return finds
	}
	if !turnsTo {
		stand, ok := scene.Stands(c.finish(finds))
		if turned := math.Remainder(stand.Azimuth-t.SunAzimuth, 2*math.Pi); ok && math.Abs(turned) <= aside && stand.Behind < .5 {
			return finds
		}
	}
	t.ThroughThings = true
	return t
}

// fix sets what an artist has given.
func (c SkyConfig) fix(t sky.Target) sky.Target {
	for _, n := range c.numbers() {
		if n.value != nil {
			n.set(&t, *n.value)
		}
	}
	t.KeepEnergy = t.KeepEnergy || c.KeepEnergy
	switch c.Mask {
	case SkyPart:
		t.Only = sky.SkyOnly
	case GroundPart:
		t.Only = sky.GroundOnly
	}
	return t
}

// finish is fix for the input itself, at the strength asked for.
func (c SkyConfig) finish(t sky.Target) sky.Target {
	t = c.fix(t)
	t.Mask, t.Strength = c.mask, c.Strength
	t.ThroughThings = t.ThroughThings || c.SunElevation != nil || c.SunAzimuth != nil
	return t
}

func (c SkyConfig) validate() error {
	var found faults.List
	check := found.Check
	switch c.Generator {
	case AutoGenerator, SkyGenerator, VAEGenerator:
	default:
		check(false, "sky.generator is %q, want one of %q", c.Generator, []string{AutoGenerator, SkyGenerator, VAEGenerator})
	}
	check(c.Strength >= 0 && c.Strength <= sky.MaxStrength, "sky.strength is %v, want 0 to %v", c.Strength, sky.MaxStrength)
	check(c.Steps >= 0 && c.Steps <= 1000, "sky.steps is %d, want 0 to 1000", c.Steps)
	check(c.LearningRate > 0 && c.LearningRate <= 10, "sky.learning_rate is %v, want more than 0, at most 10", c.LearningRate)
	check(c.AnchorWeight >= 0 && c.AnchorWeight <= 1e6, "sky.anchor_weight is %v, want 0 to 1e6", c.AnchorWeight)
	check(c.Mask != "", "sky.mask is empty, want all, sky, ground or a file")
	for _, n := range c.numbers() {
		if n.value != nil {
			check(*n.value >= n.least && *n.value <= n.most, "sky.%s is %v, want %v to %v%s", n.key, *n.value, n.least, n.most, n.unit)
		}
	}
	return found.Err()
}

// idleSky says why a key of the group has no effect, "" where it has one.
func (c Config) idleSky(key string) string {
	for _, n := range c.Sky.numbers() {
		if key == "sky."+n.key && n.value == nil {
			return ""
		}
	}
	switch {
	case key == "sky.generator":
		return ""
	case c.Mode == Paper:
		return "mode is paper, which goes through the VAE"
	case c.Sky.Generator == VAEGenerator:
		return "sky.generator is vae"
	case key == "sky.anchor_weight" && c.Sky.AnchorWeight > 0 && c.Sky.Steps == 0, key == "sky.learning_rate" && c.Sky.Steps == 0:
		return "sky.steps is 0"
	}
	return ""
}

// skyReads are the keys that an edit through a sky reads, beside those of its
// group. The others are the VAE's, each new one too until it stands here.
var skyReads = map[string]bool{"mode": true, "sky": true, "seed": true, "views": true, "precision": true, "tf32": true, "figures_every": true}
