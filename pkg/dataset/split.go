package dataset

import (
	"crypto/sha256"
	"encoding/binary"
)

// Split is a part of a data set.
type Split string

// The three splits.
const (
	Train Split = "train"
	Val   Split = "val"
	Test  Split = "test"
)

// SplitOf places a scene: val and test are the parts, 0 to 1, that go there.
// It hashes the scene's name alone, so that adding maps moves none.
func SplitOf(scene string, val, test float64) Split {
	sum := sha256.Sum256([]byte(scene))
	switch at := float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53); {
	case at < test:
		return Test
	case at < test+val:
		return Val
	default:
		return Train
	}
}

// Select returns the entries of a split; a held-out map takes its whole scene
// into the test split.
func Select(entries []Entry, want Split, val, test float64) []Entry {
	held := map[string]bool{}
	for _, m := range entries {
		if m.HeldOut {
			held[m.Scene] = true
		}
	}
	var out []Entry
	for _, m := range entries {
		s := SplitOf(m.Scene, val, test)
		if held[m.Scene] {
			s = Test
		}
		if s == want {
			out = append(out, m)
		}
	}
	return out
}
