package edit

import (
	"math"
	"strings"
	"testing"

	"github.com/clipenv/toolkit/pkg/sky"
)

// A number with its unit is that number of the light, in whatever way it is said.
// The sun begins 40° high and 20° to the right.
func TestFiguresSayNumbers(t *testing.T) {
	const elevation, azimuth = 40., 20.
	for says, want := range map[string][3]float64{
		"rotate the sun 90 degrees":                     {elevation, 110, 0},
		"rotate the sun by 90° to the left":             {elevation, -70, 0},
		"please turn the sun 45 deg clockwise":          {elevation, 65, 0},
		"move the sun 30 degrees further to the right":  {elevation, 50, 0},
		"move the sun to the left by 30 degrees":        {elevation, -10, 0},
		"turn the key light by 12.5 degrees left":       {elevation, 7.5, 0},
		"rotate the sun 90 degrees counter-clockwise":   {elevation, -70, 0},
		"raise the sun by 20 degrees":                   {60, azimuth, 0},
		"lower the sun 25°":                             {15, azimuth, 0},
		"move the sun up 10 degrees":                    {50, azimuth, 0},
		"move the sun 10 degrees higher":                {50, azimuth, 0},
		"raise the sun to 62 degrees":                   {62, azimuth, 0},
		"sun at 30 degrees":                             {30, azimuth, 0},
		"sun at a 30 degree angle":                      {30, azimuth, 0},
		"the sun stands 10 degrees above the horizon":   {10, azimuth, 0},
		"sun 3 degrees below the horizon":               {-3, azimuth, 0},
		"a 45 degree sun":                               {45, azimuth, 0},
		"sun elevation 12":                              {12, azimuth, 0},
		"elevation: 12 degrees":                         {12, azimuth, 0},
		"sun at azimuth 120":                            {elevation, 120, 0},
		"azimuth -35, elevation 8 degrees":              {8, -35, 0},
		"sun 30 degrees to the left":                    {elevation, -30, 0},
		"sun 40° right of the middle, 15° high":         {15, 40, 0},
		"sunset, 5600K":                                 {elevation, azimuth, 5600},
		"sun of 3200 kelvin, sun at 8 degrees altitude": {8, azimuth, 3200},
	} {
		light := sky.Target{}
		light.SunElevation, light.SunAzimuth = elevation*math.Pi/180, azimuth*math.Pi/180
		found, rest := figuresOf(says)
		if len(found) == 0 {
			t.Errorf("%q says no figure", says)
		}
		for _, f := range found {
			f.set(&light)
			was := light
			was.SunElevation, was.SunAzimuth = .3, 1e3
			f.set(&was)
			if turns, stands := was.SunAzimuth != 1e3, was.SunElevation != .3; turns != f.turns || stands != f.stands {
				t.Errorf("%q: turns %v, stands %v; sets %v, %v", f.said, f.turns, f.stands, turns, stands)
			}
		}
		got := [3]float64{light.SunElevation * 180 / math.Pi, light.SunAzimuth * 180 / math.Pi, light.Kelvin}
		for i, name := range []string{"elevation", "azimuth", "kelvin"} {
			if math.Abs(got[i]-want[i]) > 1e-6 {
				t.Errorf("%q: %s is %.4g, want %.4g (%d figures, left %q)", says, name, got[i], want[i], len(found), rest)
			}
		}
	}
}

// Numbers of other things are no figures, and nothing of such a text is lost.
func TestNumbersOfOtherThingsAreNoFigures(t *testing.T) {
	for _, says := range []string{
		"sunset", "2 stops darker", "sunset at 18:30", "a sunset at 5 pm", "35 mm lens", "20 degrees celsius", "4k", "1984", "blade runner 2049",
		"rotate the map 90 degrees", "the year 3000 kings", "sun 300 degrees above the horizon", "500 k", "90000 kelvin", "90", "°", "degrees",
	} {
		found, rest := figuresOf(says)
		if len(found) > 0 || rest != strings.ToLower(says) {
			t.Errorf("%q says %d figures and leaves %q, want none and all of it", says, len(found), rest)
		}
	}
}

// Words that only say figures change the light that is there; beside others they do not.
func TestFiguresAloneAreWishes(t *testing.T) {
	for says, want := range map[string]bool{
		"rotate the sun 90 degrees to the left": true, "rotate the sun by 90°, a bit darker please": true, "raise the sun by 20 degrees": true,
		"sun at 30 degrees": true, "5600K": true, "golden hour, rotate the sun 90 degrees": false, "sunset, 4000 kelvin": false,
	} {
		if _, alone := wishesIn([]Phrase{{Text: says, Weight: 1}}); alone != want {
			t.Errorf("%q alone: got %v, want %v", says, alone, want)
		}
	}
}

// A part that is to be kept is kept, and one that alone is to be changed is changed alone.
func TestPartsAreSaid(t *testing.T) {
	for says, want := range map[string]sky.Part{
		"golden hour, keep the ground as it is": sky.SkyOnly, "sunset, leave the foreground untouched": sky.SkyOnly, "only change the sky, sunset": sky.SkyOnly,
		"overcast, sky only": sky.SkyOnly, "change only the sky": sky.SkyOnly, "sunset but don't touch the ground": sky.SkyOnly,
		"darker, keep the sky": sky.GroundOnly, "leave the sky alone, a warmer light": sky.GroundOnly, "a sunset. Keep the sky as it is!": sky.GroundOnly,
		"make the sky darker": sky.Whole, "sunset": sky.Whole, "keep the sun on the ground": sky.Whole, "keep the sky clear": sky.Whole, "not a cloud in the sky": sky.Whole,
	} {
		if got, said, _ := partSaid(says); got != want {
			t.Errorf("%q is about part %v by %q, want %v", says, got, said, want)
		}
	}
	if found, alone := wishesIn([]Phrase{{Text: "darker, but keep the sky as it is", Weight: 1}}); !alone || len(found) != 1 || found[0].part != sky.GroundOnly {
		t.Errorf("a wish for all but the sky is %v, alone %v; want one of the ground", found, alone)
	}
}
