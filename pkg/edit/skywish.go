package edit

import (
	"math"
	"slices"
	"strings"

	"github.com/clipenv/toolkit/pkg/sky"
	"github.com/clipenv/toolkit/pkg/torch"
)

// wish is a change that people ask of the light that a map has: "a bit darker".
// Where a prompt says nothing else, all other things of that light stay.
type wish struct {
	words string
	of    needs
	by    func(t *sky.Target, much float64)
}

// needs is what a map must show for a wish to be about its own light.
type needs int

const (
	anyMap  needs = iota
	someSky       // and not through a window
	someSun       // that casts a shadow
)

// What a wish asks for where nothing says how much.
const (
	wishedStops   = 1.
	wishedCover   = .3
	wishedHaze    = .35
	wishedDegrees = 15.
	leastSun      = 3.  // degrees to which one that is asked down goes
	wishedWarmth  = .16 // the logarithm of red's gain, and less blue's: some 700 K of a day's 5,500
)

// wishes are in the words that people have for them. A wish is said as it stands
// here, "less" and "too" included, which deny elsewhere.
var wishes = []wish{
	{"darker|darken|dimmer|dim it|less bright|less light|too bright|not so bright|not as bright|lower exposure|lower the exposure|reduce the exposure|turn down the exposure|exposure down|less exposure|overexposed",
		anyMap, func(t *sky.Target, much float64) { t.ExposureStops -= much * wishedStops }},
	{"brighter|brighten|brighten up|lighter|lighten|more light|less dark|too dark|not so dark|not as dark|higher exposure|raise the exposure|increase the exposure|turn up the exposure|exposure up|more exposure|underexposed",
		anyMap, func(t *sky.Target, much float64) { t.ExposureStops += much * wishedStops }},
	{"warmer|warm up|warm it up|more warmth|more golden|more orange|more yellow|less cold|less cool|less blue|too cold|too cool|too blue|not so cold|not so blue",
		anyMap, func(t *sky.Target, much float64) { warm(t, much) }},
	{"cooler|cool down|cool it down|colder|bluer|more blue|less warm|less orange|less yellow|less red|too warm|too orange|too yellow|too red|not so warm|not so orange",
		anyMap, func(t *sky.Target, much float64) { warm(t, -much) }},

	{"more clouds|more cloud|cloudier|more cloudy|less clear|add clouds|add some clouds|add a few clouds|add more clouds",
		someSky, func(t *sky.Target, much float64) { t.Cover = min(t.Cover+much*wishedCover, 1) }},
	{"fewer clouds|less clouds|less cloud|less cloudy|clearer|clearer sky|too cloudy|too many clouds|not so cloudy|not so many clouds",
		someSky, func(t *sky.Target, much float64) { t.Cover = max(t.Cover-much*wishedCover, 0) }},
	{"no clouds|without clouds|without the clouds|without any clouds|remove the clouds|remove all clouds|remove all the clouds|remove clouds|get rid of the clouds|clear the clouds|clear away the clouds|lose the clouds|delete the clouds|take away the clouds",
		someSky, func(t *sky.Target, _ float64) { unclouded(t) }},
	{"remove the sun|hide the sun|take out the sun|remove the shadows|no direct sun|no direct sunlight|without direct sun",
		someSky, func(t *sky.Target, _ float64) { t.Cover, t.Detail = 1, .5 }},
	{"hazier|more haze|more hazy|add haze|add some haze", someSky, func(t *sky.Target, much float64) { t.Haze = min(t.Haze+much*wishedHaze, 1) }},
	{"less haze|less hazy|remove the haze|clearer air|less fog|less foggy|less mist|less misty|no fog|without fog|remove the fog|remove the mist|clear the fog|lift the fog", someSky, func(t *sky.Target, much float64) { t.Haze = max(t.Haze-much*wishedHaze, 0) }},

	{"higher sun|sun higher|raise the sun|move the sun up|sun up higher|sun higher up|sun higher in the sky|sun too low|shorter shadows",
		someSun, func(t *sky.Target, much float64) { lift(t, much*wishedDegrees) }},
	{"lower sun|sun lower|lower the sun|move the sun down|sun lower in the sky|sun too high|longer shadows",
		someSun, func(t *sky.Target, much float64) { lift(t, -much*wishedDegrees) }},
	{"softer shadows|soften the shadows|softer light|softer|lighter shadows|less contrast|less harsh|too harsh|too contrasty|weaker sun|weaker shadows|dimmer sun|less sun",
		someSun, func(t *sky.Target, much float64) { t.SunStops -= much * wishedStops }},
	{"harder shadows|harsher shadows|stronger shadows|deeper shadows|darker shadows|harder light|harsher light|harsher|more contrast|too soft|too flat|stronger sun|brighter sun|more sun",
		someSun, func(t *sky.Target, much float64) { t.SunStops += much * wishedStops }},
}

// warm multiplies the colour of all light.
func warm(t *sky.Target, much float64) {
	t.Tint[0] *= math.Exp(much * wishedWarmth)
	t.Tint[2] *= math.Exp(-much * wishedWarmth * 1.4)
}

// lift stands the sun higher, and stops short of the zenith and of a sunset.
func lift(t *sky.Target, degrees float64) {
	most, least := 75*math.Pi/180, leastSun*math.Pi/180
	t.SunElevation = min(max(t.SunElevation+degrees*math.Pi/180, min(least, t.SunElevation)), max(most, t.SunElevation))
}

// wishBook has the wishes by their words, and the phrases of explicit that turn the
// sun: where nothing else is said, it is the map's own that turns.
var wishBook = func() map[string]wish {
	book := map[string]wish{}
	add := func(w wish) {
		for words := range strings.SplitSeq(w.words, "|") {
			book[words] = w
		}
	}
	for _, e := range explicit {
		turned := sky.Target{}
		turned.SunAzimuth = math.Inf(1)
		if e.set(&turned); !math.IsInf(turned.SunAzimuth, 1) {
			add(wish{e.words, someSun, func(t *sky.Target, _ float64) { e.set(t) }})
		}
	}
	for _, w := range wishes {
		add(w)
	}
	return book
}()

// wishMuch are words that say how much, over what a wish has without them.
var wishMuch = map[string]float64{
	"bit": .5, "little": .5, "slightly": .5, "tad": .5, "touch": .5, "somewhat": .5, "half": .5, "marginally": .3, "subtly": .4,
	"much": 2, "lot": 2, "far": 2, "way": 2, "significantly": 2, "considerably": 2, "substantially": 2, "very": 1.5, "really": 1.5,
	"two": 2, "three": 3, "2": 2, "3": 3,
}

// wishAsides are words that say nothing beside a wish.
var wishAsides = func() map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq("make it the a an of is be please just but and with to by get give me us want i would like let's lets by should could can you render scene image " +
		"picture map hdri environment photo everything all this that look looks bring turn put move place rotate shift change set sun sunlight sunshine light lighting shining coming " +
		"comes keep as now then so more one 1 stop stops overall whole exposure clouds shadows air in on camera") {
		all[w] = true
	}
	return all
}()

// onlyAsides tells whether a text asks for something and does not say what: "please
// change the light".
func onlyAsides(text string) bool {
	return !slices.ContainsFunc(wordsOf(text), func(w string) bool { return !wishAsides[w] })
}

// wishParts are words for a part of a map.
var wishParts = map[string]sky.Part{"sky": sky.SkyOnly, "skies": sky.SkyOnly, "ground": sky.GroundOnly, "foreground": sky.GroundOnly, "floor": sky.GroundOnly}

// wished is a wish that a prompt has.
type wished struct {
	wish
	said  string
	much  float64
	part  sky.Part
	exact *figure // nil where it is none
}

// wishesIn finds the wishes of a prompt. alone tells that it says nothing else. What
// changes the level or the colour may be said of the sky, or of the ground, alone.
func wishesIn(prompt []Phrase) (found []wished, alone bool) {
	const longest = 6
	alone = true
	part := sky.Whole
	outright, _ := partOf(prompt)
	for _, p := range prompt {
		if p.Weight <= 0 {
			alone = false
			continue
		}
		_, _, text := partSaid(p.Text)
		figures, rest := figuresOf(text)
		for _, f := range figures {
			by := func(t *sky.Target, _ float64) { f.set(t) }
			found = append(found, wished{wish: wish{f.said, someSun, by}, said: f.said, much: 1, exact: &f})
		}
		words := wordsOf(rest)
		much := 1.
	words:
		for i := 0; i < len(words); i++ {
			for n := min(longest, len(words)-i); n > 0; n-- {
				said := strings.Join(words[i:i+n], " ")
				// "Darker than" tells of another light.
				if w, ok := wishBook[said]; ok && (i+n == len(words) || words[i+n] != "than") {
					found, much = append(found, wished{wish: w, said: said, much: much}), 1
					i += n - 1
					continue words
				}
			}
			if by, ok := wishMuch[words[i]]; ok {
				much = by
			} else if of, ok := wishParts[words[i]]; ok {
				part = of
			} else if !wishAsides[words[i]] {
				alone = false
			}
		}
		if much != 1 && len(found) > 0 && found[len(found)-1].much == 1 {
			found[len(found)-1].much = much // "darker by half a stop"
		}
	}
	if !slices.ContainsFunc(found, func(w wished) bool { return w.of != anyMap }) {
		for i := range found {
			found[i].part = part
		}
	}
	if outright != sky.Whole {
		for i := range found {
			found[i].part = outright
		}
	}
	return found, alone && len(found) > 0
}

// ownWishes are those of a prompt that is about the map's own light.
func ownWishes(prompt []Phrase, scene *sky.Scene) (found []wished, ok bool) {
	found, ok = wishesIn(prompt)
	own := scene.Own()
	for _, w := range found {
		switch w.of {
		case someSky:
			ok = ok && scene.Kind != sky.Indoor
		case someSun:
			ok = ok && (scene.Kind == sky.Day || scene.Kind == sky.Dusk) && own.SunElevation > 0 && own.Cover < .6
		}
	}
	return found, ok
}

// addWishes changes a light of a prompt's other words by its wishes, but for those
// that saidOutright knows.
func addWishes(prompt []Phrase, t *sky.Target) (said []string) {
	found, _ := wishesIn(prompt)
	for _, w := range found {
		if _, known := looked(explicitBook, bookKey(w.said)); !known && w.exact == nil {
			w.by(t, w.much)
			said = append(said, w.said)
		}
	}
	return said
}

// wishesAnyMap tells whether a prompt has wishes alone, of which a map that shows no
// sky grants all.
func wishesAnyMap(prompt []Phrase) bool {
	found, alone := wishesIn(prompt)
	return alone && !slices.ContainsFunc(found, func(w wished) bool { return w.of != anyMap })
}

// asWished puts the input into its own light, changed by wishes.
func (e *editing) asWished(scene *sky.Scene, found []wished, text torch.Tensor) (*Result, error) {
	own := scene.Own()
	t, r := own, &Result{Light: &LightChange{}}
	for _, w := range found {
		w.by(&t, w.much)
		if t.Only = w.part; scene.Kind == sky.Indoor {
			t.Only = sky.Whole // a room's windows are no sky that is meant
		}
		r.Light.Said = append(r.Light.Said, w.said)
	}
	if _, said := partOf(e.phrases); t.Only != sky.Whole {
		r.Light.Said = append(r.Light.Said, said...)
	}
	standsAt := slices.ContainsFunc(found, func(w wished) bool { return w.exact != nil && w.exact.stands })
	turnsTo := slices.ContainsFunc(found, func(w wished) bool { return w.exact != nil && w.exact.turns })
	if t.SunAzimuth != own.SunAzimuth || t.SunElevation != own.SunElevation {
		t = e.config.Sky.placed(scene, t, t.SunAzimuth != own.SunAzimuth, turnsTo, standsAt)
	}
	r.Light.Placed = t.SunAzimuth != own.SunAzimuth
	if err := r.render(scene, t, e.config); err != nil {
		return nil, err
	}
	return r, e.judge(r, Solution{Start: e.radiance(e.small), End: e.radiance(e.small)}, text)
}
