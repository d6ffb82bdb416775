package lamp

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clipenv/toolkit/pkg/envmap"
)

// somewhere are lamps in directions of all kinds: both poles, the seam, the
// horizon, and chance.
func somewhere() (all []Lamp) {
	directions := []envmap.Vec{{Y: 1}, {Y: -1}, {Z: 1}, {Z: -1}, {X: 1}, {X: -1}, {X: -1e-9, Z: -1}, {X: 3, Y: 4, Z: -5}}
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		directions = append(directions, envmap.Vec{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()})
	}
	for _, d := range directions {
		all = append(all, Lamp{
			Name: "sun", Towards: d, Across: .1 * r.Float64(),
			Irradiance: [3]float64{math.Exp(8 * r.NormFloat64()), math.Exp(8 * r.NormFloat64()), 0},
		})
	}
	return all
}

// threeLooks is where three.js looks a direction up in a map, as shares of its
// width and height from the upper left: equirectUv of its shader chunk common.
func threeLooks(x, y, z float64) (u, v float64) {
	return math.Atan2(z, x)/(2*math.Pi) + .5, .5 - math.Asin(min(max(y, -1), 1))/math.Pi
}

// blenderLooks is the same of Cycles: direction_to_equirectangular.
func blenderLooks(x, y, z float64) (u, v float64) {
	return -math.Atan2(y, x)/(2*math.Pi) + .5, math.Acos(min(max(z, -1), 1)) / math.Pi
}

// toBlender is what Blender's importers make of a direction with +Y up.
func toBlender(x, y, z float64) (float64, float64, float64) { return x, -z, y }

// expectLooks holds where a program looks a lamp's direction up to where the
// map has it.
func expectLooks(t *testing.T, program string, l Lamp, u, v float64) {
	t.Helper()
	x, y := envmap.Position(l.Towards, 2000, 1000)
	got := envmap.Direction(2000*u, 1000*v, 2000, 1000)
	if away := envmap.AngleBetween(got, l.Towards); away > 1e-4 {
		t.Errorf("%v: %s looks at %.4f, %.4f, want %.4f, %.4f: %v° away", l.Towards, program, 2000*u, 1000*v, x, y, away)
	}
}

// shines is the direction that a node's +Z points to: a lamp shines along -Z.
func shines(q [4]float64) (x, y, z float64) {
	return 2 * (q[0]*q[2] + q[3]*q[1]), 2 * (q[1]*q[2] - q[3]*q[0]), 1 - 2*(q[0]*q[0]+q[1]*q[1])
}

func TestGLTFLightsFromTheSun(t *testing.T) {
	for _, l := range somewhere() {
		text, err := l.GLTF("test", Standard)
		if err != nil {
			t.Fatal(err)
		}
		var file gltf
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		q := file.Nodes[0].Rotation
		if n := math.Sqrt(q[0]*q[0] + q[1]*q[1] + q[2]*q[2] + q[3]*q[3]); math.Abs(n-1) > 1e-12 {
			t.Errorf("%v: the rotation's length is %v, want 1", l.Towards, n)
		}
		x, y, z := shines(q)
		u, v := threeLooks(x, y, z)
		expectLooks(t, "three.js", l, u, v)
		u, v = blenderLooks(toBlender(x, y, z))
		expectLooks(t, "Blender", l, u, v)
	}
}

func TestGLTFHasTheLight(t *testing.T) {
	for to, lux := range map[Reader]float64{Standard: 1, Blender: 683} {
		for _, l := range somewhere() {
			text, err := l.GLTF("test", to)
			if err != nil {
				t.Fatal(err)
			}
			var file gltf
			if err := json.Unmarshal(text, &file); err != nil {
				t.Fatal(err)
			}
			got := file.Extensions.Lights.Lights[file.Nodes[file.Scenes[file.Scene].Nodes[0]].Extensions.Lights.Light]
			for c, want := range l.Irradiance {
				if got.Color[c] < 0 || got.Color[c] > 1 || math.Abs(got.Color[c]*got.Intensity/lux-want) > 1e-9*want {
					t.Errorf("colour %v at %v lux, want %v at %v lux each", got.Color, got.Intensity, l.Irradiance, lux)
				}
			}
		}
	}
}

// What the schemas of glTF 2.0 and of the extension ask for, read without this
// package's types.
func TestGLTFIsValid(t *testing.T) {
	text, err := Lamp{Name: "a \"b\" \\ \n ☀ \xff", Towards: envmap.Vec{Z: 1}, Irradiance: [3]float64{1, 2, 3}}.GLTF("gen", Standard)
	if err != nil || !utf8.Valid(text) {
		t.Fatalf("%v, valid UTF-8: %v", err, utf8.Valid(text))
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	at := func(path string) (v any) {
		v = file
		for _, key := range strings.Split(path, "/") {
			if i, err := strconv.Atoi(key); err == nil {
				v = v.([]any)[i]
			} else {
				v = v.(map[string]any)[key]
			}
		}
		return v
	}
	for path, want := range map[string]any{
		"asset/version": "2.0", "asset/generator": "gen", "extensionsUsed/0": "KHR_lights_punctual",
		"scene": 0., "scenes/0/nodes/0": 0., "nodes/0/extensions/KHR_lights_punctual/light": 0.,
		"extensions/KHR_lights_punctual/lights/0/type":      "directional",
		"extensions/KHR_lights_punctual/lights/0/intensity": 3.,
		"nodes/0/name": "a \"b\" \\ \n ☀ \uFFFD",
	} {
		if got := at(path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if n := len(at("nodes/0/rotation").([]any)); n != 4 {
		t.Errorf("the rotation has %d numbers, want 4", n)
	}
	for key := range file { // no other name may stand at the top
		if !strings.Contains(" asset extensionsUsed extensions scene scenes nodes ", " "+key+" ") {
			t.Errorf("the file has %q", key)
		}
	}
}

var (
	numbers  = `(-?[0-9.e+-]+)`
	rotation = regexp.MustCompile(`xformOp:rotateXYZ = \(` + numbers + `, ` + numbers + `, ` + numbers + `\)`)
	shine    = regexp.MustCompile(`(?s)inputs:angle = ` + numbers + `\s.*inputs:color = \(` + numbers + `, ` + numbers + `, ` + numbers +
		`\)\s.*inputs:intensity = ` + numbers + `\s+bool inputs:normalize = 1\s`)
)

func found(t *testing.T, text []byte, want *regexp.Regexp, at int) (v []float64) {
	t.Helper()
	all := want.FindAllSubmatch(text, -1)
	if at >= len(all) {
		t.Fatalf("want %d of %v in\n%s", at+1, want, text)
	}
	for _, number := range all[at][1:] {
		f, err := strconv.ParseFloat(string(number), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatalf("%q is no number", number)
		}
		v = append(v, f)
	}
	return v
}

// turned applies USD's rotateXYZ, in degrees: about +X first, about +Z last.
func turned(by []float64, d [3]float64) [3]float64 {
	for axis, angle := range by {
		sin, cos := math.Sincos(angle * math.Pi / 180)
		a, b := (axis+1)%3, (axis+2)%3
		d[a], d[b] = cos*d[a]-sin*d[b], sin*d[a]+cos*d[b]
	}
	return d
}

func TestUSDLightsFromTheSun(t *testing.T) {
	for _, l := range somewhere() {
		text, err := l.USD("test", "rest.exr", Standard)
		if err != nil {
			t.Fatal(err)
		}
		d := turned(found(t, text, rotation, 0), [3]float64{0, 0, 1})
		u, v := blenderLooks(toBlender(d[0], d[1], d[2]))
		expectLooks(t, "Blender", l, u, v)

		// OpenEXR's longitude 0 is +Z, ½π +X: package envmap's own axes.
		s := l.Towards.Unit()
		dome := turned(found(t, text, rotation, 1), [3]float64{s.X, s.Y, s.Z})
		for i := range d {
			if math.Abs(d[i]-dome[i]) > 1e-6 {
				t.Errorf("%v: the lamp shines from %v, the dome has it at %v", l.Towards, d, dome)
				break
			}
		}
	}
}

func TestUSDHasTheLight(t *testing.T) {
	for to, takes := range map[Reader]struct{ light, angle float64 }{Standard: {1, 1}, Blender: {4, 2}} {
		for _, l := range somewhere() {
			text, err := l.USD("test", "", to)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "DomeLight") {
				t.Fatal("a dome that nobody asked for")
			}
			v := found(t, text, shine, 0)
			if got, want := takes.angle*v[0], l.Across*180/math.Pi; math.Abs(got-want) > 2e-6 {
				t.Errorf("%v° across, want %v°", got, want)
			}
			for c, want := range l.Irradiance {
				if got := takes.light * v[1+c] * v[4]; math.Abs(got-want) > 1e-6*want {
					t.Errorf("irradiance %v, want %v", got, want)
				}
			}
		}
	}
}

func TestTextsAreEscaped(t *testing.T) {
	l := Lamp{Name: "a \"b\"\n\\c\x07 ☀\xff", Towards: envmap.Up, Irradiance: [3]float64{1, 1, 1}}
	text, err := l.USD("by \"me\"", "a@@@b.exr", Standard)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`displayName = "a \"b\"\x0a\\c\x07 ☀` + "\uFFFD\"\n", `doc = "by \"me\""`, `inputs:texture:file = @@@a\@@@b.exr@@@` + "\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if _, err := l.USD("", "a\nb.exr", Standard); err == nil {
		t.Error("a path over two lines is taken")
	}
}

func TestWhatIsNoLampIsRefused(t *testing.T) {
	good := Lamp{Towards: envmap.Up, Irradiance: [3]float64{1, 1, 1}}
	for name, spoil := range map[string]func(l *Lamp){
		"no direction":      func(l *Lamp) { l.Towards = envmap.Vec{} },
		"direction NaN":     func(l *Lamp) { l.Towards.X = math.NaN() },
		"black":             func(l *Lamp) { l.Irradiance = [3]float64{} },
		"negative":          func(l *Lamp) { l.Irradiance[1] = -1 },
		"infinite":          func(l *Lamp) { l.Irradiance[2] = math.Inf(1) },
		"not a number":      func(l *Lamp) { l.Irradiance[0] = math.NaN() },
		"larger than a sky": func(l *Lamp) { l.Across = 4 },
	} {
		l := good
		spoil(&l)
		_, asGLTF := l.GLTF("", Standard)
		_, asUSD := l.USD("", "", Standard)
		if asGLTF == nil || asUSD == nil {
			t.Errorf("%s: got %v and %v, want errors", name, asGLTF, asUSD)
		}
	}
	good.Irradiance[0] = 1e38
	if _, err := good.GLTF("", Blender); err == nil {
		t.Error("more lux than a float holds are taken")
	}
}

func Example() {
	sun := Lamp{Name: "sun", Towards: envmap.Direction(.75, .25, 1, 1), Irradiance: [3]float64{4, 3, 2}, Across: .01}
	text, err := sun.USD("an example", "", Standard)
	fmt.Println(strings.Contains(string(text), "rotateXYZ = (-45, 0, 0)"), err)
	// Output: true <nil>
}
