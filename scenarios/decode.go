package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"roadloop/internal/spelling"
)

// position is a line and a column in a file, counted from 1.
type position struct{ line, column int }

// decoder fills the Go types of a file from its YAML tree, guided by the table of fields.
type decoder struct{ s *Scenario }

// errorAt returns an error at the position of a node.
func (d *decoder) errorAt(path string, n ast.Node, format string, args ...any) error {
	at := positionOf(n)
	return &Error{File: d.s.path, Line: at.line, Column: at.column, Path: path, Err: fmt.Errorf(format, args...)}
}

// positionOf returns where a node begins. A block mapping begins at its first key.
func positionOf(n ast.Node) position {
	t := n.GetToken()
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		t = m.Values[0].Key.GetToken()
	}
	return positionAt(t)
}

func positionAt(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{1, 1}
	}
	return position{t.Position.Line, t.Position.Column}
}

// value decodes the value of a field.
func (d *decoder) value(path string, n ast.Node, f *Field, dst reflect.Value) error {
	d.s.places[path] = positionOf(n)
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	_, deep := n.(*ast.MappingNode)
	switch f.Kind {
	case Group:
		if f.Alternative != nil && !deep {
			return d.value(path, n, f.Alternative, dst.Field(0))
		}
		return d.group(path, n, f, dst)
	case GroupList:
		return d.list(path, n, f, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.group(path, n, f, dst) })
	case OptionList, TextList, ValueList:
		element := Field{Kind: map[ValueKind]ValueKind{OptionList: Option, TextList: Text, ValueList: Value}[f.Kind], Options: f.Options}
		return d.list(path, n, f, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.value(path, n, &element, dst) })
	case QuantityMap:
		element := *f
		element.Kind = Quantity
		return d.table(path, n, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.value(path, n, &element, dst) })
	case VariationMap:
		return d.table(path, n, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.group(path, n, f, dst) })
	}
	v, err := scalarOf(n)
	if err == nil {
		err = f.store(dst, v, n.GetToken().Value)
	}
	if err != nil {
		return d.errorAt(path, n, "%w", err)
	}
	return nil
}

// group decodes a mapping of fields.
func (d *decoder) group(path string, n ast.Node, f *Field, dst reflect.Value) error {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return d.errorAt(path, n, "must be a mapping of fields, such as {%s: …}", exampleOf(f))
	}
	d.s.places[path] = positionOf(n)
	for _, v := range m.Values {
		key := v.Key.GetToken().Value
		below := key
		if path != "" {
			below = path + "." + key
		}
		field := named(f.Fields, key)
		if field == nil {
			return d.errorAt(below, v.Key, "unknown field %q%s", key, f.suggest(key))
		}
		if _, null := v.Value.(*ast.NullNode); null {
			return d.errorAt(below, v.Key, "has no value: set one or remove the field")
		}
		if err := d.value(below, v.Value, field, member(dst, key)); err != nil {
			return err
		}
	}
	return d.checkRequired(path, m, f)
}

// exampleOf returns the name of a field that a mapping may have.
func exampleOf(f *Field) string {
	if len(f.Fields) == 0 {
		return ""
	}
	return f.Fields[0].Name
}

// checkRequired reports missing fields of a mapping.
func (d *decoder) checkRequired(path string, m *ast.MappingNode, f *Field) error {
	if f.Kind == Group && len(m.Values) < f.MinItems {
		return d.errorAt(path, m, "is empty")
	}
	for i := range f.Fields {
		name := f.Fields[i].Name
		given := slices.ContainsFunc(m.Values, func(v *ast.MappingValueNode) bool { return v.Key.GetToken().Value == name })
		if f.Fields[i].Required && !given {
			return d.errorAt(strings.TrimPrefix(path+"."+name, "."), m, "is missing")
		}
	}
	return nil
}

// suggest names the similar field, or lists all fields.
func (f *Field) suggest(key string) string {
	names := make([]string, len(f.Fields))
	for i := range f.Fields {
		names[i] = f.Fields[i].Name
	}
	if similar := spelling.Closest(key, names); similar != "" {
		return fmt.Sprintf("; did you mean %q?", similar)
	}
	if len(names) == 0 {
		return "; no fields are allowed here"
	}
	return "; fields are " + strings.Join(names, ", ")
}

// member returns the struct member with this YAML key. In a map of groups it adds the
// group.
func member(dst reflect.Value, name string) reflect.Value {
	if dst.Kind() == reflect.Map {
		return ownGroup(dst, name)
	}
	return dst.Field(memberIndex(dst.Type(), name))
}

// ownGroup copies a map of pointers to groups and the group with a key, which it adds if
// it is missing, and returns that group.
func ownGroup(dst reflect.Value, key string) reflect.Value {
	own, group, at := reflect.MakeMap(dst.Type()), reflect.New(dst.Type().Elem().Elem()), reflect.ValueOf(key)
	for _, k := range dst.MapKeys() {
		own.SetMapIndex(k, dst.MapIndex(k))
	}
	if old := dst.MapIndex(at); old.IsValid() {
		group.Elem().Set(old.Elem())
	}
	own.SetMapIndex(at, group)
	dst.Set(own)
	return group.Elem()
}

// memberIndex returns the index of the struct member with this YAML key. A test ensures
// that every field of the table has a member.
func memberIndex(t reflect.Type, name string) int {
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); key == name {
			return i
		}
	}
	return -1
}

// list decodes a list.
func (d *decoder) list(path string, n ast.Node, f *Field, dst reflect.Value, element func(string, ast.Node, reflect.Value) error) error {
	l, ok := n.(*ast.SequenceNode)
	switch {
	case !ok:
		return d.errorAt(path, n, "must be a list, in brackets or in lines that begin with -")
	case len(l.Values) < f.MinItems:
		return d.errorAt(path, n, "has %d elements, want at least %d", len(l.Values), f.MinItems)
	}
	dst.Set(reflect.MakeSlice(dst.Type(), len(l.Values), len(l.Values)))
	for i, v := range l.Values {
		if _, null := v.(*ast.NullNode); null {
			return d.errorAt(indexed(path, i), v, "has no value")
		}
		if err := element(indexed(path, i), v, dst.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// table decodes a mapping with arbitrary keys.
func (d *decoder) table(path string, n ast.Node, dst reflect.Value, element func(string, ast.Node, reflect.Value) error) error {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return d.errorAt(path, n, "must be a mapping of names to values")
	}
	dst.Set(reflect.MakeMap(dst.Type()))
	for _, v := range m.Values {
		key := v.Key.GetToken().Value
		value := reflect.New(dst.Type().Elem()).Elem()
		below := path + "." + key
		if path == "vary" {
			below = varyPath(key)
		}
		if _, null := v.Value.(*ast.NullNode); null {
			return d.errorAt(below, v.Key, "has no value")
		}
		if err := element(below, v.Value, value); err != nil {
			return err
		}
		dst.SetMapIndex(reflect.ValueOf(key), value)
	}
	return nil
}
