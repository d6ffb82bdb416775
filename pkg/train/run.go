package train

import (
	"io"
	"strconv"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/dist"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Run says where a training works and what is noted of it.
type Run struct {
	Output  string       // the run's directory: new, or to be resumed
	Resume  bool         // go on from the last checkpoint
	Again   string       // the command that does, for a person; "": it is described
	Device  torch.Device // that computes
	Version string       // of the program, for the recipe; "": what the build knows
	Log     io.Writer    // progress, for a person
	Peers   *dist.Group  // the other processes of the run; nil: none
}

// recipe says how the models of a run come about, but for the files that they
// begin with.
func (r Run) recipe(verb string, config any, seed int64) (run.Recipe, error) {
	recipe, err := run.NewRecipe(run.BuildVersions(r.Version, torch.Version()), verb, config)
	if err != nil {
		return recipe, err
	}
	recipe.Seed, recipe.Device, recipe.Threads = seed, r.Device.String(), torch.Threads()
	recipe.TF32 = torch.TF32()
	if n := r.Peers.Size(); n > 1 {
		recipe.Processes = n
	}
	return recipe, r.agree(recipe)
}

// notes is the metadata of a trained model.
func notes(recipe run.Recipe, figures map[string]float64) map[string]string {
	out := map[string]string{"recipe": recipe.String()}
	for name, v := range figures {
		out["figure."+name] = strconv.FormatFloat(v, 'g', 6, 64)
	}
	return out
}
