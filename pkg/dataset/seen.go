package dataset

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/label"
)

// Seen is what a map's own radiance says, at the size of its file.
type Seen struct {
	Width  int              `json:"width"`
	Height int              `json:"height"`
	Tone   label.Attributes `json:"tone"`  // label.Measure
	Red    float64          `json:"red"`   // over blue, at the horizon
	Mean   float64          `json:"mean"`  // of radiance clipped to 1
	Stops  float64          `json:"stops"` // range, as envmap.Measure has it
	Print  []byte           `json:"print"` // equal, nearly, for one map turned or mirrored
}

// See measures a map. One that is not twice as wide as high is refused: it is
// no panorama, or another projection.
func See(im *hdr.Image) (Seen, error) {
	if im.W != 2*im.H {
		return Seen{}, fmt.Errorf("is %d×%d, want twice as wide as high: an equirectangular panorama", im.W, im.H)
	}
	s := Seen{
		Width: im.W, Height: im.H, Tone: label.Measure(im.Pix, im.W, im.H),
		Red: envmap.HorizonRed(im), Mean: clippedMean(im), Stops: envmap.Measure(im).RangeStops,
	}
	var err error
	s.Print, err = fingerprint(im)
	return s, err
}

// Check holds the words about a map against what was seen. A sunset or sunrise
// must be red at the horizon, since the tag sits on many maps whose sky is
// blue; a night must be dark at the fixed exposure; the attributes of Tone are
// measured. Tags and sentences that say otherwise are left out.
func (s Seen) Check(w label.Words) label.Words {
	struck := label.Tone &^ s.Tone
	if s.Red < 1.15 {
		struck |= label.Sunset | label.Sunrise
	}
	if s.Mean > .3 {
		struck |= label.Night
	}
	w = w.Without(struck)
	w.Attributes |= s.Tone
	return w
}

// clippedMean is the mean of the radiance clipped to 1, by solid angle.
func clippedMean(im *hdr.Image) float64 {
	var sum, weight float64
	for y, k := range envmap.LatitudeWeights(im.H) {
		for _, v := range im.Row(y) {
			sum += k * min(float64(v), 1)
		}
		weight += k * float64(3*im.W)
	}
	return sum / weight
}

// printRows is how many bands of latitude a fingerprint has.
const printRows = 16

// fingerprint is, for each band of latitude, the mean codes of red, green and
// blue and the deviation of the green ones, in hundredths. Turning and
// mirroring leave them; sizes and formats change them by a step or two.
func fingerprint(im *hdr.Image) ([]byte, error) {
	small, err := envmap.Resize(im, 4*printRows, 2*printRows)
	if err != nil {
		return nil, err
	}
	step := func(v float64) byte { return byte(min(math.Round(100*v), 255)) }
	var out []byte
	for band := range printRows {
		var sum [3]float64
		var squares, n float64
		for y := 2 * band; y < 2*band+2; y++ {
			row := small.Row(y)
			for x := 0; x < len(row); x += 3 {
				for c := range sum {
					sum[c] += float64(envmap.DeepShadows.Encode(row[x+c]))
				}
				g := float64(envmap.DeepShadows.Encode(row[x+1]))
				squares += g * g
				n++
			}
		}
		mean := sum[1] / n
		out = append(out, step(sum[0]/n), step(mean), step(sum[2]/n), step(math.Sqrt(max(squares/n-mean*mean, 0))))
	}
	return out, nil
}

// alikeWithin is by how much two bytes of the fingerprints of one map differ at
// most.
const alikeWithin = 2

// alike tells whether two maps are one, turned, mirrored or saved anew.
func (s Seen) alike(other Seen) bool {
	if len(s.Print) != len(other.Print) {
		return false
	}
	for i, p := range s.Print {
		if d := int(p) - int(other.Print[i]); d < -alikeWithin || d > alikeWithin {
			return false
		}
	}
	return true
}
