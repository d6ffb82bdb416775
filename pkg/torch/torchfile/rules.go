package torchfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/torch"
	"github.com/clipenv/toolkit/pkg/torch/torchfile/pickle"
)

// functions are all that a pickle may call, by PyTorch's and Python's names.
// Each makes a tensor or a container of its arguments, and does nothing else.
var functions = map[string]pickle.Func{
	"torch._utils._rebuild_tensor":               rebuildTensor,
	"torch._utils._rebuild_tensor_v2":            rebuildTensor,
	"torch._utils._rebuild_parameter":            first,
	"torch._utils._rebuild_parameter_with_state": first,
	"torch.Size":                         first,
	"torch.device":                       first,
	"collections.OrderedDict":            dict,
	"torch.jit._pickle.build_intlist":    first,
	"torch.jit._pickle.build_boollist":   first,
	"torch.jit._pickle.build_doublelist": first,
	"torch.jit._pickle.build_tensorlist": first,
	"torch.jit._pickle.restore_type_tag": first,
}

// elements are the types of storages by the names of their classes.
var elements = map[string]torch.DType{
	"torch.DoubleStorage":   torch.Float64,
	"torch.FloatStorage":    torch.Float32,
	"torch.HalfStorage":     torch.Float16,
	"torch.BFloat16Storage": torch.BFloat16,
	"torch.LongStorage":     torch.Int64,
	"torch.IntStorage":      torch.Int32,
	"torch.ShortStorage":    torch.Int16,
	"torch.CharStorage":     torch.Int8,
	"torch.ByteStorage":     torch.Uint8,
	"torch.BoolStorage":     torch.Bool,
}

// constants are names of values that some checkpoints note beside the weights,
// and that nothing reads.
var constants = []string{"torch.float64", "torch.float32", "torch.float16", "torch.bfloat16", "torch.int64", "torch.int32", "torch.uint8", "torch.bool"}

// constant is one of them.
type constant string

// named returns what a name may stand for. The modules of a TorchScript archive
// are objects of classes below __torch__: their code lies beside the pickle and is
// not read.
func named(script bool) func(module, name string) (any, error) {
	return func(module, name string) (any, error) {
		full := module + "." + name
		if f, ok := functions[full]; ok {
			return f, nil
		}
		if dtype, ok := elements[full]; ok {
			return dtype, nil
		}
		if slices.Contains(constants, full) {
			return constant(full), nil
		}
		if script && strings.HasPrefix(full, "__torch__.") {
			return pickle.Class(full), nil
		}
		return nil, pickle.Refusal{Module: module, Name: name}
	}
}

// rebuildTensor is called with a storage, the offset, the sizes, the strides,
// and what only training needs.
func rebuildTensor(args pickle.Tuple) (any, error) {
	if len(args) < 4 {
		return nil, fmt.Errorf("a tensor is made of %d things, want a storage, an offset, sizes and strides", len(args))
	}
	st, ok := args[0].(*storage)
	offset, ok2 := args[1].(int64)
	shape, ok3 := integers(args[2])
	strides, ok4 := integers(args[3])
	if !ok || !ok2 || !ok3 || !ok4 {
		return nil, fmt.Errorf("a tensor is made of %s, %s, %s and %s, want a storage, an offset, sizes and strides", pickle.Kind(args[0]), pickle.Kind(args[1]), pickle.Kind(args[2]), pickle.Kind(args[3]))
	}
	return newTensor(st, offset, shape, strides)
}

// integers are those of a tuple or a list.
func integers(v any) ([]int64, bool) {
	var items []any
	switch v := v.(type) {
	case pickle.Tuple:
		items = v
	case *pickle.List:
		items = v.Items
	default:
		return nil, false
	}
	out := make([]int64, len(items))
	for i, item := range items {
		n, ok := item.(int64)
		if !ok {
			return nil, false
		}
		out[i] = n
	}
	return out, true
}

// first is what a call that only says of what type its argument is gives back.
func first(args pickle.Tuple) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("a call has no arguments, want one or more")
	}
	return args[0], nil
}

// dict makes an OrderedDict, empty or of a list of pairs.
func dict(args pickle.Tuple) (any, error) {
	d := &pickle.Dict{}
	if len(args) == 0 {
		return d, nil
	}
	list, ok := args[0].(*pickle.List)
	if !ok {
		return nil, fmt.Errorf("an OrderedDict is made of %s, want nothing or a list of pairs", pickle.Kind(args[0]))
	}
	for _, item := range list.Items {
		var pair []any
		switch item := item.(type) {
		case pickle.Tuple:
			pair = item
		case *pickle.List:
			pair = item.Items
		}
		if len(pair) != 2 {
			return nil, fmt.Errorf("an OrderedDict is made of a list with %s in it, want pairs", pickle.Kind(item))
		}
		d.Items = append(d.Items, pickle.Item{Key: pair[0], Value: pair[1]})
	}
	return d, nil
}

// storageID takes apart the id of a storage: "storage", its class, its key,
// the device it was on, its number of elements, and in the legacy layout the
// part of it that is meant, or nil.
func storageID(id any, fileSize int64) (st storage, part pickle.Tuple, err error) {
	t, _ := id.(pickle.Tuple)
	if len(t) < 5 || t[0] != "storage" {
		what := pickle.Kind(id)
		if len(t) > 0 {
			if name, ok := t[0].(string); ok {
				what = fmt.Sprintf("%.40q", name)
			}
		}
		return st, nil, fmt.Errorf("it refers to something outside it by %s, want a storage", what)
	}
	dtype, ok := t[1].(torch.DType)
	key, ok2 := t[2].(string)
	numel, ok3 := t[4].(int64)
	if !ok || !ok2 || !ok3 {
		return st, nil, fmt.Errorf("it refers to a storage by %s, %s and %s, want its class, its key and its number of elements", pickle.Kind(t[1]), pickle.Kind(t[2]), pickle.Kind(t[4]))
	}
	if numel < 0 || numel > fileSize/dtype.Size() {
		return st, nil, fmt.Errorf("storage %.40q has %d elements of %v, and the file %d bytes: it is cut off, or lies", key, numel, dtype, fileSize)
	}
	if len(t) > 5 {
		part, _ = t[5].(pickle.Tuple)
	}
	return storage{key: key, dtype: dtype, numel: numel}, part, nil
}
