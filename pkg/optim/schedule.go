package optim

import "math"

// Schedule gives the learning rate of a step; the first step is 0. It depends
// on the step alone, so that a run resumed anywhere goes on as before. Beyond
// its last step it stays as at the end.
type Schedule func(step int) float64

// Constant is one rate throughout.
func Constant(rate float64) Schedule {
	return func(int) float64 { return rate }
}

// WarmupCosine rises in equal parts to rate, reached at step warmup−1, then
// follows half a cosine (Loshchilov & Hutter, arXiv:1608.03983) down to floor,
// reached at step total.
func WarmupCosine(rate, floor float64, warmup, total int) Schedule {
	fall := HoldCosine(rate, floor, warmup, total)
	return func(step int) float64 {
		if step < warmup {
			return rate * float64(step+1) / float64(warmup)
		}
		return fall(step)
	}
}

// HoldCosine stays at rate for so many steps, then follows half a cosine down
// to floor, reached at step total.
func HoldCosine(rate, floor float64, hold, total int) Schedule {
	return func(step int) float64 {
		if step < hold {
			return rate
		}
		t := float64(step-hold) / float64(max(total-hold, 1))
		return floor + (rate-floor)*halfCosine(min(t, 1))
	}
}

// Ramp is that of StyleCLIP's optimisation (Patashnik et al.,
// arXiv:2103.17249), which has it from StyleGAN2's projector: a linear rise
// over the first 5 % of the steps, times half a cosine to zero over the last
// 25 %. Step 0 has rate 0.
func Ramp(rate float64, total int) Schedule {
	const up, down = .05, .25
	return func(step int) float64 {
		t := min(float64(step)/float64(total), 1)
		return rate * halfCosine(1-min(1, (1-t)/down)) * min(1, t/up)
	}
}

// halfCosine falls from 1 at t = 0 to 0 at t = 1.
func halfCosine(t float64) float64 { return .5 + .5*math.Cos(math.Pi*t) }
