package evaluate

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Claim is a sentence of the paper's text, held against figures.
type Claim struct {
	Text       string
	Holds      bool
	Known      bool   // whether the experiment has the cells to tell
	Detail     string // in how many comparisons it holds
	Difference Paired // over the maps, each the mean over the comparisons; N is 0 where the sentence is of no difference
	Paper      string // the same of the paper's own figures; "" where it prints none
}

// Claims holds the sentences of D'Orazio, "CLIP-guided Editing of Environment
// Maps using Inversion Techniques", against the results. A claim of an order
// holds where the mean difference over its comparisons has its sign; in how
// many of them it does stands beside it, and what the maps say of chance. The
// claim that compares cosines of different CLIPs is also held against figures
// that compare: each CLIP's own other cosines, and the judge.
func (r Results) Claims() []Claim {
	var prompts []string
	for _, p := range r.Prompts {
		prompts = append(prompts, p.Name)
	}
	ours := func(text, figure string, pairs []pair) Claim {
		c := compare(text, r.mean(figure), pairs)
		c.Difference = r.paired(figure, pairs)
		return c
	}
	order := func(text string, pairs []pair) Claim {
		c := ours(text, ClipAfter, pairs)
		if paper := compare(text, Published, pairs); paper.Known {
			c.Paper = paper.verdict()
		}
		return c
	}
	ways := []string{"fc none", "fc tv", "mulogvar none", "mulogvar tv", "mulogvar kl"}
	var tuned, noneTV, tvKL, variable, damage []pair
	for _, p := range prompts {
		for _, w := range ways {
			for _, clip := range []string{"polyhaven", "vae"} {
				tuned = append(tuned, pair{clip, w, "base", w, p})
			}
		}
		for _, clip := range []string{"base", "polyhaven", "vae"} {
			for _, v := range []string{"fc", "mulogvar"} {
				noneTV = append(noneTV, pair{clip, v + " none", clip, v + " tv", p})
			}
			tvKL = append(tvKL, pair{clip, "mulogvar tv", clip, "mulogvar kl", p})
			damage = append(damage, pair{clip, "mulogvar none", clip, "mulogvar kl", p})
		}
		for _, rule := range []string{"none", "tv"} {
			variable = append(variable, pair{"base", "mulogvar " + rule, "base", "fc " + rule, p})
		}
	}
	return []Claim{
		order("the fine-tuned CLIPs end above base", tuned),
		ours("the same on one scale: how far above its cosines with other sentences", ScaledBy("clip").After, tuned),
		ours("the same by the judge", JudgeAfter, tuned),
		order("none ends above tv", noneTV),
		order("tv ends above kl", tvKL),
		order("mulogvar ends above fc, for base", variable),
		ours("tv makes smoother pictures than none", "variation_after", noneTV),
		ours("kl damages the picture: it is less like the reconstruction than without", "ws_ssim", damage),
		r.pixels(),
	}
}

// lookup finds the figure of a cell.
type lookup func(clip, way, prompt string) (float64, bool)

// mean looks up the mean of a figure over a cell's maps.
func (r Results) mean(figure string) lookup {
	return func(clip, way, prompt string) (float64, bool) {
		c, ok := r.find(clip, way, prompt)
		v := c.Mean(figure)
		return v, ok && !math.IsNaN(v)
	}
}

// pair says that the first cell lies above the second.
type pair struct{ clipA, wayA, clipB, wayB, prompt string }

// paired weighs how far a figure of the first cells lies above that of the
// second: for each map the mean over the pairs.
func (r Results) paired(figure string, pairs []pair) Paired {
	all := r.differences(figure, pairs)
	var some []float64
	for _, name := range slices.Sorted(maps.Keys(all)) { // sums in one order
		some = append(some, all[name])
	}
	return PairedOf(some)
}

// differences are how far a figure of the first cells lies above that of the
// second, by map, each the mean over the pairs.
func (r Results) differences(figure string, pairs []pair) map[string]float64 {
	byMap := map[string][]float64{}
	for _, p := range pairs {
		a, okA := r.find(p.clipA, p.wayA, p.prompt)
		b, okB := r.find(p.clipB, p.wayB, p.prompt)
		if !okA || !okB || a.Outcome == nil || b.Outcome == nil {
			continue
		}
		below := map[string]float64{}
		for _, m := range b.Outcome.Maps {
			if v, ok := m.Figures[figure]; ok {
				below[m.Map] = v
			}
		}
		for _, m := range a.Outcome.Maps {
			v, okV := m.Figures[figure]
			w, okW := below[m.Map]
			if okV && okW {
				byMap[m.Map] = append(byMap[m.Map], v-w)
			}
		}
	}
	out := map[string]float64{}
	for name, some := range byMap {
		out[name] = SpreadOf(some).Mean
	}
	return out
}

func compare(text string, of lookup, pairs []pair) Claim {
	var sum float64
	held, known := 0, 0
	for _, p := range pairs {
		a, okA := of(p.clipA, p.wayA, p.prompt)
		b, okB := of(p.clipB, p.wayB, p.prompt)
		if !okA || !okB {
			continue
		}
		known++
		if sum += a - b; a > b {
			held++
		}
	}
	if known == 0 {
		return Claim{Text: text}
	}
	return Claim{Text: text, Holds: sum > 0, Known: true, Detail: fmt.Sprintf("in %d of %d comparisons, by %+.4f on the mean", held, known, sum/float64(known))}
}

func (c Claim) verdict() string {
	switch {
	case !c.Known:
		return "not known"
	case c.Holds:
		return "holds " + c.Detail
	}
	return "does not hold: " + c.Detail
}

// here is what the results say in a word or two: a difference whose interval
// holds 0 says nothing either way.
func (c Claim) here() string {
	switch {
	case !c.Known:
		return "not known"
	case c.Difference.known() && !c.Difference.above() && !c.Difference.below():
		return "not told from chance"
	case c.Holds:
		return "holds"
	}
	return "does not hold"
}

// pixels holds where plain pixels rise farther than latents by the CLIP that is
// optimised, and less far by the judge.
func (r Results) pixels() Claim {
	c := Claim{Text: "plain pixels please the CLIP that is optimised more than latents do, and others less"}
	var clip, judge, clipLatent, judgeLatent []float64
	for _, one := range r.table() {
		rise := one.Mean(ClipAfter) - one.Mean(ClipBefore)
		judged := one.Mean(JudgeAfter) - one.Mean(JudgeBefore)
		switch {
		case math.IsNaN(rise) || math.IsNaN(judged):
		case one.Way.Name == "pixels none":
			clip, judge = append(clip, rise), append(judge, judged)
		case one.Way.Name == "fc none" || one.Way.Name == "mulogvar none":
			clipLatent, judgeLatent = append(clipLatent, rise), append(judgeLatent, judged)
		}
	}
	if len(clip) == 0 || len(clipLatent) == 0 {
		return c
	}
	p, j, l, k := SpreadOf(clip).Mean, SpreadOf(judge).Mean, SpreadOf(clipLatent).Mean, SpreadOf(judgeLatent).Mean
	c.Known, c.Holds = true, p > l && j < k
	c.Detail = fmt.Sprintf("CLIP rises by %.3f through pixels and %.3f through latents, the judge by %.3f and %.3f", p, l, j, k)
	return c
}
