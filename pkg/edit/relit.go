package edit

import (
	"math"

	"github.com/clipenv/toolkit/pkg/envmap"
	"github.com/clipenv/toolkit/pkg/hdr"
	"github.com/clipenv/toolkit/pkg/nn"
	"github.com/clipenv/toolkit/pkg/torch"
)

// relighting carries changes of small maps from one start to one input, as a
// function with gradients: what an optimisation must please is then what the
// artist gets, with the input's own detail and within the transfer's limits,
// and not the decoder's map.
type relighting struct {
	Transfer
	guide torch.Tensor // the input's mean log radiance, [1,1,h,w]
	start torch.Tensor // log radiance of the small map before, [1,3,h,w]

	meanGuide, spread  torch.Tensor // of the guide in its window, [1,1,h,w]
	darkest, brightest float64      // of the guide
}

// from returns the relighting of an input with this guide, from start,
// radiance [1,3,h,w]. It lives as long as the scope it is made in.
func (t Transfer) from(guide, start torch.Tensor) relighting {
	r := relighting{Transfer: t, guide: guide, start: t.log(start)}
	r.meanGuide = t.window(guide)
	r.spread = t.window(guide.Square()).Sub(r.meanGuide.Square()).ClampMin(0).AddScalar(t.Smoothness)
	r.darkest, r.brightest = guide.Min().Item(), guide.Max().Item()
	return r
}

func (t Transfer) log(radiance torch.Tensor) torch.Tensor {
	return radiance.ClampMin(0).AddScalar(t.Floor).Log()
}

// window is the mean over the filter's square window on the panorama.
func (t Transfer) window(x torch.Tensor) torch.Tensor { return box(x, int64(t.Radius)) }

// box is the mean over a square window on the panorama: longitude closes on
// itself, and beyond a pole the map goes on half a turn away.
func box(x torch.Tensor, radius int64) (y torch.Tensor) {
	defer x.Tidy(&y)()

	return nn.PanoramaPad(x, radius).AvgPool2dStride(2*radius+1, 1)
}

// lines fits log gains to the guide around each texel, gain = slope·guide +
// offset (He, Sun & Tang, ECCV 2010, equations 5 and 6), for the change from
// the start to end, radiance [N,3,h,w]. Both are [N,3,h,w].
func (r relighting) lines(end torch.Tensor) (slope, offset torch.Tensor) {
	defer end.Tidy(&slope, &offset)()

	gain := r.log(end).Sub(r.start).Clamp(-r.DarkeningLimit, r.DarkeningLimit)
	mean := r.window(gain)
	slope = r.window(gain.Mul(r.guide)).Sub(mean.Mul(r.meanGuide)).Div(r.spread)
	return box(slope, 1), box(mean.Sub(slope.Mul(r.meanGuide)), 1)
}

// gain returns the log gains of the texels of the small input, whose channels
// are its log radiance [1,3,h,w], for the change from the start to end,
// radiance [N,3,h,w]: [N,3,h,w], within the limits.
func (r relighting) gain(channels, end torch.Tensor) (gain torch.Tensor) {
	defer end.Tidy(&gain)()

	slope, offset := r.lines(end)
	return r.limit(slope.Mul(r.guide).Add(offset), channels)
}

// limit is Transfer.limit for log gains [N,3,h,w] of channels, log radiance
// [1,3,h,w].
func (r relighting) limit(gain, channels torch.Tensor) (limited torch.Tensor) {
	defer gain.Tidy(&limited)()

	mean := gain.MeanKeep(1)
	brighter := mean.ReLU().MulScalar(1 / r.ExposureLimit).Tanh().MulScalar(r.ExposureLimit)
	darker := mean.Clamp(-r.DarkeningLimit, 0)
	lamps := r.guide.ReLU().Mul(darker.MulScalar(r.LampDimming).Expm1())
	cast := gain.Sub(mean).MulScalar(1 / r.CastLimit).Tanh().MulScalar(r.CastLimit)
	all := brighter.Add(darker).Add(lamps)
	own := channels.Sub(channels.MeanKeep(1))
	return all.Add(own.Add(cast).Mul(r.colour(all))).Sub(own)
}

// colour is Transfer.colour for mean log gains [N,1,h,w].
func (r relighting) colour(gain torch.Tensor) (left torch.Tensor) {
	defer gain.Tidy(&left)()

	fade := func(logs torch.Tensor) torch.Tensor {
		return logs.Neg().Exp().MulScalar(r.FadeRadiance).AddScalar(1)
	}
	return fade(r.guide).Div(fade(r.guide.Add(gain))).ClampMax(1)
}

// fitted are lines out of the session, to be applied to maps of any size.
type fitted struct {
	slopes, offsets    *hdr.Image
	darkest, brightest float64
}

// fit returns the lines of end, radiance [1,3,h,w].
func (r relighting) fit(end torch.Tensor) (fitted, error) {
	defer end.Tidy()()

	f := fitted{darkest: r.darkest, brightest: r.brightest}
	slope, offset := r.lines(end)
	var err error
	for _, one := range []struct {
		from torch.Tensor
		to   **hdr.Image
	}{{slope, &f.slopes}, {offset, &f.offsets}} {
		if *one.to, err = envmap.FromPlanar(one.from.Floats(), int(end.Size(3)), int(end.Size(2))); err != nil {
			return f, err
		}
	}
	return f, nil
}

// at returns the guide within those that the lines were fitted to: a sun's
// lies far above them.
func (f fitted) at(guide float64) float32 {
	return float32(math.Min(math.Max(guide, f.darkest), f.brightest))
}
