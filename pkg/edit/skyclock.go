package edit

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/pkg/label"
	"github.com/clipenv/toolkit/pkg/sky"
)

// clock is an hour that a prompt says.
type clock struct {
	text string // that says it
	// Elevations of the sun, in degrees, of the hours that may be meant: "six
	// o'clock" is one in the morning and one in the evening. The likelier first.
	elevations []float64
}

// Where nothing is said of the place, it is halfway to the pole, where most
// films and games are set.
const latitude = 45 * math.Pi / 180

// sunAt is the sun's elevation in degrees at an hour of the clock, 0 to 24, in
// a month, 1 to 12; month 0 is an equinox. From April to October clocks are an
// hour ahead of the sun. The declination is Cooper's 1969.
func sunAt(hour float64, month int) float64 {
	declination := 0.
	if month > 0 {
		day := 30.4*float64(month) - 15
		declination = 23.45 * math.Pi / 180 * math.Sin(2*math.Pi*(284+day)/365)
		if month >= 4 && month <= 10 {
			hour--
		}
	}
	angle := (hour - 12) * math.Pi / 12
	sine := math.Sin(latitude)*math.Sin(declination) + math.Cos(latitude)*math.Cos(declination)*math.Cos(angle)
	return math.Asin(sine) * 180 / math.Pi
}

// clocks are the ways to say an hour. Groups: h an hour, m minutes, half the
// half of the day, past and to what lies between.
var clocks = func() (all []*regexp.Regexp) {
	const (
		hour = `(?P<h>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)`
		part = `(?P<half>in the morning|in the early morning|in the afternoon|in the evening|at night|tonight)`
		some = `(?P<m>half|a quarter|quarter|five|ten|twenty|twenty five|\d{1,2}|five minutes|ten minutes|twenty minutes)`
		ends = `(?:$|[,.;:!?)]|\s+(?:in|on|as|when|and|sharp|exactly|but|while|during|with)\b)`
	)
	for _, e := range []string{
		`\b(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s?(?P<half>am|pm|a\.m\.|p\.m\.)(?:\W|$)`,
		`\b(?P<h>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?:\s(?P<m>fifteen|thirty|forty|twenty))?\s(?P<half>am|pm|a\.m\.|p\.m\.)(?:\W|$)`,
		`\b` + some + `\s(?P<way>past|after|to|before|till)\s` + hour + `(?:\s(?:o'?clock\s)?` + part + `)?\b`,
		`\b` + some + `\s(?P<way>past|after|to|before|till)\s(?P<h>midnight|noon|midday)\b`,
		`\b(?P<h>[01]?\d|2[0-3])[:h](?P<m>[0-5]\d)\b(?:\s` + part + `)?`,
		`\b(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)\s?(?P<half>hours|hrs)\b`,
		`\b` + hour + `(?:\s(?P<m>fifteen|thirty|forty five))?\s?(?:o'?clock\s)?` + part + `\b`,
		`\b` + hour + `\s?o'?clock(?:\s` + part + `)?`,
		`\b(?:at|around|about|by|towards|near|circa|roughly|shortly after|shortly before|just after|just before)\s` + hour + ends,
		`\b(?P<h>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)ish\b`,
	} {
		all = append(all, regexp.MustCompile(e))
	}
	return all
}()

// turns are times told from where the sun is: "half an hour before sunrise".
var turns = regexp.MustCompile(`\b(?P<m>\d{1,3}|five|ten|fifteen|twenty|thirty|forty|a few|a couple of|some)?\s?` +
	`(?P<unit>half an hour|a half hour|a quarter of an hour|an hour and a half|an hour|minutes|mins|min|two hours|hours|moments|a moment|seconds)\s` +
	`(?P<way>before|after|till|until|to|past)\s` +
	`(?P<at>(?:the\s)?(?:sunrise|sunup|dawn|daybreak|sun rises|sun comes up|sun is up|sunset|sundown|dusk|nightfall|sun sets|sun goes down|sun is down|sun has set|midnight|noon|midday))\b`)

var numbers = map[string]float64{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"fifteen": 15, "twenty": 20, "twenty five": 25, "thirty": 30, "forty": 40, "forty five": 45, "half": 30, "quarter": 15, "a quarter": 15,
	"midnight": 0, "noon": 12, "midday": 12, "a few": 5, "a couple of": 2, "some": 10,
}

func numeral(text string) float64 {
	text = strings.TrimSuffix(text, " minutes")
	if n, ok := numbers[text]; ok {
		return n
	}
	n, _ := strconv.Atoi(text)
	return float64(n)
}

// months of the year, and the one that a season has in its middle.
var months = func() map[string]int {
	all := map[string]int{"spring": 4, "summer": 7, "autumn": 10, "winter": 1, "midsummer": 6, "midwinter": 12, "christmas": 12, "halloween": 10, "easter": 4}
	for i, m := range strings.Fields("january february march april may june july august september october november december") {
		all[m] = i + 1
	}
	return all
}()

// hoursByName are said of where the sun stands, which no clock overrules.
var hoursByName = []string{"sunset", "sunrise", "sundown", "sunup", "dusk", "dawn", "twilight", "golden hour", "magic hour", "blue hour"}

// clockOf finds the hour that a text says, if it says one.
func clockOf(text string) (c clock, found bool) {
	text = unaccented.Replace(strings.ToLower(text))
	words := wordsOf(text)
	month := 0
	for _, w := range words {
		if m := months[w]; m > 0 && (month == 0 || len(w) > 5) {
			month = m
		}
	}
	if at := turns.FindStringSubmatch(text); at != nil {
		return clock{at[0], []float64{turned(at, month)}}, true
	}
	if named := " " + strings.Join(words, " ") + " "; slices.ContainsFunc(hoursByName, func(name string) bool { return strings.Contains(named, " "+name+" ") }) {
		return c, false // "sunset at 18:30" is a sunset, wherever that is
	}
	for _, way := range clocks {
		at := way.FindStringSubmatch(text)
		if at == nil {
			continue
		}
		group := func(name string) string {
			if i := way.SubexpIndex(name); i >= 0 {
				return at[i]
			}
			return ""
		}
		hour, minutes := numeral(group("h")), numeral(group("m"))
		if w := group("way"); w == "to" || w == "before" || w == "till" {
			minutes = -minutes
		}
		if hour > 24 || minutes > 59 {
			continue
		}
		sure := hour > 12 || hour == 0 || group("h") == "noon" || group("h") == "midday" || len(group("h")) == 2 && group("h")[0] == '0' || strings.HasPrefix(group("half"), "h")
		early, late := math.Mod(hour, 12)+minutes/60, math.Mod(hour, 12)+12+minutes/60
		if sure {
			early, late = hour+minutes/60, hour+minutes/60
		}
		return clock{strings.TrimSpace(at[0]), elevations(early, late, month, group("half"), words)}, true
	}
	return c, false
}

// elevations are the sun's at the hours that may be meant, the likelier first.
func elevations(early, late float64, month int, half string, words []string) []float64 {
	am, pm := sunAt(early, month), sunAt(late, month)
	says := func(all ...string) bool {
		return slices.ContainsFunc(all, func(w string) bool { return slices.Contains(words, w) })
	}
	switch {
	case early == late:
		return []float64{am}
	case strings.HasPrefix(half, "a") && half != "at night", strings.HasSuffix(half, "morning"), half == "" && says("morning", "breakfast"):
		return []float64{am}
	case strings.HasPrefix(half, "p"), strings.HasSuffix(half, "afternoon"), strings.HasSuffix(half, "evening"), half == "" && says("afternoon", "evening"):
		return []float64{pm}
	case half != "", says("night"):
		return []float64{min(am, pm)}
	case early >= 7:
		return []float64{am, pm}
	}
	return []float64{pm, am}
}

// turned is the sun's elevation some time before or after it rises or sets, or
// stands highest or lowest.
func turned(at []string, month int) float64 {
	group := func(name string) string { return at[turns.SubexpIndex(name)] }
	hours := 0.
	switch unit := group("unit"); {
	case strings.HasPrefix(unit, "min"):
		hours = max(numeral(group("m")), 5) / 60
	case strings.Contains(unit, "moment"), unit == "seconds":
		hours = .02
	case strings.Contains(unit, "quarter"):
		hours = .25
	case strings.Contains(unit, "and a half"):
		hours = 1.5
	case strings.Contains(unit, "half"):
		hours = .5
	case unit == "an hour":
		hours = 1
	case unit == "two hours":
		hours = 2
	default:
		hours = max(numeral(group("m")), 2)
	}
	before := !slices.Contains([]string{"after", "past"}, group("way"))
	signed := hours
	if before {
		signed = -hours
	}
	const climb = 10.6 // degrees an hour at the horizon, at an equinox
	switch what := strings.TrimPrefix(group("at"), "the "); what {
	case "midnight":
		return sunAt(24+signed, month)
	case "noon", "midday":
		return sunAt(12+signed, month)
	case "sunrise", "sunup", "sun rises", "sun comes up", "sun is up":
		return climb * signed
	case "dawn", "daybreak":
		return climb*signed - 4
	case "dusk", "nightfall":
		return -climb*signed - 4
	}
	return -climb * signed
}

// hourOf is the kind of light that a sun at an elevation in degrees gives.
func hourOf(elevation float64) label.Attributes {
	switch {
	case elevation < -12:
		return label.Night
	case elevation < -.5:
		return label.Dusk
	case elevation < 14:
		return label.Sunset | label.Sunrise
	}
	return label.Day
}

// suits tells whether a known light may be that of an hour: weather that has
// none of a low sun is taken by day, and the sun lowered.
func (k knownLight) suits(hour label.Attributes) bool {
	return k.is.Any(hour) || hour.Has(label.Sunset) && k.is.Has(label.Day) && !k.is.Has(label.Clear) && !k.is.Has(label.PartlyCloudy)
}

// The votes for the hour that a clock says: no word is surer.
const saidHour = 2.

// hoursFor adds what the clocks of a prompt say to votes on the known lights,
// and returns the weight of that. Of two hours it takes that which other words
// make likelier.
func hoursFor(prompt []Phrase, score []float64) (weight float64) {
	for _, p := range prompt {
		c, found := clockOf(p.Text)
		if !found || p.Weight <= 0 {
			continue
		}
		best, hour := math.Inf(-1), label.Attributes(0)
		for _, e := range c.elevations {
			likely := math.Inf(-1)
			for i, k := range knownLights {
				if k.suits(hourOf(e)) {
					likely = max(likely, score[i])
				}
			}
			if likely > best+1e-9 {
				best, hour = likely, hourOf(e)
			}
		}
		m := meaning{holds: make([]bool, len(knownLights)), share: 1}
		for i, k := range knownLights {
			m.holds[i] = k.suits(hour)
		}
		vote(score, m, saidHour*p.Weight)
		weight += saidHour * p.Weight
	}
	return weight
}

// atClock stands the sun of a light where the prompt's clocks have it, and
// returns what says so. By night the moon stays.
func atClock(prompt []Phrase, t *sky.Target) (said []string) {
	for _, p := range prompt {
		c, found := clockOf(p.Text)
		if !found || p.Weight <= 0 {
			continue
		}
		at := c.elevations[0]
		for _, e := range c.elevations {
			if math.Abs(e*math.Pi/180-t.SunElevation) < math.Abs(at*math.Pi/180-t.SunElevation) {
				at = e
			}
		}
		if !nightly(*t) && hourOf(at) != label.Night {
			t.SunElevation = at * math.Pi / 180
		}
		said = append(said, c.text)
	}
	return said
}
