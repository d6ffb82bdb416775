package vae

import (
	"github.com/clipenv/toolkit/internal/faults"
	"github.com/clipenv/toolkit/pkg/envmap"
)

// Config is the architecture. It is kept in the checkpoint.
type Config struct {
	Height     int64         `yaml:"height" json:"height"`         // of the maps, in texels; the width is twice that
	Latent     int64         `yaml:"latent" json:"latent"`         // dimensions of Z, mean and logvar
	Channels   []int64       `yaml:"channels" json:"channels"`     // after each halving of the size, the finest first
	Bottleneck int64         `yaml:"bottleneck" json:"bottleneck"` // channels between the convolutions and fc
	Linear     int64         `yaml:"linear" json:"linear"`         // the linear path sees maps this many times smaller; 0: no such path
	Coding     envmap.Coding `yaml:"coding" json:"coding"`         // how radiance is coded
}

// Default is the model of the examples: 64×128 maps, 5.0 million parameters.
var Default = Config{
	Height: 64, Latent: 256, Channels: []int64{40, 56, 80, 112}, Bottleneck: 32, Linear: 2,
	Coding: envmap.EvenLight,
}

// Width returns the maps' width in texels.
func (c Config) Width() int64 { return 2 * c.Height }

// Validate reports every field that is wrong.
func (c Config) Validate() error {
	var found faults.List
	check := found.Check
	levels := len(c.Channels)
	check(levels >= 2 && levels <= 8, "channels has %d levels, want 2 to 8", levels)
	for i, n := range c.Channels {
		check(n >= 1 && n <= 4096, "channels[%d] is %d, want 1 to 4096", i, n)
	}
	check(c.Height >= 8 && c.Height <= 2048, "height is %d, want 8 to 2048", c.Height)
	if levels >= 2 && levels <= 8 {
		check(c.Height%(1<<levels) == 0, "height is %d, want a multiple of %d for %d levels of channels", c.Height, 1<<levels, levels)
	}
	check(c.Latent >= 1 && c.Latent <= 65536, "latent is %d, want 1 to 65536", c.Latent)
	check(c.Bottleneck >= 1 && c.Bottleneck <= 4096, "bottleneck is %d, want 1 to 4096", c.Bottleneck)
	check(c.Linear == 0 || c.Linear == 1 || c.Linear == 2 || c.Linear == 4, "linear is %d, want 0, 1, 2 or 4", c.Linear)
	check(c.Coding.Mu > 0, "coding.mu is %v, want more than 0", c.Coding.Mu)
	check(c.Coding.Max >= 1, "coding.max is %v, want 1 or more", c.Coding.Max)
	return found.Err()
}

// coarsest is the size of the map at the bottleneck.
func (c Config) coarsest() (h, w int64) {
	h = c.Height >> len(c.Channels)
	return h, 2 * h
}

// linearSize is the size of the map on the linear path.
func (c Config) linearSize() (h, w int64) {
	h = c.Height / c.Linear
	return h, 2 * h
}
