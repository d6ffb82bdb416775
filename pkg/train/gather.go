package train

import (
	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/torch"
)

// gathered sends this process's part of n inputs through a tower, and returns
// the vectors [n,E] of all processes: the loss is over the whole batch, and each
// process has all of it. backward carries the gradient at this process's own
// vectors on to the weights. It is taken as often as there are processes, since
// the weights' gradient is the mean over these: so the mean is the gradient of
// the one loss.
func (o *clipRun) gathered(s *torch.Session, n int, pass tower) (vectors torch.Tensor, backward func()) {
	few := o.config.Train.MicroBatch
	pass = o.inPrecision(s, pass)
	if o.peers.Size() == 1 {
		return cached(s, n, few, pass)
	}
	from, to := o.peers.Share(n)
	size, width := o.peers.Size(), o.model.Config.Embed
	most := 0
	for rank := range size {
		first, end := dist.ShareOf(n, rank, size)
		most = max(most, end-first)
	}
	var own torch.Tensor
	again := func() {}
	padded := s.Zeros(int64(most), width)
	if to > from {
		own, again = cached(s, to-from, few, pass)
		s.NoGrad(func() {
			padded = torch.Cat(0, own, padded.Narrow(0, 0, int64(most-(to-from))))
		})
	}
	all := o.peers.AllGather(s, padded) // [size·most,E]
	var rows []torch.Tensor
	for rank := range size {
		first, end := dist.ShareOf(n, rank, size)
		rows = append(rows, all.Narrow(0, int64(rank*most), int64(end-first)))
	}
	vectors = torch.Cat(0, rows...).SetRequiresGrad(true)
	return vectors, func() {
		if to == from {
			return
		}
		gradient := s.GradOf(vectors).Narrow(0, int64(from), int64(to-from)).MulScalar(float64(size))
		own.Mul(gradient).Sum().Backward()
		again()
	}
}
