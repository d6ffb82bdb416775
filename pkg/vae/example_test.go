package vae_test

import (
	"fmt"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
	"github.com/clipenv/toolkit/pkg/vae"
)

// The shipped VAE squeezes a map of 64×128 texels into 256 numbers and back.
func Example() {
	weights, err := mini.Files.ReadFile("vae.safetensors")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := safetensors.FromBytes("vae.safetensors", weights)
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := vae.Load(file, torch.CPU)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()

	err = torch.Do(torch.CPU, func(s *torch.Session) {
		s.NoGrad(func() {
			code := s.Full(.5, torch.Float32, 1, 3, 64, 128) // an even grey, logarithmically coded
			mean, _ := model.Heads(model.Encode(code))
			fmt.Println(mean.Shape(), model.Decode(mean).Shape())
		})
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [1 256] [1 3 64 128]
}
