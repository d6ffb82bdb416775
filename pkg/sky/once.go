package sky

import "sync"

// once holds what is found of a scene when it is first asked for: each plan asks again.
// Who asks must not change it.
type once[T any] struct {
	first sync.Once
	found T
}

func (o *once[T]) of(find func() T) T {
	o.first.Do(func() { o.found = find() })
	return o.found
}
