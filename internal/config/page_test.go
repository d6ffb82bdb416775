package config_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/clipenv/toolkit/internal/config"
	"github.com/clipenv/toolkit/pkg/edit"
	"github.com/clipenv/toolkit/pkg/evaluate"
	"github.com/clipenv/toolkit/pkg/train"
)

// docs/experiments.md shows every key of every experiment with its default.
func TestThePageShowsEveryKeyAndItsDefault(t *testing.T) {
	page, err := os.ReadFile("../../docs/experiments.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) != 4 {
		t.Fatalf("got %d blocks of YAML, want one for each of edit, train-vae, finetune-clip and evaluate", len(blocks))
	}
	shows(t, "edit", blocks[0][1], edit.Defaults(edit.Guided))
	shows(t, "train-vae", blocks[1][1], train.DefaultVAE)
	shows(t, "finetune-clip", blocks[2][1], train.DefaultCLIP)
	shows(t, "evaluate", blocks[3][1], evaluate.DefaultExperiment)
}

func shows[T any](t *testing.T, name, text string, defaults T) {
	t.Helper()
	var none T
	shown, err := config.Parse(strings.NewReader(text), name, none, func(T) error { return nil })
	if err != nil {
		t.Error(err)
		return
	}
	asYAML := func(v any) string {
		text, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got, want := asYAML(shown), asYAML(defaults); got != want {
		t.Errorf("%s: the page shows\n%s\nthe defaults are\n%s", name, got, want)
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	keys := shownKeys(document.Content[0], "")
	for _, key := range keysOf(reflect.TypeFor[T](), "") {
		if !slices.Contains(keys, key) {
			t.Errorf("%s: the page lacks %s", name, key)
		}
	}
}

func shownKeys(n *yaml.Node, above string) (keys []string) {
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		key := above + n.Content[i].Value
		keys = append(append(keys, key), shownKeys(n.Content[i+1], key+".")...)
	}
	return keys
}

func keysOf(t reflect.Type, above string) (keys []string) {
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name == "" {
			name = strings.ToLower(t.Field(i).Name) // as the library has it
		}
		keys = append(keys, above+name)
		if t.Field(i).Type.Kind() == reflect.Struct {
			keys = append(keys, keysOf(t.Field(i).Type, above+name+".")...)
		}
	}
	return keys
}
