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
		{"glittering|stargazers|astrophotographer|cosmonaut|spacewalk|satellites|light years|planetarium|star map|ursa|scorpius|aquarius|halley|exoplanet", Condition{Night, Stars}},
		{"black hole|celestial sphere|heavenly bodies|twinkles|pinpricks", Condition{Night, Stars}},
		{"lunar|crescent|moonrise|moonshine|werewolf|wolves howl|harvest moon|eclipse of the moon|gibbous|lunar eclipse|moonbeam|selene|blood moon|supermoon", Condition{Night, Moon}},
		{"new moon|half moon|howling|silvery|moonstruck|lunatic|tides pull|wolf howls|waxing|waning", Condition{Night, Moon}},
		{"nocturne|owl|vampire|ghost|haunted|witch|witching|halloween|graveyard|asleep|sleeping|sleep|bedtime|dream|dreaming|nightmare|insomnia|lullaby|burglar", Condition{Night}},
		{"thief|nightclub|disco|casino|fireworks|bonfire|campfire|torchlight|firefly|fireflies|aurora|northern lights|blackout|blackness|pitch black|inky|ebony", Condition{Night}},
		{"nightwatchman|three in the morning|jazz bar|lights out|nocturnal animals|badger|hedgehog|nightingale|raccoon|moth|cricket song|pillow|pyjamas|pajamas", Condition{Night}},
		{"snoring|sleepless|sleepwalker|night shift|last train|taxi home|hotel bar|cocktail bar|dance floor|concert|rave|karaoke|ghost story|ghosts|zombie", Condition{Night}},
		{"dracula|ghoul|demon|devil|goblin|sinister|creepy|menacing|horror|film noir|detective|street lamp|lantern|torch|candle|searchlight|lighthouse beam", Condition{Night}},
		{"new year|power cut|lightless|black as coal|jet black|coal black|raven|charcoal|bed time|good night|goodnight|midnight feast|after hours|closing time", Condition{Night}},
		{"wee hours|four in the morning|two in the morning|nightfallers|nightjar|owls|fox prowls|foxes|prowl|prowling|snore|dozing|tooth fairy|bogeyman", Condition{Night}},
		{"monster under the bed|poltergeist|seance|tomb|tombstones|crypt|undead|exorcism|goth|heist|smugglers|spy|stakeout|fairy lights|lava lamp|floodlit", Condition{Night}},
		{"floodlights|stadium lights|spotlight|headlamp|headlamps|red light district|strip club|speakeasy|saloon|bouncer|bartender|after midnight|before dawn", Condition{Night}},
		{"one in the morning|five in the morning|past bedtime|sleeping bag|bunk bed|hammock stars|tucked in|nightgown|nightcap|night bus|night train|all nighter", Condition{Night}},
		{"guy fawkes|diwali|hanukkah|candlelit vigil|vigil|sparklers|pyrotechnics|rockets burst|auroras|luminescent|bioluminescence|phosphorescent|blindfold", Condition{Night}},
		{"eyeless|lamps out|unseen|everyone in bed", Condition{Night}},
		{"vespers|eventide|evensong|crepuscular|afterglow|fading light|indigo|violet|mauve|lilac|purple|lamplighter|lamps are lit|streetlights come on", Condition{Dusk}},
		{"day is over|bats|curfew|sun has set|sun has gone|sun already gone|after the sun|before the stars|first star|evening star|shops close|lights come on", Condition{Dusk}},
		{"street lamps come on|going dark|getting dark|darkening|growing dark|light fails|failing light|plum|lavender|amethyst|magenta|pre dawn", Condition{Dusk}},
		{"before first light|alpenglow|gathering dark|gathering gloom|no longer day|half dark|almost dark|nearly dark|nearly night|just dark enough", Condition{Dusk}},
		{"headlights come on|neon flickers on|swifts roost|starlings|murmuration|bats flit|moths gather|periwinkle|cobalt|zodiacal|belt of venus|civil twilight", Condition{Dusk}},
		{"amber|copper|bronze|gilded|burnished|honey|honeyed|apricot|peach|tangerine|coral|salmon|crimson|scarlet|vermilion|ruby|russet|fiery|embers|ablaze", Condition{lowSun}},
		{"aflame|long shadows|lengthening shadows|slanting rays|sinking sun|sun dips|day dies|day fades|daylight fades|day is done|day draws to a close", Condition{lowSun}},
		{"close of day|final rays|supper|suppertime|rooster|cock crows|dew|breakfast|sunup|waking up|early bird|milkman|sundowner|horizon glows|sun sinks", Condition{lowSun}},
		{"sun sets|sun goes down|sun drops|sinks into|slips below|drops behind|dips behind|day ends|day is ending|end of day|evening meal|dinner|teatime|aperitif", Condition{lowSun}},
		{"cocktails|happy hour|evening stroll|commute home|homeward|shepherds return|harvest home|cows come home|first rays|first birds|birds wake|birdsong", Condition{lowSun}},
		{"alarm clock|coffee|porridge|croissants|toast|paper round|baker|jogger|morning run|school run|marmalade|orange|rust|rusty|auburn|saffron|ochre|mustard", Condition{lowSun}},
		{"terracotta|flame|flames|burning sky|lava|molten|gold|gilt|caramel|cinnamon|ginger|rosy|rose coloured|blush|pinkish|backlit|silhouette|silhouettes", Condition{lowSun}},
		{"raking light|slants|slanting|oblique|lengthen|elongated|fireball|kisses the horizon|gilds|gilding|gilt edged|mango|papaya|paprika|butterscotch|toffee", Condition{lowSun}},
		{"whisky|brandy|cognac|sherry|rosewood|persimmon|pumpkin|brick red|blood red|burgundy|maroon|flushed|kindled|smoulders|smolders|western sky|eastern sky", Condition{lowSun}},
		{"blackbird|thrush|robin sings|dawn chorus|cockerel|crowing|milking|fishermen set out|fishing boats return|grazing light|proposal|honeymoon", Condition{lowSun}},
		{"wedding photos|sundial ends|harvesters|ploughman homeward|evening prayer|evening bell|angelus|beer garden|rooftop bar|hot air balloons|safari drive", Condition{lowSun}},
		{"sunbathing|suntan|sunburn|sunscreen|sunglasses|parasol|sunshade|swimsuit|picnic|barbecue|ice cream|lemonade|holiday resort|vacation|paradise|tropical", Condition{Day, Clear}},
		{"mediterranean|riviera|caribbean|hawaii|heat|hot|heatwave|scorching|sweltering|torrid|blistering|sizzling|june|july|august|summertime|siesta|lunch", Condition{Day, Clear}},
		{"lunchtime|zenith|glare|glorious|gorgeous weather|postcard|cheerful|azure|cerulean|sapphire|turquoise|spotless|unblemished|flawless|lizard|basking", Condition{Day, Clear}},
		{"drought|cicadas|butterflies|bees|sunbathers|sun hat|straw hat|sandals|flip flops|bikini|swimming pool|swimming|poolside|sandcastle|surfing|snorkel", Condition{Day, Clear}},
		{"volleyball|cricket match|tennis|cycling|hiking|gardening|lawnmower|sprinkler|picnickers|grill|watermelon|strawberries|iced tea|sorbet|popsicle", Condition{Day, Clear}},
		{"cold drinks|fete|funfair|carnival|playground|recess|noonday|dog days|boiling|roasting|baking|broiling|fahrenheit|celsius|equator|greece|sicily", Condition{Day, Clear}},
		{"california|florida|bali|australia|outback|sahara heat|mirage|shimmering|squint|squinting|vitamin d|tanned|blinding|gleaming|sparkling|vivid|unclouded", Condition{Day, Clear}},
		{"clear blue|perfect day|lovely day|beautiful day|nice day|fine weather|good weather|delightful|idyllic|spring day|dandelions|sunflowers|daisies|tulips", Condition{Day, Clear}},
		{"swallows|grasshopper|tortoise|iguana|olive grove|lavender fields|snorkelling|sunlounger|lounger|hammock|pool party|lifeguard|water slide|water pistol", Condition{Day, Clear}},
		{"paddling pool|paddling|beachball|frisbee|kayak|paddleboard|jet ski|waterski|yacht club|croquet|golfers|golfing|olympics|world cup|baseball", Condition{Day, Clear}},
		{"picnic blanket|strawberries and cream|milkshake|smoothie|limes|pineapple|coconut|coconuts|mojito|pina colada|tequila|cactus|cacti|agave|bougainvillea", Condition{Day, Clear}},
		{"hibiscus|jasmine|oleander|vineyards at noon|haymaking|beekeeper|ladybird|ladybirds|dragonflies|hummingbird|parrots|macaw|toucan|monkeys|crocodile basks", Condition{Day, Clear}},
		{"snakes bask|seals bask|photovoltaic|sundial|washing line|sweat|sweating|sweaty|perspiration|thirsty|thirst|dehydrated|air conditioning|panama hat|linen", Condition{Day, Clear}},
		{"sundress|t shirt|bare arms|barefoot|greek|cyclades|santorini|crete|cyprus|malta|sardinia|mallorca|algarve|andalusia|seville|morocco|egypt|mexico|cuba", Condition{Day, Clear}},
		{"jamaica|bahamas|barbados|fiji|tahiti|seychelles|maldives|mauritius|phuket|arizona|nevada|texas|splendid|marvellous|faultless|pristine|crystalline", Condition{Day, Clear}},
		{"limpid|wall to wall|cornflower|glorious morning|high summer|school holidays|half term|vacationers|holidaymakers|sightseers|tour bus|regatta day", Condition{Day, Clear}},
		{"cumulus|cirrus|altocumulus|cirrocumulus|stratocumulus|mackerel sky|cottony|cotton wool|fluffy|puffs|billowing|tufts|wisps|fleecy|cauliflower|breezy", Condition{Day, PartlyCloudy}},
		{"kites|cloudlets|cloudscape|cumuli|castles in the sky|cotton candy|candyfloss|marshmallow clouds|whipped cream|popcorn|drifting|heaps|sheep in the sky", Condition{Day, PartlyCloudy}},
		{"lambs|feathery|feathers|mares tails|dappled|patches of blue|sun in and out|windmill|sailing weather|gusty|blustery|cotton puffs|puff|puffy|meringue", Condition{Day, PartlyCloudy}},
		{"whipped|dumplings|fleece|woolly|downy|feather|fishbones|fish scales|buttermilk sky|cloud watching|cloud gazing|shapes in the clouds|racing clouds", Condition{Day, PartlyCloudy}},
		{"scudding|paragliders|gliders|thermals rise|peeks|peek|hide and seek|sunny intervals|breaks in the cloud", Condition{Day, PartlyCloudy}},
		{"stratus|nimbostratus|altostratus|leaden|pewter|slate|gunmetal|steel|ashen|drab|dull|cheerless|sunless|colourless|monotonous|monochrome|sullen", Condition{Overcast}},
		{"depressing|melancholy|november|february|diffuse|shadowless|grayness|greyness|greyish|concrete sky|ash grey|battleship|dishwater|colorless|featureless", Condition{Overcast}},
		{"uniform|wan|pallid|pale|lifeless|listless|dingy|murky sky|lowering|low ceiling|closed in|shrouded sun|sun hidden|hidden sun|mournful|funeral|lonely", Condition{Overcast}},
		{"boredom|bored|tedious|october|autumnal|november afternoon|english weather|drabness|hebrides|putty|oatmeal|dishwatery|cement|granite|flint|pumice", Condition{Overcast}},
		{"battleship grey|mouse grey|dove grey|insipid|blankness|drained|washed out|bleached out|watery|weak light|glum|gloomily|dour|grim|dejected|despondent", Condition{Overcast}},
		{"forlorn|desolate|wistful|blues|sulky|sulking|sulk|brooding|oppressive|heavy air|muggy|lidded|curtained|tuesday|bus stop|office block|council estate", Condition{Overcast}},
		{"factory town|suburbia|belgium|hamburg|seattle|vancouver|glasgow|bergen|london in winter|january sales", Condition{Overcast}},
		{"puddles|umbrella|umbrellas|raincoat|wellingtons|soaked|drenched|sodden|dripping|damp|pouring|deluge|torrential|cloudburst|squall|gale|tornado|twister", Condition{Rain}},
		{"cyclone|typhoon|lightning|thunder|hail|sleet|flood|puddle|wet|wellington|galoshes|gutter|gutters|windscreen wipers|wipers|splash|splashing|droplets", Condition{Rain}},
		{"showers|shower|sprinkling|spitting|mizzle|soaking|soggy|waterlogged|flooding|flooded|dam bursts|rainfall|rainclouds|cloudbursts|torrents|squalls|gales", Condition{Rain}},
		{"tempestuous|whirlwind|waterspout|hurricane season|storm warning|storm cellar|severe weather|barometer|thunderclap|thunderous|electrical storm", Condition{Rain}},
		{"hailstones|choppy|shipwreck|apocalypse|apocalyptic|armageddon|bucketing|heavens open|heavens opened|pelting|pelts|lashing|lashes|teeming", Condition{Rain}},
		{"drum on the roof|drumming|patter|pattering|trickles|trickling|drizzly|mackintosh|macs|anorak|oilskins|oilskin|waders|sou wester|canopy drips|drenching", Condition{Rain}},
		{"frogs croak|snails|slugs|earthworms|northeaster|lifeboat|mayday|whitecaps|breakers|roaring forties|cape horn|gale force|force ten|roofs torn|evacuate", Condition{Rain}},
		{"evacuation|sandbags|levee|overflow|burst banks|swollen river|landslide|mudslide|rumble|rumbles|rumbling|flash and bang|zeus|cumulonimbus|supercell", Condition{Rain}},
		{"anvil|downburst|bow and rainbow|rainbow", Condition{Rain}},
		{"vapour|steam|brume|murk|soupy|pea soup|shroud|shrouded|veil|ghostly|spectral|obscured|blurred|visibility|smoke|ash|wildfire|bushfire|dust|sandstorm", Condition{Fog}},
		{"soot|fumes|pall|vapours|vapor|steamy|mists|mistiness|foghorn|fogbound|lighthouse horn|haar|white out|milky|opaque|dim shapes|shapes loom|loom|looming", Condition{Fog}},
		{"ghostlike|swirl|swirling|wreathed|cloaked|blanketed|gauze|gauzy|vanish|vanishes|swallowed|invisible|smouldering|smoldering|smoking|burning fields", Condition{Fog}},
		{"chimney|chimneys|factory smoke|pollution|polluted|exhaust|particulates|volcano|volcanic|eruption|sand storm|dusty|haboob|dissolves|dissolving", Condition{Fog}},
		{"fade to white|fades to white|nothing visible|outlines|muffled|phantom|phantoms|apparition|wraith|wraiths|dreamlike|otherworldly|jack the ripper", Condition{Fog}},
		{"whitechapel|gaslight|delhi|los angeles|asthma|cough|coughing|sooty|blackened air|burnt|burning forest|forest fire|bush fire|brush fire|charcoal burners", Condition{Fog}},
		{"geyser|geysers|hot springs|sauna|steam room|cauldron|dry ice|candle smoke|incense|peat smoke|san francisco|golden gate|newfoundland|grand banks", Condition{Fog}},
		{"moorland|fen|fens|bog|marshland|bayou|hound of the baskervilles|avalon|elfin", Condition{Fog}},
		{"ski|skiing|skier|sled|sledge|sleigh|toboggan|bobsleigh|snowboard|snowman|snowball|igloo|huskies|reindeer|penguins|polar bear|polar|antarctica|lapland", Condition{Snow}},
		{"siberia|greenland|alaska|north pole|iceberg|icicles|frostbite|freezing|whiteout|avalanche|mittens|scarf|christmas|yule|santa|skating|january|december", Condition{Snow}},
		{"skis|skiers|ski lift|chairlift|slalom|apres ski|snowboarder|sledging|sledding|sleds|luge|ice hockey|hockey|ice rink|skate|skaters|snowshoes|snow plough", Condition{Snow}},
		{"snowplough|snowdrifts|drifts|flakes|snowflake|snowflakes|powder|powdery snow|mitten|gloves|woolly hat|beanie|fur coat|parka|thermals|hot chocolate", Condition{Snow}},
		{"mulled wine|eggnog|advent|carols|father christmas|rudolph|gingerbread|pine wreath|igloos|husky|sled dogs|moose|walrus|seal pup|penguin|snow leopard", Condition{Snow}},
		{"yeti|mammoth|polar bears|arctic fox|arctic circle|antarctic|south pole|iceland|norway|finland|svalbard|spitsbergen|yukon|novosibirsk|himalaya|everest", Condition{Snow}},
		{"base camp|permafrost|icecap|floes|ice floe|glacial|subzero|sub zero|minus twenty|bitter cold|freeze|freezes|frosted|frostbitten|hoarfrost|rime", Condition{Snow}},
		{"wintertime|february snow|midwinter|solstice|hibernating|white christmas|sami|klondike|nunavut|zermatt|aspen|chamonix|st moritz|gondola lift|piste", Condition{Snow}},
		{"pistes|off piste|moguls|ski jump|biathlon|bobsled|curling|figure skating|zamboni|snowmobile|snow chains|snow tyres|shovel|shovels|de icing|antifreeze", Condition{Snow}},
		{"grit lorry|gritters|salted roads|snowed in|snowbound|snow day|school closed|angel in the drifts|carrot nose|sleighs|jingle bells|nutcracker|narnia", Condition{Snow}},
		{"ice queen|ice palace|frozen lake|frozen river|frozen pipes|chattering teeth|shivering|shiver|numb fingers|frosting|blanket of white|white blanket", Condition{Snow}},
		{"penguin colony|emperor penguins|whalers|shackleton|amundsen|mushers|iditarod|caribou|musk ox|lynx|ermine|stoat|snowy owl|ptarmigan|laden branches", Condition{Snow}},
		{"mont blanc|matterhorn|k2|denali|crampons|ice axe|icefall|serac|crevasse", Condition{Snow}},
	} {
		for text := range strings.SplitSeq(t.texts, "|") {
			all = append(all, Theme{text, t.when})
		}
	}
	return all
}()
