package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// parameter is a varied parameter of a scenario: its values and its place in the file.
type parameter struct {
	name string // in vary, such as lead.speed
	path string // in the file, such as actors[0].speed
	Variation
	field *Field // nil for an unknown path
	steps []step // from the struct of a file to the value
}

// step leads from a struct to one of its members, or to an element of that member if it is
// a list. From a map of groups it leads to the group with a key.
type step struct {
	member, element int // element is -1 for a member that is not a list
	key             string
}

// resolve finds the field of the parameter and its place in a file. The place is the same
// in all cases of the scenario, because lists and groups cannot vary.
func (p *parameter) resolve(f *Sections) error {
	p.field = fieldAt(p.path)
	switch {
	case p.field == nil:
		return unknownField(p.path)
	case p.field.Kind >= OptionList || p.field.Name == "id":
		return errors.New("this value cannot vary")
	}
	at := reflect.ValueOf(f).Elem()
	for part := range strings.SplitSeq(p.path, ".") {
		key, i, err := element(part)
		if err != nil {
			return err
		}
		if at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
		if at.Kind() == reflect.Map {
			p.steps = append(p.steps, step{key: key})
			group := at.MapIndex(reflect.ValueOf(key))
			if !group.IsValid() {
				group = reflect.New(at.Type().Elem().Elem())
			}
			at = group.Elem()
			continue
		}
		s := step{member: memberIndex(at.Type(), key), element: i}
		at = at.Field(s.member)
		switch list := at.Kind() == reflect.Slice; {
		case list && i < 0:
			return fmt.Errorf("%s is a list: name an element, such as %s[0]", key, key)
		case i >= 0 && !list:
			return fmt.Errorf("%s is not a list", key)
		case list && i >= at.Len():
			return fmt.Errorf("there is no %s", part)
		case list:
			at = at.Index(i)
		case at.Kind() == reflect.Pointer && at.IsNil() && at.Type().Elem().Kind() == reflect.Struct:
			return fmt.Errorf("the file has no %q", part)
		}
		p.steps = append(p.steps, s)
	}
	return nil
}

// set sets the value of the parameter in a file. It copies lists and groups before it
// changes them, because the cases of a scenario share them.
func (p *parameter) set(f *Sections, text string) error {
	at := reflect.ValueOf(f).Elem()
	for _, s := range p.steps {
		if at.Kind() == reflect.Map {
			at = ownGroup(at, s.key)
			continue
		}
		at = at.Field(s.member)
		if s.element >= 0 {
			own := reflect.MakeSlice(at.Type(), at.Len(), at.Len())
			reflect.Copy(own, at)
			at.Set(own)
			at = own.Index(s.element)
		}
		if at.Kind() == reflect.Pointer {
			own := reflect.New(at.Type().Elem())
			if !at.IsNil() {
				own.Elem().Set(at.Elem())
			}
			at.Set(own)
			at = own.Elem()
		}
	}
	return p.field.store(at, p.field.typed(text), text)
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

// fieldPath returns the path in the file of a parameter. The name of the parameter may
// begin with the id of an actor or of a flow.
func (s *Scenario) fieldPath(name string) string {
	for i := range s.file.Actors {
		if rest, ok := strings.CutPrefix(name, s.file.Actors[i].ID+"."); ok {
			return indexed("actors", i) + "." + rest
		}
	}
	for i := range s.file.Flows {
		if rest, ok := strings.CutPrefix(name, s.file.Flows[i].ID+"."); ok {
			return indexed("flows", i) + "." + rest
		}
	}
	return name
}

// place returns the path under vary of value i of the parameter's ends.
func (p *parameter) place(i int) string {
	switch {
	case len(p.Any) > 0:
		return indexed(varyPath(p.name)+".any", i)
	case i == 0:
		return varyPath(p.name) + ".from"
	}
	return varyPath(p.name) + ".to"
}

// placeOf returns the path under vary of a value, or of the parameter for a value inside a
// range.
func (p *parameter) placeOf(value string) string {
	i := slices.IndexFunc(p.ends(), func(q Amount) bool { return q.Text == value })
	if i < 0 {
		return varyPath(p.name)
	}
	return p.place(i)
}

// varyPath returns the path of a parameter in the section vary.
func varyPath(name string) string { return "vary.'" + name + "'" }
