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

// pace is how fast steps were made since it was last told: their time without
// looks at the held-out maps and saving.
type pace struct {
	maps  int // of all processes together
	spent time.Duration
}

// tell returns maps a second, and begins anew. It is asked only where figures were
// read: the device has then done all that it was given.
func (p *pace) tell() float64 {
	told := float64(p.maps) / p.spent.Seconds()
	*p = pace{}
	return told
}

// paceName is its name among the figures.
const paceName = "maps_per_second"

// log writes the figures of a step down. The pace goes into the events alone:
// metrics.jsonl is a function of the experiment, to the byte.
func (d *descent) log(figures map[string]float64) error {
	if d.events != nil {
		timed := map[string]float64{paceName: d.pace.tell()}
		for name, v := range figures {
			timed[name] = v
		}
		if err := d.events.Add(d.at.Step, time.Now(), timed); err != nil {
			return err
		}
	}
	return d.dir.Metrics(d.at.Step, figures)
}
