package edit

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/pkg/sky"
)

// figure is a number of the light that a prompt says with its unit: "the sun at 30
// degrees", "rotate the sun by 90° to the left", "5600 K".
type figure struct {
	said          string
	turns, stands bool // the sun's azimuth, its elevation
	set           func(*sky.Target)
}

// figureWay is a way to say a figure. Its groups: by a number, and way where to.
type figureWay struct {
	says *regexp.Regexp
	read func(by float64, way string) (f figure, ok bool)
}

// figureWays are tried in order, and what one has read is not read again.
var figureWays = func() (all []figureWay) {
	const (
		number  = `(?P<by>-?\d{1,3}(?:\.\d+)?)`
		degrees = number + `\s?(?:°|degrees?\b|deg\b)`
		lamp    = `(?:the\s)?(?:sun|moon|key)(?:\s?light)?(?:'s)?`
		verb    = `(?:rotate|rotating|turn|turning|move|moving|shift|swing|spin|orbit|bring|push|pan)\s`
		by      = `\s(?:by\s|through\s|another\s|about\s|some\s)?`
		side    = `(?P<way>left|right|anti-?\s?clockwise|counter-?\s?clockwise|clockwise)`
		aside   = `(?:(?:further\s|more\s)?(?:to|towards)\s(?:the\s)?|further\s)?` + side + `\b(?:\sof\s(?:the\s)?(?:cent(?:er|re)|middle|camera|map))?`
		height  = `(?:elevation|altitude|height)`
		level   = `(?:above|over|off)\s(?:the\s)?horizon`
	)
	add := func(says string, read func(by float64, way string) (figure, bool)) {
		all = append(all, figureWay{regexp.MustCompile(`(?:^|\b)` + says), read})
	}
	turn := func(by float64, way string) (figure, bool) {
		if leftward(way) {
			by = -by
		}
		return figure{turns: true, set: func(t *sky.Target) { t.SunAzimuth += by * math.Pi / 180 }}, math.Abs(by) <= 360
	}
	face := func(at float64, way string) (figure, bool) {
		if leftward(way) {
			at = -at
		}
		return figure{turns: true, set: func(t *sky.Target) { t.SunAzimuth = at * math.Pi / 180 }}, math.Abs(at) <= 360
	}
	rise := func(by float64, way string) (figure, bool) {
		if way == "lower" || way == "sink" || way == "drop" || way == "down" {
			by = -by
		}
		return figure{stands: true, set: func(t *sky.Target) { lift(t, by) }}, math.Abs(by) <= 90
	}
	stand := func(at float64, way string) (figure, bool) {
		if strings.HasPrefix(way, "b") || strings.HasPrefix(way, "under") {
			at = -at
		}
		return figure{stands: true, set: func(t *sky.Target) { sunUp(t, at) }}, math.Abs(at) <= 90
	}

	add(verb+lamp+by+degrees+`\s(?P<way>up|down|higher|lower)\b`, rise)
	add(verb+lamp+`\s(?P<way>up|down|higher|lower)`+by+degrees, rise)
	add(verb+lamp+by+degrees+`(?:\s`+aside+`)?`, turn)
	add(verb+lamp+`\s`+aside+by+degrees, turn)
	add(`(?P<way>raise|lift|lower|sink|drop)\s`+lamp+by+degrees, rise)
	add(`(?:raise|lift|lower|sink|drop|set|put|place|stand|bring)\s`+lamp+`\s(?:to|at)\s(?:an?\s)?`+degrees+`(?:\s`+aside+`)`, face)
	add(`(?:raise|lift|lower|sink|drop|set|put|place|stand|bring)\s`+lamp+`\s(?:to|at)\s(?:an?\s)?`+degrees+`(?:\s(?:`+height+`|`+level+`|high|up))?`, stand)
	add(lamp+`\s`+degrees+`\s(?P<way>higher|lower)\b`, func(by float64, way string) (figure, bool) { return rise(by, way) })

	add(`(?:`+lamp+`\s)?(?:at\s)?(?:an?\s)?azimuth\s?(?:of\s|at\s|is\s|to\s|[=:]\s?)?`+number+`(?:\s?(?:°|degrees?\b|deg\b))?(?:\s`+aside+`)?`, face)
	add(degrees+`\s(?:of\s)?azimuth\b`, face)
	add(lamp+`\s(?:is\s|stands\s|comes\s|at\s|from\s|an?\s|angle\s|of\s)*`+degrees+`\s(?:on\s(?:the\s)?)?`+aside, face)
	add(`(?:`+lamp+`\s)?(?:at\s)?(?:an?\s)?`+height+`\s?(?:of\s|at\s|is\s|to\s|[=:]\s?)?`+degrees, stand)
	add(lamp+`\s`+height+`\s?(?:of\s|at\s|is\s|to\s|[=:]\s?)?`+number+`\b`, stand)
	add(`(?:`+lamp+`\s(?:is\s|stands\s|at\s|an?\s|angle\s|of\s|up\s|just\s|about\s|some\s)*)?`+degrees+`\s(?P<way>below|beneath|under|above|over|off)\s(?:the\s)?horizon`, stand)
	add(lamp+`\s(?:is\s|stands\s|standing\s|set\s|at\s|an?\s|angle\s|of\s|up\s|about\s|some\s)*`+degrees+`(?:\s(?:of\s)?(?:`+height+`|angle)|\shigh|\sup)?`, stand)
	add(degrees+`\s(?:of\s)?(?:sun\s)?(?:`+height+`|sun|high)\b`, stand)

	add(`(?P<by>\d{4,5})\s?(?:k|kelvin)\b`, func(k float64, _ string) (figure, bool) {
		return figure{set: func(t *sky.Target) { t.Kelvin = k }}, k >= 1000 && k <= 40000
	})
	return all
}()

// leftward tells whether a turn to a side makes azimuths smaller. Clockwise is as
// seen from above.
func leftward(way string) bool {
	return way == "left" || strings.HasPrefix(way, "anti") || strings.HasPrefix(way, "counter")
}

// figuresOf are the figures of a text, and the text without them.
func figuresOf(text string) (found []figure, rest string) {
	rest = unaccented.Replace(strings.ToLower(text))
	for _, w := range figureWays {
		for from := 0; from < len(rest); {
			at := w.says.FindStringSubmatchIndex(rest[from:])
			if at == nil {
				break
			}
			group := func(name string) string {
				if i := w.says.SubexpIndex(name); i >= 0 && at[2*i] >= 0 {
					return rest[from+at[2*i] : from+at[2*i+1]]
				}
				return ""
			}
			start, end := from+at[0], from+at[1]
			by, err := strconv.ParseFloat(group("by"), 64)
			f, ok := w.read(by, group("way"))
			if err != nil || !ok {
				from = end
				continue
			}
			f.said = strings.TrimSpace(rest[start:end])
			found = append(found, f)
			rest, from = rest[:start]+", "+rest[end:], start+2
		}
	}
	return found, rest
}
