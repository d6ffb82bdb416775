package hdr

import (
	"math"
	"testing"
)

var acescg = Primaries{
	Red: [2]float64{.713, .293}, Green: [2]float64{.165, .830},
	Blue: [2]float64{.128, .044}, White: [2]float64{.32168, .33767},
}

func TestConversionKeepsWhite(t *testing.T) {
	for _, p := range []Primaries{Rec709, acescg} {
		m := p.toRec709Matrix()
		got := m.Apply([3]float64{1, 1, 1})
		for c := range 3 {
			if math.Abs(got[c]-1) > 1e-12 {
				t.Errorf("%v: white became %v, want 1 1 1", p, got)
				break
			}
		}
	}
}

func TestLuminanceOfRec709(t *testing.T) {
	got, want := Rec709.toXYZ()[1], [3]float64{.2126, .7152, .0722} // ITU-R BT.709-6, item 3.2
	for c := range 3 {
		if math.Abs(got[c]-want[c]) > 1e-4 {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestDegeneratePrimariesAreNotValid(t *testing.T) {
	line := Rec709
	line.Blue = [2]float64{.32, .63} // on the way from red over green
	line.Green = [2]float64{.48, .48}
	nan := Rec709
	nan.White[0] = math.NaN()
	for name, p := range map[string]Primaries{"zero": {}, "on a line": line, "not a number": nan} {
		if p.Valid() {
			t.Errorf("%s: %v is valid, want not", name, p)
		}
	}
	if !Rec709.Valid() || !acescg.Valid() {
		t.Errorf("Rec. 709 or ACEScg is not valid")
	}
}
