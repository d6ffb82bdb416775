package nn_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch/torchtest"
)

// Weights with which nothing could be computed are named, and change nothing.
func TestLoadNamesWeightsThatAreNotFinite(t *testing.T) {
	values := func(fc, bias []float32) func(nn.Scope) {
		return func(p nn.Scope) {
			p.Param("fc.weight", nn.Values(fc), 2, 2)
			p.Buffer("fc.mean", nn.Values(bias), 2)
		}
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	file := build(t, 1, values([]float32{1, nan, 2, nan}, []float32{inf, 0}))
	fine := values([]float32{1, 2, 3, 4}, []float32{0, math.MaxFloat32})
	model := build(t, 1, fine)
	before := contents(t, model)
	_, buildErr := nn.BuildFrom(torchtest.Device(t), file, fine)
	for _, err := range []error{model.Load(file), buildErr} {
		var faults *nn.LoadError
		const want = "NaN or infinite in the file: fc.weight (2 of 4 values), fc.mean (1 of 2 values)"
		if !errors.As(err, &faults) || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
	}
	if !same(before, contents(t, model)) {
		t.Error("got weights changed by a load that failed, want them as they were")
	}
	if err := build(t, 2, fine).Load(model); err != nil {
		t.Errorf("finite weights: got error %v", err)
	}
}

// A file that says nothing of a model's weights costs nothing of their size,
// and its error is no longer than a page.
func TestAFileOfOtherWeightsCostsLittle(t *testing.T) {
	file := build(t, 1, func(p nn.Scope) {
		for i := range 500 {
			p.Param(fmt.Sprintf("other\x1b[31m%d", i), nn.Constant(0), 1)
		}
	})
	_, err := nn.BuildFrom(torchtest.Device(t), file, func(p nn.Scope) {
		p.Param("huge", nn.Constant(0), 1<<20, 1<<20) // 4 TiB
	})
	if err == nil || !strings.HasPrefix(err.Error(), "missing in the file: huge; in the file but not in the model: other\\x1b[31m0, ") ||
		!strings.HasSuffix(err.Error(), "and 488 more") || len(err.Error()) > 1000 {
		t.Errorf("got error %v, want huge missing and few of those not wanted", err)
	}
}
