package evaluate

// The mean final cosines of Fig. 3 in D'Orazio, "CLIP-guided Editing of
// Environment Maps using Inversion Techniques": nine maps, by the prompts
// "sunset", "A sunset in a forest, cloudy, with trees" and "A sunny day at the
// beach, clear sky, sand terrain".
var fig3 = map[string]map[string][3]float64{
	"base": {
		"fc none":       {.2869, .3310, .3105},
		"fc tv":         {.2683, .3018, .2750},
		"mulogvar none": {.2927, .3423, .3270},
		"mulogvar tv":   {.2705, .3025, .2869},
		"mulogvar kl":   {.2443, .2690, .2656},
	},
	"polyhaven": {
		"fc none":       {.3499, .4644, .3447},
		"fc tv":         {.2847, .3433, .2158},
		"mulogvar none": {.3325, .4612, .3225},
		"mulogvar tv":   {.2993, .3928, .2300},
		"mulogvar kl":   {.2483, .3280, .1962},
	},
	"vae": {
		"fc none":       {.3557, .3828, .4065},
		"fc tv":         {.2603, .2627, .2910},
		"mulogvar none": {.3390, .3748, .3975},
		"mulogvar tv":   {.2861, .2842, .3228},
		"mulogvar kl":   {.2365, .2751, .2703},
	},
}

// fig3Prompts are the names of the columns.
var fig3Prompts = []string{"simple", "complex 1", "complex 2"}

// Published is what the paper has for a cell of its Fig. 3.
func Published(clip, combination, prompt string) (cosine float64, ok bool) {
	row, ok := fig3[clip][combination]
	if !ok {
		return 0, false
	}
	for i, name := range fig3Prompts {
		if name == prompt {
			return row[i], true
		}
	}
	return 0, false
}
