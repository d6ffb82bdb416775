package atmosphere

import "sync"

// recent holds the last few things that were made: a search over a light's
// numbers changes one at a time, and compares all with the same noon. It is
// safe for concurrent use; the zero value is empty.
type recent[K comparable, V any] struct {
	sync.Mutex
	keys [32]K
	made [32]func() V
	n    int
}

// of is what was made of a key not long before, or is made now, once by whoever
// asks first: the others wait for it.
func (r *recent[K, V]) of(key K, make func() V) V {
	return r.maker(key, make)()
}

func (r *recent[K, V]) maker(key K, make func() V) func() V {
	r.Lock()
	defer r.Unlock()
	for i := range min(r.n, len(r.keys)) {
		if r.keys[i] == key {
			return r.made[i]
		}
	}
	v := sync.OnceValue(make)
	r.keys[r.n%len(r.keys)], r.made[r.n%len(r.keys)] = key, v
	r.n++
	return v
}
