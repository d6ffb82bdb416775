package label

// said are the phrases, and what must hold for them: the plain word first, then
// the words that people have for it.
var said = []struct {
	slot  slot
	texts string
	when  Condition
}{
	{timeSlot, "day|daytime|at noon|midday|in daylight|bright day|at daytime|noon|broad daylight|by day|in the daytime|afternoon|daylight", Condition{Day}},
	{timeSlot, "sunny day|sunny|blue sky|clear blue sky|a sunny day|scenic sun|bright sunshine|sunshine|brilliant sunshine|a fine day|fair weather|a cloudless day|a summer day|summer|a clear day|azure sky|deep blue sky|basking in the sun|sunlit", Condition{Day, Clear}},
	{timeSlot, "high noon|noon sun|midday sun|blazing sun", Condition{Day, SunHigh}},
	{timeSlot, "sunset|at sunset|golden hour|sunset sky|low sun|sunset environment|a sunset|evening sun|sundown|at sundown|setting sun|the sun going down|the sun sets|a fiery sunset|red evening sky|an orange evening sky|magic hour|golden light|crimson sky|last light of the day|end of the day|the sky on fire", Condition{lowSun}},
	{timeSlot, "sunrise|at sunrise|sunrise sunset|orange sky|glowing orange horizon|the sun coming up|rising sun|the sun rises|early morning sun|morning glow|a pink morning sky|pink sky", Condition{lowSun}},
	{timeSlot, "daybreak|at daybreak|first light|early morning|break of day", Condition{lowSun | Dusk}},
	{timeSlot, "dusk|blue hour|twilight|at dusk|dawn|before sunrise|after sunset|the blue hour|nightfall|gloaming|at twilight|half light|evening twilight|just after sunset|just before dawn|the last glow in the sky", Condition{Dusk}},
	{timeSlot, "evening|dim evening light|late in the evening|an evening sky", Condition{lowSun | Dusk}},
	{timeSlot, "night|at night|night time|at night time|dark night|nighttime|midnight|dark night sky|late at night|after dark|nocturnal|a black sky|pitch dark night|in the dead of night|the small hours|night sky", Condition{Night, Outdoor}},

	{skySlot, "clear sky|clear|cloudless sky|clean sky|cloudless|unclouded sky|empty sky|spotless sky|crystal clear air|fair skies", Condition{Clear}},
	{skySlot, "partly cloudy|scattered clouds|some clouds|a few clouds|broken clouds|fluffy clouds|white clouds|puffy clouds|cumulus clouds|wispy clouds|fair weather clouds|patchy clouds|sun and clouds|passing clouds", Condition{PartlyCloudy}},
	{skySlot, "cloudy|clouds|cloudy sky|with clouds|cloud cover|clouds in the sky|a sky of clouds", Condition{PartlyCloudy | Overcast | Rain}},
	{skySlot, "overcast|overcast sky|grey sky|gray overcast sky|a dull overcast sky|an overcast day|overcast weather|leaden sky|grey clouds|heavy clouds|thick clouds|a blanket of clouds|clouded over|dreary sky|drab weather|flat grey light|gray sky|gray weather", Condition{Overcast | Rain}},
	{skySlot, "gloomy|dull weather|dismal|dreary|bleak|sombre|miserable weather|bad weather", Condition{Overcast | Rain | Fog, Day | Dusk | lowSun}},
	{skySlot, "fog|foggy|misty|mist in the air|haze|mist|dense fog|thick fog|a foggy morning|hazy|misty morning|a fog bank|smog|poor visibility|veiled in mist|smoky haze|milky air", Condition{Fog}},
	{skySlot, "rain|rainy weather|stormy sky|dark storm clouds|rainy|raining|downpour|drizzle|rainstorm|storm|stormy|thunderstorm|tempest|storm clouds|wet weather|threatening clouds|dark clouds|monsoon|thunder and lightning|hurricane|a brewing storm", Condition{Rain}},
	{skySlot, "snowfall|snowing|snowstorm|blizzard|heavy snow|flurries", Condition{Snow, Overcast | Rain | Fog}},
	{skySlot, "stars|starry night|starry sky|night sky with stars|starlight|milky way|a sky full of stars|stars overhead|constellations|galaxy|the universe above|astronomy", Condition{Stars}},
	{skySlot, "moon|moonlight|full moon|moonlit|lit by the moon|moonlit night|a bright moon|silver moonlight|moonbeams|lunar light", Condition{Moon}},

	{placeSlot, "forest|in a forest|a forest with trees|trees in a forest|woods|dense trees|woodland|in the woods|jungle|rainforest|pine forest|grove|thicket|wooded|undergrowth|forest trail|conifers", Condition{Forest}},
	{placeSlot, "park|a park with trees|garden|trees on the horizon|among trees|a city park|backyard|flower garden|botanical garden|orchard|lawn and flowers|golf course", Condition{Park}},
	{placeSlot, "beach|at the beach|sandy beach|seaside|sea shore|on the coast|shore|coast|coastline|seashore|tropical beach|ocean shore|surf|waves on the shore", Condition{Beach}},
	{placeSlot, "desert|sand dunes|dunes|arid land|sahara|parched land|dry wasteland|dune|a sea of sand", Condition{Desert}},
	{placeSlot, "mountains|mountain|mountain landscape|hills|valley|alpine landscape|alps|peaks|summit|ridge|highlands|a mountain range|mountain pass|hillside|canyon|cliffs", Condition{Mountain}},
	{placeSlot, "city|urban|skyline|modern buildings|town|city square|downtown|a city street|metropolis|cityscape|street scene|alley|avenue|boulevard|skyscrapers|plaza|town square|village|market place|suburb|crossroads|rooftops", Condition{City}},
	{placeSlot, "field|open field|meadow|open landscape|flat horizon|a plain|prairie|farmland|pasture|countryside|savanna|steppe|rural land|wheat field|farm|plains|rolling fields|moor", Condition{Field}},
	{placeSlot, "open sky|pure sky|only sky|nothing but sky|just the sky|up in the air", Condition{OpenSky}},
	{placeSlot, "lake|sea|open water|by the water|ocean|pond|river|harbour|waterfront|bay|lagoon|canal|marina|seascape|by the sea|river bank|lakeside|stream", Condition{Waterside | Beach, Water}},
	{placeSlot, "room|living room|bedroom|hotel room|apartment|kitchen|bathroom|lounge|cabin interior|cottage interior|dining room|office|at home|attic|furnished room|a house inside|parlour", Condition{Room}},
	{placeSlot, "hall|lobby|large hall|museum hall|church interior|cathedral|church|chapel|theatre|ballroom|gallery|museum|temple|railway station|airport terminal|foyer|atrium|library|palace|auditorium|concert hall|shopping mall|vaulted hall", Condition{Hall}},
	{placeSlot, "studio|photo studio|indoor studio|studio with lamps|softbox lights|photo studio with lights|photography studio|studio lighting|studio backdrop|portrait lighting|product photography|film set|photo shoot|softbox|strip lights|cyclorama", Condition{Studio}},
	{placeSlot, "warehouse|industrial hall|workshop|factory|garage|hangar|a hangar|factory hall|industrial|industrial interior|mill|barn|depot|storehouse|parking garage|machine shop|laboratory|power plant", Condition{Warehouse}},

	{groundSlot, "grass|green grass|lawn|grassland|grass field|grassy|turf|green lawn|green ground", Condition{Grass}},
	{groundSlot, "sand|sandy ground|sand terrain|sandy terrain|sandy|golden sand|yellow sand", Condition{Sand}},
	{groundSlot, "snow|winter|snowy|snow covered ground|snow field|ice|icy|frozen ground|frost|frosty|wintry|white with snow|winter wonderland|glacier|arctic|tundra|frozen|snowdrift|cold winter", Condition{Snow}},
	{groundSlot, "street|pavement|asphalt|concrete|road|paved square|cobblestones|paving stones|tarmac|sidewalk|driveway|highway|parking lot", Condition{Pavement}},
	{groundSlot, "water|water surface|waves|reflections on water|ripples", Condition{Water}},
	{groundSlot, "rock|rocks|rocky ground|stones|boulders|stone|gravel|pebbles|stony|cliff|crags", Condition{Rock}},
	{groundSlot, "dirt|soil|dirt path|forest floor|mud|muddy|earth|bare ground|dirt road|clay|dead leaves|trail", Condition{Soil}},

	{settingSlot, "outdoor|outdoors|outside|out in the open|open air|exterior|an outdoor scene", Condition{Outdoor}},
	{settingSlot, "nature|nature scene|natural landscape|scenery|wilderness|landscape|rural|the great outdoors|wild", Condition{Outdoor, natural}},
	{settingSlot, "indoor|indoors|an indoor scene|interior|inside|inside a building|under a roof|enclosed space|inside a house|walls and a ceiling", Condition{Indoor}},

	{detailSlot, "trees|with trees|tree|foliage|leaves|branches|greenery|pines", Condition{Trees}},
	{detailSlot, "buildings|building|architecture|houses|towers|facades|apartment blocks|office buildings", Condition{Buildings}},
	{detailSlot, "city lights|lit windows|street lamps|street lights|illuminated city|neon|neon lights|neon signs|neon glow|glowing signs|nightlife|traffic lights|headlights|cyberpunk|lanterns", Condition{CityLights}},
	{detailSlot, "windows|with windows|large windows|window light|daylight from windows|skylight|a bright window|sunlight through the window|light through the curtains", Condition{Indoor, Windows}},
	{detailSlot, "natural light|lit by daylight|lit by the sky|available light", Condition{NaturalLight}},
	{detailSlot, "artificial light|lamps|lit by lamps|lamplight|electric light|fluorescent light|fluorescent tubes|ceiling lights|chandelier|light bulbs|spotlights|a lamp|stage lights", Condition{Indoor, ArtificialLight}},
	{detailSlot, "candlelight|candles|firelight|fireplace|lit by a fire|a cosy room|cosy|cozy", Condition{Indoor, ArtificialLight, Warm}},
	{detailSlot, "dimly lit|a dim room|a dark room", Condition{Indoor, Dark}},
	{detailSlot, "sun in the sky|the sun is visible|direct sunlight|glaring sun|sun disc|direct sun", Condition{SunVisible}},
	{detailSlot, "sun high in the sky|overhead sun|sun overhead|the sun at its zenith", Condition{SunVisible, SunHigh}},
	{detailSlot, "sun near the horizon|sun on the horizon|sun low in the sky|sun just above the horizon", Condition{SunVisible, SunLow}},

	{toneSlot, "warm light|warm colors|warm tones|orange light|golden tones|amber glow|warm glow|reddish light|yellow light|tungsten light|sepia|warm", Condition{Warm}},
	{toneSlot, "cool light|cold colors|cool tones|cold light|blue light|bluish|blue tint|icy blue|chilly light|cold", Condition{Cool}},
	{toneSlot, "bright|bright environment|well lit|bright light|brightly lit|dazzling|luminous|radiant|brilliant|airy", Condition{Bright}},
	{toneSlot, "dark|dark environment|dim light|darkness|dim|shadowy|dark and moody|gloom|murky|unlit|black|spooky|eerie", Condition{Dark}},
	{toneSlot, "soft light|low contrast|diffuse light|diffused light|soft shadows|flat light|even light|gentle light|ambient light|smooth light", Condition{LowContrast}},
	{toneSlot, "hard light|high contrast|hard shadows|sharp shadows|harsh light|strong shadows|deep shadows|dramatic light|stark light|crisp shadows", Condition{HighContrast}},
}
