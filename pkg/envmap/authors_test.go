package envmap

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// TestMetricsAgreeWithTheirAuthors compares with what the authors' own
// programs and scikit-image compute; see scripts/golden/authors.py.
func TestMetricsAgreeWithTheirAuthors(t *testing.T) {
	data, err := os.ReadFile("testdata/authors.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		WSPSNR   float64 `json:"ws_psnr"`
		PU21     struct{ Nits, Code []float64 }
		PU21PSNR float64 `json:"pu21_psnr"`
		PU21SSIM float64 `json:"pu21_ssim"`
		WSSSIM   float64 `json:"ws_ssim"`
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	for i, nits := range want.PU21.Nits {
		near(t, "PU21", PU21(nits), want.PU21.Code[i], 1e-9)
	}
	a, b := goldenMaps()
	a, b = green(a), green(b)
	near(t, "PU21-PSNR", must(PU21PSNR(a, b, 100)), want.PU21PSNR, 1e-5)
	near(t, "PU21-SSIM", must(PU21SSIM(a, b, 100)), want.PU21SSIM, 1e-6)
	bytesA, bytesB := inBytes(a), inBytes(b)
	near(t, "WS-PSNR", must(WSPSNR(bytesA, bytesB, 255)), want.WSPSNR, 5.1e-5) // which prints four digits
	near(t, "WS-SSIM", must(WSSSIM(bytesA, bytesB, 255)), want.WSSSIM, 1e-6)
}

// green is a grey map of another's green.
func green(im *hdr.Image) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for i := range out.Pix {
		out.Pix[i] = im.Pix[i/3*3+1]
	}
	return out
}

func inBytes(im *hdr.Image) *hdr.Image {
	out := hdr.New(im.W, im.H)
	for i, v := range im.Pix {
		out.Pix[i] = float32(math.Floor(255*min(1, float64(v)) + .5))
	}
	return out
}
