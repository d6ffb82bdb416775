// Package optim descends: AdamW, with its state by the names of the weights,
// and schedules of its learning rate.
//
// A step of training, inside a session, from the loss of each batch:
//
//	loss.Backward()
//	norm := opt.Step(s, schedule(step), 1)
//
// The package stands on torch and nn.
package optim
