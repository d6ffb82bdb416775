package training

import "github.com/clipenv/toolkit/pkg/train"

// Overrides are the values of an experiment that are given most often without a
// file; nil leaves the file's.
type Overrides struct {
	Real      []string // folders of maps
	HeldOut   []string // names of maps that are never trained on
	Synthetic *int     // how many maps are drawn
	Steps     *int
	Seed      *int64
}

func (o Overrides) apply(loop *train.Loop, data *train.Data) {
	if o.Real != nil {
		data.Real = o.Real
	}
	if o.HeldOut != nil {
		data.HeldOut = o.HeldOut
	}
	if o.Synthetic != nil {
		data.Synthetic = *o.Synthetic
	}
	if o.Steps != nil {
		loop.Steps = *o.Steps
	}
	if o.Seed != nil {
		loop.Seed = *o.Seed
	}
}
