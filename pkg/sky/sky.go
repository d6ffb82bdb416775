// Package sky takes an outdoor environment map apart into sun, sky and
// foreground, and puts it into another light.
//
//	Analyse: hdr.Image [H,W,3] -> Scene (sun, soft sky mask, old sky, light on the ground)
//	Scene.Render: Target (a dozen numbers) -> hdr.Image of the same size
//
// A room is taken apart into windows, lamps and walls instead. Maps are of finite
// values of which none is negative, as package hdr reads them.
//
// Nothing in it is trained. What a look at the map tells by itself stands in the packages
// below this one, from the ground up:
//
//   - num: functions of one number. raster: planes of one value a texel, where those lie,
//     sets of them, and filters. Neither knows of light.
//   - feature: what a sky is told from things by. sun: the disc.
//   - mask: what is sky. fit: the smooth sky behind all that hides it. water: what is water.
//   - room: an indoor map's windows, lamps, patches of sun and walls.
//   - atmosphere and clouds: the new sky.
//
// Here stand the ratio of new light to old that the foreground is multiplied by, and the
// composite of both, in this order:
//
//   - Scene (scene.go) is what a map shows. Of the sky: kind, glow, detail (specks).
//     Of what stands before it: canopy, shadow, facing, spots, sunlit (local: means of what is
//     around), lamplit, halo, lampsoff, glare, behind, twigs, mirror, snowy, standing. Of the
//     light: oldlight, irradiance, estimate. pure.go has maps of skies alone. What not every
//     plan asks for is found when one does (once).
//   - plan (plan.go) is what a Target asks of a Scene, at small sizes: where its sun
//     stands (place), its sky (newsky, lift) and clouds (borrow, tone, cloudlight), how bright all is (night,
//     camera), what the foreground is multiplied by (relight, lamps, byday, skyblue), and
//     what is laid over it (fog, snow, mirror). roomlight (roomoutside, roomview: the sky seen
//     in windows) and enclosed plan what shows no sky.
//   - compositor (compositor.go) paints the plan at full size, row by row: composite
//     joins the row of sky (skyrow) and that of the foreground (foreground, dim, lay), as
//     the eye sees it (rods). roompaint does so for rooms.
//
// A map is analysed at 1024×512 texels or its own size if that is smaller.
// What is found there is smooth, or follows the full-size picture through a
// guided filter, so that a map of any size is edited row by row. Everything
// is exact round the seam, and rows beyond a pole are those of the other side.
//
// Radiance is linear; "stops" are its base-2 logarithm. Angles are radians,
// directions package envmap's.
package sky

import "github.com/clipenv/toolkit/pkg/envmap"

// vec is a direction of package atmosphere.
func vec(d [3]float64) envmap.Vec { return envmap.Vec{X: d[0], Y: d[1], Z: d[2]} }
