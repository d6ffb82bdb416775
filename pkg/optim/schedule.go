package optim

import "math"

// Schedule gives the learning rate of a step; the first step is 0. It depends
// on the step alone, so that a run resumed anywhere goes on as before. Beyond
// its last step it stays as at the end.
type Schedule func(step int) float64

// WarmupHoldCosine stays at rate for so many steps, then follows half a cosine
// (Loshchilov & Hutter, arXiv:1608.03983) down to floor, reached at step total.
// Over all this lies a rise in equal parts, which ends at step warmup−1.
//
// A floor as high as the rate makes it constant; a hold as long as the warm-up
// makes it PyTorch's LinearLR followed by CosineAnnealingLR.
func WarmupHoldCosine(rate, floor float64, warmup, hold, total int) Schedule {
	return func(step int) float64 {
		r := rate
		if step >= hold {
			t := float64(step-hold) / float64(max(total-hold, 1))
			r = floor + (rate-floor)*halfCosine(min(t, 1))
		}
		return r * math.Min(1, float64(step+1)/float64(max(warmup, 1)))
	}
}

// halfCosine falls from 1 at t = 0 to 0 at t = 1.
func halfCosine(t float64) float64 { return .5 + .5*math.Cos(math.Pi*t) }
