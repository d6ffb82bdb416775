package config

// renamed are keys by the names that they had in earlier versions.
var renamed = map[string]string{
	"stay":           "anchor_weight",
	"light":          "light_prior",
	"even":           "gain_smoothness",
	"scale":          "spread_exponent",
	"weight":         "regulariser_weight",
	"brighten":       "exposure_limit",
	"darken":         "darkening_limit",
	"cast":           "cast_limit",
	"lamps":          "lamp_dimming",
	"fade":           "fade_radiance",
	"floor":          "final_rate",
	"drawn":          "synthetic",
	"drawn_held_out": "synthetic_held_out",
	"drawn_seed":     "synthetic_seed",
	"real_variation": "real_augmentation",
	"variation":      "synthetic_augmentation",
}
