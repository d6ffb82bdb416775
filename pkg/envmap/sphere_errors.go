package envmap

import (
	"fmt"
	"math"
	"slices"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// SphereError is how far one rendered ball is from another, over the pixels of
// the ball.
type SphereError struct {
	// SiRMSE is the root mean square error, the three channels summed, after
	// the test picture is scaled by the factor that makes it smallest.
	SiRMSE float64
	// AngularDegrees is the mean angle between the colours as RGB vectors.
	// Pixels that are black in either picture count as 0.
	AngularDegrees float64
}

// SphereErrors are those of the three balls.
type SphereErrors struct{ Diffuse, Glossy, Mirror SphereError }

// CompareSpheres follows the protocol in which StyleLight and DiffusionLight
// are measured: both maps are made 256×128 and coded by ProtocolTone, and the
// balls lit by them are compared. Their published figures come from Blender's
// path tracer and its own matte silver, so that they agree with these in kind
// and not in the last digit.
func CompareSpheres(ref, test *hdr.Image) (SphereErrors, error) {
	var lit [2]Spheres
	for i, im := range []*hdr.Image{ref, test} {
		small, err := Resize(im, 256, 128)
		if err != nil {
			return SphereErrors{}, err
		}
		lit[i] = RenderSpheres(ProtocolTone(small), 128)
	}
	return lit[0].Errors(lit[1])
}

// Errors compares spheres with those of another map, of the same size.
func (s Spheres) Errors(test Spheres) (SphereErrors, error) {
	if s.Diffuse.W != test.Diffuse.W {
		return SphereErrors{}, fmt.Errorf("envmap: compare spheres of %d pixels with spheres of %d, want one size", s.Diffuse.W, test.Diffuse.W)
	}
	return SphereErrors{
		sphereError(s.Diffuse, test.Diffuse),
		sphereError(s.Glossy, test.Glossy),
		sphereError(s.Mirror, test.Mirror),
	}, nil
}

func sphereError(ref, test *hdr.Image) SphereError {
	var rr, rt, tt, angles, n float64
	for y := range ref.H {
		for x := range ref.W {
			if !onSphere(x, y, ref.W) {
				continue
			}
			a, b := texel(ref, x, y), texel(test, x, y)
			u := Vec{float64(a[0]), float64(a[1]), float64(a[2])}
			v := Vec{float64(b[0]), float64(b[1]), float64(b[2])}
			rr, rt, tt = rr+u.Dot(u), rt+u.Dot(v), tt+v.Dot(v)
			if u.Dot(u) > 0 && v.Dot(v) > 0 {
				angles += AngleBetween(u, v)
			}
			n++
		}
	}
	// With the best factor rt/tt, the squared error is rr - rt²/tt.
	square := rr
	if tt > 0 {
		square -= rt * rt / tt
	}
	return SphereError{math.Sqrt(max(0, square) / n), angles / n}
}

// ProtocolTone codes a map as StyleLight's evaluation does before rendering:
// radiance^(1/2.4), scaled so that the median of the values above zero is ½,
// and not clipped.
func ProtocolTone(im *hdr.Image) *hdr.Image {
	out := like(im)
	var lit []float32
	for i, v := range im.Pix {
		if v > 0 {
			out.Pix[i] = float32(math.Pow(float64(v), 1/2.4))
			lit = append(lit, out.Pix[i])
		}
	}
	if len(lit) == 0 {
		return out
	}
	slices.Sort(lit)
	median := (lit[(len(lit)-1)/2] + lit[len(lit)/2]) / 2
	for i := range out.Pix {
		out.Pix[i] *= .5 / median
	}
	return out
}
