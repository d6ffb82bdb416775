package faults_test

import (
	"errors"
	"math"
	"testing"

	"github.com/clipenv/toolkit/internal/faults"
)

func TestAllFaultsAreToldInTheirOrder(t *testing.T) {
	inner := errors.New("model: latent is 0")
	var l faults.List
	l.Check(true, "nothing is %d", 1)
	l.Add(nil)
	faults.Within(&l, "lift", 8., -8, 8)
	if err := l.Err(); err != nil {
		t.Fatalf("got %v, want no error where nothing is wrong", err)
	}
	l.Check(false, "steps is %d, want 1 or more", 0)
	l.Add(inner)
	faults.Within(&l, "embed", int64(0), 1, 8192)
	faults.Within(&l, "haze", math.NaN(), 0, .5)
	want := "steps is 0, want 1 or more\nmodel: latent is 0\nembed is 0, want 1 to 8192\nhaze is NaN, want 0 to 0.5"
	if err := l.Err(); err == nil || err.Error() != want || !errors.Is(err, inner) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
