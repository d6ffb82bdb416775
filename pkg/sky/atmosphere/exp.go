package atmosphere

import "math"

// expBits is the log2 of how many powers of two between 1 and 2 exp looks up.
const expBits = 9

var expTable = func() (t [1 << expBits]float64) {
	for i := range t {
		t[i] = math.Exp2(float64(i) / (1 << expBits))
	}
	return t
}()

// exp is e^x to a part in 10¹³, and 0 below -700: a sky's tables ask for a
// million.
func exp(x float64) float64 {
	if !(x > -700) {
		return 0
	}
	// Added to a float64, whole leaves no more of it than its whole part, in its last bits.
	const whole, each = 3 << 51, math.Ln2 / (1 << expBits)
	shifted := x*(1/each) + whole
	n := int64(math.Float64bits(shifted))&(1<<52-1) - 1<<51
	r := x - (shifted-whole)*each
	r = 1 + r*(1+r*(1./2+r*(1./6)))
	return expTable[n&(1<<expBits-1)] * r * math.Float64frombits(uint64(n>>expBits+1023)<<52)
}
