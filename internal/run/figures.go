package run

import (
	"encoding/json"
	"math"

	"github.com/clipenv/toolkit/internal/figures"
)

// Figures are numbers by name. In JSON one that is NaN or infinite is null, and
// comes back as NaN.
type Figures map[string]float64

// MarshalJSON writes the names in order.
func (f Figures) MarshalJSON() ([]byte, error) {
	data, _, err := figures.Marshal(map[string]float64(f))
	return data, err
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figures) UnmarshalJSON(data []byte) error {
	var read map[string]*float64
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*f = Figures{}
	for name, value := range read {
		(*f)[name] = math.NaN()
		if value != nil {
			(*f)[name] = *value
		}
	}
	return nil
}
