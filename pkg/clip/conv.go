package clip

import (
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

const (
	stemStride = 4
	stemKernel = 5
	normGroups = 8
	// The sum of exponentials grows with the loudest direction; this keeps it
	// in the range of the mean.
	lseScale = .3
)

// convTower sees panoramas: padding continues the sphere, and pooling is over
// azimuth only, by mean and log-sum-exp, so that it knows the sky from the
// ground but not north from south.
type convTower struct {
	stem   nn.Conv2d
	stages []stage
	hidden nn.Linear
	out    nn.Linear
}

// stage halves the size (the first keeps it) and refines.
type stage struct {
	down   nn.Conv2d
	halves bool
	blocks []resBlock
}

// resBlock is the pre-activation residual block of He et al.
// (arXiv:1603.05027), with one group norm.
type resBlock struct {
	norm         nn.GroupNorm
	conv1, conv2 nn.Conv2d
}

func newConvTower(p nn.Scope, c Config) convTower {
	im := c.Image
	blocks := true
	for _, n := range im.Channels {
		blocks = blocks && nn.TakesBlocks(normGroups, n)
	}
	t := convTower{stem: nn.NewConv2d(p.Sub("stem"), nn.ConvConfig{
		In: 3, Out: im.Channels[0], Kernel: stemKernel, Stride: stemStride, Padding: stemKernel / 2, Panorama: true, Blocks: blocks,
	})}
	in := im.Channels[0]
	for i, out := range im.Channels {
		q := p.Subf("stages.%d", i)
		st := stage{halves: i > 0}
		if st.halves {
			st.down = nn.NewConv2d(q.Sub("down"), nn.ConvConfig{In: in, Out: out, Kernel: 3, Stride: 2, Padding: 1, Panorama: true})
		}
		for j := range im.Blocks[i] {
			b := q.Subf("blocks.%d", j)
			st.blocks = append(st.blocks, resBlock{
				norm:  nn.NewGroupNorm(b.Sub("norm"), normGroups, out),
				conv1: nn.NewSame(b.Sub("conv1"), out, out, 3),
				conv2: nn.NewSame(b.Sub("conv2"), out, out, 3),
			})
		}
		t.stages = append(t.stages, st)
		in = out
	}
	t.hidden = nn.NewLinear(p.Sub("hidden"), 2*in*(im.Height/im.stride()), im.Hidden)
	t.out = nn.NewLinear(p.Sub("out"), im.Hidden, c.Embed)
	return t
}

// Forward takes normalised pictures [N,3,H,W] to [N,E].
func (t convTower) Forward(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	y = t.stem.Forward(x)
	for _, st := range t.stages {
		if st.halves {
			y = st.down.Forward(y)
		}
		for _, b := range st.blocks {
			y = b.Forward(y)
		}
	}
	y = y.SiLU()
	if y.InBlocks() {
		y = y.Rows()
	}
	y = torch.Cat(1, y.Mean(3), y.LogSumExp(3).MulScalar(lseScale)).Flatten(1)
	return t.out.Forward(t.hidden.Forward(y).SiLU())
}

// Forward keeps the shape, [N,C,H,W] or that of a map in blocks.
func (b resBlock) Forward(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	y = b.conv1.Forward(b.norm.Forward(x).SiLU())
	return x.Add(b.conv2.Forward(y.SiLU()))
}
