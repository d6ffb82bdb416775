package edit

import "github.com/clipenv/toolkit/pkg/hdr"

// Chosen is what an edit goes through, and why.
func Chosen(input *hdr.Image, c Config) (generator, why string, err error) {
	scene, why, err := choose(input, c)
	if scene != nil {
		return SkyGenerator, why, err
	}
	return VAEGenerator, why, err
}
