package tape

import (
	"roadloop"
	"roadloop/perception"
)

// within looks for something in a perceiver and in those that it wraps.
func within[T any](p perception.Perceiver, is func(perception.Perceiver) (T, bool)) (found T, ok bool) {
	for p != nil {
		if found, ok = is(p); ok {
			return found, true
		}
		w, wraps := p.(interface{ Unwrap() perception.Perceiver })
		if !wraps {
			break
		}
		p = w.Unwrap()
	}
	return found, false
}

// sensesOf returns the senses of a driver, nil where it has none.
func sensesOf(d roadloop.Driver) *roadloop.Senses {
	stack, ok := d.(*roadloop.Stack)
	if !ok {
		return nil
	}
	s, _ := within(stack.Perceiver, func(p perception.Perceiver) (*roadloop.Senses, bool) {
		s, ok := p.(*roadloop.Senses)
		return s, ok
	})
	return s
}
