package figures

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
)

type inner struct {
	Before float64 `json:"before"`
	After  float64 `json:"after,omitempty"`
}

type Promoted struct {
	Judge *inner `json:"judge,omitempty"`
	CLIP  inner  `json:"clip"`
	Stops float64
	Out   []byte `json:"-"`
	quiet float64
}

type outer struct {
	Name string `json:"name"`
	*Promoted
	Mean  [3]float64         `json:"mean"`
	Table map[string]float64 `json:"table"`
	List  []any              `json:"list"`
	Raw   json.RawMessage    `json:"raw,omitempty"`
	Any   any                `json:"any"`
}

// Of what encoding/json can write, the bytes are the same.
func TestMarshalIsJSON(t *testing.T) {
	for _, v := range []any{
		nil, 3, "a\nb", []float64(nil), map[string]float64(nil), struct{}{}, []byte("ab"), map[int]int{2: 3},
		outer{Name: "é", Promoted: &Promoted{Judge: &inner{1, 0}, CLIP: inner{2, 3.25}, Stops: -1e-9}},
		&outer{Table: map[string]float64{"b": 1, "a": 2}, List: []any{1, nil, "x", inner{}}, Raw: json.RawMessage(`{"a":1}`), Any: &inner{}},
		[]inner{{1, 2}}, 1e300,
	} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		got, missing, err := Marshal(v)
		if err != nil || string(got) != string(want) || missing != nil {
			t.Errorf("got %s (%v, %v), want %s", got, missing, err, want)
		}
	}
}

func TestWhatIsNoNumberIsNull(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	got, missing, err := Marshal(outer{
		Promoted: &Promoted{Judge: &inner{nan, inf}, Stops: -inf, quiet: nan},
		Mean:     [3]float64{1, nan, 2}, Table: map[string]float64{"b": inf, "a": 1},
	})
	want := `{"name":"","judge":{"before":null,"after":null},"clip":{"before":0},"Stops":null,"mean":[1,null,2],"table":{"a":1,"b":null},"list":null,"any":null}`
	if err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	if names := []string{"judge.before", "judge.after", "Stops", "mean[1]", "table.b"}; !reflect.DeepEqual(missing, names) {
		t.Errorf("got %q missing, want %q", missing, names)
	}
	if _, _, err := Marshal(struct{ F func() }{func() {}}); err == nil {
		t.Error("a function: got no error")
	}
}

// What was written comes back, with NaN for what was no number.
func TestUnmarshalReadsWhatMarshalWrote(t *testing.T) {
	data, _, err := Marshal(map[string]float64{"a": 1.5, "b": math.NaN(), "c": math.Inf(-1), "d": 0})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unmarshal(data)
	if err != nil || len(got) != 4 || got["a"] != 1.5 || got["d"] != 0 || !math.IsNaN(got["b"]) || !math.IsNaN(got["c"]) {
		t.Errorf("got %v (%v) of %s, want the four figures", got, err, data)
	}
	if _, err := Unmarshal([]byte(`{"a": "x"}`)); err == nil {
		t.Error("a word for a figure: got no error")
	}
}
