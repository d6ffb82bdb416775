package envmap

import (
	"math"

	"github.com/clipenv/toolkit/internal/parallel"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// WSSSIM returns the structural similarity of two maps' luminances, each row
// weighted as by WSPSNR (Zhou et al. 2018, "Weighted-to-Spherically-Uniform
// SSIM Objective Quality Evaluation for Panoramic Video"). peak is the largest
// possible value; equal maps give 1.
//
// The index is that of Wang et al. 2004, equation 13: Gaussian windows of
// 11×11 with σ = 1.5, K1 = .01, K2 = .03. Windows run on round the seam and
// over the poles, where other programs reflect or crop, so that turning both
// maps leaves it unchanged.
func WSSSIM(ref, test *hdr.Image, peak float64) (float64, error) {
	if err := sameSize(ref, test); err != nil {
		return 0, err
	}
	return ssim(ref, test, identity, peak, LatitudeWeights(ref.H)), nil
}

// PU21SSIM returns the structural similarity of luminances coded by PU21, with
// a dynamic range of 256 and all texels weighted alike, as the SSIM of the
// authors' pu21_metric; windows at the borders are as in WSSSIM. nits is the
// luminance in cd/m² of radiance 1.
func PU21SSIM(ref, test *hdr.Image, nits float64) (float64, error) {
	if err := sameSize(ref, test); err != nil {
		return 0, err
	}
	return ssim(ref, test, pu21Of(nits), 256, ones(ref.H)), nil
}

const ssimRadius = 5

// ssimWindow is the Gaussian along one axis; it sums to 1.
var ssimWindow = func() (g [2*ssimRadius + 1]float64) {
	sum := 0.
	for i := range g {
		d := float64(i - ssimRadius)
		g[i] = math.Exp(-d * d / (2 * 1.5 * 1.5))
		sum += g[i]
	}
	for i := range g {
		g[i] /= sum
	}
	return g
}()

// moments are the windowed sums that the index is made of.
type moments struct{ a, b, aa, bb, ab float64 }

func (m *moments) add(w, a, b float64) {
	m.a += w * a
	m.b += w * b
	m.aa += w * a * a
	m.bb += w * b * b
	m.ab += w * a * b
}

func (m *moments) addScaled(w float64, n moments) {
	m.a += w * n.a
	m.b += w * n.b
	m.aa += w * n.aa
	m.bb += w * n.bb
	m.ab += w * n.ab
}

func (m *moments) index(c1, c2 float64) float64 {
	varA, varB, cov := m.aa-m.a*m.a, m.bb-m.b*m.b, m.ab-m.a*m.b
	return (2*m.a*m.b + c1) * (2*cov + c2) / ((m.a*m.a + m.b*m.b + c1) * (varA + varB + c2))
}

func ssim(ref, test *hdr.Image, f func(float32) float64, peak float64, weights []float64) float64 {
	w, h := ref.W, ref.H
	a, b := coded(ref, f), coded(test, f)
	c1, c2 := (.01*peak)*(.01*peak), (.03*peak)*(.03*peak)
	sum := parallel.Sum(h, func(y int) float64 {
		columns := make([]moments, w)
		for k, weight := range ssimWindow {
			turn, row := wrap(0, bounded(y+k-ssimRadius, h), w, h)
			for x := range columns {
				i := row*w + (x+turn)%w
				columns[x].add(weight, a[i], b[i])
			}
		}
		total := 0.
		for x := range columns {
			var m moments
			for k, weight := range ssimWindow {
				m.addScaled(weight, columns[Periodic(x+k-ssimRadius, w)])
			}
			total += m.index(c1, c2)
		}
		return weights[y] * total
	}, func(sum *float64, row float64) { *sum += row })
	total := 0.
	for _, v := range weights {
		total += v
	}
	return sum / (total * float64(w))
}

// bounded keeps a row within one map's height beyond the poles, which matters
// only for maps lower than a window.
func bounded(y, h int) int { return max(-h, min(2*h-1, y)) }

// coded returns f of a map's luminances.
func coded(im *hdr.Image, f func(float32) float64) []float64 {
	out := make([]float64, im.W*im.H)
	lum := luminance(im)
	parallel.Rows(im.H, func(from, to int) {
		for i := from * im.W; i < to*im.W; i++ {
			out[i] = f(lum[i])
		}
	})
	return out
}
