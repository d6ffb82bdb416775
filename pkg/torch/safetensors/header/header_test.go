package header

import (
	"bytes"
	"encoding/binary"
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestBadHeaders(t *testing.T) {
	const ok = `{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	for _, c := range []struct {
		name, text string
		data       int64
		want       string
	}{
		{"empty", ``, 0, `does not begin with "{"`},
		{"space first", ` {}`, 0, `does not begin with "{"`},
		{"an array", `[]`, 0, `does not begin with "{"`},
		{"cut", `{"a":{"dtype":"F32",`, 4, `ends at byte`},
		{"no JSON", `{a}`, 0, `at byte`},
		{"after the end", `{"a":` + ok + `} {}`, 4, `goes on after its last }`},
		{"after the end, a zero", `{"a":` + ok + "}\x00", 4, `goes on after its last }`},
		{"not UTF-8", "{\"\xff\":" + ok + `}`, 4, `not UTF-8`},
		{"one name twice", `{"a":` + ok + `,"a":` + ok + `}`, 4, `"a" is there twice`},
		{"one name twice, escaped", `{"a":` + ok + `,"\u0061":` + ok + `}`, 4, `"a" is there twice`},
		{"one field twice", `{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `"dtype" is there twice`},
		{"one key twice", `{"__metadata__":{"k":"1","k":"2"}}`, 0, `"k" is there twice`},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, 0, `"__metadata__" is there twice`},
		{"metadata of numbers", `{"__metadata__":{"k":1}}`, 0, `"k": found 1, want a string`},
		{"metadata of text", `{"__metadata__":"k"}`, 0, `found "k", want {`},
		{"tensor null", `{"a":null}`, 0, `found null, want {`},
		{"no type", `{"a":{"shape":[1],"data_offsets":[0,4]}}`, 4, `has no dtype`},
		{"no shape", `{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4, `has no shape`},
		{"no offsets", `{"a":{"dtype":"F32","shape":[1]}}`, 4, `has no data_offsets`},
		{"unknown field", `{"a":{"dtype":"F32","strides":[1]}}`, 4, `"strides": unknown`},
		{"unknown type", `{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}`, 4, `type is "F4", want one of`},
		{"a fraction", `{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, 4, `found 1.0, want a whole number`},
		{"an exponent", `{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}`, 4, `found 1e0, want a whole number`},
		{"text for a number", `{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}`, 4, `found "1", want a whole number`},
		{"negative size", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4, `found -1, want a whole number`},
		{"negative offset", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 4, `found -4, want a whole number`},
		{"beyond 64 bits", `{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}`, 4, `want a whole number`},
		{"product overflows", `{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0, `product below 2⁶³`},
		{"bytes overflow", `{"a":{"dtype":"I64","shape":[2305843009213693952],"data_offsets":[0,0]}}`, 0, `product below 2⁶³`},
		{"one offset", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, 4, `has 1 numbers, want 2`},
		{"offsets turned", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 4, `[4 0], want 0 or more and in order`},
		{"too few bytes", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4, `hold 4 bytes, want 8 for [2] F32`},
		{"part of an element", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,5]}}`, 5, `hold 5 bytes, want 4`},
		{"overlap", `{"a":` + ok + `,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, 6, `"b" begins at 2, within "a", which ends at 4`},
		{"same bytes", `{"a":` + ok + `,"b":` + ok + `}`, 4, `"b" begins at 0, within "a"`},
		{"gap", `{"a":` + ok + `,"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12, `"b" begins at 8, want 4`},
		{"gap first", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8, `"a" begins at 4, want 0`},
		{"cut short", `{"a":` + ok + `}`, 3, `end at 4, but the file has 3`},
		{"too long", `{"a":` + ok + `}`, 8, `end at 4, but the file has 8`},
		{"nothing named", `{}`, 1, `end at 0, but the file has 1`},
		{"deep", `{"a":` + strings.Repeat("[", 100_000) + `}`, 0, `found [, want {`},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := Parse([]byte(c.text), c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v and error %v, want an error with %q", h, err, c.want)
			}
		})
	}
}

func TestBadLengths(t *testing.T) {
	length := func(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "has 0 bytes, want at least 8"},
		{"seven bytes", "1234567", "has 7 bytes, want at least 8"},
		{"beyond the limit", length(MaxSize+1) + "{}", "is 100000001, want at most 100000000"},
		{"beyond int64", length(1<<64-1) + "{}", "want at most"},
		{"beyond the file", length(3) + "{}", "is 3, but only 2 bytes follow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.file), int64(len(c.file)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestEntriesComeInTheOrderOfTheirBytes(t *testing.T) {
	const text = `{"z":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"data_offsets":[3,4],"shape":[],"dtype":"BOOL"},` +
		`"none":{"dtype":"F64","shape":[0,9],"data_offsets":[2,2]},"m":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}   `
	h, err := Parse([]byte(text), 4)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range h.Entries {
		got = append(got, e.Name)
	}
	if want := []string{"z", "none", "m", "a"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFormatRefusesWhatItCouldNotRead(t *testing.T) {
	one := Entry{Name: "a", Type: F32, Shape: []int64{1}}
	for _, c := range []struct {
		name     string
		entries  []Entry
		metadata map[string]string
		want     string
	}{
		{"twice", []Entry{one, one}, nil, `"a": the name is taken`},
		{"metadata's name", []Entry{{Name: "__metadata__", Type: U8, Shape: []int64{0}}}, nil, "the name is taken"},
		{"no UTF-8", []Entry{{Name: "\xff", Type: U8}}, nil, "not UTF-8"},
		{"no UTF-8 in metadata", nil, map[string]string{"k": "\xff"}, "not UTF-8"},
		{"unknown type", []Entry{{Name: "a", Type: "F4"}}, nil, `type "F4"`},
		{"negative", []Entry{{Name: "a", Type: U8, Shape: []int64{-1}}}, nil, "[-1]"},
		{"too large together", []Entry{{Name: "a", Type: U8, Shape: []int64{1 << 62}}, {Name: "b", Type: U8, Shape: []int64{1 << 62}}}, nil, `"b": no file can hold`},
	} {
		_, _, err := Format(c.entries, c.metadata)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one with %q", c.name, err, c.want)
		}
	}
}

// Whatever is accepted is sound and can be written; what is written is read as
// the same, and written again as the same bytes.
func FuzzParse(f *testing.F) {
	file, err := os.ReadFile("../testdata/python.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	n := int(binary.LittleEndian.Uint64(file))
	f.Add(file[8:8+n], int64(len(file)-8-n))
	f.Add([]byte(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`), int64(4))
	f.Add([]byte(`{"__metadata__":{"k":"\ud800"},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`), int64(0))
	f.Fuzz(func(t *testing.T, text []byte, data int64) {
		h, err := Parse(text, data)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("got an error of several lines: %v", err)
			}
			return
		}
		end := int64(0)
		for _, e := range h.Entries {
			if e.Begin != end || e.End < e.Begin || e.End > data {
				t.Fatalf("%q: got bytes %d to %d after %d, of %d", e.Name, e.Begin, e.End, end, data)
			}
			end = e.End
		}
		laid, head, err := Format(h.Entries, h.Metadata)
		if err != nil {
			t.Fatalf("read, but could not be written: %v", err)
		}
		if len(head)%8 != 0 {
			t.Errorf("got elements at %d, want a multiple of 8", len(head))
		}
		if data > 1<<62 {
			return // with the header it would pass an int64, and any file
		}
		back, err := Read(bytes.NewReader(head), int64(len(head))+data)
		if err != nil {
			t.Fatalf("written, but could not be read: %v", err)
		}
		if len(laid) > 0 && !reflect.DeepEqual(back.Entries, laid) {
			t.Errorf("got %v, want %v", back.Entries, laid)
		}
		if _, again, _ := Format(back.Entries, back.Metadata); !bytes.Equal(again, head) {
			t.Errorf("got other bytes the second time: %q, want %q", again, head)
		}
	})
}
