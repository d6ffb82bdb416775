package edit

import (
	"math"
	"testing"

	"github.com/clipenv/toolkit/pkg/label"
)

// An hour is that of its half of the day, its month and its way to say it.
func TestClocksTellWhereTheSunStands(t *testing.T) {
	for says, want := range map[string]label.Attributes{
		"5 am":                                 label.Dusk,
		"6 am in june, birdsong":               label.Sunset,
		"at 14:30":                             label.Day,
		"10 pm":                                label.Night,
		"10pm, wet streets":                    label.Night,
		"23:15":                                label.Night,
		"0200 hours":                           label.Night,
		"half past midnight":                   label.Night,
		"a quarter to eleven in the morning":   label.Day,
		"three in the morning":                 label.Night,
		"four o'clock in the afternoon, may":   label.Day,
		"4:30 p.m. in december":                label.Dusk,
		"eight in the evening in july":         label.Sunset,
		"eleven at night":                      label.Night,
		"half an hour before sunrise":          label.Dusk,
		"twenty minutes before the sun sets":   label.Sunset,
		"an hour after sunset":                 label.Dusk,
		"two hours after sunset":               label.Night,
		"ten past noon":                        label.Day,
		"around five, in january":              label.Dusk,
		"a village at eight when they ring it": label.Day,
		"seven pm in october":                  label.Dusk,
		"eleven thirty in the morning":         label.Day,
		"threeish":                             label.Day,
	} {
		c, found := clockOf(says)
		if !found || !hourOf(c.elevations[0]).Any(want) {
			t.Errorf("%q has the sun at %v, want %v", says, c.elevations, want)
		}
	}
}

// Numbers that are no hours tell none.
func TestNumbersAreNoClocks(t *testing.T) {
	for _, says := range []string{
		"two trees", "at four metres", "route 66", "1984", "a 50 mm lens", "one can see", "seven samurai", "3 people at a bar", "16:9", "25:61", "by one lamp", "I am one", "", "a sunset at 18:30", "the golden hour, 5 pm",
	} {
		if c, found := clockOf(says); found {
			t.Errorf("%q says %q, want no hour", says, c.text)
		}
	}
}

// Noon is the highest and midnight the lowest; June is higher than December.
func TestTheSunRisesToNoon(t *testing.T) {
	for month := range 13 {
		noon := 12.
		if month >= 4 && month <= 10 {
			noon = 13
		}
		for hour := noon - 12; hour < noon; hour += .25 {
			if sunAt(hour, month) >= sunAt(hour+.25, month) {
				t.Errorf("month %d: the sun sinks from %v to %v", month, hour, hour+.25)
			}
			if before, after := sunAt(hour, month), sunAt(2*noon-hour, month); math.Abs(before-after) > 1e-9 {
				t.Errorf("month %d: %v° at %v, %v° as long after noon", month, before, hour, after)
			}
		}
	}
	if june, december := sunAt(13, 6), sunAt(12, 12); math.Abs(june-68) > 1 || math.Abs(december-22) > 1 {
		t.Errorf("the sun stands %.1f° high in june and %.1f° in december, want 68 and 22", june, december)
	}
}

// Of two hours the other words choose.
func TestOtherWordsChooseTheHour(t *testing.T) {
	for says, want := range map[string]label.Attributes{
		"ten o'clock":                  label.Day,
		"ten o'clock, owls and stars":  label.Night,
		"at two, burglars and ghosts":  label.Night,
		"at two, a picnic in the sun":  label.Day,
		"3 am and blazing city lights": label.Night,
	} {
		score, _ := wordsFor([]Phrase{{Text: says, Weight: 1}})
		best := 0
		for i, v := range score {
			if v > score[best] {
				best = i
			}
		}
		if !knownLights[best].is.Any(want) {
			t.Errorf("%q begins at %s, want %v", says, knownLights[best].caption, want)
		}
	}
}
