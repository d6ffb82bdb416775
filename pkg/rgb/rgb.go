// Package rgb holds what all that speaks of colours shares: luminance, and
// matrices of three rows. Colours are linear, with the primaries and white of
// ITU-R BT.709, unless it is said otherwise.
package rgb

// Weights are the shares of red, green and blue in luminance: those of ITU-R
// BT.709 in the four digits that most HDR tools use.
var Weights = [3]float32{.2126, .7152, .0722}

// Luminance returns the CIE Y of a colour, in its units.
func Luminance[F float32 | float64](r, g, b F) F { return .2126*r + .7152*g + .0722*b }
