package metric

import (
	"encoding/json"
	"math"
)

// MarshalJSON writes the figures in the order of their names; NaN is null.
func (f Figures) MarshalJSON() ([]byte, error) {
	out := make(map[string]*float64, len(f))
	for name, v := range f {
		out[name] = nil
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			out[name] = &v
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figures) UnmarshalJSON(data []byte) error {
	var read map[string]*float64
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*f = make(Figures, len(read))
	for name, v := range read {
		(*f)[name] = math.NaN()
		if v != nil {
			(*f)[name] = *v
		}
	}
	return nil
}
