package evaluate

import (
	"maps"
	"slices"
	"testing"

	"github.com/clipenv/toolkit/pkg/figures"
)

// Those who look on are found once; one that is another model by the same name, or
// is listed no more, leaves no figure behind, and no other figure goes.
func TestWhoLookedOn(t *testing.T) {
	o := &Outcome{Maps: []MapOutcome{{Map: "park", Figures: figures.Map{ClipAfter: .3}}}}
	for _, c := range []struct {
		hashes  map[string]string
		missing []string
	}{
		{nil, nil},
		{map[string]string{"a": "1", "b": "2"}, []string{"a", "b"}},
		{map[string]string{"a": "1", "b": "2"}, nil},
		{map[string]string{"a": "1", "b": "3"}, []string{"b"}},
		{map[string]string{"b": "3"}, []string{}},
		{map[string]string{"a": "1", "b": "3"}, []string{"a"}},
		{nil, []string{}},
	} {
		missing := o.LookedAtBy(c.hashes)
		if !slices.Equal(missing, c.missing) || (missing == nil) != (c.missing == nil) {
			t.Errorf("%v: got %#v, want %#v", c.hashes, missing, c.missing)
		}
		for _, name := range missing {
			before, after := ByOther(name)
			o.Maps[0].Figures[before], o.Maps[0].Figures[after] = .1, .2
		}
		want := []string{ClipAfter}
		for name := range c.hashes {
			before, after := ByOther(name)
			want = append(want, before, after)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(o.Maps[0].Figures)); !slices.Equal(got, want) {
			t.Errorf("%v: got the figures %v, want %v", c.hashes, got, want)
		}
	}
}
