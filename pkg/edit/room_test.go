package edit

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/torch/shortage"
)

func TestAShortageSaysWhatToLower(t *testing.T) {
	gpu := shortage.Shortage{Device: "cuda:1", Wanted: 1 << 30, Free: 1 << 29, Total: 8 << 30, Used: 7 << 30}
	host := shortage.Shortage{Device: "cpu", Wanted: 1 << 30}
	for _, c := range []struct {
		name   string
		config Config
		err    error
		want   string
	}{
		{"views", Config{Mode: Guided, Views: 8}, gpu,
			"edit: out of memory on cuda:1: 1.00 GiB wanted, 0.50 GiB of 8.00 GiB free, 0.50 GiB held by other processes: set views to 4, from 8, or name smaller models (--models), or edit on --device cpu"},
		{"one view", Config{Mode: Guided, Views: 1}, host, "edit: out of memory on the cpu: 1.00 GiB wanted: set views to 0, from 1, or name smaller models (--models)"},
		{"no views", Config{Mode: Guided}, host, "edit: out of memory on the cpu: 1.00 GiB wanted: name smaller models (--models)"},
		{"views that the mode does not use", Config{Mode: Paper, Views: 8}, host, "edit: out of memory on the cpu: 1.00 GiB wanted: name smaller models (--models)"},
	} {
		if got := c.config.withRoom(fmt.Errorf("torch: conv2d: %w", c.err)); got.Error() != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
	if got, want := (Config{Mode: Paper}).withRoomFor(9, gpu).Error(), "9 maps are optimised together: name 4 of them at a time, or set output_mode to transfer"; !strings.Contains(got, want) {
		t.Errorf("nine maps: got %q, want %q in it", got, want)
	}
	if got, want := (Config{Mode: Paper}).withRoomFor(1, host), (Config{Mode: Paper}).withRoom(host); got.Error() != want.Error() {
		t.Errorf("one map: got %q, want %q", got, want)
	}
	other := errors.New("edit: the map shows nothing")
	if got := (Config{Mode: Guided, Views: 8}).withRoom(other); got != other {
		t.Errorf("got %v, want %v", got, other)
	}
}
