package train

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// stepName is the file of the model of a step. Names sort as steps do.
func stepName(step int) string { return fmt.Sprintf("step-%07d.safetensors", step) }

var stepNamed = regexp.MustCompile(`^step-\d{7,}\.safetensors$`)

// keepSteps leaves the model of this step beside those of the looks before it,
// Keep of them in all.
func (d *descent) keepSteps(notes map[string]string) error {
	if d.Keep == 0 {
		return nil
	}
	if err := d.save(d.dir.Path(stepName(d.at.Step)), notes); err != nil {
		return err
	}
	entries, err := os.ReadDir(d.dir.Path("."))
	if err != nil {
		return fmt.Errorf("train: models of earlier steps: %w", err)
	}
	var there []string
	for _, e := range entries {
		// What lies there of later steps is of a run that went on from here before.
		if stepNamed.MatchString(e.Name()) && e.Name() <= stepName(d.at.Step) {
			there = append(there, e.Name())
		}
	}
	slices.Sort(there)
	for _, name := range there[:max(0, len(there)-d.Keep)] {
		if err := os.Remove(filepath.Join(d.dir.Path("."), name)); err != nil {
			return fmt.Errorf("train: models of earlier steps: %w", err)
		}
	}
	return nil
}
