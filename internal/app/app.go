// Package app is what the toolkit does, without a command line: a verb turns
// flags into one call and prints what comes back. Here stands what verbs have in
// common: the session of their caller, the maps they read and the models they open,
// bring and keep. The packages below hold the families of verbs:
//
//	editing     one edit: edit
//	evaluation  many edits: evaluate
//	mapfile     one map without models: convert, info, light
//	search      maps and words: search, score, caption
//	data        folders of maps: dataset's verbs
//	training    models made and judged: train-vae, finetune-clip, wise-ft, make-bank, vae
//
// Nothing here prints results or ends the process. What is said on the way
// goes to Session.Talk.
package app

import (
	"fmt"
	"io"

	"github.com/clipenv/toolkit/internal/run"
	"github.com/clipenv/toolkit/pkg/torch"
)

// Session is what the work of one caller has in common.
type Session struct {
	Versions run.Versions
	Device   torch.Device
	TF32     bool      // a GPU's f32 products and convolutions may round to ten bits
	Threads  int       // that an op may use; 0: by the size of the models
	Talk     io.Writer // what is said on the way, a line each
	Worker   *Worker   // that computes; nil: the caller's thread
	Watch    Watch     // shown what is made on the way to the work itself; nil: nothing is
}

// Watch shows a part of a work: its beginning, how it goes on, its end.
type Watch interface {
	Begin(label string, done, total int64, bytes bool)
	Add(n int64, note string)
	End()
}

// blind is the Watch of a caller that shows nothing.
type blind struct{}

func (blind) Begin(string, int64, int64, bool) {}
func (blind) Add(int64, string)                {}
func (blind) End()                             {}

func (s Session) watch() Watch {
	if s.Watch == nil {
		return blind{}
	}
	return s.Watch
}

// suit sets the number of threads by the models' size, unless one was given:
// never by what else runs, since the number decides how sums are rounded.
func (s Session) suit(m *Models) {
	if s.Threads > 0 {
		torch.SetThreads(s.Threads)
	} else {
		torch.SetThreads(torch.ThreadsFor(m.weights))
	}
}

// KeepThreads lets a run that is resumed in a folder go on by as many threads
// as it began with, unless a number was given.
func (s Session) KeepThreads(folder string) {
	if began, err := run.ReadRecipe(folder); err == nil && began.Threads > 0 && s.Threads == 0 {
		torch.SetThreads(began.Threads)
	}
}

// Recipe begins the recipe of a verb with its configuration and what computes:
// another device, or another number of threads, rounds otherwise.
func (s Session) Recipe(verb string, config any) (run.Recipe, error) {
	recipe, err := run.NewRecipe(s.Versions, verb, config)
	recipe.Device, recipe.Threads, recipe.TF32 = s.Device.String(), torch.Threads(), torch.TF32()
	return recipe, err
}

// Tell says something on the way.
func (s Session) Tell(format string, args ...any) { fmt.Fprintf(s.Talk, format+"\n", args...) }
