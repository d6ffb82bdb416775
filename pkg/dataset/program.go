package dataset

import "github.com/clipenv/toolkit/internal/run"

// Program is what makes a data set, as the set's recipe names it.
type Program struct {
	Toolkit  string // version; "": what the build knows
	Libtorch string // version
}

func (p Program) versions() run.Versions { return run.BuildVersions(p.Toolkit, p.Libtorch) }
