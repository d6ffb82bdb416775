package train

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/optim"
)

// freeze keeps from learning what Freeze names.
func (o *clipRun) freeze() error {
	if len(o.config.Freeze) == 0 {
		return nil
	}
	var scopes []string
	for _, name := range o.config.Freeze {
		switch name {
		case "image":
			scopes = append(scopes, o.model.ImageScopes()...)
		case "text":
			scopes = append(scopes, o.model.TextScopes()...)
		default:
			scopes = append(scopes, name)
		}
	}
	if err := o.model.Params.Freeze(scopes...); err != nil {
		return fmt.Errorf("train: freeze wants image, text, or the beginnings of weights' names, as visual.stages.0: %w", err)
	}
	if _, learn := o.model.Params.Count(); learn == 0 {
		return fmt.Errorf("train: freeze is %q, which leaves nothing that learns", o.config.Freeze)
	}
	return nil
}

// groups gives each layer the rate of the one above it times LayerDecay, in
// both towers; the uppermost have the rate of the step (Clark et al.,
// arXiv:2003.10555). A frozen layer counts as one.
func (o *clipRun) groups() (groups []optim.Group) {
	if o.config.LayerDecay == 1 {
		return nil
	}
	for _, tower := range o.model.Layers() {
		for i, layer := range tower {
			scale := math.Pow(o.config.LayerDecay, float64(len(tower)-1-i))
			for _, scope := range layer {
				if o.learns(scope) {
					groups = append(groups, optim.Group{Scope: scope, RateScale: scale, WeightDecay: o.config.Train.WeightDecay})
				}
			}
		}
	}
	return groups
}

// learns tells whether a weight at or below a name does.
func (o *clipRun) learns(scope string) bool {
	for name := range o.model.Params.Trainable {
		if nn.Within(name, scope) {
			return true
		}
	}
	return false
}
