// Package store keeps maps of one size as log-radiance in one file, which is
// mapped into memory: maps that are not looked at cost nothing.
//
//	Encode: radiance [3,H,W] -> codes, 2 bytes each
//	Write:  codes of N maps, and an index -> file
//	Open:   file -> codes of map i; Decode: codes -> radiance [3,H,W]
//
// A file is safetensors:
//
//	"sums"   I32 [N+1]: CRC-32C of each map's codes, and of the index
//	"maps"   U16 [N,3,H,W]: codes; row 0 at the zenith
//	"index"  U8 [bytes]: text, padded with spaces
//	metadata "format": "toolkit maps 2", "mu": "5000", "top": "1048576"
//
// What the index says is its writer's.
package store

import (
	"encoding/binary"
	"math"
)

// A code is round(65535 log(1+Mu x) / log(1+Mu Top)): the logarithm of
// radiance, with the µ of Text2Light (envmap.DeepShadows). The suns of Poly
// Haven reach 3·10⁵.
const (
	Mu  = 5000
	Top = 1 << 20 // radiance above it is clamped

	steps = 65535
)

// Precision bounds what is lost: |decoded − x| ≤ Precision · (x + 1/Mu) for
// every radiance from 0 to Top. It is half a step of the code, 0.017 %, where a
// Radiance file's own step is 0.4 % and more.
const Precision = 1.72e-4

var scale = steps / math.Log1p(Mu*Top)

// radianceOf is the radiance of each code.
var radianceOf = func() (table [steps + 1]float32) {
	for i := range table {
		table[i] = float32(math.Expm1(float64(i)/scale) / Mu)
	}
	return table
}()

// Encode appends the codes of radiance to dst. Negative values and NaN code
// to 0.
func Encode(dst []byte, radiance []float32) []byte {
	for _, x := range radiance {
		v := float64(x)
		switch {
		case !(v > 0):
			v = 0
		case v > Top:
			v = Top
		}
		dst = binary.LittleEndian.AppendUint16(dst, uint16(math.Log1p(Mu*v)*scale+.5))
	}
	return dst
}

// Decode writes the radiance of codes to dst, which has half their length.
func Decode(dst []float32, codes []byte) {
	for i := range dst {
		dst[i] = radianceOf[binary.LittleEndian.Uint16(codes[2*i:])]
	}
}
