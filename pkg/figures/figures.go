// Package figures holds measured numbers by name.
package figures

import (
	"encoding/json"
	"math"
)

// Map holds numbers by name. NaN stands for one that could not be measured:
// JSON has no word for it, so that it is null there and comes back as NaN.
type Map map[string]float64

// MarshalJSON writes the figures in the order of their names.
func (f Map) MarshalJSON() ([]byte, error) {
	if f == nil {
		return []byte("null"), nil
	}
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
func (f *Map) UnmarshalJSON(data []byte) error {
	var read map[string]*float64
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*f = make(Map, len(read))
	for name, v := range read {
		(*f)[name] = math.NaN()
		if v != nil {
			(*f)[name] = *v
		}
	}
	return nil
}
