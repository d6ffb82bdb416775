// Package edit changes an environment map as a sentence says.
//
//	Run:     map of any size, sentence -> map of that size in that light
//	Invert:  codes [N,3,H,W], text [N,E] -> codes before and after
//	Relight: map of any size, small maps before and after -> map of that size
//
// Run is the whole way: the map becomes small and coded, Invert finds the
// latent whose map CLIP sees as the words say (the paper's optimisation, or
// the guided one), and Relight carries the change back to the map itself.
//
// It stands on the models of packages vae and clip, and knows neither files
// of pictures nor flags.
package edit
