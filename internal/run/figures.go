package run

import "github.com/clipenv/toolkit/internal/figures"

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
	read, err := figures.Unmarshal(data)
	if err != nil {
		return err
	}
	*f = read
	return nil
}
