package pickle

import (
	"bufio"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
)

// inert are rules under which "len" of a list may be called, and nothing else.
var inert = Rules{
	Global: func(module, name string) (any, error) {
		switch module + "." + name {
		case "builtins.len":
			return Func(func(args Tuple) (any, error) { return int64(len(args[0].(*List).Items)), nil }), nil
		case "data.Class":
			return Class("data.Class"), nil
		}
		return nil, Refusal{module, name}
	},
	Persistent: func(id any) (any, error) { return Tuple{"outside", id}, nil },
}

func read(text string) (any, error) {
	return Read(bufio.NewReader(strings.NewReader(text)), inert)
}

func TestReadsWhatPythonPickles(t *testing.T) {
	magic, _ := new(big.Int).SetString("1950a86a20f9469cfc6c", 16)
	for pickled, want := range map[string]any{
		"\x80\x02N.":                                                 nil,
		"\x80\x02\x88.":                                              true,
		"\x80\x02K\x07.":                                             int64(7),
		"\x80\x02M\x00\x01.":                                         int64(256),
		"\x80\x02J\xff\xff\xff\xff.":                                 int64(-1),
		"\x80\x02\x8a\x00.":                                          int64(0),
		"\x80\x02\x8a\x06\x00\x00\x00\x00\x00\x80.":                  int64(-1 << 47),
		"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.":                   magic,
		"\x80\x02G@\x04\x00\x00\x00\x00\x00\x00.":                    2.5,
		"\x80\x02X\x02\x00\x00\x00\xc3\xa9q\x00.":                    "é",
		"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94.": "a",
		"\x80\x04C\x02\x00\xff.":                                     Bytes{0, 255},
		"\x80\x02K\x01K\x02\x86q\x00.":                               Tuple{int64(1), int64(2)},
		"\x80\x02]q\x00(K\x01K\x02e.":                                &List{[]any{int64(1), int64(2)}},
		"\x80\x02}q\x00X\x01\x00\x00\x00aK\x01s.":                    &Dict{[]Item{{"a", int64(1)}}},
		"\x80\x02K\x05q\x01h\x01\x86.":                               nil, // one object too few: below
		"\x80\x02cbuiltins\nlen\n](K\x01K\x01e\x85R.":                int64(2),
		"\x80\x02cdata\nClass\n)\x81}X\x01\x00\x00\x00aNsb.":         &Object{"data.Class", &Dict{[]Item{{"a", nil}}}},
		"\x80\x02X\x01\x00\x00\x00kQ.":                               Tuple{"outside", "k"},
	} {
		got, err := read(pickled)
		if pickled == "\x80\x02K\x05q\x01h\x01\x86." {
			want = Tuple{int64(5), int64(5)}
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v (%v), want %v", pickled, got, err, want)
		}
	}
}

// What a pickle wants to call is refused by its name, before anything else of it.
func TestRefusesByName(t *testing.T) {
	for _, pickled := range []string{
		"cposix\nsystem\n(S'echo'\ntR.",
		"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00echoq\x01\x85q\x02Rq\x03.",
		"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04echo\x85R.",
		"\x80\x02(iposix\nsystem\n.",
	} {
		_, err := read(pickled)
		var refused Refusal
		if !errors.As(err, &refused) || refused != (Refusal{"posix", "system"}) || !strings.Contains(err.Error(), "it wants posix.system") {
			t.Errorf("%q: got %v, want a refusal of posix.system", pickled, err)
		}
	}
}

func TestRefusesWhatIsNoPickle(t *testing.T) {
	many := strings.Repeat("}", MaxObjects+1)
	for pickled, want := range map[string]string{
		"":                             "ends in the middle",
		"\x80\x02":                     "ends in the middle",
		"\x80\x02X\xff\xff\xff\x00abc": "ends in the middle",
		"\x80\x02X\xff\xff\xff\xffabc": "bytes are said to follow",
		"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff": "bytes are said to follow",
		"\x80\x01N.":                            "protocol 1",
		"\x80\x02.":                             "0 objects on its stack",
		"\x80\x02NN.":                           "2 objects on its stack",
		"\x80\x020":                             "takes more from its stack",
		"\x80\x02N(0":                           "takes more from its stack",
		"\x80\x02t":                             "mark that it never set",
		"\x80\x02h\x09":                         "none of that number",
		"\x80\x02NNR":                           "calls something with None",
		"\x80\x02N)R":                           "calls None, which cannot be called",
		"\x80\x02cdata\nClass\n)R":              "whose objects are data",
		"\x80\x02K\x01}b":                       "sets the state of an int",
		"\x80\x02](K\x01e(K\x01u":               "sets items of a list",
		"\x80\x02K\x01K\x01a":                   "appends to an int",
		"\x80\x02KKK\x93":                       "ends in the middle",
		"\x80\x02K\x01K\x01\x93":                "names a global by an int",
		"\x80\x02I01\n.":                        "opcode 0x49",
		"\x80\x02\x82\x01.":                     "opcode 0x82",
		"\x80\x02X\x01\x00\x00\x00\xff.":        "not UTF-8",
		"\x80\x02c" + strings.Repeat("a", 5000): "longer than",
		many:                                    "more than 1048576 objects",
	} {
		_, err := read(pickled)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want an error with %q", pickled, err, want)
		}
	}
}

// A list in itself, and twice in a list that is twice in one, and so on: what is
// shared stays shared.
func TestSharingCostsNothing(t *testing.T) {
	v, err := read("\x80\x02]q\x00h\x00a.")
	list, ok := v.(*List)
	if err != nil || !ok || len(list.Items) != 1 || list.Items[0] != v {
		t.Errorf("got %T (%v), want a list that holds itself", v, err)
	}
	if v, err = read("\x80\x02]" + strings.Repeat("2\x86", 200) + "."); err != nil || len(v.(Tuple)) != 2 {
		t.Errorf("got %T (%v), want a tuple", v, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"\x80\x02]q\x00(K\x01K\x02e.", "\x80\x02cposix\nsystem\nX\x01\x00\x00\x00a\x85R.", "\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94.", "\x80\x02cdata\nClass\n)\x81}X\x01\x00\x00\x00aNsb.", "\x80\x02}(X\x01\x00\x00\x00kQK\x01u."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules := inert
		rules.Global = func(module, name string) (any, error) {
			if module == "m" {
				return Func(func(args Tuple) (any, error) { return len(args), nil }), nil
			}
			return inert.Global("", module+name)
		}
		if v, err := Read(bufio.NewReader(strings.NewReader(text)), rules); err == nil {
			_ = Kind(v)
		}
	})
}
