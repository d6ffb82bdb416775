// Package run is what every long command has in common: a directory that
// keeps what a run did, a display of how far it is, the recipe that outputs
// carry, and files that appear whole or not at all.
//
//	dir, err := run.Create("out/vae")      // or run.Resume
//	bar := run.Progress(os.Stderr, steps, "train vae")
//	for step := range steps {
//		if err := bar.Interrupted(ctx, "add --resume to go on"); err != nil { … }
//		bar.Add(1, "loss %.4f", loss)
//		dir.Metrics(step, map[string]float64{"loss": loss})
//	}
//
// It knows nothing of tensors: models and training stand above it.
package run
