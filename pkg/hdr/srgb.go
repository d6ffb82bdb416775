package hdr

import "math"

// srgbDecode is the sRGB curve of IEC 61966-2-1, from encoded to linear, both
// in [0,1].
func srgbDecode(v float64) float64 {
	if v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}

// SRGBEncode is the sRGB curve of IEC 61966-2-1, from linear to encoded, both
// in [0,1].
func SRGBEncode(v float64) float64 {
	if v <= .0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - .055
}

// linear8 decodes an sRGB byte.
var linear8 = func() (t [256]float32) {
	for i := range t {
		t[i] = float32(srgbDecode(float64(i) / 255))
	}
	return t
}()

// linear16 returns the table that decodes 16-bit sRGB values.
func linear16() *[65536]float32 {
	t := new([65536]float32)
	for i := range t {
		t[i] = float32(srgbDecode(float64(i) / 65535))
	}
	return t
}

// toByte encodes linear light to the nearest sRGB byte. What is below 0 or
// not a number becomes 0, what is above 1 becomes 255.
type toByte [65536]uint8

// newToByte makes the table. Its steps in linear light, 1/65535, are a
// twentieth of a byte where the curve is steepest.
func newToByte() *toByte {
	t := new(toByte)
	for i := range t {
		t[i] = uint8(255*SRGBEncode(float64(i)/65535) + .5)
	}
	return t
}

func (t *toByte) encode(v float32) uint8 {
	switch {
	case v >= 1:
		return 255
	case v > 0:
		return t[uint16(v*65535+.5)]
	}
	return 0
}
