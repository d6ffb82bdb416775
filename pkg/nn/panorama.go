package nn

import (
	"fmt"

	"github.com/clipenv/toolkit/pkg/torch"
)

// PanoramaPad extends an equirectangular map [N,C,H,W] by p texels on each
// side, to [N,C,H+2p,W+2p], with what lies there on the sphere (torch's
// PanoramaPad), and so a map in blocks. W must be even where p is not 0, and p at
// most H and W.
func PanoramaPad(x torch.Tensor, p int64) torch.Tensor {
	if p == 0 {
		return x
	}
	shape := x.Shape()
	if len(shape) != 4 && !x.InBlocks() || shape[3]%2 != 0 || p < 0 || p > shape[2] || p > shape[3] {
		x.Session().Check(fmt.Errorf("nn: panorama pad of %v by %d: want [N C H W] with an even W and a padding of at most H and W", shape, p))
	}
	return x.PanoramaPad(p)
}

// Upsample makes maps larger by a whole factor, seamlessly if they are
// panoramas. It has no weights.
type Upsample struct {
	Factor   int64
	Mode     torch.ResizeMode // Nearest, Bilinear or Bicubic
	Panorama bool             // look across the seam and the poles
}

// Forward takes [N,C,H,W] to [N,C,H·Factor,W·Factor].
func (u Upsample) Forward(x torch.Tensor) (y torch.Tensor) {
	defer x.Tidy(&y)()

	var reach int64 // how far the interpolation looks beyond the edge
	if u.Panorama {
		reach = map[torch.ResizeMode]int64{torch.Bilinear: 1, torch.Bicubic: 2}[u.Mode]
	}
	h, w := x.Size(2)*u.Factor, x.Size(3)*u.Factor
	y = PanoramaPad(x, reach).Resize(h+2*reach*u.Factor, w+2*reach*u.Factor, u.Mode)
	if reach == 0 {
		return y
	}
	return y.Narrow(2, reach*u.Factor, h).Narrow(3, reach*u.Factor, w)
}
