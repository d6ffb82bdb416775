package run

import (
	"fmt"
	"testing"
)

func TestDifferencesOfRecipes(t *testing.T) {
	made := func(config any, change func(*Recipe)) Recipe {
		r, err := NewRecipe(Versions{Toolkit: "v1"}, "train-vae", config)
		if err != nil {
			t.Fatal(err)
		}
		r.Threads, r.Device = 2, "cpu"
		change(&r)
		back, err := ParseRecipe(r.String())
		if err != nil {
			t.Fatal(err)
		}
		return back
	}
	type group map[string]any
	same := func(*Recipe) {}
	began := made(group{"train": group{"steps": 10, "rate": .5}, "real": []string{"a"}}, same)
	for _, c := range []struct {
		now  Recipe
		want string
	}{
		{began, "[]"},
		{made(group{"train": group{"steps": 20, "rate": .5}, "real": []string{"a"}}, same), "[train.steps was 10, is 20]"},
		{made(group{"train": group{"steps": 10, "rate": .5}, "real": []string{"a", "b"}}, same), `[real was ["a"], is ["a","b"]]`},
		{made(group{"train": group{"steps": 10}, "real": []string{"a"}, "new": 1}, same), "[new was null, is 1 train.rate was 0.5, is null]"},
		{made(group{"train": group{"steps": 10, "rate": .5}, "real": []string{"a"}}, func(r *Recipe) { r.Threads, r.Seed = 1, 3 }), "[seed was 0, is 3 threads was 2, is 1]"},
		{made(group{"train": group{"steps": 10, "rate": .5}, "real": []string{"a"}}, func(r *Recipe) { r.Changes = []Change{{Step: 3, Key: "seed"}} }), "[]"},
	} {
		got, err := c.now.Differences(began)
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("got %v, %v, want %s", got, err, c.want)
		}
	}
	began.Threads, began.Device = 0, ""
	if got, err := made(group{"train": group{"steps": 10, "rate": .5}, "real": []string{"a"}}, same).Differences(began); err != nil || len(got) > 0 {
		t.Errorf("against a recipe without the machine: got %v, %v, want none", got, err)
	}
}
