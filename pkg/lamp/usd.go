package lamp

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
)

// USD writes the lamp as a layer of text. dome, if it is not "", is the path
// from the layer to the map that lights beside the lamp: the one without its
// sun.
//
// A DistantLight that is normalized gives a facing surface its intensity as
// irradiance, whatever its angle (UsdLux, "Quantities"). A DomeLight shows its
// map as OpenEXR has it, the middle column towards +Z, and is turned to +X.
func (l Lamp) USD(generator, dome string, to Reader) ([]byte, error) {
	if err := l.validate(); err != nil {
		return nil, err
	}
	if strings.ContainsFunc(dome, unicode.IsControl) {
		return nil, errors.New("lamp: the map's path has control characters, which USD's text cannot hold: rename it")
	}
	var b strings.Builder
	x, y := l.turns()
	c := l.colour()
	fmt.Fprintf(&b, `#usda 1.0
(
    defaultPrim = "Light"
    doc = %s
    metersPerUnit = 1
    upAxis = "Y"
)

def Xform "Light"
{
    def DistantLight "Sun" (
        displayName = %s
    )
    {
        float inputs:angle = %v
        color3f inputs:color = (%v, %v, %v)
        float inputs:intensity = %v
        bool inputs:normalize = 1
        float3 xformOp:rotateXYZ = (%v, %v, 0)
        uniform token[] xformOpOrder = ["xformOp:rotateXYZ"]
    }
`, usdString(generator), usdString(l.Name), degrees(l.Across*to.angle()), float32(c[0]), float32(c[1]), float32(c[2]),
		float32(l.peak()*to.intensity()), degrees(x), degrees(y))
	if dome != "" {
		fmt.Fprintf(&b, `
    def DomeLight "Sky"
    {
        float inputs:intensity = 1
        asset inputs:texture:file = %s
        token inputs:texture:format = "latlong"
        float3 xformOp:rotateXYZ = (0, 90, 0)
        uniform token[] xformOpOrder = ["xformOp:rotateXYZ"]
    }
`, usdAsset(dome))
	}
	b.WriteString("}\n")
	return []byte(b.String()), nil
}

// degrees are rounded to a millionth, so that a right angle is 90.
func degrees(radians float64) float64 { return math.Round(radians*180/math.Pi*1e6)/1e6 + 0 }

// usdString is a text in USD's quotes. What is no UTF-8 becomes U+FFFD.
func usdString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// usdAsset is a path between USD's @, or its @@@ where it has one itself.
func usdAsset(path string) string {
	if !strings.Contains(path, "@") {
		return "@" + path + "@"
	}
	return "@@@" + strings.ReplaceAll(path, "@@@", `\@@@`) + "@@@"
}
