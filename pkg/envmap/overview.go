package envmap

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// The sizes of an overview, in pixels.
const (
	overviewWidth = 1024 // of the map, at most
	overviewBall  = 128  // diameter of a ball, at least
	overviewRing  = 9    // radius of the ring about the peak

	beforeAfterBall = 48 // diameter of a ball beside a map, at least
)

// Overview is a map for the eye: the map itself with a ring about its
// brightest texel, and below it three balls that it lights, diffuse, glossy and
// mirror. Both are shown by AgX at one exposure, in stops, under a label of
// words.
func Overview(im *hdr.Image, light Light, exposureStops float64, words string) (*image.NRGBA, error) {
	picture := AgX.Render(atMost(im, overviewWidth), exposureStops)
	if !math.IsInf(light.PeakStops, -1) {
		x, y := Position(light.PeakDirection, picture.Rect.Dx(), picture.Rect.Dy())
		ring(picture, x, y)
	}
	balls := RenderSpheres(im, max(overviewBall, picture.Rect.Dx()/3)).Row(AgX, exposureStops)
	return Sheet([]image.Image{picture, balls}, []string{words, "matte, rough metal and mirror in its light"}, 1)
}

// BeforeAfter draws a map above what became of it by the words, each with three
// balls in its light at its right. All are shown by AgX at one exposure, in
// stops, so that a night is seen to be darker.
func BeforeAfter(before, after *hdr.Image, exposureStops float64, words string) (*image.NRGBA, error) {
	lit := func(im *hdr.Image) image.Image {
		im = atMost(im, overviewWidth)
		picture := AgX.Render(im, exposureStops)
		size := max(beforeAfterBall, picture.Rect.Dy()/3)
		balls := RenderSpheres(im, size).Column(AgX, exposureStops)
		left := picture.Rect.Dx() + sheetMargin
		both := image.NewNRGBA(image.Rect(0, 0, left+size, max(picture.Rect.Dy(), balls.Rect.Dy())))
		draw.Draw(both, picture.Rect, picture, image.Point{}, draw.Src)
		draw.Draw(both, balls.Rect.Add(image.Pt(left, 0)), balls, image.Point{}, draw.Src)
		return both
	}
	return Sheet([]image.Image{lit(before), lit(after)}, []string{"before", "after: " + words}, 1)
}

// ThumbnailWidth is the width of a thumbnail, in pixels; it is half as high.
const ThumbnailWidth = 320

// Thumbnail is a small picture of a map by AgX, at an exposure in stops.
func Thumbnail(im *hdr.Image, exposureStops float64) (*image.NRGBA, error) {
	var shown *hdr.Image
	var err error
	if im.W < ThumbnailWidth {
		shown, err = Interpolate(im, ThumbnailWidth, ThumbnailWidth/2, Bilinear)
	} else {
		shown, err = Resize(im, ThumbnailWidth, ThumbnailWidth/2)
	}
	if err != nil {
		return nil, err
	}
	return AgX.Render(shown, exposureStops), nil
}

// ring draws a circle of light on dark, so that it is seen on both. It goes on
// round the seam.
func ring(picture *image.NRGBA, x, y float64) {
	w := picture.Rect.Dx()
	const reach = overviewRing + 2
	for j := int(y) - reach; j <= int(y)+reach; j++ {
		for i := int(x) - reach; i <= int(x)+reach; i++ {
			off := math.Abs(math.Hypot(float64(i)+.5-x, float64(j)+.5-y) - overviewRing)
			switch {
			case j < 0 || j >= picture.Rect.Dy():
			case off < .8:
				picture.SetNRGBA(Periodic(i, w), j, color.NRGBA{255, 255, 255, 255})
			case off < 1.8:
				picture.SetNRGBA(Periodic(i, w), j, color.NRGBA{0, 0, 0, 255})
			}
		}
	}
}
