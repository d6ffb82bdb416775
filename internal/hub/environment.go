package hub

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/clipenv/toolkit/internal/run"
)

// DefaultEndpoint is where the hub answers.
const DefaultEndpoint = "https://huggingface.co"

// Settings are where the hub is, who asks, and where the cache lies.
type Settings struct {
	Endpoint  string
	Cache     string // folder
	Token     string // "" for none
	TokenFrom string // variable or file that it came from
	Offline   bool   // nothing is asked for
}

// longestToken bounds a file with a token, in bytes.
const longestToken = 64 << 10

// Environment reads the settings as huggingface_hub does, by the same variables
// and the same defaults.
func Environment() (s Settings, err error) {
	home, err := home()
	if err != nil {
		return s, err
	}
	s.Cache = cacheIn(home).Path
	if s.Endpoint = os.Getenv("HF_ENDPOINT"); s.Endpoint == "" {
		s.Endpoint = DefaultEndpoint
	}
	s.Offline = isTrue(first("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
	if !isTrue(os.Getenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
		err = s.readToken(home)
	}
	return s, err
}

// UserCache is the cache that the environment names.
func UserCache() (Cache, error) {
	home, err := home()
	return cacheIn(home), err
}

func home() (string, error) {
	if home := expand(os.Getenv("HF_HOME")); home != "" {
		return home, nil
	}
	caches, err := os.UserCacheDir() // $XDG_CACHE_HOME, else ~/.cache
	if err != nil {
		return "", fmt.Errorf("hub: there is no place for the cache: set HF_HOME to a folder (%w)", err)
	}
	return filepath.Join(caches, "huggingface"), nil
}

func cacheIn(home string) Cache {
	if path := expand(first("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")); path != "" {
		return Cache{path}
	}
	return Cache{filepath.Join(home, "hub")}
}

func (s *Settings) readToken(home string) error {
	for _, name := range []string{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} {
		if token := strings.TrimSpace(os.Getenv(name)); token != "" && s.Token == "" {
			s.Token, s.TokenFrom = token, name
		}
	}
	if s.Token == "" {
		path := expand(os.Getenv("HF_TOKEN_PATH"))
		if path == "" {
			path = filepath.Join(home, "token")
		}
		data, err := run.ReadFile(path, longestToken)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err != nil:
			return fmt.Errorf("hub: the token: %w", err)
		}
		s.Token, s.TokenFrom = strings.TrimSpace(string(data)), path
	}
	if strings.ContainsFunc(s.Token, func(r rune) bool { return r <= ' ' || r >= 127 }) {
		return fmt.Errorf("hub: the token of %s holds blanks or letters that no token has: want one line like hf_…", s.TokenFrom)
	}
	return nil
}

// first is the value of the first of these variables that has one.
func first(names ...string) string {
	for _, name := range names {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}

func isTrue(value string) bool {
	switch strings.ToUpper(value) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}

// expand puts the home and variables into a path that a shell left as it was.
func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		if home, err := os.UserHomeDir(); err == nil {
			path = home + rest
		}
	}
	return os.ExpandEnv(path)
}
