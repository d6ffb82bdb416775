package clip_test

import (
	"fmt"

	"github.com/clipenv/toolkit/models/mini"
	"github.com/clipenv/toolkit/pkg/clip"
	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/safetensors"
)

// The shipped CLIP finds a dark picture nearer to night than to day.
func Example() {
	weights, err := mini.Files.ReadFile("clip-polyhaven.safetensors")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := safetensors.FromBytes("clip-polyhaven.safetensors", weights)
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := clip.Load(file, torch.CPU)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()

	err = torch.Do(torch.CPU, func(s *torch.Session) {
		s.NoGrad(func() {
			dark := s.Full(.02, torch.Float32, 1, 3, 64, 128) // a picture in [0,1]
			words := model.EncodeText(s, []string{"night", "a sunny day"})
			cosines := words.Mul(model.EncodeImage(dark)).Sum(1).Floats()
			fmt.Println("night before day:", cosines[0] > cosines[1])
		})
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: night before day: true
}
