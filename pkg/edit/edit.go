// Package edit changes an environment map as a sentence says.
//
//	Run:     map of any size, sentence -> map of that size in that light
//	Invert:  codes [N,3,H,W], text [N,E] -> codes before and after
//	Relight: map of any size, numbers of a light -> map of that size, without words
//
// Run does all of it. Where the map shows a sky it goes through the numbers of
// a light: words become a light, Invert moves it, and package sky puts the map
// into it. Elsewhere it makes the map small and codes it. Invert then finds
// the latent whose map CLIP sees as the words say, by D'Orazio's method
// ("CLIP-guided Editing of Environment Maps using Inversion Techniques") or by
// the guided one, and the change is carried back to the map itself.
//
// What an edit optimises through is a Generator, such as those of package
// generator; what guides it is an Encoder, such as those of package clip. The
// package knows neither flags nor files of pictures.
package edit
