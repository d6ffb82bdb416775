// Package nn holds a model's weights and the layers that read them.
//
//	[Build]  names and draws the weights, each once, through a [Scope]
//	[Params] owns them: save, load, freeze, convert, move, free
//	layers   small structs of weights with Forward
//
// A model is a struct of layers, made by a function that takes a Scope:
//
//	func newHead(p nn.Scope) head {
//		return head{
//			norm: nn.NewLayerNorm(p.Sub("norm"), 256),
//			out:  nn.NewLinear(p.Sub("out"), 256, 8),
//		}
//	}
//
//	var h head
//	params, err := nn.Build(torch.CPU, 1, func(p nn.Scope) { h = newHead(p.Sub("head")) })
//
// Its weights are then named head.norm.weight, head.norm.bias,
// head.out.weight and head.out.bias. Names, shapes, defaults and initial
// values are PyTorch's, so that its checkpoints load as they are.
//
// The package stands on torch alone; the models stand on it.
package nn
