package edit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"roadloop/scenarios"
)

// Field is what may stand under a key of a scenario file, as the published schema says.
type Field struct {
	Name  string
	About string // for people
	Form  Form
	// Dimension of a Quantity or Bound, such as length; see scenarios.Units.
	Dimension string
	Options   []string // of an Option
	Min, Max  int      // of a Whole; Max is 0 for no end
	Unit      string   // of bare numbers of a Quantity or of Values; "" for that which people would use
}

// Form is how the value of a field is written.
type Form uint8

// Forms of fields.
const (
	Text     Form = iota // any words
	Quantity             // a number with a unit
	Bound                // a comparison with one: "< 15 m"
	Option               // one of Options
	Flag                 // true or false
	Whole                // a whole number
	Turns                // a list of left, right and straight
	Names                // a list of ids
	Values               // a list of anything of these
	Group                // a mapping of fields, or a list of such
)

// tree is the schema with its keys in order.
type tree = yaml.MapSlice

// schemaTree reads the published schema. It is JSON, and so YAML.
func schemaTree() (tree, error) {
	var t tree
	if err := yaml.UnmarshalWithOptions(scenarios.Schema, &t, yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("reading the schema of scenarios: %w", err)
	}
	return t, nil
}

// at returns what is under a key.
func at(v any, key string) any {
	t, _ := v.(tree)
	for _, item := range t {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// Fields returns what a section of a file may hold, in the order of the schema: map,
// ego, actors, actors.do, actors.do.when, actors.do.brake, weather, expect and so on.
func Fields(section string) ([]Field, error) {
	schema, err := schemaTree()
	if err != nil {
		return nil, err
	}
	var v any = schema
	for key := range strings.SplitSeq(section, ".") {
		if items := at(v, "items"); items != nil {
			v = items
		}
		v = at(at(v, "properties"), key)
	}
	if items := at(v, "items"); items != nil {
		v = items
	}
	properties, ok := at(v, "properties").(tree)
	if !ok {
		return nil, fmt.Errorf("the schema has no section %q", section)
	}
	out := make([]Field, len(properties))
	for i, p := range properties {
		out[i] = field(p.Key.(string), p.Value)
	}
	return out, nil
}

// field reads the schema of a field.
func field(name string, v any) Field {
	f := Field{Name: name}
	f.About, _ = at(v, "description").(string)
	if ref, ok := at(v, "$ref").(string); ok {
		f.refer(ref[strings.LastIndexByte(ref, '/')+1:])
		return f
	}
	if options, ok := at(v, "enum").([]any); ok {
		f.Form = Option
		for _, o := range options {
			f.Options = append(f.Options, fmt.Sprint(o))
		}
		return f
	}
	switch at(v, "type") {
	case "boolean":
		f.Form = Flag
	case "integer":
		f.Form, f.Min, f.Max = Whole, integer(at(v, "minimum")), integer(at(v, "maximum"))
	case "object":
		f.Form = Group
	case "array":
		f.Form = Group
		if at(at(v, "items"), "type") == "string" {
			f.Form = Names
		}
	case nil: // one of several: a quantity or more
		f.Form = Group
		if several, ok := at(v, "anyOf").([]any); ok && len(several) > 0 {
			if ref, ok := at(several[0], "$ref").(string); ok {
				f.refer(ref[strings.LastIndexByte(ref, '/')+1:])
			}
		}
	}
	return f
}

// refer takes the form of a definition.
func (f *Field) refer(def string) {
	switch {
	case def == "route":
		f.Form = Turns
	case def == "verdict":
		f.Form, f.Options = Option, []string{"never", "allowed"}
	case strings.HasPrefix(def, "when"):
		f.Form, f.Dimension = Bound, strings.ToLower(strings.TrimPrefix(def, "when"))
	default:
		f.Form, f.Dimension = Quantity, def
	}
}

func integer(v any) int {
	n, _ := strconv.Atoi(fmt.Sprint(v))
	return n
}

// Read returns the value that a text typed by someone stands for, to be put into a
// draft. Errors say how it is written.
func (f *Field) Read(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch f.Form {
	case Quantity:
		return f.quantity(text)
	case Bound:
		rest := strings.TrimPrefix(strings.TrimLeft(text, "<>"), "=")
		if _, err := scenarios.SI(f.Dimension, rest); err != nil || rest == text {
			return nil, fmt.Errorf("%s: %q is not like < 15%s", f.Name, text, spaced(f.unit()))
		}
		return text, nil
	case Option:
		if !slices.Contains(f.Options, text) {
			return nil, fmt.Errorf("%s: %q is none of %s", f.Name, text, strings.Join(f.Options, ", "))
		}
		return text, nil
	case Flag:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is neither true nor false", f.Name, text)
		}
		return b, nil
	case Turns, Names, Values:
		return f.list(text)
	case Whole:
		n, err := strconv.Atoi(text)
		if err != nil || n < f.Min || f.Max > 0 && n > f.Max {
			return nil, fmt.Errorf("%s: %q is no whole number from %d on%s", f.Name, text, f.Min, f.upTo())
		}
		return n, nil
	}
	return text, nil
}

// list takes words between commas.
func (f *Field) list(text string) (any, error) {
	var out []any
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if f.Form == Turns && !slices.Contains([]string{"left", "right", "straight"}, word) {
			return nil, fmt.Errorf("%s: %q is none of left, right, straight", f.Name, word)
		}
		switch {
		case word == "":
		case f.Form == Values:
			out = append(out, f.value(word))
		default:
			out = append(out, word)
		}
	}
	return out, nil
}

// value returns a value of a list; a bare number is in the unit of the others.
func (f *Field) value(word string) any {
	if _, err := strconv.ParseFloat(word, 64); err == nil && f.Unit != "" {
		return word + " " + f.Unit
	}
	return value(word)
}

// Write returns the value at a path as someone would type it; see Read.
func (f *Field) Write(d *Draft, path string) string {
	v, _ := d.Value(path)
	list, ok := v.([]any)
	if !ok {
		return d.Written(path)
	}
	words := make([]string, len(list))
	for i := range list {
		words[i] = fmt.Sprint(list[i])
	}
	return strings.Join(words, ", ")
}

func (f *Field) upTo() string {
	if f.Max == 0 {
		return ""
	}
	return fmt.Sprintf(" to %d", f.Max)
}

// quantity takes a number as it is meant: with its unit, or, bare, in the unit that
// people would use.
func (f *Field) quantity(text string) (any, error) {
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		if f.unit() == "" {
			return x, nil
		}
		text += " " + f.unit()
	}
	if _, err := scenarios.SI(f.Dimension, text); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return text, nil
}

// unit is the unit that people would use.
func (f *Field) unit() string {
	if f.Unit != "" {
		return f.Unit
	}
	return map[string]string{"length": "m", "speed": "km/h", "time": "s", "angle": "deg", "accel": "m/s2", "jerk": "m/s3", "rate": "veh/h"}[f.Dimension]
}

func spaced(unit string) string {
	if unit == "" {
		return ""
	}
	return " " + unit
}
