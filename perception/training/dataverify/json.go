package dataverify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
)

// node is a value of a JSON document with its line.
type node struct {
	line   int
	value  any // string, json.Number, bool or nil of a scalar
	fields map[string]*node
	items  []*node
	object bool
	array  bool
}

// parseJSON parses a document that begins at a line.
func parseJSON(data []byte, line int) (*node, error) {
	p := &parser{dec: json.NewDecoder(bytes.NewReader(data)), line: line}
	for i, b := range data {
		if b == '\n' {
			p.ends = append(p.ends, int64(i))
		}
	}
	p.dec.UseNumber()
	n, err := p.node()
	if err == nil {
		if _, end := p.dec.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("there is text after the document")
		}
	}
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the document ends too early")
		}
		return nil, fmt.Errorf("line %d: %w", p.at(), err)
	}
	return n, nil
}

// parser parses a document by tokens, to know the line of each value.
type parser struct {
	dec  *json.Decoder
	line int
	ends []int64 // offsets of the ends of lines
}

// at returns the line of the last token.
func (p *parser) at() int {
	offset := p.dec.InputOffset()
	return p.line + sort.Search(len(p.ends), func(i int) bool { return p.ends[i] >= offset })
}

func (p *parser) node() (*node, error) {
	t, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	n := &node{line: p.at()}
	switch t {
	case json.Delim('{'):
		n.object, n.fields = true, make(map[string]*node)
		for p.dec.More() {
			key, err := p.dec.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string) // keys are strings
			if n.fields[name] != nil {
				return nil, fmt.Errorf("the field %q is there twice", name)
			}
			if n.fields[name], err = p.node(); err != nil {
				return nil, err
			}
		}
		_, err = p.dec.Token()
	case json.Delim('['):
		n.array = true
		for p.dec.More() {
			item, err := p.node()
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		_, err = p.dec.Token()
	default:
		n.value = t
	}
	return n, err
}

// object parses a line of a file that must be an object. If it is not, it adds a violation.
func (c *checker) object(file string, line int, text string) (*node, bool) {
	n, err := parseJSON([]byte(text), line)
	if err != nil {
		c.fail(file, line, "", "%v", err)
		return nil, false
	}
	if !n.object {
		c.fail(file, line, "", "want an object, found %s", n.kind())
	}
	return n, n.object
}

// kind returns what a value is, for violations.
func (n *node) kind() string {
	switch n.value.(type) {
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	}
	switch {
	case n.object:
		return "an object"
	case n.array:
		return "a list"
	}
	return "null"
}

// get returns a field of an object, nil if there is none.
func (n *node) get(name string) *node {
	if n == nil {
		return nil
	}
	return n.fields[name]
}

// at returns the line of a field, or of the object if there is none.
func (n *node) at(name string) int {
	if f := n.get(name); f != nil {
		return f.line
	}
	return n.line
}

// text returns a field that is a string.
func (n *node) text(name string) (string, bool) {
	f := n.get(name)
	if f == nil {
		return "", false
	}
	s, ok := f.value.(string)
	return s, ok
}

// number returns a field that is a finite number.
func (n *node) number(name string) (float64, bool) { return n.get(name).float() }

// float returns the value of a finite number.
func (n *node) float() (float64, bool) {
	if n == nil {
		return 0, false
	}
	s, ok := n.value.(json.Number)
	if !ok {
		return 0, false
	}
	v, err := s.Float64()
	return v, err == nil && !math.IsInf(v, 0)
}

// integer returns a field that is an integer.
func (n *node) integer(name string) (int64, bool) {
	v, ok := n.number(name)
	return int64(v), ok && v == math.Trunc(v) && math.Abs(v) <= 1<<53
}

// numbers returns the values of a field that is a list of count finite numbers.
func (n *node) numbers(name string, count int) ([]float64, bool) { return n.get(name).floats(count) }

// floats returns the values of a list of count finite numbers, of any number for -1.
func (n *node) floats(count int) (out []float64, ok bool) {
	if n == nil || !n.array || count >= 0 && len(n.items) != count {
		return nil, false
	}
	for _, item := range n.items {
		v, ok := item.float()
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// list returns the items of a field that is a list.
func (n *node) list(name string) ([]*node, bool) {
	f := n.get(name)
	if f == nil || !f.array {
		return nil, false
	}
	return f.items, true
}
