package lamp

import (
	"encoding/json"
	"fmt"
	"math"
)

// The parts of glTF 2.0 that a lamp needs, and those of its extension
// KHR_lights_punctual, as the Khronos Group specifies them.
type (
	gltf struct {
		Asset          asset            `json:"asset"`
		ExtensionsUsed []string         `json:"extensionsUsed"`
		Extensions     extension[lamps] `json:"extensions"`
		Scene          int              `json:"scene"`
		Scenes         []scene          `json:"scenes"`
		Nodes          []node           `json:"nodes"`
	}
	asset struct {
		Version   string `json:"version"`
		Generator string `json:"generator"`
	}
	extension[T any] struct {
		Lights T `json:"KHR_lights_punctual"`
	}
	lamps struct {
		Lights []light `json:"lights"`
	}
	light struct {
		Name      string     `json:"name"`
		Type      string     `json:"type"`
		Color     [3]float64 `json:"color"`
		Intensity float64    `json:"intensity"` // lux, of a surface that faces it
		Extras    extras     `json:"extras"`
	}
	// extras are what glTF itself cannot say.
	extras struct {
		AcrossDegrees float64    `json:"across_degrees"`
		Irradiance    [3]float64 `json:"irradiance"`
		LuxPerUnit    float64    `json:"lux_per_unit"`
	}
	scene struct {
		Nodes []int `json:"nodes"`
	}
	node struct {
		Name       string           `json:"name"`
		Rotation   [4]float64       `json:"rotation"` // x, y, z, w
		Extensions extension[which] `json:"extensions"`
	}
	which struct {
		Light int `json:"light"`
	}
)

const punctual = "KHR_lights_punctual"

// Lux that an irradiance of 1 stands for. glTF's renderers take a map's
// numbers as candela per square metre, so that nothing is scaled. Blender
// takes them as watts, of which its importer makes one out of 683 lux.
const (
	LuxAsNits  = 1.
	LuxAsWatts = 683.
)

// GLTF writes the lamp as a glTF file of text, without buffers. lux is how many
// lux an irradiance of 1 stands for.
func (l Lamp) GLTF(generator string, lux float64) ([]byte, error) {
	if err := l.validate(); err != nil {
		return nil, err
	}
	if intensity := l.peak() * lux; !(lux > 0) || !(intensity > 0 && intensity <= math.MaxFloat32) {
		return nil, fmt.Errorf("lamp: %v lux for an irradiance of 1 makes %v lux, want a positive number that a float holds", lux, intensity)
	}
	x, y := l.turns()
	sinX, cosX := math.Sincos(x / 2)
	sinY, cosY := math.Sincos(y / 2)
	file := gltf{
		Asset:          asset{Version: "2.0", Generator: generator},
		ExtensionsUsed: []string{punctual},
		Scenes:         []scene{{Nodes: []int{0}}},
		Nodes:          []node{{Name: l.Name, Rotation: [4]float64{cosY * sinX, sinY * cosX, -sinY * sinX, cosY * cosX}}},
	}
	file.Extensions.Lights.Lights = []light{{
		Name: l.Name, Type: "directional", Color: l.colour(), Intensity: l.peak() * lux,
		Extras: extras{l.Across * 180 / math.Pi, l.Irradiance, lux},
	}}
	text, err := json.MarshalIndent(file, "", "  ")
	return append(text, '\n'), err
}
