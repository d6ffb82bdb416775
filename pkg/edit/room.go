package edit

import (
	"errors"
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch/shortage"
)

// withRoom is err or, where a device had no memory left, an error that says
// what to lower, and to what.
func (c Config) withRoom(err error) error {
	var short shortage.Shortage
	if !errors.As(err, &short) {
		return err
	}
	hint := "name smaller models (--models)"
	if c.Mode == Guided && c.Views > 0 {
		hint = fmt.Sprintf("set views to %d, from %d, or %s", short.Fit(c.Views), c.Views, hint)
	}
	if short.Device != "cpu" {
		hint += ", or edit on --device cpu"
	}
	return fmt.Errorf("edit: %w: %s", short, hint)
}

// withRoomFor is withRoom for so many maps that are optimised together.
func (c Config) withRoomFor(maps int, err error) error {
	var short shortage.Shortage
	if !errors.As(err, &short) || maps < 2 {
		return c.withRoom(err)
	}
	return fmt.Errorf("edit: %w: %d maps are optimised together: name %d of them at a time, or set output_mode to transfer, which takes them one by one", short, maps, short.Fit(maps))
}
