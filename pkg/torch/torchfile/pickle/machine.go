package pickle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
)

// machine is the stack on which a pickle is put together. The opcodes are those
// of Python's pickletools, by its names.
type machine struct {
	in    Input
	rules Rules
	at    int64 // bytes read

	stack   []any
	marks   []int // heights of the stack
	memo    map[uint64]any
	objects int
}

// run follows the opcodes up to STOP.
func (m *machine) run() (any, error) {
	for {
		op, err := m.byte()
		if err != nil {
			return nil, err
		}
		if op == '.' { // STOP
			if len(m.stack) != 1 || len(m.marks) != 0 {
				return nil, fmt.Errorf("it ends with %d objects on its stack, want 1", len(m.stack))
			}
			return m.stack[0], nil
		}
		if err := m.step(op); err != nil {
			return nil, err
		}
	}
}

// step follows one opcode.
func (m *machine) step(op byte) error {
	if done, err := m.value(op); done || err != nil {
		return err
	}
	if done, err := m.container(op); done || err != nil {
		return err
	}
	if done, err := m.memory(op); done || err != nil {
		return err
	}
	return m.call(op)
}

// value pushes what stands in the pickle itself.
func (m *machine) value(op byte) (done bool, err error) {
	var v any
	switch op {
	case 'N': // NONE
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		v = op == 0x88
	case 'K': // BININT1
		v, err = m.integer(1)
	case 'M': // BININT2
		v, err = m.integer(2)
	case 'J': // BININT, signed
		var n int64
		n, err = m.integer(4)
		v = int64(int32(n))
	case 0x8a: // LONG1
		v, err = m.long()
	case 'G': // BINFLOAT
		var b []byte
		if b, err = m.bytes(8); err == nil {
			v = math.Float64frombits(binary.BigEndian.Uint64(b))
		}
	case 0x8c: // SHORT_BINUNICODE
		v, err = m.text(1)
	case 'X': // BINUNICODE
		v, err = m.text(4)
	case 0x8d: // BINUNICODE8
		v, err = m.text(8)
	case 'U', 'T': // SHORT_BINSTRING, BINSTRING: Python 2's str
		v, err = m.text(map[byte]int{'U': 1, 'T': 4}[op])
	case 'C': // SHORT_BINBYTES
		v, err = m.block(1)
	case 'B': // BINBYTES
		v, err = m.block(4)
	case 0x8e, 0x96: // BINBYTES8, BYTEARRAY8
		v, err = m.block(8)
	default:
		return false, nil
	}
	if err == nil {
		err = m.push(v)
	}
	return true, err
}

// container makes and fills tuples, lists and dicts.
func (m *machine) container(op byte) (done bool, err error) {
	switch op {
	case '(': // MARK
		m.marks = append(m.marks, len(m.stack))
		return true, m.spend()
	case ')': // EMPTY_TUPLE
		return true, m.push(Tuple{})
	case 't': // TUPLE
		items, err := m.popMark()
		if err != nil {
			return true, err
		}
		return true, m.push(Tuple(items))
	case 0x85, 0x86, 0x87: // TUPLE1 to TUPLE3
		items, err := m.popN(int(op) - 0x84)
		if err != nil {
			return true, err
		}
		return true, m.push(Tuple(items))
	case ']': // EMPTY_LIST
		return true, m.push(&List{})
	case '}': // EMPTY_DICT
		return true, m.push(&Dict{})
	case 'a', 'e': // APPEND, APPENDS
		items, err := m.taken(op == 'e', 1)
		if err != nil {
			return true, err
		}
		return true, m.extend(items)
	case 's', 'u': // SETITEM, SETITEMS
		items, err := m.taken(op == 'u', 2)
		if err != nil {
			return true, err
		}
		return true, m.set(items)
	}
	return false, nil
}

// memory works on the stack and the memo.
func (m *machine) memory(op byte) (done bool, err error) {
	switch op {
	case 0x80: // PROTO
		n, err := m.integer(1)
		if err == nil && (n < 2 || n > 5) {
			err = fmt.Errorf("it is of protocol %d, want 2 to 5, as torch.save writes it", n)
		}
		return true, err
	case 0x95: // FRAME: its length is for readers that read ahead
		_, err := m.bytes(8)
		return true, err
	case '0': // POP
		_, err := m.popN(1)
		return true, err
	case '1': // POP_MARK
		_, err := m.popMark()
		return true, err
	case '2': // DUP
		top, err := m.top()
		if err != nil {
			return true, err
		}
		return true, m.push(top)
	case 'q', 'r': // BINPUT, LONG_BINPUT
		i, err := m.integer(map[byte]int{'q': 1, 'r': 4}[op])
		if err != nil {
			return true, err
		}
		return true, m.remember(uint64(i))
	case 0x94: // MEMOIZE
		return true, m.remember(uint64(len(m.memo)))
	case 'h', 'j': // BINGET, LONG_BINGET
		i, err := m.integer(map[byte]int{'h': 1, 'j': 4}[op])
		if err != nil {
			return true, err
		}
		v, ok := m.memo[uint64(i)]
		if !ok {
			return true, fmt.Errorf("it takes object %d from its memo, which has none of that number", i)
		}
		return true, m.push(v)
	}
	return false, nil
}

// spend pays for one object, and for room to hold it.
func (m *machine) spend() error {
	if m.objects++; m.objects > MaxObjects {
		return fmt.Errorf("it makes more than %d objects: it is no model's", MaxObjects)
	}
	return nil
}

func (m *machine) push(v any) error {
	m.stack = append(m.stack, v)
	return m.spend()
}

// floor is the height of the stack that a pop may not pass: the last mark's.
func (m *machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

// popN takes the n uppermost objects, the lowest first.
func (m *machine) popN(n int) ([]any, error) {
	from := len(m.stack) - n
	if from < m.floor() {
		return nil, errors.New("it takes more from its stack than lies there")
	}
	items := slices.Clone(m.stack[from:])
	m.stack = m.stack[:from]
	return items, nil
}

// popMark takes all objects down to the last mark.
func (m *machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, errors.New("it goes back to a mark that it never set")
	}
	items, err := m.popN(len(m.stack) - m.floor())
	m.marks = m.marks[:len(m.marks)-1]
	return items, err
}

// taken takes all objects down to the last mark, or the n uppermost.
func (m *machine) taken(marked bool, n int) ([]any, error) {
	if marked {
		return m.popMark()
	}
	return m.popN(n)
}

func (m *machine) top() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, errors.New("it looks at an empty stack")
	}
	return m.stack[len(m.stack)-1], nil
}

func (m *machine) remember(i uint64) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	m.memo[i] = v
	return m.spend()
}

// extend puts items into the list on top.
func (m *machine) extend(items []any) error {
	top, err := m.top()
	if err != nil {
		return err
	}
	list, ok := top.(*List)
	if !ok {
		return fmt.Errorf("it appends to %s, want a list", Kind(top))
	}
	list.Items = append(list.Items, items...)
	return nil
}

// set puts keys and values into the dict on top.
func (m *machine) set(items []any) error {
	top, err := m.top()
	if err != nil {
		return err
	}
	dict, ok := top.(*Dict)
	if !ok {
		return fmt.Errorf("it sets items of %s, want a dict", Kind(top))
	}
	if len(items)%2 != 0 {
		return errors.New("it gives a dict a key without a value")
	}
	for i := 0; i < len(items); i += 2 {
		dict.Items = append(dict.Items, Item{items[i], items[i+1]})
	}
	return nil
}

// Kind names what an object is, in Python's words. It looks at nothing within:
// an object can hold itself.
func Kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "a bool"
	case int64, *big.Int:
		return "an int"
	case float64:
		return "a float"
	case string:
		return "a str"
	case Bytes:
		return "bytes"
	case Tuple:
		return "a tuple"
	case *List:
		return "a list"
	case *Dict:
		return "a dict"
	case *Object:
		return "an object of " + string(v.Class)
	case Func, Class:
		return "a function or class"
	}
	return strings.TrimPrefix(fmt.Sprintf("a %T", v), "a *")
}
