package clouds

import (
	"bytes"
	"math"
	"testing"
)

// Every sky is there, small, level over its own smooth sky, and no rougher at the
// seam than beside it.
func TestEverySky(t *testing.T) {
	var bytesOfAll int
	for _, m := range Maps {
		stops, err := Read(m.Name)
		if err != nil {
			t.Error(err)
			continue
		}
		data, _ := files.ReadFile("stops/" + m.Name + ".jpg")
		bytesOfAll += len(data)
		for c, v := range stops {
			var sum, all float64
			step := func(x int) (sum float64) {
				for y := range Height {
					sum += math.Abs(float64(v[y*Width+x] - v[y*Width+(x+1)%Width]))
				}
				return sum / Height
			}
			for y := range Height {
				w := math.Cos(math.Pi / 2 * (1 - (float64(y)+.5)/Height))
				for _, s := range v[y*Width : (y+1)*Width] {
					sum, all = sum+w*float64(s), all+w
				}
			}
			if mean := sum / all; math.Abs(mean) > .35 {
				t.Errorf("%s, channel %d: lies %.2f stops over its smooth sky in the mean, want about 0", m.Name, c, mean)
			}
			var beside float64
			for x := 7; x < Width-1; x += 8 { // as files are coded in blocks of 8
				beside = max(beside, step(x))
			}
			if at := step(Width - 1); at > beside {
				t.Errorf("%s, channel %d: the seam steps by %.3f stops, elsewhere by %.3f at most", m.Name, c, at, beside)
			}
		}
	}
	if bytesOfAll > 1_200_000 {
		t.Errorf("all have %d bytes, want at most 1.2 million", bytesOfAll)
	}
	if _, err := Read("nowhere"); err == nil {
		t.Error("a sky that is not there was read")
	}
}

// What a cover and a sun ask for is what they get, whatever the seed; and the
// seeds do not all say the same.
func TestWhatIsChosenSuits(t *testing.T) {
	for _, ask := range []struct {
		cover       float64
		low         bool
		least, most float64
	}{{.3, false, .3, .5}, {.6, false, .4, .85}, {1, false, .85, 1}, {.3, true, .2, .45}, {.6, true, .5, .7}, {1, true, .85, 1}} {
		turns := map[float64]bool{}
		for seed := range int64(40) {
			c := For(ask.cover, ask.low, seed)
			if c.Cover < ask.least || c.Cover > ask.most || c.Low() && !ask.low {
				t.Errorf("cover %v, low %v, seed %d: got %+v", ask.cover, ask.low, seed, c)
			}
			if most := map[bool]float64{true: lowTurn, false: math.Pi}[ask.low]; math.Abs(c.Turn) > most {
				t.Errorf("cover %v, low %v, seed %d: turned by %v, want at most %v", ask.cover, ask.low, seed, c.Turn, most)
			}
			turns[c.Turn] = true
		}
		if len(turns) < 40 {
			t.Errorf("cover %v, low %v: 40 seeds gave %d turns", ask.cover, ask.low, len(turns))
		}
	}
}

// What is written is read, to the loss of the file: flat parts to a step and
// detail to some hundredths of a stop.
func TestWrittenIsRead(t *testing.T) {
	stops, err := Read(Maps[1].Name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, stops); err != nil {
		t.Fatal(err)
	}
	if b.Len() < 2000 || b.Len() > 60000 {
		t.Errorf("a sky has %d bytes, want some ten thousand", b.Len())
	}
}
