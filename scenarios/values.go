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
)

// scalarOf returns the string, number or bool of a node.
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
	return nil, fmt.Errorf("%s is not text, a number, true or false", n.GetToken().Value)
}

// store checks a value and stores it in dst. source is the text of the value in the file.
func (f *Field) store(dst reflect.Value, v any, source string) error {
	text, isText := v.(string)
	switch f.Kind {
	case Text:
		switch {
		case !isText:
			return fmt.Errorf("%v is not text; put it in quotes: %q", v, source)
		case text == "" && f.Required:
			return errors.New("is empty")
		}
		dst.SetString(text)
	case Option:
		if !isText || !slices.Contains(f.Options, text) {
			return fmt.Errorf("%q is not one of %s", fmt.Sprint(v), strings.Join(f.Options, ", "))
		}
		dst.SetString(text)
	case Boolean:
		b, ok := v.(bool)
		if !ok {
			return fmt.Errorf("%q is neither true nor false", fmt.Sprint(v))
		}
		dst.SetBool(b)
	case Integer:
		return f.storeWhole(dst, v)
	case Comparison:
		return f.storeComparison(dst, v)
	case Quantity, Value:
		return f.storeQuantity(dst, v)
	}
	return nil
}

// storeWhole accepts an integer, also one written as 2.0.
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
		return fmt.Errorf("%q is not an integer", fmt.Sprint(v))
	}
	switch {
	case x != math.Trunc(x):
		return fmt.Errorf("%v is not an integer", v)
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

// storeComparison accepts a comparison with a quantity.
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
	c.SI = f.si(number)
	dst.Set(reflect.ValueOf(c))
	return nil
}

// storeQuantity accepts a number with or without a unit.
func (f *Field) storeQuantity(dst reflect.Value, v any) error {
	if b, ok := v.(bool); ok {
		return fmt.Errorf("%v is not a number with a unit", b)
	}
	q := Amount{Text: fmt.Sprint(v), Set: true}
	if f.Kind == Quantity {
		if err := f.Check(q.Text); err != nil {
			return err
		}
		q.SI = f.si(q.Text)
	}
	dst.Set(reflect.ValueOf(q))
	return nil
}

// typed converts the text of a varied value to the YAML type of this field.
func (f *Field) typed(text string) any {
	switch f.Kind {
	case Integer:
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return n
		}
		if x, err := strconv.ParseFloat(text, 64); err == nil {
			return x
		}
	case Boolean:
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}
