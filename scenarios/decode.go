package scenarios

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// position is a place in a file, from 1.
type position struct{ line, column int }

// decoder fills the Go types of a file from its YAML tree, field by field as the
// table of fields says.
type decoder struct{ s *Scenario }

// fault returns an error at a node.
func (d *decoder) fault(path string, n ast.Node, format string, args ...any) error {
	at := positionOf(n)
	return &Error{File: d.s.path, Line: at.line, Column: at.column, Path: path, Err: fmt.Errorf(format, args...)}
}

// positionOf returns where a node begins: that of a mapping in lines is its first key.
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
	if _, null := n.(*ast.NullNode); null {
		return d.fault(path, n, "has no value: give it one, or leave it out")
	}
	_, deep := n.(*ast.MappingNode)
	switch f.Form {
	case Group:
		if f.Or != nil && !deep {
			return d.value(path, n, f.Or, dst.Field(0))
		}
		return d.group(path, n, f, dst)
	case Groups:
		return d.list(path, n, f, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.group(path, n, f, dst) })
	case OptionList, Texts, Values:
		element := Field{Form: map[Form]Form{OptionList: Option, Texts: Text, Values: Value}[f.Form], Options: f.Options}
		return d.list(path, n, f, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.value(path, n, &element, dst) })
	case Quantities:
		element := *f
		element.Form = Quantity
		return d.table(path, n, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.value(path, n, &element, dst) })
	case SpreadTable:
		return d.table(path, n, dst, func(path string, n ast.Node, dst reflect.Value) error { return d.group(path, n, f, dst) })
	}
	v, err := scalarOf(n)
	if err == nil {
		err = f.store(dst, v, n.GetToken().Value)
	}
	if err != nil {
		return d.fault(path, n, "%w", err)
	}
	return nil
}

// group decodes a mapping of fields.
func (d *decoder) group(path string, n ast.Node, f *Field, dst reflect.Value) error {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return d.fault(path, n, "must be a mapping of fields, such as {%s: …}", exampleOf(f))
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
			return d.fault(below, v.Key, "unknown field %q%s", key, f.suggest(key))
		}
		if err := d.value(below, v.Value, field, member(dst, key)); err != nil {
			return err
		}
	}
	return d.complete(path, m, f)
}

// exampleOf names a field that a mapping may hold.
func exampleOf(f *Field) string {
	if len(f.Fields) == 0 {
		return ""
	}
	return f.Fields[0].Name
}

// complete reports fields that a mapping lacks.
func (d *decoder) complete(path string, m *ast.MappingNode, f *Field) error {
	if f.Form == Group && len(m.Values) < f.MinItems {
		return d.fault(path, m, "is empty")
	}
	for i := range f.Fields {
		name := f.Fields[i].Name
		given := slices.ContainsFunc(m.Values, func(v *ast.MappingValueNode) bool { return v.Key.GetToken().Value == name })
		if f.Fields[i].Required && !given {
			return d.fault(strings.TrimPrefix(path+"."+name, "."), m, "is missing")
		}
	}
	return nil
}

// suggest names the field that was meant, or all there are.
func (f *Field) suggest(key string) string {
	names := make([]string, len(f.Fields))
	for i := range f.Fields {
		names[i] = f.Fields[i].Name
		if editDistance(names[i], key) <= max(1, len(key)/4) {
			return fmt.Sprintf("; did you mean %q?", names[i])
		}
	}
	if len(names) == 0 {
		return "; there are none"
	}
	return "; fields are " + strings.Join(names, ", ")
}

// member returns the member of a Go struct for a field.
func member(dst reflect.Value, name string) reflect.Value {
	for i := range dst.NumField() {
		if key, _, _ := strings.Cut(dst.Type().Field(i).Tag.Get("yaml"), ","); key == name {
			return dst.Field(i)
		}
	}
	return reflect.Value{}
}

// list decodes a list.
func (d *decoder) list(path string, n ast.Node, f *Field, dst reflect.Value, element func(string, ast.Node, reflect.Value) error) error {
	l, ok := n.(*ast.SequenceNode)
	switch {
	case !ok:
		return d.fault(path, n, "must be a list in brackets or of lines that begin with -")
	case len(l.Values) < f.MinItems:
		return d.fault(path, n, "has %d elements, want at least %d", len(l.Values), f.MinItems)
	}
	dst.Set(reflect.MakeSlice(dst.Type(), len(l.Values), len(l.Values)))
	for i, v := range l.Values {
		if _, null := v.(*ast.NullNode); null {
			return d.fault(indexed(path, i), v, "has no value")
		}
		if err := element(indexed(path, i), v, dst.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// table decodes a mapping of names that the file chooses.
func (d *decoder) table(path string, n ast.Node, dst reflect.Value, element func(string, ast.Node, reflect.Value) error) error {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return d.fault(path, n, "must be a mapping of names to values")
	}
	dst.Set(reflect.MakeMap(dst.Type()))
	for _, v := range m.Values {
		key := v.Key.GetToken().Value
		value := reflect.New(dst.Type().Elem()).Elem()
		below := path + "." + key
		if path == "vary" {
			below = varied(key)
		}
		if _, null := v.Value.(*ast.NullNode); null {
			return d.fault(below, v.Key, "has no value")
		}
		if err := element(below, v.Value, value); err != nil {
			return err
		}
		dst.SetMapIndex(reflect.ValueOf(key), value)
	}
	return nil
}

// scalarOf returns the string, number or bool that a node holds.
func scalarOf(n ast.Node) (any, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode:
		return n.Value, nil
	case *ast.FloatNode:
		return n.Value, nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.InfinityNode, *ast.NanNode:
		return nil, fmt.Errorf("%s is not a finite number", n.GetToken().Value)
	case *ast.MappingNode:
		return nil, errors.New("must be one value, not a mapping")
	case *ast.SequenceNode:
		return nil, errors.New("must be one value, not a list")
	case *ast.TagNode:
		var v any
		if err := yaml.NodeToValue(n, &v); err != nil {
			return nil, errors.New(yaml.FormatError(err, false, false))
		}
		switch v.(type) {
		case string, int64, uint64, float64, bool:
			return v, nil
		}
	}
	return nil, fmt.Errorf("%s is no text, number, true or false", n.GetToken().Value)
}

// store puts a value into a Go type, if it is one of the field. The source is how the
// file writes it.
func (f *Field) store(dst reflect.Value, v any, source string) error {
	text, isText := v.(string)
	switch f.Form {
	case Text:
		switch {
		case !isText:
			return fmt.Errorf("%v is no text; in quotes it is: %q", v, source)
		case text == "" && f.Required:
			return errors.New("is empty")
		}
		dst.SetString(text)
	case Option:
		if !isText || !slices.Contains(f.Options, text) {
			return fmt.Errorf("%q is none of %s", fmt.Sprint(v), strings.Join(f.Options, ", "))
		}
		dst.SetString(text)
	case Flag:
		b, ok := v.(bool)
		if !ok {
			return fmt.Errorf("%q is neither true nor false", fmt.Sprint(v))
		}
		dst.SetBool(b)
	case Whole:
		return f.storeWhole(dst, v)
	case Comparison:
		return f.storeComparison(dst, v)
	case Quantity, Value:
		return f.storeQuantity(dst, v)
	}
	return nil
}

// storeWhole takes an integer, also one that is written like 2.0.
func (f *Field) storeWhole(dst reflect.Value, v any) error {
	lo, hi := f.bounds()
	var x float64
	var n uint64
	switch v := v.(type) {
	case int64:
		x, n = float64(v), uint64(v)
	case uint64:
		x, n = float64(v), v
	case float64:
		x, n = v, uint64(max(0, min(v, 1<<53)))
	default:
		return fmt.Errorf("%q is no whole number", fmt.Sprint(v))
	}
	switch {
	case x != math.Trunc(x):
		return fmt.Errorf("%v is no whole number", v)
	case x < lo:
		return fmt.Errorf("%v is below %s", v, f.Min)
	case !(x <= hi), float64(n) != x:
		return fmt.Errorf("%v is above %s", v, f.Max)
	}
	if dst.Kind() == reflect.Uint64 {
		dst.SetUint(n)
	} else {
		dst.SetInt(int64(n))
	}
	return nil
}

// storeComparison takes a comparison with a quantity.
func (f *Field) storeComparison(dst reflect.Value, v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("%v must begin with <, <=, > or >=", v)
	}
	c, number, err := parseComparison(text)
	if err != nil {
		return err
	}
	if err := f.Check(number); err != nil {
		return err
	}
	c.si = f.si(number)
	dst.Set(reflect.ValueOf(c))
	return nil
}

// storeQuantity takes a number with or without a unit.
func (f *Field) storeQuantity(dst reflect.Value, v any) error {
	if b, ok := v.(bool); ok {
		return fmt.Errorf("%v is no number with a unit", b)
	}
	q := quantity{text: fmt.Sprint(v), set: true}
	if f.Form == Quantity {
		if err := f.Check(q.text); err != nil {
			return err
		}
		q.si = f.si(q.text)
	}
	dst.Set(reflect.ValueOf(q))
	return nil
}

// typed returns the value that a text of vary stands for in a field of this form, as
// YAML has it.
func (f *Field) typed(text string) any {
	switch f.Form {
	case Whole:
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return n
		}
		if x, err := strconv.ParseFloat(text, 64); err == nil {
			return x
		}
	case Flag:
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

// put sets the value at a path of a file, such as actors[0].speed. What changes is
// copied first, so that files which share it keep theirs.
func (f *file) put(path, text string) error {
	field := fieldAt(path)
	switch {
	case field == nil:
		return f.unknown(path)
	case field.Form >= OptionList || field.Name == "id":
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

// unknown says which part of a path is no field.
func (f *file) unknown(path string) error {
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
	return fmt.Errorf("%q names no value", path)
}
