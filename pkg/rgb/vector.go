package rgb

// Lum is the luminance of linear RGB with Rec. 709 primaries.
func Lum(c [3]float64) float64 { return Luminance(c[0], c[1], c[2]) }

// Times is a colour s times as bright.
func Times(c [3]float64, s float64) [3]float64 { return [3]float64{s * c[0], s * c[1], s * c[2]} }

// Plus is the sum of two colours.
func Plus(a, b [3]float64) [3]float64 { return [3]float64{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }
