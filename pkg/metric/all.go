package metric

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

func byCLIP(e *shared) *Similarities  { return e.CLIP }
func byJudge(e *shared) *Similarities { return e.Judge }

// Judge is the name of the figure that an edit is judged by.
const Judge = "judge"

// All lists what is measured, in the order of tables.
var All = []Metric{
	{Name: Judge, Column: "judge", Format: "%.2f", Better: Higher,
		Meaning: "cosine of the map with the words, by a CLIP that took no part in the edit",
		State:   cosine(byJudge, false)},
	{Name: "judge_decoded", Column: "judge, decoded", Format: "%.2f", Better: Higher,
		Meaning: "the same of the generator's own map",
		State:   cosine(byJudge, true)},
	{Name: "clip", Column: "CLIP", Format: "%.2f", Better: Higher,
		Meaning: "cosine by the CLIP that was optimised",
		State:   cosine(byCLIP, false)},
	{Name: "clip_decoded", Format: "%.2f", Better: Higher,
		Meaning: "the same of the generator's own map",
		State:   cosine(byCLIP, true)},
	{Name: "above_stops", Unit: "stops", Column: "light from above", Format: "%+.1f",
		Meaning: "change of the irradiance on level ground, by luminance",
		Missing: "no light comes from above in the input, or in the output",
		Change: func(a, b Side) (float64, error) {
			return envmap.Stops(a.Light.Above, b.Light.Above), nil
		}},
	{Name: "horizon_red", Column: "red/blue at the horizon", Format: "%.2f",
		Meaning: "red over blue from the horizon up to 20°, each texel clipped to 1 as a picture shows it",
		State:   func(x Side) (float64, error) { return envmap.HorizonRed(x.Image), nil }},
	{Name: "seam", Column: "seam", Format: "%.2f", Better: Lower,
		Meaning: "discontinuity at the wrap, 1 is like anywhere else (DS, arXiv:2407.18207)",
		Missing: "the map is too small for it",
		State:   func(x Side) (float64, error) { return envmap.Discontinuity(x.Image) }},
	{Name: "variation", Format: "%.3f",
		Meaning: "total variation of the picture: mean difference of neighbouring texels, of a white one's 1",
		State:   func(x Side) (float64, error) { return envmap.Variation(picture(x.Small)), nil }},
	{Name: "peak_stops", Unit: "stops", Column: "peak", Format: "%.1f",
		Meaning: "luminance of the brightest texel, in stops above 1",
		State:   func(x Side) (float64, error) { return x.Light.PeakStops, nil }},
	{Name: "peak_elevation", Unit: "degrees", Column: "peak's elevation", Format: "%.0f°",
		Meaning: "height of the brightest texel above the horizon",
		State: func(x Side) (float64, error) {
			return math.Asin(min(max(x.Light.PeakDirection.Y, -1), 1)) * 180 / math.Pi, nil
		}},
	{Name: "peak_turn", Unit: "degrees", Format: "%.0f°",
		Meaning: "angle between the brightest texels before and after",
		Change: func(a, b Side) (float64, error) {
			return envmap.AngleBetween(a.Light.PeakDirection, b.Light.PeakDirection), nil
		}},
	{Name: "irradiance_drift", Column: "irradiance drift", Format: "%.2f",
		Meaning: "how far the light on matte things moved, root mean square over all normals as a share of what it was (Ramamoorthi & Hanrahan 2001)",
		Change: func(a, b Side) (float64, error) {
			return envmap.ProjectSH(a.Small).IrradianceDrift(envmap.ProjectSH(b.Small)), nil
		}},
	{Name: "pu21_psnr", Unit: "dB", Format: "%.1f",
		Meaning: "PSNR of the output against the input in perceptually uniform code (PU21, Mantiuk & Azimi 2021), radiance 1 at 100 cd/m²",
		Change:  func(a, b Side) (float64, error) { return envmap.PU21PSNR(a.Small, b.Small, envmap.WhiteNits) }},
	{Name: "pu21_ssim", Format: "%.3f",
		Meaning: "SSIM in that code",
		Change:  func(a, b Side) (float64, error) { return envmap.PU21SSIM(a.Small, b.Small, envmap.WhiteNits) }},
	{Name: "psnr", Unit: "dB", Format: "%.1f",
		Meaning: "PSNR of the pictures, all texels alike",
		Change:  func(a, b Side) (float64, error) { return envmap.PSNR(picture(a.Small), picture(b.Small), 1) }},
	{Name: "ws_psnr", Unit: "dB", Format: "%.1f",
		Meaning: "PSNR of the pictures, rows weighed by the sphere that they cover (WS-PSNR, Sun, Lu & Yu 2017)",
		Change:  func(a, b Side) (float64, error) { return envmap.WSPSNR(picture(a.Small), picture(b.Small), 1) }},
	{Name: "ws_ssim", Format: "%.3f",
		Meaning: "SSIM of the pictures with such weights",
		Change:  func(a, b Side) (float64, error) { return envmap.WSSSIM(picture(a.Small), picture(b.Small), 1) }},
	{Name: "sphere_diffuse", Format: "%.3f",
		Meaning: "si-RMSE of a matte ball lit by both maps (the three spheres of StyleLight, arXiv:2207.14811)",
		Change:  ball(func(e envmap.SphereErrors) float64 { return e.Diffuse.SiRMSE })},
	{Name: "sphere_glossy", Format: "%.3f",
		Meaning: "the same of a glossy ball",
		Change:  ball(func(e envmap.SphereErrors) float64 { return e.Glossy.SiRMSE })},
	{Name: "sphere_mirror", Format: "%.3f",
		Meaning: "the same of a mirror",
		Change:  ball(func(e envmap.SphereErrors) float64 { return e.Mirror.SiRMSE })},
}

// picture is a map as CLIP and a screen see it.
func picture(im *hdr.Image) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for i, v := range im.Pix {
		out.Pix[i] = envmap.Picture(v)
	}
	return out
}

// ball is one of the errors of the three spheres.
func ball(of func(envmap.SphereErrors) float64) func(a, b Side) (float64, error) {
	return func(_, b Side) (float64, error) {
		if !b.edit.Spheres {
			return 0, errNotMeasured
		}
		e, err := b.edit.compare()
		return of(e), err
	}
}
