package envmap_test

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// uniform returns a map with the same radiance everywhere.
func uniform(radiance float32, w, h int) *hdr.Image {
	sky := hdr.New(w, h)
	for i := range sky.Pix {
		sky.Pix[i] = radiance
	}
	return sky
}

// A uniform sky of radiance 1 lights level ground with π; a sun adds to that
// and is found where it stands.
func ExampleMeasure() {
	sky := uniform(1, 64, 32)
	fmt.Printf("from above %.3f\n", envmap.Measure(sky).Above[0])

	copy(sky.Row(8)[3*16:], []float32{1024, 1024, 1024})
	light := envmap.Measure(sky)
	fmt.Printf("peak %.0f stops, %.0f° above the horizon\n", light.PeakStops, light.PeakDirection.Elevation())
	// Output:
	// from above 3.142
	// peak 10 stops, 42° above the horizon
}

// Resizing keeps the mean radiance over the sphere.
func ExampleResize() {
	sky := uniform(.5, 64, 32)
	copy(sky.Row(3), []float32{1000, 1000, 1000})
	small, err := envmap.Resize(sky, 16, 8)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f %.4f\n", envmap.Mean(sky)[0], envmap.Mean(small)[0])
	// Output: 0.7582 0.7582
}

// Two quarter turns are a half turn.
func ExampleYaw() {
	sky := hdr.New(8, 4)
	sky.Pix[0] = 1
	turned := envmap.Yaw(envmap.Yaw(sky, math.Pi/2), math.Pi/2)
	fmt.Println(turned.Row(0)[3*4])
	// Output: 1
}
