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

// GLTF writes the lamp as a glTF file of text, without buffers.
func (l Lamp) GLTF(generator string, to Reader) ([]byte, error) {
	if err := l.validate(); err != nil {
		return nil, err
	}
	intensity := l.peak() * to.lux()
	if intensity > math.MaxFloat32 {
		return nil, fmt.Errorf("lamp: irradiance is %v, which makes %v lux: more than a float holds", l.Irradiance, intensity)
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
		Name: l.Name, Type: "directional", Color: l.colour(), Intensity: intensity,
		Extras: extras{l.Across * 180 / math.Pi, l.Irradiance, to.lux()},
	}}
	text, err := json.MarshalIndent(file, "", "  ")
	return append(text, '\n'), err
}
