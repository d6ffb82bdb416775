package edit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/generator"
	"github.com/clipenv/toolkit/pkg/hdr"
	_ "github.com/clipenv/toolkit/pkg/hdr/exr" // .exr in and out
	"github.com/clipenv/toolkit/pkg/metric"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// A program that edits a map. The README shows the lines from the first open
// on, and a test holds the two to each other.
func Example() {
	defer folderWith("park.exr")()

	open := func(name string) *safetensors.File {
		return must(safetensors.FromBytes(name, must(mini.Files.ReadFile(name))))
	}
	sky := must(generator.NewVAE(must(vae.Load(open("vae.safetensors"), torch.CPU))))
	defer sky.Close()
	sees := must(must(clip.Load(open("clip-polyhaven.safetensors"), torch.CPU)).Freeze())
	defer sees.Close()
	models := edit.Models{Generator: sky, CLIP: sees, Bank: must(edit.LoadBank(open("bank.safetensors")))}

	park, settings := must(hdr.Read("park.exr")), edit.Defaults(edit.Guided)
	settings.Sky.Steps = 5 // of 16
	night := must(edit.Run(context.Background(), torch.CPU, models, park, "dark environment, at night time", settings, nil))
	check(hdr.Write("park-night.exr", night.Output, hdr.WriteOptions{}))
	figures := metric.Measure(metric.Edit{Input: park, Output: night.Output})
	fmt.Printf("%d×%d, darker by more than 2 stops: %v\n", night.Output.W, night.Output.H, figures["above_stops"] < -2)
	// Output: 512×256, darker by more than 2 stops: true
}

// must stops the program at an error.
func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// folderWith goes to an empty folder that has one of the example maps; the
// function that it returns goes back.
func folderWith(example string) (leave func()) {
	here := must(os.Getwd())
	folder := must(os.MkdirTemp("", "example"))
	check(os.Symlink(filepath.Join(here, "../../examples/hdri", example), filepath.Join(folder, example)))
	check(os.Chdir(folder))
	return func() {
		check(os.Chdir(here))
		check(os.RemoveAll(folder))
	}
}
