package nn

import (
	"math"

	"github.com/clipenv/toolkit/pkg/torch"
)

// Conv2d is a 2-D convolution, padded with zeros or as a panorama.
type Conv2d struct {
	Weight torch.Tensor // [Out,In/groups,K,K]
	Bias   torch.Tensor // [Out], or none
	config ConvConfig
}

// ConvConfig says what a Conv2d is. Zero Stride, Dilation and Groups mean 1.
type ConvConfig struct {
	In, Out, Kernel                   int64
	Stride, Padding, Dilation, Groups int64
	Panorama                          bool // pad with PanoramaPad in place of zeros
	NoBias                            bool
	ChannelsLast                      bool // on a GPU, of the weight and of what comes of it
	Blocks                            bool // what comes of it lies in blocks where that is faster (torch's TakesBlocks)
}

// NewConv2d makes weight and bias.
func NewConv2d(p Scope, c ConvConfig) Conv2d {
	in := c.In / max(c.Groups, 1)
	l := Conv2d{Weight: p.Param("weight", Kaiming, c.Out, in, c.Kernel, c.Kernel), config: c}
	if c.ChannelsLast {
		p.channelsLast("weight")
	}
	if !c.NoBias {
		l.Bias = p.Param("bias", Uniform(1/math.Sqrt(float64(in*c.Kernel*c.Kernel))), c.Out)
	}
	return l
}

// NewSameLast is NewSame with ChannelsLast.
func NewSameLast(p Scope, in, out, kernel int64) Conv2d {
	return NewConv2d(p, ConvConfig{In: in, Out: out, Kernel: kernel, Padding: kernel / 2, Panorama: true, ChannelsLast: true})
}

// NewSame makes a convolution of stride 1 whose padding keeps the size, for an
// odd kernel, padded as a panorama.
func NewSame(p Scope, in, out, kernel int64) Conv2d {
	return NewConv2d(p, ConvConfig{In: in, Out: out, Kernel: kernel, Padding: kernel / 2, Panorama: true})
}

// Forward takes [N,In,H,W] to [N,Out,H',W'], where
// H' = ⌊(H + 2·Padding − Dilation·(Kernel−1) − 1)/Stride⌋ + 1. A map in blocks
// stays in them; there the layer has no zeros to pad with, no dilation and no groups.
func (l Conv2d) Forward(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	o := torch.ConvOptions{Stride: l.config.Stride, Padding: l.config.Padding, Dilation: l.config.Dilation, Groups: l.config.Groups}
	if l.config.Panorama {
		x, o.Padding = PanoramaPad(x, l.config.Padding), 0
	}
	if o.Padding == 0 && (x.InBlocks() || l.config.Blocks && x.TakesBlocks(l.Weight)) {
		return x.Conv2dBlocks(l.Weight, l.Bias, o.Stride)
	}
	return x.Conv2d(l.Weight, l.Bias, o)
}
