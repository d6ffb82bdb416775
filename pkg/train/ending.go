package train

import (
	"fmt"
	"time"
)

// limit is how long a run may train, 0 for ever.
func (l Loop) limit() time.Duration {
	most, _ := time.ParseDuration(l.MaxTime) // checked by Validate
	return most
}

// ends says why a run has come to its end, "" while it goes on.
func (d *descent) ends() string {
	switch {
	case d.at.Step >= d.Steps:
		return "all steps are done"
	case d.Patience > 0 && d.at.Since >= d.Patience:
		return fmt.Sprintf("the last %d looks found no better model (train.patience)", d.at.Since)
	case d.MaxTime != "" && d.at.Seconds >= d.limit().Seconds():
		return fmt.Sprintf("it has trained for %v (train.max_time is %s)", time.Duration(d.at.Seconds*float64(time.Second)).Round(time.Second), d.MaxTime)
	}
	return ""
}

// clock adds the time since the step before to the run's, where that is
// bounded. The time is of all processes that the run was resumed by.
func (d *descent) clock() {
	if d.MaxTime == "" {
		return
	}
	now := time.Now()
	if !d.ticked.IsZero() {
		d.at.Seconds += now.Sub(d.ticked).Seconds()
	}
	d.ticked = now
}

// sayEnd tells of an end before the last step.
func (d *descent) sayEnd() {
	if why := d.ends(); why != "" && d.at.Step < d.Steps {
		fmt.Fprintf(d.bar, "%s: ends after step %d of %d: %s\n", d.recipe.Command, d.at.Step, d.Steps, why)
	}
}
