package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Document is a scenario file as a tree that can be changed and written. It has no
// comments. Paths may begin with the id of an actor or of a flow.
type Document map[string]any

// Document returns the file of the scenario.
func (s *Scenario) Document() (Document, error) {
	var d Document
	if err := yaml.Unmarshal(s.Source, &d); err != nil {
		return nil, syntaxError(s.path, err)
	}
	return d, nil
}

// Document returns the case as a separate scenario without varied parameters. The case of
// that scenario with the same seed equals c.
func (c *Case) Document() (Document, error) {
	d, err := c.Scenario.Document()
	if err != nil {
		return nil, err
	}
	for _, p := range c.Parameters {
		if err := d.Set(p.Name, p.Value); err != nil {
			return nil, c.Scenario.ErrorAt(varyPath(p.Name), "%w", err)
		}
	}
	delete(d, "vary")
	delete(d, "grid")
	return d, nil
}

// Get returns the value at a path such as lead.do[0].brake.decel, as a file writes it.
// found is false if the path has no value.
func (d Document) Get(path string) (value string, found bool) {
	var at any = map[string]any(d)
	parts := strings.Split(path, ".")
	if !slices.Contains(sections, parts[0]) {
		at, _ = byID(d, parts[0])
		parts = parts[1:]
	}
	for _, p := range parts {
		key, index, err := element(p)
		m, ok := at.(map[string]any)
		if !ok || err != nil {
			return "", false
		}
		at = m[key]
		if list, ok := at.([]any); ok && index >= 0 && index < len(list) {
			at = list[index]
		}
	}
	switch at.(type) {
	case nil, map[string]any, []any:
		return "", false
	}
	return fmt.Sprint(at), true
}

// Set sets the value at a path such as ego.speed, lead.do[0].brake.decel or weather.rain.
func (d Document) Set(name, value string) error {
	var at any = map[string]any(d)
	parts := strings.Split(name, ".")
	path := name
	if !slices.Contains(sections, parts[0]) {
		var section string
		if at, section = byID(d, parts[0]); at == nil {
			return fmt.Errorf("there is no section, actor or flow %q", parts[0])
		}
		parts = parts[1:]
		path = strings.Join(append([]string{section}, parts...), ".")
	}
	var v any = value
	if f := fieldAt(path); f != nil {
		v = f.typed(value)
	}
	for i, p := range parts {
		key, index, err := element(p)
		if err != nil {
			return err
		}
		m, ok := at.(map[string]any)
		if !ok {
			return fmt.Errorf("%q has no fields", strings.Join(parts[:i], "."))
		}
		if i == len(parts)-1 && index < 0 {
			m[key] = v
			return nil
		}
		if m[key] == nil && index < 0 {
			m[key] = map[string]any{}
		}
		at = m[key]
		if index >= 0 {
			list, ok := at.([]any)
			if !ok || index >= len(list) {
				return fmt.Errorf("there is no %s", p)
			}
			at = list[index]
		}
	}
	return fmt.Errorf("%q is not the path of a value", name)
}

// byID returns the actor or flow with this id, and its section.
func byID(doc map[string]any, id string) (at any, section string) {
	for _, section := range [...]string{"actors", "flows"} {
		list, _ := doc[section].([]any)
		for _, a := range list {
			if m, ok := a.(map[string]any); ok && m["id"] == id {
				return m, section
			}
		}
	}
	return nil, ""
}

// Clone returns a deep copy.
func (d Document) Clone() Document { return cloneTree(map[string]any(d)).(map[string]any) }

func cloneTree(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for k := range v {
			c[k] = cloneTree(v[k])
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i := range v {
			c[i] = cloneTree(v[i])
		}
		return c
	}
	return v
}

// Encode returns the text of the document, with the keys in schema order.
func (d Document) Encode() ([]byte, error) {
	text, err := yaml.MarshalWithOptions(inOrder(map[string]any(d), KeyOrder()), yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("writing a scenario: %w", err)
	}
	return text, nil
}

// inOrder converts maps to lists of keys and values. Ranked keys come first, in order of
// rank; other keys follow in alphabetical order.
func inOrder(v any, rank map[string]int) any {
	switch v := v.(type) {
	case map[string]any:
		keys := slices.SortedFunc(maps.Keys(v), func(a, b string) int {
			ra, okA := rank[a]
			rb, okB := rank[b]
			switch {
			case okA && okB:
				return ra - rb
			case okA != okB:
				return map[bool]int{true: -1, false: 1}[okA]
			}
			return strings.Compare(a, b)
		})
		out := make(yaml.MapSlice, len(keys))
		for i, k := range keys {
			out[i] = yaml.MapItem{Key: k, Value: inOrder(v[k], rank)}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = inOrder(v[i], rank)
		}
		return out
	}
	return v
}

// KeyOrder returns the rank of each key of scenario files, in the order of the Go types.
func KeyOrder() map[string]int {
	rank := map[string]int{"id": -1} // the id comes first
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			visit(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				key := strings.Split(t.Field(i).Tag.Get("yaml"), ",")[0]
				if key == "" {
					continue
				}
				if _, known := rank[key]; !known {
					rank[key] = len(rank)
				}
			}
			for i := range t.NumField() {
				visit(t.Field(i).Type)
			}
		}
	}
	visit(reflect.TypeFor[Sections]())
	return rank
}
