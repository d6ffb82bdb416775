// Package train holds the two training loops, of the VAE and of CLIP, and what
// they share: steps, schedule, checkpoints, evaluation, resuming.
//
// A run lives in a directory (package run):
//
//	recipe.json             how it began
//	metrics.jsonl           figures of logged steps: the loss, its terms and their weights
//	curves.png              the loss and the held-out figures over steps
//	checkpoint.safetensors  weights, their average, optimiser and step: where to resume
//	best.safetensors        the weights that were best on the held-out maps
//	last.safetensors        the weights of the last step, which nothing chose
//
// Where an average of the weights is kept, the models in best and last are it.
//
// descend.go is the loop: data, forward, loss, backward, step, look, save.
//
// Every draw of a step is a function of the seed and the step, so that a run
// resumed anywhere goes on as if it had never stopped, to the bit on the CPU
// with as many threads.
package train
