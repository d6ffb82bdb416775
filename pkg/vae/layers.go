package vae

import (
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// resBlock is the pre-activation residual block of He et al. (arXiv:1603.05027)
// without norms. Its last convolution starts at zero, so that at first the
// block is the identity (as in Zhang et al., arXiv:1901.09321).
type resBlock struct{ conv1, conv2 nn.Conv2d }

func newResBlock(p nn.Scope, channels int64) resBlock {
	b := resBlock{nn.NewSameLast(p.Sub("conv1"), channels, channels, 3), nn.NewSameLast(p.Sub("conv2"), channels, channels, 3)}
	p.Fill("conv2.weight", nn.Constant(0))
	p.Fill("conv2.bias", nn.Constant(0))
	return b
}

// Forward keeps the shape: [N,C,H,W].
func (b resBlock) Forward(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	y = b.conv1.Forward(x.SiLU())
	y = b.conv2.Forward(y.SiLU())
	return x.Add(y)
}

// encoder is code -> Z: convolutions down to the bottleneck and fc, plus the
// linear path.
type encoder struct {
	downs    []nn.Conv2d
	blocks   []resBlock
	squeeze  nn.Conv2d
	fc       nn.Linear
	analysis nn.Linear // Pᵀ of the principal components, whitened
	linear   int64
}

func newEncoder(p nn.Scope, c Config) encoder {
	e := encoder{linear: c.Linear}
	in := int64(3)
	for i, out := range c.Channels {
		level := p.Subf("levels.%d", i)
		e.downs = append(e.downs, nn.NewConv2d(level.Sub("down"), nn.ConvConfig{In: in, Out: out, Kernel: 3, Stride: 2, Padding: 1, Panorama: true, ChannelsLast: true}))
		e.blocks = append(e.blocks, newResBlock(level.Sub("block"), out))
		in = out
	}
	h, w := c.coarsest()
	e.squeeze = nn.NewSameLast(p.Sub("squeeze"), in, c.Bottleneck, 1)
	e.fc = nn.NewLinear(p.Sub("fc"), c.Bottleneck*h*w, c.Latent)
	if c.Linear > 0 {
		h, w := c.linearSize()
		e.analysis = nn.NewLinear(p.Sub("analysis"), 3*h*w, c.Latent)
		p.Fill("fc.weight", nn.Normal(1e-3))
		p.Fill("fc.bias", nn.Constant(0))
	}
	return e
}

// Forward takes [N,3,H,W] to [N,D].
func (e encoder) Forward(code torch.Tensor) (z torch.Tensor) {
	defer code.Tidy(&z)()

	x := code.ChannelsLast()
	for i, down := range e.downs {
		x = e.blocks[i].Forward(down.Forward(x))
	}
	z = e.fc.Forward(e.squeeze.Forward(x.SiLU()).SiLU().Flatten(1))
	if e.linear > 0 {
		z = z.Add(e.analysis.Forward(shrink(code, e.linear).Flatten(1)))
	}
	return z
}

// decoder is latent -> code: the linear path at its own size, enlarged, plus
// what convolutions that also see it add. The last of them starts at zero.
type decoder struct {
	config    Config
	fc        nn.Linear
	expand    nn.Conv2d
	first     resBlock
	ups       []nn.Conv2d
	blocks    []resBlock
	out       nn.Conv2d // to the codes of 2×2 texels
	synthesis nn.Linear // P of the principal components, and their mean
}

func newDecoder(p nn.Scope, c Config) decoder {
	d := decoder{config: c}
	h, w := c.coarsest()
	coarse := c.Channels[len(c.Channels)-1]
	d.fc = nn.NewLinear(p.Sub("fc"), c.Latent, c.Bottleneck*h*w)
	d.expand = nn.NewSameLast(p.Sub("expand"), c.Bottleneck, coarse, 1)
	d.first = newResBlock(p.Sub("first"), coarse)
	in := coarse
	for i := len(c.Channels) - 2; i >= 0; i-- {
		level := p.Subf("levels.%d", i)
		out := c.Channels[i]
		extra := int64(0)
		if d.seesLinear(c.Height >> (i + 1)) {
			extra = 3
		}
		d.ups = append(d.ups, nn.NewSameLast(level.Sub("up"), in+extra, out, 3))
		d.blocks = append(d.blocks, newResBlock(level.Sub("block"), out))
		in = out
	}
	d.out = nn.NewSameLast(p.Sub("out"), in, 3*4, 3)
	if c.Linear > 0 {
		h, w := c.linearSize()
		d.synthesis = nn.NewLinear(p.Sub("synthesis"), c.Latent, 3*h*w)
		p.Fill("out.weight", nn.Constant(0))
		p.Fill("out.bias", nn.Constant(0))
	}
	return d
}

// seesLinear tells whether the level of that height is given the linear map.
func (d decoder) seesLinear(height int64) bool {
	if d.config.Linear == 0 {
		return false
	}
	own, _ := d.config.linearSize()
	return height <= own && height >= own/2
}

// The range of what the decoder gives: the codes of the radiances that the
// coding knows, with a little room so that gradients do not die at its ends.
const room = .05

// Forward takes [N,D] to [N,3,H,W].
func (d decoder) Forward(latent torch.Tensor) (code torch.Tensor) {
	defer latent.Tidy(&code)()

	c := d.config
	n := latent.Size(0)
	var base torch.Tensor
	if c.Linear > 0 {
		h, w := c.linearSize()
		base = d.synthesis.Forward(latent).Reshape(n, 3, h, w)
	}
	h, w := c.coarsest()
	x := d.fc.Forward(latent).Reshape(n, c.Bottleneck, h, w).ChannelsLast()
	x = d.first.Forward(d.expand.Forward(x))
	for i, up := range d.ups {
		x = nn.Upsample{Factor: 2, Mode: torch.Nearest}.Forward(x)
		if height := x.Size(2); d.seesLinear(height) {
			seen := shrink(base, base.Size(2)/height)
			x = torch.Cat(1, x, seen.ChannelsLast()) // joined with rows, it would go on in rows
		}
		x = d.blocks[i].Forward(up.Forward(x))
	}
	code = d.out.Forward(x.SiLU()).PixelShuffle(2)
	if c.Linear > 0 {
		code = code.Add(nn.Upsample{Factor: c.Linear, Mode: torch.Bilinear, Panorama: true}.Forward(base))
	}
	return code.Clamp(-room, float64(c.Coding.Encode(float32(c.Coding.Max)))+room)
}

func shrink(x torch.Tensor, by int64) torch.Tensor {
	if by == 1 {
		return x
	}
	return x.AvgPool2d(by)
}
