package num

import "math"

// Logarithms and powers of two by tables and a slope: a map of 8192×4096 asks for
// some hundreds of millions.
const tableBits = 10

var log2Table = func() (t [1<<tableBits + 1]float32) {
	for i := range t {
		t[i] = float32(math.Log2(1 + float64(i)/(1<<tableBits)))
	}
	return t
}()

// exp2Table holds the bits of 2^(i/1024).
var exp2Table = func() (t [1 << tableBits]uint32) {
	for i := range t {
		t[i] = math.Float32bits(float32(math.Exp2(float64(i) / (1 << tableBits))))
	}
	return t
}()

// Log2 is the base-2 logarithm of a positive normal float32 to 2e-7.
func Log2(v float32) float32 {
	const drop = 23 - tableBits
	b := math.Float32bits(v)
	i := b >> drop & (1<<tableBits - 1)
	part := float32(b&(1<<drop-1)) / (1 << drop)
	return float32(int32(b>>23)-127) + log2Table[i] + part*(log2Table[i+1]-log2Table[i])
}

// Exp2 is 2^v to two parts in ten million, for -126 <= v <= 127; beyond that it
// is what stands at those ends. Of what is no number it is the least.
func Exp2(v float32) float32 {
	if !(v >= -126) {
		v = -126
	} else if v > 127 {
		v = 127
	}
	// Beside so large a number a float32 keeps the table's steps, and no more, in its
	// last bits.
	const large = 3 << (22 - tableBits)
	stepped := v + large
	n, part := math.Float32bits(stepped), v-(stepped-large)
	m := math.Float32frombits(exp2Table[n&(1<<tableBits-1)] + n>>tableBits<<23)
	return m + m*part*math.Ln2
}

// Acos is the arc cosine to 3e-8 radians, and of small angles to as large a part of
// them: Abramowitz and Stegun 1964, 4.4.46. Beyond -1 and 1 it is that of these. What is
// worked out once, as a fit, has math.Acos.
func Acos(v float64) float64 {
	x := min(math.Abs(v), 1)
	angle := math.Sqrt(1-x) * (1.5707963050 + x*(-.2145988016+x*(.0889789874+x*(-.0501743046+
		x*(.0308918810+x*(-.0170881256+x*(.0066700901-.0012624911*x)))))))
	if v < 0 {
		return math.Pi - angle
	}
	return angle
}
