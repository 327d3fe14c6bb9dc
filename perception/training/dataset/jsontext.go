package dataset

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// decode reads a JSON document. Errors name the line, counted from the given one, and
// the field.
func decode(data []byte, line int, v any) error {
	err := json.Unmarshal(data, v)
	at := func(offset int64) int {
		return line + bytes.Count(data[:min(max(offset-1, 0), int64(len(data)))], []byte{'\n'})
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", at(syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: %s: found %s, want %s", at(kind.Offset), cmp.Or(kind.Field, "document"), kind.Value, jsonName(kind.Type))
	case err != nil:
		return fmt.Errorf("line %d: %w", line, err)
	}
	return nil
}

// jsonName returns what JSON calls the values of a type.
func jsonName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Slice, reflect.Array:
		return "array"
	}
	return t.Kind().String()
}

// pair and quad are so many numbers; JSON with more or fewer is an error.
type (
	pair [2]float64
	quad [4]float64
)

// UnmarshalJSON reads two numbers.
func (p *pair) UnmarshalJSON(data []byte) error { return exactly(p[:], data, "point") }

// UnmarshalJSON reads four numbers.
func (q *quad) UnmarshalJSON(data []byte) error { return exactly(q[:], data, "box") }

// exactly reads as many numbers as dst holds; what they are is for errors.
func exactly(dst []float64, data []byte, what string) error {
	var v []*float64
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%s: %.40s is no list of numbers", what, data)
	}
	if len(v) != len(dst) {
		return fmt.Errorf("%s: %d numbers, want %d", what, len(v), len(dst))
	}
	for i := range v {
		if v[i] == nil {
			return fmt.Errorf("%s: number %d is null", what, i+1)
		}
		dst[i] = *v[i]
	}
	return nil
}
