package words

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"github.com/clipenv/toolkit/pkg/torch/safetensors/header"
)

// Table is words with a vector each. It is immutable.
type Table struct {
	words  []string
	index  map[string]int
	dim    int
	rows   []int8    // [V,D]
	scales []float32 // [V]: a vector is its row times its scale
	hash   string
}

// Bounds of a table: far above any that is useful, far below what hurts.
const (
	maxWords = 1 << 20
	maxDim   = 4096
	maxWord  = 64 // bytes
)

// kind is what a table's file says that it is.
const kind = "words"

// Parse reads a table from the bytes of its file, which is called name in
// messages: safetensors with rows, I8 [V,D]; scales, F16 [V]; and words, U8,
// one a line, in the order of the rows.
func Parse(name string, data []byte) (*Table, error) {
	t, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("words: %s: %w", name, err)
	}
	return t, nil
}

func parse(data []byte) (*Table, error) {
	h, err := header.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if got := h.Metadata["kind"]; got != kind {
		return nil, fmt.Errorf("the file is a %q, want a %q: was it made by scripts/words/distil.sh?", got, kind)
	}
	part := map[string]header.Entry{}
	for _, e := range h.Entries {
		part[e.Name] = e
	}
	content := func(name string, of header.Type, dims int) (header.Entry, []byte, error) {
		e, ok := part[name]
		if !ok || e.Type != of || len(e.Shape) != dims {
			return e, nil, fmt.Errorf("%s is %s %v, want %s of %d dimensions", name, e.Type, e.Shape, of, dims)
		}
		return e, data[h.Data+e.Begin : h.Data+e.End], nil
	}
	shape, rows, err := content("rows", header.I8, 2)
	if err != nil {
		return nil, err
	}
	n, dim := shape.Shape[0], shape.Shape[1]
	if n < 1 || n > maxWords || dim < 1 || dim > maxDim {
		return nil, fmt.Errorf("rows is %d×%d, want 1 to %d words of 1 to %d dimensions", n, dim, maxWords, maxDim)
	}
	size, scales, err := content("scales", header.F16, 1)
	if err != nil {
		return nil, err
	}
	if size.Shape[0] != n {
		return nil, fmt.Errorf("there are %d scales, want %d, as rows", size.Shape[0], n)
	}
	_, list, err := content("words", header.U8, 1)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	t := &Table{dim: int(dim), rows: make([]int8, len(rows)), scales: make([]float32, n)}
	for i, b := range rows {
		t.rows[i] = int8(b)
	}
	for i := range t.scales {
		v := half(binary.LittleEndian.Uint16(scales[2*i:]))
		if !(v > 0 && v < 1e4) {
			return nil, fmt.Errorf("the scale of row %d is %v, want more than 0 and less than 10000", i, v)
		}
		t.scales[i] = v
	}
	if err := t.name(string(list), int(n)); err != nil {
		return nil, err
	}
	for _, b := range [][]byte{list, {0}, rows, scales} {
		sum.Write(b)
	}
	t.hash = hex.EncodeToString(sum.Sum(nil))
	return t, nil
}

// name gives the rows their words.
func (t *Table) name(list string, n int) error {
	t.words = strings.SplitN(list, "\n", n+1)
	if len(t.words) != n {
		return fmt.Errorf("there are %d words or more, want %d, as rows", len(t.words), n)
	}
	t.index = make(map[string]int, n)
	for i, w := range t.words {
		if w == "" || len(w) > maxWord || strings.Trim(w, letters) != "" {
			return fmt.Errorf("word %d is %.80q, want letters a to z, 1 to %d of them", i, w, maxWord)
		}
		if at, twice := t.index[w]; twice {
			return fmt.Errorf("word %q has rows %d and %d", w, at, i)
		}
		t.index[w] = i
	}
	return nil
}

const letters = "abcdefghijklmnopqrstuvwxyz"

// half is the value of an IEEE 754 binary16.
func half(b uint16) float32 {
	sign, exponent, fraction := float64(1), int(b>>10&31), float64(b&1023)
	if b>>15 == 1 {
		sign = -1
	}
	switch exponent {
	case 0:
		return float32(sign * math.Ldexp(fraction, -24))
	case 31:
		return float32(math.NaN()) // or infinite: no scale either way
	}
	return float32(sign * math.Ldexp(1+fraction/1024, exponent-15))
}

// Len returns the number of words.
func (t *Table) Len() int { return len(t.words) }

// Dim returns the size of a vector.
func (t *Table) Dim() int { return t.dim }

// Word returns the word of a row.
func (t *Table) Word(row int) string { return t.words[row] }

// Hash identifies the table by what it says: the SHA-256, in hexadecimal, of
// its words, rows and scales.
func (t *Table) Hash() string { return t.hash }

// Add adds the vector of a row, times weight, to sum, which has Dim numbers.
func (t *Table) Add(sum []float32, row int, weight float32) {
	k := weight * t.scales[row]
	for i, v := range t.rows[row*t.dim : (row+1)*t.dim] {
		sum[i] += k * float32(v)
	}
}
