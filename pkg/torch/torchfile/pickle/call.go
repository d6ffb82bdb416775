package pickle

import (
	"errors"
	"fmt"
	"strings"
)

// call follows the opcodes that name things outside the pickle: each goes
// through the Rules.
func (m *machine) call(op byte) error {
	switch op {
	case 'c', 'i': // GLOBAL, INST
		module, err := m.line()
		if err != nil {
			return err
		}
		name, err := m.line()
		if err != nil {
			return err
		}
		if op == 'i' {
			return Refusal{module, name}
		}
		return m.global(module, name)
	case 0x93: // STACK_GLOBAL
		names, err := m.popN(2)
		if err != nil {
			return err
		}
		module, ok := names[0].(string)
		name, ok2 := names[1].(string)
		if !ok || !ok2 {
			return fmt.Errorf("it names a global by %s and %s, want two texts", Kind(names[0]), Kind(names[1]))
		}
		return m.global(module, name)
	case 'R', 0x81: // REDUCE, NEWOBJ
		return m.reduce(op == 0x81)
	case 'b': // BUILD
		return m.build()
	case 'Q': // BINPERSID
		id, err := m.popN(1)
		if err != nil {
			return err
		}
		v, err := m.rules.Persistent(id[0])
		if err != nil {
			return err
		}
		return m.push(v)
	}
	return fmt.Errorf("it has opcode %#x, which no file of weights needs", op)
}

// maxLine bounds the name of a module or of what is in it, in bytes.
const maxLine = 1024

func (m *machine) line() (string, error) {
	var b strings.Builder
	for b.Len() <= maxLine {
		c, err := m.byte()
		if err != nil {
			return "", err
		}
		if c == '\n' {
			return b.String(), nil
		}
		b.WriteByte(c)
	}
	return "", fmt.Errorf("a name in it is longer than %d bytes", maxLine)
}

func (m *machine) global(module, name string) error {
	v, err := m.rules.Global(module, name)
	if err != nil {
		return err
	}
	return m.push(v)
}

// reduce calls a function, or makes an object of a class.
func (m *machine) reduce(object bool) error {
	pair, err := m.popN(2)
	if err != nil {
		return err
	}
	args, ok := pair[1].(Tuple)
	if !ok {
		return fmt.Errorf("it calls something with %s, want a tuple", Kind(pair[1]))
	}
	switch f := pair[0].(type) {
	case Func:
		v, err := f(args)
		if err != nil {
			return err
		}
		return m.push(v)
	case Class:
		if !object || len(args) != 0 {
			return fmt.Errorf("it calls %s, whose objects are data", f)
		}
		return m.push(&Object{Class: f})
	}
	return fmt.Errorf("it calls %s, which cannot be called", Kind(pair[0]))
}

// build sets the state of an object. That of a dict is a module's versions,
// which nothing reads.
func (m *machine) build() error {
	state, err := m.popN(1)
	if err != nil {
		return err
	}
	top, err := m.top()
	if err != nil {
		return err
	}
	switch top := top.(type) {
	case *Object:
		if top.State != nil {
			return errors.New("it sets the state of an object twice")
		}
		top.State = state[0]
	case *Dict:
	default:
		return fmt.Errorf("it sets the state of %s, which has none", Kind(top))
	}
	return nil
}
