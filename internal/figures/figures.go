// Package figures writes measured numbers as JSON. Some are not there: a map
// that is black above the horizon has no stops of light from above. JSON has no
// word for NaN and infinities, and encoding/json gives up; here they are null.
package figures

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Marshal is json.Marshal with null for numbers that are NaN or infinite. It
// returns their names too, as "judge.after".
//
// It knows structs, pointers, maps with string keys and slices of what holds
// figures; what has a MarshalJSON of its own writes itself.
func Marshal(v any) (data []byte, missing []string, err error) {
	e := encoder{}
	if err := e.value(reflect.ValueOf(v), ""); err != nil {
		return nil, nil, fmt.Errorf("figures: %w", err)
	}
	return e.Bytes(), e.missing, nil
}

// Unmarshal reads figures by name as Marshal wrote them: null is NaN.
func Unmarshal(data []byte) (map[string]float64, error) {
	var read map[string]*float64
	if err := json.Unmarshal(data, &read); err != nil {
		return nil, err
	}
	out := make(map[string]float64, len(read))
	for name, value := range read {
		out[name] = math.NaN()
		if value != nil {
			out[name] = *value
		}
	}
	return out, nil
}

type encoder struct {
	bytes.Buffer
	missing []string
}

var marshaler = reflect.TypeFor[json.Marshaler]()

func (e *encoder) value(v reflect.Value, name string) error {
	if !v.IsValid() {
		e.WriteString("null")
		return nil
	}
	switch kind := v.Kind(); {
	case v.Type().Implements(marshaler):
	case kind == reflect.Float64 || kind == reflect.Float32:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			e.missing = append(e.missing, name)
			e.WriteString("null")
			return nil
		}
	case (kind == reflect.Pointer || kind == reflect.Interface) && !v.IsNil():
		return e.value(v.Elem(), name)
	case kind == reflect.Struct:
		e.WriteByte('{')
		first := true
		err := e.fields(v, name, &first)
		e.WriteByte('}')
		return err
	case kind == reflect.Map && !v.IsNil() && v.Type().Key().Kind() == reflect.String:
		e.WriteByte('{')
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for i, key := range keys {
			if err := e.member(key.String(), v.MapIndex(key), name, i == 0); err != nil {
				return err
			}
		}
		e.WriteByte('}')
		return nil
	case kind == reflect.Array || kind == reflect.Slice && !v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8:
		e.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				e.WriteByte(',')
			}
			if err := e.value(v.Index(i), fmt.Sprintf("%s[%d]", name, i)); err != nil {
				return err
			}
		}
		e.WriteByte(']')
		return nil
	}
	return e.plain(v.Interface())
}

// fields writes the members of a struct, those of embedded ones among them.
func (e *encoder) fields(v reflect.Value, name string, first *bool) error {
	for i := range v.NumField() {
		field, at := v.Type().Field(i), v.Field(i)
		tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		inner := at
		if field.Anonymous && tag == "" {
			if inner.Kind() == reflect.Pointer {
				if inner.IsNil() {
					continue
				}
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && !inner.Type().Implements(marshaler) {
				if err := e.fields(inner, name, first); err != nil {
					return err
				}
				continue
			}
		}
		switch {
		case !field.IsExported() || tag == "-" || strings.Contains(options, "omitempty") && empty(at):
			continue
		case tag == "":
			tag = field.Name
		}
		if err := e.member(tag, at, name, *first); err != nil {
			return err
		}
		*first = false
	}
	return nil
}

func (e *encoder) member(key string, v reflect.Value, name string, first bool) error {
	if !first {
		e.WriteByte(',')
	}
	if err := e.plain(key); err != nil {
		return err
	}
	e.WriteByte(':')
	if name != "" {
		name += "."
	}
	return e.value(v, name+key)
}

// plain is encoding/json's way, without escapes for web pages.
func (e *encoder) plain(v any) error {
	enc := json.NewEncoder(&e.Buffer)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	if err == nil {
		e.Truncate(e.Len() - 1) // the line's end
	}
	return err
}

// empty is what encoding/json leaves out by "omitempty".
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
