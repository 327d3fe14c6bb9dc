package experiment

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkSame returns an error with the differences if the run in a folder, of which r is the
// recipe, would have another recipe when started with these arguments.
func (r *Recipe) checkSame(dir string, want Recipe, initial *Initial) error {
	m, err := want.open()
	if err != nil {
		return err
	}
	want.protect(m, initial != nil)
	want.Initial = ""
	if initial != nil {
		want.Initial = initial.SHA256
	}
	want.Training.Network.Heads = r.Training.Network.Heads // the task determines them
	stored, err := r.values()
	if err != nil {
		return err
	}
	wanted, err := want.values()
	if err != nil {
		return err
	}
	for name := range wanted {
		stored[name] = cmp.Or(stored[name], "not set")
	}
	var differences []string
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if is, other := stored[name], cmp.Or(wanted[name], "not set"); is != other {
			differences = append(differences, fmt.Sprintf("%s is %s, want %s", name, is, other))
		}
	}
	if len(differences) == 0 {
		return nil
	}
	return fmt.Errorf("%s has a run with another recipe, choose another folder: %s", dir, strings.Join(differences, "; "))
}

// values returns the JSON of every value of a recipe by its name, such as data.seed.
func (r *Recipe) values() (map[string]string, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	out := make(map[string]string)
	return out, flatten(out, "", data)
}

// flatten adds the values of a JSON object to out. Names begin with prefix.
func flatten(out map[string]string, prefix string, data []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return fmt.Errorf("recipe: %s: %w", prefix, err)
	}
	for name, v := range fields {
		if !bytes.HasPrefix(v, []byte("{")) {
			out[prefix+name] = string(v)
			continue
		}
		if err := flatten(out, prefix+name+".", v); err != nil {
			return err
		}
	}
	return nil
}
