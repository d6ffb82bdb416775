// Package mapfile is what is done to one map without models: it is changed into
// another file (Convert), told about (Info), and its sun is found and written as
// a lamp (Light).
package mapfile

import (
	"github.com/clipenv/toolkit/internal/app"
	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/hdr"
)

// mapRecipe is the recipe of what is made of one map without computing by
// libtorch. The config is anything that encodes as JSON.
func mapRecipe(s app.Session, verb string, config any, path string, im *hdr.Image) (run.Recipe, error) {
	recipe, err := run.NewRecipe(s.Versions, verb, config)
	if err != nil {
		return recipe, err
	}
	return recipe, app.FromMap(&recipe, path, im)
}
