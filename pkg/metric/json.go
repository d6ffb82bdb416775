package metric

import "github.com/clipenv/toolkit/internal/figures"

// MarshalJSON writes the figures in the order of their names; NaN is null.
func (f Figures) MarshalJSON() ([]byte, error) {
	data, _, err := figures.Marshal(map[string]float64(f))
	return data, err
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figures) UnmarshalJSON(data []byte) error {
	read, err := figures.Unmarshal(data)
	if err != nil {
		return err
	}
	*f = read
	return nil
}
