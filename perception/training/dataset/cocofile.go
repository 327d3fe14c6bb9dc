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

	"roadloop/internal/editdistance"
	"roadloop/sim/sensor"
)

// cocoInput is a file of COCO's labels as it is read.
type cocoInput struct {
	Images      []cocoInputImage
	Categories  []cocoInputCategory
	Annotations []cocoInputLabel
}

// cocoEntry is where an entry of a list begins.
type cocoEntry struct {
	list        string
	index, line int
}

// fail returns an error of the entry, named by its id if it has one.
func (e *cocoEntry) fail(id cocoKey, err error) error {
	name := fmt.Sprintf("%s[%d]", e.list, e.index)
	if id != "" {
		name = map[string]string{"images": "image", "categories": "category", "annotations": "annotation"}[e.list] + " " + string(id)
	}
	return &lineError{e.line, fmt.Errorf("%s: %w", name, err)}
}

// decode reads the entry. Errors name its place in the list.
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
	Width    *whole         `json:"width"`
	Height   *whole         `json:"height"`
	Camera   *sensor.Camera `json:"camera"`
	cocoEntry
}

type cocoInputCategory struct {
	ID   cocoKey `json:"id"`
	Name string  `json:"name"`
	cocoEntry
}

// cocoInputLabel is an annotation. From Instance on only ours have the fields.
type cocoInputLabel struct {
	ID         cocoKey   `json:"id"`
	ImageID    cocoKey   `json:"image_id"`
	CategoryID cocoKey   `json:"category_id"`
	Box        []float64 `json:"bbox"`
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

// cocoKey is an id: an integer, or a string, as some programs write them. The integer 7,
// 7.0 and the string "7" are the same id. It is empty where the field is missing.
type cocoKey string

// UnmarshalJSON reads an integer or a string.
func (k *cocoKey) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*k = cocoKey(s) // empty for null
		return nil
	}
	n, ok := parseWhole(data)
	if !ok {
		return &json.UnmarshalTypeError{Value: excerpt(data), Type: reflect.TypeFor[cocoKey]()}
	}
	*k = cocoKey(strconv.FormatInt(n, 10))
	return nil
}

// whole is an integer, which some programs write as 320.0.
type whole int

// UnmarshalJSON reads an integer.
func (w *whole) UnmarshalJSON(data []byte) error {
	n, ok := parseWhole(data)
	if !ok {
		return &json.UnmarshalTypeError{Value: excerpt(data), Type: reflect.TypeFor[whole]()}
	}
	*w = whole(n)
	return nil
}

// parseWhole reads a number without a fraction, up to the largest that a float64 holds exactly.
func parseWhole(data []byte) (n int64, ok bool) {
	v, err := strconv.ParseFloat(string(data), 64)
	return int64(v), err == nil && v == math.Trunc(v) && math.Abs(v) <= 1<<53
}

// flag is 0 or 1, or false or true.
type flag bool

// UnmarshalJSON reads a flag.
func (f *flag) UnmarshalJSON(data []byte) error {
	switch n, ok := parseWhole(data); {
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

// parseCOCO reads a file of labels. Errors name lines.
func parseCOCO(data []byte) (*cocoInput, error) {
	if !json.Valid(data) { // so that what follows need not care for syntax
		return nil, decode(data, 1, new(json.RawMessage))
	}
	var in cocoInput
	d := document{data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	fields, err := d.fields(map[string]func(raw []byte, e cocoEntry) error{
		"images": func(raw []byte, e cocoEntry) error {
			v := cocoInputImage{cocoEntry: e}
			err := e.decode(raw, &v)
			in.Images = append(in.Images, v)
			return err
		},
		"categories": func(raw []byte, e cocoEntry) error {
			v := cocoInputCategory{cocoEntry: e}
			err := e.decode(raw, &v)
			in.Categories = append(in.Categories, v)
			return err
		},
		"annotations": func(raw []byte, e cocoEntry) error {
			v := cocoInputLabel{cocoEntry: e}
			err := e.decode(raw, &v)
			in.Annotations = append(in.Annotations, v)
			return err
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

// document is a JSON object in reading, entry by entry, so that lines can be named.
type document struct {
	data []byte
	dec  *json.Decoder
	at   int64 // offset up to which lines are counted
	line int   // there
}

// fields reads the fields of the object and returns their names. The entries of the given
// lists are passed on, other fields are passed over. Syntax errors have to be excluded.
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

// lineAt returns the line of an offset, which must not lie before the last one asked for.
func (d *document) lineAt(offset int64) int {
	d.line += bytes.Count(d.data[d.at:offset], []byte{'\n'})
	d.at = offset
	return d.line
}

// kindOf names the kind of value that begins with a token.
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

// nearestName returns the name that is nearest to a wanted one, "" if none differs by at most
// two letters.
func nearestName(want string, names []string) (best string) {
	least := 3
	for _, name := range names {
		if n := editdistance.Between(want, strings.ToLower(name)); n < least {
			best, least = name, n
		}
	}
	return best
}
