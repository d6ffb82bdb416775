package torchfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clipenv/toolkit/internal/quote"
	"github.com/clipenv/toolkit/pkg/torch/torchfile/pickle"
)

// stateKeys are the names under which checkpoints keep their weights beside
// other things.
var stateKeys = []string{"state_dict", "model_state_dict", "model"}

// parallel is what torch.nn.DataParallel puts in front of every name.
const parallel = "module."

// flatten lists the tensors of a state_dict, of a checkpoint that has one, or of
// the modules of a TorchScript archive, which hold one another. What else is
// there is left alone.
func flatten(top any) ([]tensor, error) {
	var l lister
	err := l.visit("", top, 0)
	if err != nil {
		return nil, err
	}
	for _, key := range stateKeys {
		if d, ok := top.(*pickle.Dict); ok && len(l.tensors) == 0 {
			for _, item := range d.Items {
				if item.Key == any(key) {
					err = errors.Join(err, l.visit("", item.Value, 0))
				}
			}
		}
	}
	shorten := len(l.tensors) > 0
	for _, t := range l.tensors {
		shorten = shorten && strings.HasPrefix(t.name, parallel)
	}
	for i := range l.tensors {
		if shorten {
			l.tensors[i].name = l.tensors[i].name[len(parallel):]
		}
	}
	return l.tensors, err
}

// lister goes through dicts and modules. The bounds are far above a model's: a
// pickle can hold itself, or one thing in a great many places.
type lister struct {
	tensors []tensor
	names   map[string]bool
	visited int
}

const (
	maxDepth   = 64
	maxVisited = 1 << 18
	maxName    = 1024 // bytes
)

func (l *lister) visit(name string, v any, depth int) error {
	if l.visited++; l.visited > maxVisited || depth > maxDepth {
		return fmt.Errorf("its modules hold one another without end, or more than %d deep", maxDepth)
	}
	if len(name) > maxName {
		return fmt.Errorf("the name %s is longer than %d bytes", quote.Text(name), maxName)
	}
	switch v := v.(type) {
	case *tensor:
		if l.names == nil {
			l.names = map[string]bool{}
		}
		if l.names[name] {
			return fmt.Errorf("two tensors are named %s", quote.Text(name))
		}
		l.names[name] = true
		v.storage.users++
		t := *v
		t.name = name
		l.tensors = append(l.tensors, t)
	case *pickle.Object:
		if v.State == nil {
			return nil
		}
		state, ok := v.State.(*pickle.Dict)
		if !ok {
			return nil
		}
		return l.items(name, state, depth, true)
	case *pickle.Dict:
		if depth == 0 {
			return l.items(name, v, depth, false)
		}
	}
	return nil
}

// items visits the values of a dict. Those of a state_dict that are no tensors
// are not gone into.
func (l *lister) items(name string, d *pickle.Dict, depth int, modules bool) error {
	for _, item := range d.Items {
		key, ok := item.Key.(string)
		if _, isTensor := item.Value.(*tensor); !ok || !modules && !isTensor {
			continue
		}
		if name != "" {
			key = name + "." + key
		}
		if err := l.visit(key, item.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}
