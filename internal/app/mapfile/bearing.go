package mapfile

import (
	"fmt"
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
)

// Bearing is where a light is, in degrees: to the right of the map's middle
// column, and over the horizon.
type Bearing struct {
	Azimuth   float64 `json:"azimuth_degrees"`
	Elevation float64 `json:"elevation_degrees"`
}

func bearing(d envmap.Vec) Bearing { return Bearing{d.Azimuth(), d.Elevation()} }

// Words says it as one who stands in the map would.
func (b Bearing) Words() string {
	side := "right"
	if b.Azimuth < 0 {
		side = "left"
	}
	height := "above"
	if b.Elevation < 0 {
		height = "below"
	}
	return fmt.Sprintf("%.1f° %s of the middle, %.1f° %s the horizon", math.Abs(b.Azimuth), side, math.Abs(b.Elevation), height)
}
