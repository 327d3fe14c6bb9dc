package dataset

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
)

// lineError is an error in a line of a file, counted from 1.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }

func (e *lineError) Unwrap() error { return e.err }

// inFile adds the file to an error, and the line if known, as path:line.
func inFile(path string, err error) error {
	if e, ok := err.(*lineError); ok {
		return fmt.Errorf("%s:%d: %w", path, e.line, e.err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// decode decodes a JSON document. Errors contain the line, counted from the given
// one, and the field.
func decode(data []byte, line int, v any) error {
	err := json.Unmarshal(data, v)
	at := func(offset int64) int {
		return line + bytes.Count(data[:min(max(offset-1, 0), int64(len(data)))], []byte{'\n'})
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &lineError{at(syntax.Offset), err}
	case errors.As(err, &kind):
		return &lineError{at(kind.Offset), fmt.Errorf("%s: found %s, want %s", cmp.Or(kind.Field, "document"), kind.Value, jsonName(kind.Type))}
	case err != nil:
		return &lineError{line, err}
	}
	return nil
}

// jsonName returns the JSON name of a type's values.
func jsonName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[cocoKey]():
		return "an integer or a string"
	case reflect.TypeFor[jsonInteger]():
		return "an integer"
	case reflect.TypeFor[flag]():
		return "0 or 1"
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Uint, reflect.Uint16, reflect.Uint64:
		return fmt.Sprintf("an integer from 0 to %d", uint64(math.MaxUint64)>>(64-t.Bits()))
	}
	return "an integer"
}

// pair and quad are two and four numbers; JSON with another number of them is an
// error.
type (
	pair [2]float64
	quad [4]float64
)

// UnmarshalJSON reads two numbers.
func (p *pair) UnmarshalJSON(data []byte) error { return exactly(p[:], data, "point") }

// UnmarshalJSON reads four numbers.
func (q *quad) UnmarshalJSON(data []byte) error { return exactly(q[:], data, "box") }

// exactly decodes len(dst) numbers; what names them in errors.
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
