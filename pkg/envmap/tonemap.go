package envmap

import (
	"fmt"
	"image"
	"math"
	"strings"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/rgb"
)

// ToneMap is a way to show radiance to people. Pictures for CLIP follow the
// rule at Picture instead.
type ToneMap int

const (
	// AgX is Troy Sobotka's, Blender's default, as three.js has it: the
	// Rec. 2020 inset and outset of Filament and the sixth-order contrast
	// curve of Benjamin Wrensch
	// (iolite-engine.com/blog_posts/minimal_agx_implementation).
	AgX ToneMap = iota
	// ACES is Stephen Hill's fit of the ACES reference and output transforms
	// (BakingLab/ACES.hlsl), with the exposure of 1/0.6 of three.js.
	ACES
	// Reinhard is L/(1+L) on luminance, hue kept: equation 3 of Reinhard et
	// al. 2002, "Photographic Tone Reproduction for Digital Images".
	Reinhard
	// SRGB clips at 1: what a file that holds only [0,1] would show.
	SRGB
)

var toneMapNames = [...]string{"agx", "aces", "reinhard", "srgb"}

// String is the name that ParseToneMap knows.
func (t ToneMap) String() string {
	if t < 0 || int(t) >= len(toneMapNames) {
		return fmt.Sprintf("ToneMap(%d)", int(t))
	}
	return toneMapNames[t]
}

// ParseToneMap returns the tone map of a name: agx, aces, reinhard or srgb.
func ParseToneMap(name string) (ToneMap, error) {
	for i, n := range toneMapNames {
		if strings.EqualFold(name, n) {
			return ToneMap(i), nil
		}
	}
	return 0, fmt.Errorf("envmap: tone map %q, want one of %s", name, strings.Join(toneMapNames[:], ", "))
}

// Color returns linear display values in [0, 1], Rec. 709 primaries, of linear
// radiance; hdr.SRGBEncode makes them ready for a screen.
func (t ToneMap) Color(rgb [3]float64) [3]float64 {
	for i := range rgb {
		if !(rgb[i] > 0) {
			rgb[i] = 0
		}
		rgb[i] = min(rgb[i], 1e9)
	}
	switch t {
	case AgX:
		rgb = agx(rgb)
	case ACES:
		rgb = aces(rgb)
	case Reinhard:
		rgb = scale(rgb, 1/(1+luma(rgb)))
	}
	for i := range rgb {
		rgb[i] = max(0, min(1, rgb[i]))
	}
	return rgb
}

// Render returns a map as a picture, brighter by exposureStops.
func (t ToneMap) Render(im *hdr.Image, exposureStops float64) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, im.W, im.H))
	gain := math.Exp2(exposureStops)
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			src, dst := im.Row(y), out.Pix[y*out.Stride:]
			for x := range im.W {
				c := t.Color([3]float64{gain * float64(src[3*x]), gain * float64(src[3*x+1]), gain * float64(src[3*x+2])})
				for i, v := range c {
					dst[4*x+i] = srgbBytes[int(v*float64(len(srgbBytes)-1)+.5)]
				}
				dst[4*x+3] = 255
			}
		}
	})
	return out
}

// Apply turns a map into linear display values in [0, 1], as Color does, in
// place: what hdr.Write stores in pictures for the screen.
func (t ToneMap) Apply(im *hdr.Image) {
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			row := im.Row(y)
			for i := 0; i < len(row); i += 3 {
				c := t.Color([3]float64{float64(row[i]), float64(row[i+1]), float64(row[i+2])})
				put(row[i:], c)
			}
		}
	})
}

// Expose makes a map brighter by stops, in place. What passes the largest
// float stays at that.
func Expose(im *hdr.Image, stops float64) {
	gain := math.Exp2(stops)
	parallel.Rows(im.H, func(from, to int) {
		for y := from; y < to; y++ {
			for i, v := range im.Row(y) {
				im.Row(y)[i] = float32(min(gain*float64(v), math.MaxFloat32))
			}
		}
	})
}

// srgbBytes are the 8-bit codes of evenly spaced linear values, so fine that
// no code is skipped at the dark end.
var srgbBytes = func() (table [1 << 14]byte) {
	for i := range table {
		table[i] = byte(255*hdr.SRGBEncode(float64(i)/float64(len(table)-1)) + .5)
	}
	return table
}()

// AutoExposure returns the exposure, in stops, that brings a map's log-average
// luminance to middle grey, .18 (Reinhard et al. 2002, equations 1 and 2). It
// is for looking at a map, never for a network: see PictureFloor.
func AutoExposure(im *hdr.Image) float64 {
	return math.Log2(.18 / logAverage(im))
}

// logAverage is the geometric mean of luminance over the sphere; luminances
// below 1e-6 count as that.
func logAverage(im *hdr.Image) float64 {
	sum := parallel.Sum(im.H, func(y int) float64 {
		row, sum := im.Row(y), 0.
		for i := 0; i < len(row); i += 3 {
			sum += math.Log(max(1e-6, float64(Luminance(row[i], row[i+1], row[i+2]))))
		}
		return sum * SolidAngle(y, im.W, im.H) / (4 * math.Pi)
	}, func(sum *float64, row float64) { *sum += row })
	return math.Exp(sum)
}

// Matrices of the tone maps, row by row.
var (
	rec709To2020 = rgb.Matrix{{.6274, .3293, .0433}, {.0691, .9195, .0113}, {.0164, .0880, .8956}}
	rec2020To709 = rgb.Matrix{{1.6605, -.5876, -.0728}, {-.1246, 1.1329, -.0083}, {-.0182, -.1006, 1.1187}}

	agxInset = rgb.Matrix{
		{.856627153315983, .0951212405381588, .0482516061458583},
		{.137318972929847, .761241990602591, .101439036467562},
		{.11189821299995, .0767994186031903, .811302368396859},
	}
	agxOutset = rgb.Matrix{
		{1.1271005818144368, -.11060664309660323, -.016493938717834573},
		{-.1413297634984383, 1.157823702216272, -.016493938717834257},
		{-.14132976349843826, -.11060664309660294, 1.2519364065950405},
	}

	acesInput  = rgb.Matrix{{.59719, .35458, .04823}, {.07600, .90834, .01566}, {.02840, .13383, .83777}}
	acesOutput = rgb.Matrix{{1.60475, -.53108, -.07367}, {-.10208, 1.10813, -.00605}, {-.00327, -.07276, 1.07602}}
)

func agx(rgb [3]float64) [3]float64 {
	const minStops, maxStops = -12.47393, 4.026069
	c := agxInset.Apply(rec709To2020.Apply(rgb))
	for i, v := range c {
		v = (math.Log2(max(v, 1e-10)) - minStops) / (maxStops - minStops)
		c[i] = agxContrast(max(0, min(1, v)))
	}
	c = agxOutset.Apply(c)
	for i, v := range c {
		c[i] = power22(v)
	}
	return rec2020To709.Apply(c)
}

// power22 is v^2.2 for v from 0 to 1.5, within 1e-7, by a table: AgX asks for
// it three times a texel.
func power22(v float64) float64 {
	at := max(0, v) * power22Steps
	i := min(int(at), len(power22Table)-2)
	return power22Table[i] + (at-float64(i))*(power22Table[i+1]-power22Table[i])
}

const power22Steps = 4096

var power22Table = func() (table [power22Steps*3/2 + 1]float64) {
	for i := range table {
		table[i] = math.Pow(float64(i)/power22Steps, 2.2)
	}
	return table
}()

func agxContrast(x float64) float64 {
	return -.00232 + x*(.1191+x*(.4298+x*(-6.868+x*(31.96+x*(-40.14+x*15.5)))))
}

func aces(rgb [3]float64) [3]float64 {
	c := acesInput.Apply(scale(rgb, 1/.6))
	for i, v := range c {
		c[i] = (v*(v+.0245786) - .000090537) / (v*(.983729*v+.4329510) + .238081)
	}
	return acesOutput.Apply(c)
}
