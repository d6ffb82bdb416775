package train

import (
	"time"

	"github.com/clipenv/toolkit/internal/run/events"
)

// openEvents begins the event file, or goes on with it, where one is wanted.
func (d *descent) openEvents() (err error) {
	if d.TensorBoard {
		d.events, err = events.Open(d.dir.Path(events.Name), d.at.Step+1)
	}
	return err
}

// log writes the figures of a step down.
func (d *descent) log(figures map[string]float64) error {
	if d.events != nil {
		if err := d.events.Add(d.at.Step, time.Now(), figures); err != nil {
			return err
		}
	}
	return d.dir.Metrics(d.at.Step, figures)
}
