package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
)

// run races the two sides in turns, toolkit first, and sums up.
func (r race) run(o options, self, temp string) (line, error) {
	switch r.Spec.Kind {
	case kindVerb:
		return r.runVerb(o, self, temp)
	case kindSize:
		return r.runSize(o, self, temp)
	case kindJob:
		return r.runJob(o, temp)
	case kindStart:
		return r.runStarts(o, self)
	}
	ours, err := startPlayer("toolkit", r.Spec.mine(), os.Stderr, self, "serve")
	if err != nil {
		return line{}, err
	}
	defer ours.stop()
	if r.Spec.Budget > 0 {
		return r.runAlone(o, ours)
	}
	player := []string{o.python, filepath.Join(o.scripts, "player.py")}
	if r.Spec.Times > 0 {
		player = []string{self, "serve"}
	}
	theirs, err := startPlayer(r.Spec.Against, r.Spec.other(), os.Stderr, player[0], player[1])
	if err != nil {
		return line{}, err
	}
	defer theirs.stop()

	steps, err := calibrate(o, ours, theirs)
	if err != nil {
		return line{}, err
	}
	return r.rounds(o, func() (reply, error) { return ours.turn(steps) }, func() (reply, error) { return theirs.turn(steps) })
}

// runAlone holds the toolkit's turns against the time that the work may take.
func (r race) runAlone(o options, ours *player) (line, error) {
	steps, err := calibrate(o, ours)
	if err != nil {
		return line{}, err
	}
	var last reply
	return r.rounds(o,
		func() (reply, error) {
			last, err = ours.turn(steps)
			return last, err
		},
		func() (reply, error) { return reply{Seconds: r.Spec.Budget * r.Spec.per(), Check: last.Check}, nil })
}

// rounds gives the sides their turns.
func (r race) rounds(o options, ours, theirs func() (reply, error)) (line, error) {
	var a, b []reply
	for range o.rounds {
		our, err := ours()
		if err != nil {
			return line{}, err
		}
		their, err := theirs()
		if err != nil {
			return line{}, err
		}
		a, b = append(a, our), append(b, their)
	}
	return sum(r, a, b), nil
}

// calibrate warms both sides up and finds how many steps make a turn.
func calibrate(o options, players ...*player) (steps int, err error) {
	steps = 1
	for _, p := range players {
		n := 1
		for {
			r, err := p.turn(n)
			if err != nil {
				return 0, err
			}
			if r.Seconds*float64(n) >= o.leg.Seconds()/2 {
				steps = max(steps, int(math.Ceil(o.leg.Seconds()/r.Seconds)))
				break
			}
			n *= 2
		}
	}
	return steps, nil
}

// agree tells whether two sides did the same work.
func agree(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*math.Max(math.Abs(a), math.Abs(b))
}

// sum makes the line of a race. The ratio is the median over rounds of the two
// turns that stood side by side: what else the machine did in that round slowed
// both.
func sum(r race, ours, theirs []reply) line {
	var ratios, cpuRatios []float64
	for i := range ours {
		ratios = append(ratios, ours[i].Seconds/theirs[i].Seconds)
		if theirs[i].CPUSeconds > 0 {
			cpuRatios = append(cpuRatios, ours[i].CPUSeconds/theirs[i].CPUSeconds)
		}
	}
	l := line{Name: r.Name, Against: r.Spec.Against, Target: r.Target, Toolkit: newSide(ours, r.Spec.per()), Other: newSide(theirs, r.Spec.per()),
		Ratio: quantile(ratios, 0.5), Low: quantile(ratios, 0.25), High: quantile(ratios, 0.75), Agree: true}
	if len(cpuRatios) > 0 {
		l.CPURatio = quantile(cpuRatios, 0.5)
	}
	for i := range ours {
		l.Agree = l.Agree && agree(ours[i].Check, theirs[i].Check, r.Spec.tolerance())
	}
	return l
}

// quantile interpolates between the sorted values.
func quantile(values []float64, q float64) float64 {
	v := slices.Sorted(slices.Values(values))
	at := q * float64(len(v)-1)
	i := int(at)
	if i+1 == len(v) {
		return v[i]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}
