package hdr_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/pkg/hdr"
)

// A map keeps its light and its recipe in a file.
func Example() {
	sky := hdr.New(4, 2)
	copy(sky.Pix, []float32{1000, 500, 250}) // a sun at the first texel

	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "sky.hdr")
	if err := hdr.Write(path, sky, hdr.WriteOptions{Recipe: "one sun"}); err != nil {
		fmt.Println(err)
		return
	}

	again, err := hdr.Read(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.Meta.Format, again.Meta.Encoding, again.W, again.H)
	fmt.Println(again.Row(0)[:3], again.Meta.Recipe)
	// Output:
	// radiance rgbe 4 2
	// [1000 500 252] one sun
}

// Values that are not radiance are repaired and counted.
func ExampleRepair() {
	im := hdr.New(2, 1)
	copy(im.Pix, []float32{-1, .5, 3})
	fmt.Println(hdr.Repair(im))
	fmt.Println(im.Pix)
	// Output:
	// 1 negative set to 0
	// [0 0.5 3 0 0 0]
}
