// Package label describes environment maps in words: attributes, conditions
// over attributes, and the phrases and captions that have such conditions.
//
// Every map has a set of attributes. Package synth knows those of a synthetic
// map, and package dataset reads those of a real one. A caption is true of
// every map whose attributes meet its condition. The captions and maps of a
// batch therefore make a matrix of zeros and ones (Match), and not just one
// true pair in each row.
package label

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
)

// Attributes is the set of attributes that a map is known to have. An absent
// bit means that the map lacks the attribute or that nobody knows.
type Attributes uint64

// One bit for each attribute, by family. Within Time, Weather and Ground a
// synthetic map has at most one bit; a real map may have several.
const (
	Outdoor Attributes = 1 << iota
	Indoor

	Day
	Sunset
	Sunrise
	Dusk
	Night

	Clear
	PartlyCloudy
	Overcast
	Fog
	Rain
	Snowfall

	OpenSky
	Field
	Forest
	Park
	Beach
	Desert
	Mountain
	City
	Waterside
	Room
	Hall
	Studio
	Warehouse

	Grass
	Sand
	Snow
	Pavement
	Water
	Rock
	Soil

	SunVisible
	SunHigh
	SunLow
	Stars
	Moon

	Trees
	Buildings
	CityLights
	Windows
	NaturalLight
	ArtificialLight

	Warm
	Cool
	Bright
	Dark
	HighContrast
	LowContrast

	endOfAttributes
)

var names = [...]string{
	"outdoor", "indoor",
	"day", "sunset", "sunrise", "dusk", "night",
	"clear", "partly_cloudy", "overcast", "fog", "rain", "snowfall",
	"open_sky", "field", "forest", "park", "beach", "desert", "mountain", "city", "waterside",
	"room", "hall", "studio", "warehouse",
	"grass", "sand", "snow", "pavement", "water", "rock", "soil",
	"sun_visible", "sun_high", "sun_low", "stars", "moon",
	"trees", "buildings", "city_lights", "windows", "natural_light", "artificial_light",
	"warm", "cool", "bright", "dark", "high_contrast", "low_contrast",
}

// Families of which a map shows one or a few members.
const (
	Setting = Outdoor | Indoor
	Time    = Day | Sunset | Sunrise | Dusk | Night
	Weather = Clear | PartlyCloudy | Overcast | Fog | Rain | Snowfall
	Place   = OpenSky | Field | Forest | Park | Beach | Desert | Mountain | City | Waterside |
		Room | Hall | Studio | Warehouse
	Ground = Grass | Sand | Snow | Pavement | Water | Rock | Soil
	Tone   = Warm | Cool | Bright | Dark | HighContrast | LowContrast
)

// Names lists the attributes in the order of their bits.
func Names() []string { return names[:] }

// Has reports whether every attribute of b is in a.
func (a Attributes) Has(b Attributes) bool { return a&b == b }

// Any reports whether at least one attribute of b is in a.
func (a Attributes) Any(b Attributes) bool { return a&b != 0 }

// Names lists the names of the attributes in a, in the order of their bits.
func (a Attributes) Names() []string {
	out := make([]string, 0, bits.OnesCount64(uint64(a)))
	for i, n := range names {
		if a>>i&1 == 1 {
			out = append(out, n)
		}
	}
	return out
}

// String joins the names with spaces.
func (a Attributes) String() string { return strings.Join(a.Names(), " ") }

// Parse is the inverse of Attributes.Names. An unknown name is an error.
func Parse(list []string) (Attributes, error) {
	var a Attributes
	for _, s := range list {
		b, ok := byName[s]
		if !ok {
			return 0, fmt.Errorf("label: attribute %q is unknown, want one of %s", s, strings.Join(names[:], " "))
		}
		a |= b
	}
	return a, nil
}

// MarshalJSON writes the names as a list of strings.
func (a Attributes) MarshalJSON() ([]byte, error) { return json.Marshal(a.Names()) }

// UnmarshalJSON reads a list of names.
func (a *Attributes) UnmarshalJSON(data []byte) error {
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("label: attributes: %w", err)
	}
	b, err := Parse(list)
	if err != nil {
		return err
	}
	*a = b
	return nil
}

var byName = func() map[string]Attributes {
	m := make(map[string]Attributes, len(names))
	for i, n := range names {
		m[n] = 1 << i
	}
	return m
}()
