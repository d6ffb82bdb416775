package label

import "strings"

// Theme is a word, or a few, that no caption has and that a person has with one
// kind of light: what is in the sky then, what people do and wear, whose season
// it is. When is what a map in that light has.
type Theme struct {
	Text string
	When Condition
}

// Themes returns every theme, in a fixed order.
func Themes() []Theme { return themes }

var themes = func() (all []Theme) {
	for _, t := range []struct {
		texts string
		when  Condition
	}{
		{"constellation|asterism|zodiac|meteor|meteorite|meteor shower|comet|shooting star|planet|venus|jupiter|saturn|nebula|cosmos|cosmic|celestial|telescope", Condition{Night, Stars}},
		{"astronomer|observatory|stargazing|stargazer|orion|pleiades|andromeda|sirius|polaris|great bear|big dipper|southern cross|astronaut|galaxies|supernova", Condition{Night, Stars}},
		{"astrology|horoscope|sagittarius|gemini|taurus|perseids|leonids|geminids|asteroid|uranus|neptune|pluto|astronomical|interstellar|twinkle|twinkling", Condition{Night, Stars}},
		{"glittering", Condition{Night, Stars}},
		{"lunar|crescent|moonrise|moonshine|werewolf|wolves howl|harvest moon|eclipse of the moon|gibbous|lunar eclipse|moonbeam|selene|blood moon|supermoon", Condition{Night, Moon}},
		{"new moon|half moon|howling", Condition{Night, Moon}},
		{"nocturne|owl|vampire|ghost|haunted|witch|witching|halloween|graveyard|asleep|sleeping|sleep|bedtime|dream|dreaming|nightmare|insomnia|lullaby|burglar", Condition{Night}},
		{"thief|nightclub|disco|casino|fireworks|bonfire|campfire|torchlight|firefly|fireflies|aurora|northern lights|blackout|blackness|pitch black|inky|ebony", Condition{Night}},
		{"nightwatchman|three in the morning|jazz bar|lights out|nocturnal animals|badger|hedgehog|nightingale|raccoon|moth|cricket song|pillow|pyjamas|pajamas", Condition{Night}},
		{"snoring|sleepless|sleepwalker|night shift|last train|taxi home|hotel bar|cocktail bar|dance floor|concert|rave|karaoke|ghost story|ghosts|zombie", Condition{Night}},
		{"dracula|ghoul|demon|devil|goblin|sinister|creepy|menacing|horror|film noir|detective|street lamp|lantern|torch|candle|searchlight|lighthouse beam", Condition{Night}},
		{"new year|power cut|lightless|black as coal|jet black|coal black|raven|charcoal|bed time|good night|goodnight|midnight feast|after hours|closing time", Condition{Night}},
		{"wee hours|four in the morning|two in the morning", Condition{Night}},
		{"vespers|eventide|evensong|crepuscular|afterglow|fading light|indigo|violet|mauve|lilac|purple|lamplighter|lamps are lit|streetlights come on", Condition{Dusk}},
		{"day is over|bats|curfew|sun has set|sun has gone|sun already gone|after the sun|before the stars|first star|evening star|shops close|lights come on", Condition{Dusk}},
		{"street lamps come on|going dark|getting dark|darkening|growing dark|light fails|failing light|plum|lavender|amethyst|magenta|pre dawn", Condition{Dusk}},
		{"before first light|alpenglow", Condition{Dusk}},
		{"amber|copper|bronze|gilded|burnished|honey|honeyed|apricot|peach|tangerine|coral|salmon|crimson|scarlet|vermilion|ruby|russet|fiery|embers|ablaze", Condition{lowSun}},
		{"aflame|long shadows|lengthening shadows|slanting rays|sinking sun|sun dips|day dies|day fades|daylight fades|day is done|day draws to a close", Condition{lowSun}},
		{"close of day|final rays|supper|suppertime|rooster|cock crows|dew|breakfast|sunup|waking up|early bird|milkman|sundowner|horizon glows|sun sinks", Condition{lowSun}},
		{"sun sets|sun goes down|sun drops|sinks into|slips below|drops behind|dips behind|day ends|day is ending|end of day|evening meal|dinner|teatime|aperitif", Condition{lowSun}},
		{"cocktails|happy hour|evening stroll|commute home|homeward|shepherds return|harvest home|cows come home|first rays|first birds|birds wake|birdsong", Condition{lowSun}},
		{"alarm clock|coffee|porridge|croissants|toast|paper round|baker|jogger|morning run|school run|marmalade|orange|rust|rusty|auburn|saffron|ochre|mustard", Condition{lowSun}},
		{"terracotta|flame|flames|burning sky|lava|molten|gold|gilt|caramel|cinnamon|ginger|rosy|rose coloured|blush|pinkish|backlit|silhouette|silhouettes", Condition{lowSun}},
		{"raking light|slants|slanting|oblique|lengthen|elongated", Condition{lowSun}},
		{"sunbathing|suntan|sunburn|sunscreen|sunglasses|parasol|sunshade|swimsuit|picnic|barbecue|ice cream|lemonade|holiday resort|vacation|paradise|tropical", Condition{Day, Clear}},
		{"mediterranean|riviera|caribbean|hawaii|heat|hot|heatwave|scorching|sweltering|torrid|blistering|sizzling|june|july|august|summertime|siesta|lunch", Condition{Day, Clear}},
		{"lunchtime|zenith|glare|glorious|gorgeous weather|postcard|cheerful|azure|cerulean|sapphire|turquoise|spotless|unblemished|flawless|lizard|basking", Condition{Day, Clear}},
		{"drought|cicadas|butterflies|bees|sunbathers|sun hat|straw hat|sandals|flip flops|bikini|swimming pool|swimming|poolside|sandcastle|surfing|snorkel", Condition{Day, Clear}},
		{"volleyball|cricket match|tennis|cycling|hiking|gardening|lawnmower|sprinkler|picnickers|grill|watermelon|strawberries|iced tea|sorbet|popsicle", Condition{Day, Clear}},
		{"cold drinks|fete|funfair|carnival|playground|recess|noonday|dog days|boiling|roasting|baking|broiling|fahrenheit|celsius|equator|greece|sicily", Condition{Day, Clear}},
		{"california|florida|bali|australia|outback|sahara heat|mirage|shimmering|squint|squinting|vitamin d|tanned|blinding|gleaming|sparkling|vivid|unclouded", Condition{Day, Clear}},
		{"clear blue|perfect day|lovely day|beautiful day|nice day|fine weather|good weather|delightful|idyllic|spring day|dandelions|sunflowers|daisies|tulips", Condition{Day, Clear}},
		{"swallows|grasshopper|tortoise|iguana|olive grove|lavender fields", Condition{Day, Clear}},
		{"cumulus|cirrus|altocumulus|cirrocumulus|stratocumulus|mackerel sky|cottony|cotton wool|fluffy|puffs|billowing|tufts|wisps|fleecy|cauliflower|breezy", Condition{Day, PartlyCloudy}},
		{"kites|cloudlets|cloudscape|cumuli|castles in the sky|cotton candy|candyfloss|marshmallow clouds|whipped cream|popcorn|drifting|heaps|sheep in the sky", Condition{Day, PartlyCloudy}},
		{"lambs|feathery|feathers|mares tails|dappled|patches of blue|sun in and out|windmill|sailing weather|gusty|blustery", Condition{Day, PartlyCloudy}},
		{"stratus|nimbostratus|altostratus|leaden|pewter|slate|gunmetal|steel|ashen|drab|dull|cheerless|sunless|colourless|monotonous|monochrome|sullen", Condition{Overcast}},
		{"depressing|melancholy|november|february|diffuse|shadowless|grayness|greyness|greyish|concrete sky|ash grey|battleship|dishwater|colorless|featureless", Condition{Overcast}},
		{"uniform|wan|pallid|pale|lifeless|listless|dingy|murky sky|lowering|low ceiling|closed in|shrouded sun|sun hidden|hidden sun|mournful|funeral|lonely", Condition{Overcast}},
		{"boredom|bored|tedious|october|autumnal|november afternoon|english weather|drabness|hebrides", Condition{Overcast}},
		{"puddles|umbrella|umbrellas|raincoat|wellingtons|soaked|drenched|sodden|dripping|damp|pouring|deluge|torrential|cloudburst|squall|gale|tornado|twister", Condition{Rain}},
		{"cyclone|typhoon|lightning|thunder|hail|sleet|flood|puddle|wet|wellington|galoshes|gutter|gutters|windscreen wipers|wipers|splash|splashing|droplets", Condition{Rain}},
		{"showers|shower|sprinkling|spitting|mizzle|soaking|soggy|waterlogged|flooding|flooded|dam bursts|rainfall|rainclouds|cloudbursts|torrents|squalls|gales", Condition{Rain}},
		{"tempestuous|whirlwind|waterspout|hurricane season|storm warning|storm cellar|severe weather|barometer|thunderclap|thunderous|electrical storm", Condition{Rain}},
		{"hailstones|choppy|shipwreck|apocalypse|apocalyptic|armageddon", Condition{Rain}},
		{"vapour|steam|brume|murk|soupy|pea soup|shroud|shrouded|veil|ghostly|spectral|obscured|blurred|visibility|smoke|ash|wildfire|bushfire|dust|sandstorm", Condition{Fog}},
		{"soot|fumes|pall|vapours|vapor|steamy|mists|mistiness|foghorn|fogbound|lighthouse horn|haar|white out|milky|opaque|dim shapes|shapes loom|loom|looming", Condition{Fog}},
		{"ghostlike|swirl|swirling|wreathed|cloaked|blanketed|gauze|gauzy|vanish|vanishes|swallowed|invisible|smouldering|smoldering|smoking|burning fields", Condition{Fog}},
		{"chimney|chimneys|factory smoke|pollution|polluted|exhaust|particulates|volcano|volcanic|eruption|sand storm|dusty|haboob", Condition{Fog}},
		{"ski|skiing|skier|sled|sledge|sleigh|toboggan|bobsleigh|snowboard|snowman|snowball|igloo|huskies|reindeer|penguins|polar bear|polar|antarctica|lapland", Condition{Snow}},
		{"siberia|greenland|alaska|north pole|iceberg|icicles|frostbite|freezing|whiteout|avalanche|mittens|scarf|christmas|yule|santa|skating|january|december", Condition{Snow}},
		{"skis|skiers|ski lift|chairlift|slalom|apres ski|snowboarder|sledging|sledding|sleds|luge|ice hockey|hockey|ice rink|skate|skaters|snowshoes|snow plough", Condition{Snow}},
		{"snowplough|snowdrifts|drifts|flakes|snowflake|snowflakes|powder|powdery snow|mitten|gloves|woolly hat|beanie|fur coat|parka|thermals|hot chocolate", Condition{Snow}},
		{"mulled wine|eggnog|advent|carols|father christmas|rudolph|gingerbread|pine wreath|igloos|husky|sled dogs|moose|walrus|seal pup|penguin|snow leopard", Condition{Snow}},
		{"yeti|mammoth|polar bears|arctic fox|arctic circle|antarctic|south pole|iceland|norway|finland|svalbard|spitsbergen|yukon|novosibirsk|himalaya|everest", Condition{Snow}},
		{"base camp|permafrost|icecap|floes|ice floe|glacial|subzero|sub zero|minus twenty|bitter cold|freeze|freezes|frosted|frostbitten|hoarfrost|rime", Condition{Snow}},
		{"wintertime|february snow|midwinter|solstice|hibernating|white christmas", Condition{Snow}},
	} {
		for text := range strings.SplitSeq(t.texts, "|") {
			all = append(all, Theme{text, t.when})
		}
	}
	return all
}()
