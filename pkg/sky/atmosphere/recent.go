package atmosphere

import "sync"

// recent holds the last few things that were made: a search over a light's
// numbers changes one at a time, and compares all with the same noon. It is
// safe for concurrent use; the zero value is empty.
type recent[K comparable, V any] struct {
	sync.Mutex
	keys [32]K
	made [32]V
	n    int
}

// of is what was made of a key not long before, or is made now.
func (r *recent[K, V]) of(key K, make func() V) V {
	r.Lock()
	for i := range min(r.n, len(r.keys)) {
		if r.keys[i] == key {
			defer r.Unlock()
			return r.made[i]
		}
	}
	r.Unlock()
	v := make()
	r.Lock()
	defer r.Unlock()
	r.keys[r.n%len(r.keys)], r.made[r.n%len(r.keys)] = key, v
	r.n++
	return v
}
