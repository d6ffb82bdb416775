package envmap

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// WSPSNR returns the PSNR, in decibels, of a test map against a reference with
// each row weighted by the sphere it covers, cos((j - N/2 + ½)π/N) for row j
// of N: Sun, Lu and Yu 2017, "Weighted-to-Spherically-Uniform Quality
// Evaluation for Omnidirectional Video". Values are taken as they are, over all
// three channels, peak being the largest possible one; equal maps give +Inf.
func WSPSNR(ref, test *hdr.Image, peak float64) (float64, error) {
	if err := sameSize(ref, test); err != nil {
		return 0, err
	}
	mse := weightedMSE(ref, test, identity, LatitudeWeights(ref.H))
	return psnr(mse, peak), nil
}

// PSNR returns the PSNR, in decibels, over all three channels and all texels
// alike, peak being the largest possible value: what is reported of pictures
// that are no panoramas. Equal maps give +Inf.
func PSNR(ref, test *hdr.Image, peak float64) (float64, error) {
	if err := sameSize(ref, test); err != nil {
		return 0, err
	}
	return psnr(weightedMSE(ref, test, identity, ones(ref.H)), peak), nil
}

// PU21PSNR returns the PSNR, in decibels, of radiance coded by PU21, over all
// three channels and all texels alike, with peak 256: the PSNR of the
// authors' pu21_metric. nits is the luminance in cd/m² of radiance 1.
func PU21PSNR(ref, test *hdr.Image, nits float64) (float64, error) {
	if err := sameSize(ref, test); err != nil {
		return 0, err
	}
	return psnr(weightedMSE(ref, test, pu21Of(nits), ones(ref.H)), 256), nil
}

// WhiteNits is the luminance of radiance 1 for PU21 where nothing better is
// known: a white page on a display of 100 cd/m².
const WhiteNits = 100

// PU21 returns the perceptually uniform code of a luminance in cd/m², clamped
// to [.005, 10000]: 0 to 595, about 256 at 100 cd/m². Mantiuk and Azimi 2021, "PU21: A
// novel perceptually uniform encoding for adapting existing quality metrics
// for HDR", with the parameters banding_glare of github.com/gfxdisp/pu21.
func PU21(nits float64) float64 {
	p := [7]float64{.353487901, .3734658629, 8.277049286e-05, .9062562627, .09150303166, .9099517204, 596.3148142}
	y := math.Pow(max(.005, min(10000, nits)), p[3])
	return p[6] * (math.Pow((p[0]+p[1]*y)/(1+p[2]*y), p[4]) - p[5])
}

func pu21Of(nits float64) func(float32) float64 {
	return func(v float32) float64 { return PU21(nits * float64(v)) }
}

func identity(v float32) float64 { return float64(v) }

// weightedMSE is the mean square difference of f over channels and texels,
// with a weight for each row.
func weightedMSE(ref, test *hdr.Image, f func(float32) float64, weights []float64) float64 {
	sum := parallel.Sum(ref.H, func(y int) float64 {
		a, b, sum := ref.Row(y), test.Row(y), 0.
		for i, v := range a {
			if v != b[i] {
				d := f(v) - f(b[i])
				sum += d * d
			}
		}
		return weights[y] * sum
	}, func(sum *float64, row float64) { *sum += row })
	total := 0.
	for _, w := range weights {
		total += w
	}
	return sum / (total * 3 * float64(ref.W))
}

func psnr(mse, peak float64) float64 { return 10 * math.Log10(peak*peak/mse) }

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

func sameSize(ref, test *hdr.Image) error {
	if ref.W != test.W || ref.H != test.H {
		return fmt.Errorf("envmap: compare a map of %d×%d with one of %d×%d, want one size: resize first", ref.W, ref.H, test.W, test.H)
	}
	if ref.W < 1 || ref.H < 1 {
		return fmt.Errorf("envmap: compare maps of %d×%d, want at least one texel", ref.W, ref.H)
	}
	return nil
}
