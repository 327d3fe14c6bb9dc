package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// put sets the value at a path of a file, such as actors[0].speed. It copies slices and
// pointers before it changes them, because other files may share them.
func (f *file) put(path, text string) error {
	field := fieldAt(path)
	switch {
	case field == nil:
		return unknownField(path)
	case field.Kind >= OptionList || field.Name == "id":
		return errors.New("this value cannot vary")
	}
	at := reflect.ValueOf(f).Elem()
	for part := range strings.SplitSeq(path, ".") {
		key, i, err := element(part)
		if err != nil {
			return err
		}
		if at = member(at, key); i >= 0 {
			if i >= at.Len() {
				return fmt.Errorf("there is no %s", part)
			}
			own := reflect.MakeSlice(at.Type(), at.Len(), at.Len())
			reflect.Copy(own, at)
			at.Set(own)
			at = own.Index(i)
		}
		if at.Kind() == reflect.Pointer {
			own := reflect.New(at.Type().Elem())
			if !at.IsNil() {
				own.Elem().Set(at.Elem())
			} else if at.Type().Elem().Kind() == reflect.Struct {
				return fmt.Errorf("the file has no %q", part)
			}
			at.Set(own)
			at = own.Elem()
		}
	}
	return field.store(at, field.typed(text), text)
}

// unknownField returns an error that names the unknown part of a path.
func unknownField(path string) error {
	in := Field{Fields: fields}
	for part := range strings.SplitSeq(path, ".") {
		key, _, err := element(part)
		if err != nil {
			return err
		}
		field := named(in.Fields, key)
		if field == nil {
			return fmt.Errorf("unknown field %q%s", key, in.suggest(key))
		}
		in = *field
	}
	return fmt.Errorf("%q is not the path of a value", path)
}

// assign sets the value at a path such as ego.speed, lead.do[0].brake.decel or
// weather.rain. The first element may be the id of an actor or of a flow.
func assign(doc map[string]any, name, value string) error {
	var at any = doc
	parts := strings.Split(name, ".")
	path := name
	if !slices.Contains(sections, parts[0]) {
		var section string
		if at, section = byID(doc, parts[0]); at == nil {
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

// element splits "do[1]" into "do" and 1, and "speed" into "speed" and -1.
func element(p string) (key string, index int, err error) {
	key, rest, ok := strings.Cut(p, "[")
	if !ok {
		return p, -1, nil
	}
	index, err = strconv.Atoi(strings.TrimSuffix(rest, "]"))
	if err != nil || index < 0 {
		return "", 0, fmt.Errorf("%q is not an element of a list", p)
	}
	return key, index, nil
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
