// Package generator holds what an edit can optimise through: each makes maps
// of latents, with gradients, and finds the latent to begin with.
//
//	VAE:    mean, logvar [N,D] -> radiance [N,3,H,2H]
//	Pixels: pixels [N,3,H,W]   -> radiance [N,3,H,W]
//	Sky:    light [N,D]        -> radiance [N,3,H,2H] of one scene in N lights
//
// What they have in common is package edit's interface Generator; a new one is
// a file here and its line where an application registers the kinds that it
// loads. Package edittest holds the laws that each must keep.
package generator
