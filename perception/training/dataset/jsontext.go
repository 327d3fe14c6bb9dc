package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// decode reads a JSON document. Errors name the line, counted from the given one, and
// the field.
func decode(data []byte, line int, v any) error {
	err := json.Unmarshal(data, v)
	at := func(offset int64) int {
		return line + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte{'\n'})
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", at(syntax.Offset), err)
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: %s: it is a %s, want %v", at(kind.Offset), kind.Field, kind.Value, kind.Type)
	}
	return err
}

// pair and quad are so many numbers; JSON with more or fewer is an error.
type (
	pair [2]float64
	quad [4]float64
)

// UnmarshalJSON reads two numbers.
func (p *pair) UnmarshalJSON(data []byte) error { return exactly(p[:], data) }

// UnmarshalJSON reads four numbers.
func (q *quad) UnmarshalJSON(data []byte) error { return exactly(q[:], data) }

// exactly reads as many numbers as dst holds.
func exactly(dst []float64, data []byte) error {
	var v []*float64
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%.40s is no list of numbers", data)
	}
	if len(v) != len(dst) {
		return fmt.Errorf("%d numbers, want %d", len(v), len(dst))
	}
	for i := range v {
		if v[i] == nil {
			return fmt.Errorf("number %d is null", i+1)
		}
		dst[i] = *v[i]
	}
	return nil
}
