// Package pickle reads the data of a Python pickle, and runs none of it.
//
//	Read: bytes, Rules -> nil, bool, int64, *big.Int, float64, string, Bytes,
//	                      Tuple, *List, *Dict, *Object, or what the Rules made
//
// A pickle is a program: it names functions and has them called. Here a name
// stands for nothing until the Rules give it a meaning, and what they do not
// know is refused before anything of it is made. Nothing is imported, looked
// up or run in any other way.
//
// What a pickle can make of few bytes is bounded: by the objects it makes, by
// the bytes it is read from, and because sharing is kept as sharing. Whoever
// walks what was read bounds the walk: an object can hold itself.
package pickle

import (
	"errors"
	"fmt"

	"github.com/clipenv/toolkit/internal/quote"
)

// Bytes are bytes or a bytearray.
type Bytes []byte

// Tuple is a tuple.
type Tuple []any

// List is a list; it can hold itself.
type List struct{ Items []any }

// Dict is a dict or an OrderedDict: what was put in, in order. A key that was
// put in twice stands there twice.
type Dict struct{ Items []Item }

// Item is a key with its value.
type Item struct{ Key, Value any }

// Object is an object of a Class, with what its state was set to.
type Object struct {
	Class Class
	State any
}

// Class is the name of a class whose objects are data, without methods.
type Class string

// Func is what a pickle may call.
type Func func(args Tuple) (any, error)

// Rules are what a pickle may name.
type Rules struct {
	// Global returns what a module's name stands for: a Func, a Class, or a
	// value. An error refuses the pickle.
	Global func(module, name string) (any, error)
	// Persistent returns the object that lies outside the pickle under an id.
	Persistent func(id any) (any, error)
}

// Refusal is the error for a name that a pickle may not use.
type Refusal struct{ Module, Name string }

func (r Refusal) Error() string {
	return fmt.Sprintf("it wants %s, and only tensors and plain containers are read: nothing of it was run", quote.Text(r.Module+"."+r.Name))
}

// Input is what a pickle is read from.
type Input interface {
	ReadByte() (byte, error)
	Read(p []byte) (int, error)
}

const (
	// MaxObjects bounds what one pickle makes: a hundred times what the
	// state of a large model's optimiser needs.
	MaxObjects = 1 << 20
	// MaxBytes bounds the bytes of one pickle; those of the tensors do not lie in it.
	MaxBytes = 32 << 20
)

// errShort is the end of the input within a pickle.
var errShort = errors.New("it ends in the middle")

// Read reads one pickle of protocol 2 to 5 and leaves in at the byte after it.
func Read(in Input, rules Rules) (any, error) {
	m := machine{in: in, rules: rules, memo: map[uint64]any{}}
	v, err := m.run()
	if err != nil {
		return nil, fmt.Errorf("pickle, byte %d: %w", m.at, err)
	}
	return v, nil
}
