package train

import (
	"errors"
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch/shortage"
)

// withRoom is err or, where a device had no memory left, an error that says
// which key to set to what, so that the same training needs less.
func (l Loop) withRoom(verb string, err error) error {
	var short shortage.Shortage
	if !errors.As(err, &short) {
		return err
	}
	return fmt.Errorf("%s: %w: %s", verb, short, l.smaller(short))
}

// smaller is the way out of a shortage. Fewer maps at a time leave the
// gradients as they are; what comes after that changes the model or its sums.
func (l Loop) smaller(short shortage.Shortage) string {
	together := l.Batch
	if l.MicroBatch > 0 {
		together = l.MicroBatch
	}
	if fit := divisor(l.Batch, short.Fit(together)); fit > 0 {
		return fmt.Sprintf("set train.micro_batch to %d: the networks saw %d maps at a time, and the gradients stay those of a batch of %d", fit, together, l.Batch)
	}
	const alone = "the networks see one map at a time already: "
	if l.Precision == F32 && short.Device != "cpu" {
		return alone + "set train.precision to " + BF16 + ", or make the model smaller"
	}
	return alone + "make the model smaller, or train on a device with more memory"
}

// divisor returns the largest divisor of n that is at most limit, 0 where
// there is none.
func divisor(n, limit int) int {
	for d := min(n, limit); d > 0; d-- {
		if n%d == 0 {
			return d
		}
	}
	return 0
}
