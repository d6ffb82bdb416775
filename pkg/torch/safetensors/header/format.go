package header

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Format lays the tensors out as the reference does (the widest types first,
// then by name), sets Begin and End of each, and returns them in that order
// with the bytes that stand before the elements, length and all. They are
// padded with spaces to a multiple of 8, so that elements are aligned.
// The same tensors and metadata always give the same bytes.
func Format(entries []Entry, metadata map[string]string) ([]Entry, []byte, error) {
	laid := slices.Clone(entries)
	slices.SortFunc(laid, func(a, b Entry) int {
		return cmp.Or(slices.Index(types, b.Type)-slices.Index(types, a.Type), strings.Compare(a.Name, b.Name))
	})
	text := []byte{'{'}
	if len(metadata) > 0 {
		text = append(text, `"`+metadataName+`":{`...)
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if !utf8.ValidString(key) || !utf8.ValidString(metadata[key]) {
				return nil, nil, fmt.Errorf("metadata %q: %q is not UTF-8", key, metadata[key])
			}
			text = comma(text, i)
			text = append(quote(text, key), ':')
			text = quote(text, metadata[key])
		}
		text = append(text, '}')
	}
	names := map[string]bool{metadataName: true}
	at := int64(0)
	for i := range laid {
		e := &laid[i]
		if names[e.Name] {
			return nil, nil, fmt.Errorf("tensor %q: the name is taken", e.Name)
		}
		names[e.Name] = true
		if !utf8.ValidString(e.Name) {
			return nil, nil, fmt.Errorf("tensor %q: the name is not UTF-8", e.Name)
		}
		n, ok := bytesOf(e.Type, e.Shape)
		if e.Begin, e.End = at, at+n; !ok || e.End < at || e.check() != nil {
			return nil, nil, fmt.Errorf("tensor %q: no file can hold %v of type %q", e.Name, e.Shape, e.Type)
		}
		at = e.End
		text = comma(text, len(text)-1)
		text = e.append(text)
	}
	text = append(text, '}')
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	if len(text) > MaxSize {
		return nil, nil, fmt.Errorf("the header would have %d bytes, want at most %d: shorten names and metadata", len(text), MaxSize)
	}
	return laid, append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), nil
}

func (e Entry) append(text []byte) []byte {
	text = append(quote(text, e.Name), `:{"dtype":"`+string(e.Type)+`","shape":[`...)
	for i, d := range e.Shape {
		text = strconv.AppendInt(comma(text, i), d, 10)
	}
	text = append(text, `],"data_offsets":[`...)
	text = append(strconv.AppendInt(text, e.Begin, 10), ',')
	return append(strconv.AppendInt(text, e.End, 10), `]}`...)
}

// comma goes before each but the first of a list.
func comma(text []byte, i int) []byte {
	if i > 0 {
		return append(text, ',')
	}
	return text
}

// quote escapes what JSON must have escaped and nothing else, as the reference
// does; encoding/json would also escape <, > and &.
func quote(text []byte, s string) []byte {
	text = append(text, '"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			text = append(text, '\\', c)
		case c >= 0x20:
			text = append(text, c)
		case strings.IndexByte("\b\t\n\f\r", c) >= 0:
			text = append(text, '\\', "btn?fr"[c-'\b'])
		default:
			text = fmt.Appendf(text, `\u%04x`, c)
		}
	}
	return append(text, '"')
}
