package raster

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What is opened is no brighter, commutes with a turn, and keeps what is wide.
func TestOpened(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	p := NewPlane(40, 12).Each(func(int) float32 { return r.Float32() })
	for y := 3; y < 9; y++ {
		for x := 36; x < 44; x++ {
			p.Row(y)[x%40] = 5
		}
	}
	p.Row(1)[20] = 9
	o := p.Opened(2)
	turned := p.Like().Fill(func(x, y int) float32 { return p.Row(y)[(x+7)%40] }).Opened(2)
	for y := range p.H {
		for x := range p.W {
			if o.Row(y)[x] > p.Row(y)[x] {
				t.Fatalf("%d,%d rises from %v to %v", x, y, p.Row(y)[x], o.Row(y)[x])
			}
			if turned.Row(y)[x] != o.Row(y)[(x+7)%40] {
				t.Fatalf("%d,%d is not that of the turned plane", x, y)
			}
		}
	}
	if math.Abs(float64(o.Row(5)[39])-5) > 0 || o.Row(1)[20] > 1 {
		t.Errorf("a patch of 5 is %v, want 5; a speck of 9 is %v, want it gone", o.Row(5)[39], o.Row(1)[20])
	}
}
