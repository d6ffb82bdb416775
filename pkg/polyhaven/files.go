package polyhaven

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/clipenv/toolkit/internal/fetch"
	"github.com/clipenv/toolkit/internal/quote"
)

// File is one file as the API announces it.
type File struct {
	URL  string `json:"url"`
	Size int64  `json:"size"` // bytes
	MD5  string `json:"md5"`  // 32 hexadecimal digits, lower case
}

// Files are the map's files by resolution ("1k") and format ("hdr", "exr").
type Files map[string]map[string]File

var (
	resolutionPattern = regexp.MustCompile(`^[1-9][0-9]?k$`)
	md5Pattern        = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// Formats are those that maps come in.
var Formats = []string{"hdr", "exr"}

// longestFile, in bytes, is well above the largest map there is.
const longestFile = 64 << 30

// ParseFiles reads an answer of /files/{slug}, which came from base. What is
// no map, as tone-mapped pictures, is left out.
func ParseFiles(r io.Reader, base *url.URL) (Files, error) {
	var tree map[string]json.RawMessage
	if err := decode(r, &tree); err != nil {
		return nil, err
	}
	files := Files{}
	var faults []error
	for resolution, raw := range field[map[string]json.RawMessage](tree, "hdri") {
		var formats map[string]json.RawMessage
		if !resolutionPattern.MatchString(resolution) || json.Unmarshal(raw, &formats) != nil {
			continue
		}
		for _, format := range Formats {
			if formats[format] == nil {
				continue
			}
			f, err := parseFile(formats[format], base)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s %s: %w", resolution, format, err))
				continue
			}
			if files[resolution] == nil {
				files[resolution] = map[string]File{}
			}
			files[resolution][format] = f
		}
	}
	if len(files) == 0 {
		slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return nil, fetch.Lasting{Err: errors.Join(append([]error{errors.New("the answer names no map")}, faults...)...)}
	}
	return files, nil
}

func parseFile(raw json.RawMessage, base *url.URL) (File, error) {
	var f File
	if err := json.Unmarshal(raw, &f); err != nil {
		return File{}, errors.New("want an object with url, size and md5")
	}
	f.MD5 = strings.ToLower(f.MD5)
	u, err := base.Parse(f.URL)
	switch {
	case f.URL == "" || err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != base.Scheme:
		return File{}, fmt.Errorf("the url is %s, want an address of https", quote.Excerpt(f.URL))
	case f.Size <= 0 || f.Size > longestFile:
		return File{}, fmt.Errorf("the size is %d, want 1 to %d bytes", f.Size, int64(longestFile))
	case !md5Pattern.MatchString(f.MD5):
		return File{}, fmt.Errorf("the md5 is %s, want 32 hexadecimal digits", quote.Excerpt(f.MD5))
	}
	f.URL = u.String()
	return f, nil
}

// Choice is which of a map's files is wanted.
type Choice struct {
	Resolution string // "1k" to "16k", or what else a map comes in
	Format     string // one of Formats
	Nearest    bool   // where the resolution is missing, take the nearest
}

// Check refuses a choice that no map can meet.
func (c Choice) Check() error {
	if !resolutionPattern.MatchString(c.Resolution) {
		return fmt.Errorf("the resolution is %q, want 1k, 2k, 4k, 8k or 16k", c.Resolution)
	}
	if !slices.Contains(Formats, c.Format) {
		return fmt.Errorf("the format is %q, want %s", c.Format, strings.Join(Formats, " or "))
	}
	return nil
}

// Choose picks a file and tells its resolution. Resolutions are apart by the
// ratio of their widths; of two that are as near, the smaller is taken.
func (f Files) Choose(c Choice) (resolution string, file File, err error) {
	if file, ok := f[c.Resolution][c.Format]; ok {
		return c.Resolution, file, nil
	}
	nearest := math.Inf(1)
	for _, r := range f.resolutions() {
		candidate, ok := f[r][c.Format]
		if apart := math.Abs(math.Log2(thousands(r) / thousands(c.Resolution))); ok && apart < nearest {
			nearest, resolution, file = apart, r, candidate
		}
	}
	if !c.Nearest || resolution == "" {
		return "", File{}, fmt.Errorf("no %s at %s, only %s", c.Format, c.Resolution, f)
	}
	return resolution, file, nil
}

// thousands of texels across.
func thousands(resolution string) float64 {
	n, _ := strconv.Atoi(strings.TrimSuffix(resolution, "k")) // it was matched
	return float64(n)
}

func (f Files) resolutions() []string {
	return slices.SortedFunc(maps.Keys(f), func(a, b string) int { return int(thousands(a) - thousands(b)) })
}

// String lists what there is: "1k 2k hdr, 1k exr".
func (f Files) String() string {
	var parts []string
	for _, format := range Formats {
		var of []string
		for _, r := range f.resolutions() {
			if _, ok := f[r][format]; ok {
				of = append(of, r)
			}
		}
		if len(of) > 0 {
			parts = append(parts, strings.Join(of, " ")+" "+format)
		}
	}
	return strings.Join(parts, ", ")
}
