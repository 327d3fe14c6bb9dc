package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"roadloop/sim/sensor"
)

// cocoInput is a COCO label file for import.
type cocoInput struct {
	Images      []cocoInputImage
	Categories  []cocoInputCategory
	Annotations []cocoInputLabel
}

// cocoEntry is the position of a list entry.
type cocoEntry struct {
	list        string
	index, line int
}

// fail returns an error with the entry's id, or with its index if it has none.
func (e *cocoEntry) fail(id cocoKey, err error) error {
	name := fmt.Sprintf("%s[%d]", e.list, e.index)
	if id != "" {
		name = map[string]string{"images": "image", "categories": "category", "annotations": "annotation"}[e.list] + " " + string(id)
	}
	return &lineError{e.line, fmt.Errorf("%s: %w", name, err)}
}

// decode decodes the entry. Errors contain its index in the list.
func (e *cocoEntry) decode(raw []byte, v any) error {
	err := decode(raw, e.line, v)
	var l *lineError
	if errors.As(err, &l) {
		l.err = fmt.Errorf("%s[%d]: %w", e.list, e.index, l.err)
	}
	return err
}

type cocoInputImage struct {
	ID       cocoKey        `json:"id"`
	FileName string         `json:"file_name"`
	Width    *jsonInteger   `json:"width"`
	Height   *jsonInteger   `json:"height"`
	Camera   *sensor.Camera `json:"camera"`
	cocoEntry
}

type cocoInputCategory struct {
	ID   cocoKey `json:"id"`
	Name string  `json:"name"`
	cocoEntry
}

// cocoInputLabel is an annotation. The fields from Instance are extensions of
// roadloop.
type cocoInputLabel struct {
	ID         cocoKey   `json:"id"`
	ImageID    cocoKey   `json:"image_id"`
	CategoryID cocoKey   `json:"category_id"`
	Box        []float64 `json:"bbox"`
	Area       float64   `json:"area"`
	Crowd      flag      `json:"iscrowd"`
	Ignore     flag      `json:"ignore"`

	Instance  uint16    `json:"instance"`
	Visible   *float64  `json:"visible"`
	Truncated float64   `json:"truncated"`
	Distance  *float64  `json:"distance"`
	Heading   *float64  `json:"heading"`
	Position  []float64 `json:"position"`
	cocoEntry
}

// cocoKey is an id: an integer, or a string, as some programs write. The integer 7,
// 7.0 and the string "7" are the same id. It is empty if the field is missing.
type cocoKey string

// UnmarshalJSON reads an integer or a string.
func (k *cocoKey) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*k = cocoKey(s) // empty for null
		return nil
	}
	n, ok := parseInteger(data)
	if !ok {
		return &json.UnmarshalTypeError{Value: excerpt(data), Type: reflect.TypeFor[cocoKey]()}
	}
	*k = cocoKey(strconv.FormatInt(n, 10))
	return nil
}

// jsonInteger is an integer that may be written as 320.0.
type jsonInteger int

// UnmarshalJSON reads an integer.
func (w *jsonInteger) UnmarshalJSON(data []byte) error {
	n, ok := parseInteger(data)
	if !ok {
		return &json.UnmarshalTypeError{Value: excerpt(data), Type: reflect.TypeFor[jsonInteger]()}
	}
	*w = jsonInteger(n)
	return nil
}

// parseInteger parses a number without a fraction, up to the largest integer that a
// float64 represents exactly.
func parseInteger(data []byte) (n int64, ok bool) {
	v, err := strconv.ParseFloat(string(data), 64)
	return int64(v), err == nil && v == math.Trunc(v) && math.Abs(v) <= 1<<53
}

// flag is 0 or 1, or false or true.
type flag bool

// UnmarshalJSON reads a flag.
func (f *flag) UnmarshalJSON(data []byte) error {
	switch n, ok := parseInteger(data); {
	case ok && (n == 0 || n == 1):
		*f = n == 1
	case slices.Contains([]string{"true", "false", "null"}, string(data)):
		*f = string(data) == "true"
	default:
		return &json.UnmarshalTypeError{Value: excerpt(data), Type: reflect.TypeFor[flag]()}
	}
	return nil
}

// excerpt returns the beginning of a JSON value.
func excerpt(data []byte) string {
	const most = 40
	if len(data) > most {
		return string(data[:most]) + "…"
	}
	return string(data)
}

// parseCOCO parses a label file. Errors contain line numbers. Entries that cannot be
// decoded are left out if tolerate returns nil for their error.
func parseCOCO(data []byte, tolerate func(error) error) (*cocoInput, error) {
	if !json.Valid(data) { // the code below expects valid syntax
		return nil, decode(data, 1, new(json.RawMessage))
	}
	var in cocoInput
	d := document{data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	fields, err := d.fields(map[string]func(raw []byte, e cocoEntry) error{
		"images": func(raw []byte, e cocoEntry) error {
			v := cocoInputImage{cocoEntry: e}
			if err := e.decode(raw, &v); err != nil {
				return tolerate(err)
			}
			in.Images = append(in.Images, v)
			return nil
		},
		"categories": func(raw []byte, e cocoEntry) error {
			v := cocoInputCategory{cocoEntry: e}
			if err := e.decode(raw, &v); err != nil {
				return tolerate(err)
			}
			in.Categories = append(in.Categories, v)
			return nil
		},
		"annotations": func(raw []byte, e cocoEntry) error {
			v := cocoInputLabel{cocoEntry: e}
			if err := e.decode(raw, &v); err != nil {
				return tolerate(err)
			}
			in.Annotations = append(in.Annotations, v)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"images", "annotations", "categories"} {
		if slices.Contains(fields, name) {
			continue
		}
		if near := nearestName(name, fields); near != "" {
			return nil, fmt.Errorf("field %s is missing, did you write %q for it?", name, near)
		}
		return nil, fmt.Errorf("field %s is missing", name)
	}
	return &in, nil
}

// document reads a JSON object entry by entry, to provide line numbers.
type document struct {
	data []byte
	dec  *json.Decoder
	at   int64 // offset of the line count
	line int   // there
}

// fields reads the fields of the object and returns their names. Entries of the given
// lists are passed to their functions, other fields are skipped. The syntax must be
// valid.
func (d *document) fields(lists map[string]func(raw []byte, e cocoEntry) error) (names []string, err error) {
	if t, err := d.dec.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, &lineError{1, fmt.Errorf("document: found %s, want an object", kindOf(t))}
	}
	for d.dec.More() {
		t, err := d.dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		if slices.Contains(names, name) && lists[name] != nil {
			return nil, &lineError{d.lineAt(d.dec.InputOffset()), fmt.Errorf("duplicate field %s", name)}
		}
		names = append(names, name)
		if err := d.field(name, lists[name]); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// field reads the value of a field.
func (d *document) field(name string, yield func(raw []byte, e cocoEntry) error) error {
	var raw json.RawMessage
	if yield == nil {
		return d.dec.Decode(&raw)
	}
	line := d.lineAt(d.dec.InputOffset())
	if t, err := d.dec.Token(); err != nil {
		return err
	} else if t != json.Delim('[') {
		return &lineError{line, fmt.Errorf("%s: found %s, want an array", name, kindOf(t))}
	}
	for i := 0; d.dec.More(); i++ {
		if err := d.dec.Decode(&raw); err != nil {
			return err
		}
		e := cocoEntry{name, i, d.lineAt(d.dec.InputOffset() - int64(len(raw)))}
		if err := yield(raw, e); err != nil {
			return err
		}
	}
	_, err := d.dec.Token() // the bracket
	return err
}

// lineAt returns the line of an offset. Offsets must not decrease between calls.
func (d *document) lineAt(offset int64) int {
	d.line += bytes.Count(d.data[d.at:offset], []byte{'\n'})
	d.at = offset
	return d.line
}

// kindOf returns the kind of a value by its first token.
func kindOf(t json.Token) string {
	switch t := t.(type) {
	case json.Delim:
		return map[json.Delim]string{'{': "an object", '[': "an array"}[t]
	case string:
		return "a string"
	case nil:
		return "null"
	case bool:
		return "true or false"
	}
	return "a number"
}

// nearestName returns the name closest to want, "" if none differs by at most two
// letters.
func nearestName(want string, names []string) (best string) {
	least := 3
	for _, name := range names {
		if n := levenshtein.ComputeDistance(want, strings.ToLower(name)); n < least {
			best, least = name, n
		}
	}
	return best
}
