package train

import (
	keys "maps"
	"slices"

	"github.com/clipenv/toolkit/pkg/dataset"
	"github.com/clipenv/toolkit/pkg/torch"
)

// batch is the maps of a step, or some of them: one process's, or those of them
// that the networks see at a time.
type batch struct {
	dataset.Batch
	step  int  // the step's number, from 0: what is drawn is a function of it
	first int  // where these maps stand among the step's
	of    int  // how many maps the step has
	alike bool // what is read of it is to have few shapes: it is recorded
}

func (b batch) len() int { return len(b.Words) }

// split cuts a batch into parts of n maps, a divisor of its own number; 0
// leaves it whole.
func (b batch) split(n int) []batch {
	if n == 0 || n >= b.len() {
		return []batch{b}
	}
	pixels := len(b.Radiance) / b.len()
	var parts []batch
	for at := 0; at < b.len(); at += n {
		part := b
		part.first = b.first + at
		part.Radiance, part.Words = b.Radiance[at*pixels:(at+n)*pixels], b.Words[at:at+n]
		parts = append(parts, part)
	}
	return parts
}

// term is one addend of a loss: a scalar, and how much it weighs.
type term struct {
	name   string
	weight float64
	value  torch.Tensor
}

// outcome is what the maps of a batch come to.
type outcome struct {
	terms   []term                  // of the loss, one at least
	figures map[string]torch.Tensor // for the log, beside them: scalars
	rest    func()                  // what is left of the backward pass after that of the loss; nil: nothing
}

// loss is the sum of the terms by their weights.
func (o outcome) loss() torch.Tensor {
	sum := o.terms[0].value
	if w := o.terms[0].weight; w != 1 {
		sum = sum.MulScalar(w)
	}
	for _, t := range o.terms[1:] {
		sum = sum.AddScaled(t.value, t.weight)
	}
	return sum
}

// backward adds the gradient of the loss to the weights', and returns the loss.
func (o outcome) backward() torch.Tensor {
	loss := o.loss()
	loss.Backward()
	if o.rest != nil {
		o.rest()
	}
	return loss
}

// row is the loss, its terms and what stands beside them as one tensor [n], and
// their names.
func (o outcome) row(loss torch.Tensor) (names []string, row torch.Tensor) {
	names, values := []string{"loss"}, []torch.Tensor{loss}
	for _, t := range o.terms {
		names, values = append(names, t.name), append(values, t.value)
	}
	for _, name := range slices.Sorted(keys.Keys(o.figures)) {
		names, values = append(names, name), append(values, o.figures[name])
	}
	return names, torch.Stack(0, values...).Detach()
}
