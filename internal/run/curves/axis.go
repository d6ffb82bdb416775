package curves

import (
	"math"
	"strconv"
)

// axis is the range of a diagram in one direction.
type axis struct {
	low, high float64
	log       bool
}

// room is the share of the axis that is left free beyond the greatest and the
// least value.
const room = .06

// fit returns an axis on which every point is seen. It is logarithmic where
// that is wanted, all are positive, and the greatest is more than four times
// the least.
func fit(log bool, lines ...[]point) axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, points := range lines {
		for _, p := range points {
			low, high = math.Min(low, p.y), math.Max(high, p.y)
		}
	}
	switch {
	case low > high: // no points
		return axis{low: 0, high: 1}
	case log && low > 0 && high > 4*low:
		margin := math.Pow(high/low, room)
		return axis{low: low / margin, high: high * margin, log: true}
	case high-low <= 1e-9*math.Max(math.Abs(low), math.Abs(high)): // no more than rounding
		high += math.Max(math.Abs(low), 1) / 10
		low -= high - low
	}
	margin := room * (high - low)
	return axis{low: low - margin, high: high + margin}
}

// at is where a value lies: 0 at the low end, 1 at the high one.
func (a axis) at(v float64) float64 {
	if a.log {
		return math.Log(v/a.low) / math.Log(a.high/a.low)
	}
	return (v - a.low) / (a.high - a.low)
}

// tick is a value that is written beside the axis.
type tick struct {
	value float64
	label string
}

// ticks are three to eight round values on the axis or, on a logarithmic one
// of many powers of ten, some more.
func (a axis) ticks() []tick {
	if a.log {
		return a.ladder()
	}
	step := roundStep((a.high - a.low) / 5)
	var ticks []tick
	for k := math.Ceil(a.low / step); k*step <= a.high; k++ {
		ticks = append(ticks, tick{k * step, plain(k*step, step)})
	}
	return ticks
}

// roundStep is the least of 1, 2 and 5 times a power of ten that is not below
// span.
func roundStep(span float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(span)))
	for _, digit := range []float64{1, 2, 5} {
		if digit*power >= span {
			return digit * power
		}
	}
	return 10 * power
}

// plain writes a multiple of step with the decimals that step needs.
func plain(v, step float64) string {
	if step >= 1e7 || step < 1e-5 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(v, 'f', max(0, -int(math.Floor(math.Log10(step)))), 64)
}

// ladder is the ticks of a logarithmic axis: the wider it is, the fewer digits
// of each power of ten.
func (a axis) ladder() []tick {
	digits, powers, stride := []float64{1, 2, 3, 5, 7}, math.Log10(a.high/a.low), 1
	switch {
	case powers > 3:
		digits, stride = []float64{1}, int(math.Ceil(powers/8))
	case powers > 1:
		digits = []float64{1, 2, 5}
	}
	var ticks []tick
	for power := int(math.Floor(math.Log10(a.low))); power <= int(math.Ceil(math.Log10(a.high))); power++ {
		for _, digit := range digits {
			if v := digit * math.Pow10(power); v >= a.low && v <= a.high && power%stride == 0 {
				ticks = append(ticks, tick{v, strconv.FormatFloat(v, 'g', 4, 64)})
			}
		}
	}
	return ticks
}
