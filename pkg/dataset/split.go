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

// Select returns the entries or maps of a split; a held-out one takes its whole
// scene into the test split.
func Select[M interface{ entry() Entry }](maps []M, want Split, val, test float64) []M {
	var out []M
	for i, s := range Splits(maps, val, test) {
		if s == want {
			out = append(out, maps[i])
		}
	}
	return out
}

// Splits returns the split of each.
func Splits[M interface{ entry() Entry }](maps []M, val, test float64) []Split {
	held := map[string]bool{}
	for _, m := range maps {
		if e := m.entry(); e.HeldOut {
			held[e.Scene] = true
		}
	}
	out := make([]Split, len(maps))
	for i, m := range maps {
		scene := m.entry().Scene
		out[i] = SplitOf(scene, val, test)
		if held[scene] {
			out[i] = Test
		}
	}
	return out
}
