package evaluate

import (
	"fmt"
	"math"
)

// Claim is a sentence of the paper's text, held against figures.
type Claim struct {
	Text   string
	Holds  bool
	Known  bool   // whether the experiment has the cells to tell
	Detail string // in how many comparisons it holds
	Paper  string // the same of the paper's own figures; "" where it prints none
}

// Claims holds the sentences of D'Orazio, "CLIP-guided Editing of Environment
// Maps using Inversion Techniques", against the results. A claim of an order
// holds where the mean difference over its comparisons has its sign; in how
// many of them it does stands beside it.
func (r Results) Claims() []Claim {
	ours := func(clip, way, prompt string) (float64, bool) {
		c, ok := r.find(clip, way, prompt)
		v := c.Mean(ClipAfter)
		return v, ok && !math.IsNaN(v)
	}
	of := func(figure string) lookup {
		return func(clip, way, prompt string) (float64, bool) {
			c, ok := r.find(clip, way, prompt)
			v := c.Mean(figure)
			return v, ok && !math.IsNaN(v)
		}
	}
	var prompts []string
	for _, p := range r.Prompts {
		prompts = append(prompts, p.Name)
	}
	order := func(text string, pairs []pair) Claim {
		c := compare(text, ours, pairs)
		if paper := compare(text, Published, pairs); paper.Known {
			c.Paper = paper.verdict()
		}
		return c
	}
	ways := []string{"fc none", "fc tv", "mulogvar none", "mulogvar tv", "mulogvar kl"}
	var tuned, noneTV, tvKL, variable, smoother, damage []pair
	for _, p := range prompts {
		for _, w := range ways {
			for _, clip := range []string{"polyhaven", "vae"} {
				tuned = append(tuned, pair{clip, w, "base", w, p})
			}
		}
		for _, clip := range []string{"base", "polyhaven", "vae"} {
			for _, v := range []string{"fc", "mulogvar"} {
				noneTV = append(noneTV, pair{clip, v + " none", clip, v + " tv", p})
				smoother = append(smoother, pair{clip, v + " none", clip, v + " tv", p})
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
		order("none ends above tv", noneTV),
		order("tv ends above kl", tvKL),
		order("mulogvar ends above fc, for base", variable),
		compare("tv makes smoother pictures than none", of("variation_after"), smoother),
		compare("kl damages the picture: it is less like the reconstruction than without", of("ws_ssim"), damage),
		r.pixels(),
	}
}

// lookup finds the figure of a cell.
type lookup func(clip, way, prompt string) (float64, bool)

// pair says that the first cell lies above the second.
type pair struct{ clipA, wayA, clipB, wayB, prompt string }

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
