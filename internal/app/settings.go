package app

import (
	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/pkg/edit"
)

// ReadSettings reads an edit's settings that are still to be settled, and the
// keys that the file gives. The mode, the file's own unless one is given,
// decides what the file need not say.
func ReadSettings(path, mode string) (edit.Config, config.Keys, error) {
	later := func(edit.Config) error { return nil }
	if mode == "" {
		named, err := config.Read(path, edit.Defaults(edit.Guided), later)
		if err != nil {
			return named, nil, err
		}
		mode = named.Mode
	}
	return config.ReadKeys(path, edit.Defaults(mode), later)
}

// Settle finds what is wrong with settings, or would do nothing.
func Settle(settings edit.Config, keys config.Keys) (edit.Config, error) {
	_, namesAim := keys["aim"]
	settings = settings.Settled(namesAim)
	if err := settings.Validate(); err != nil {
		return settings, err
	}
	return settings, config.Idle(keys, settings.Idle)
}
