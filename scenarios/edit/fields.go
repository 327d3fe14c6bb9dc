package edit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
)

// Field describes the value of a key in a scenario file, as the table of fields of package
// scenarios does. Its Description includes the bounds.
type Field struct {
	scenarios.Field
	// Unit is the unit of numbers without a unit, of a Quantity or of Values; "" is the usual
	// unit of the dimension.
	Unit string
}

// Fields returns the fields of a section in schema order: map, ego, actors, actors.do,
// actors.do.when, actors.do.brake, weather, expect and so on.
func Fields(section string) ([]Field, error) {
	rules, err := scenarios.Fields(section)
	if err != nil {
		return nil, err
	}
	out := make([]Field, len(rules))
	for i := range rules {
		out[i] = fieldOf(&rules[i])
	}
	return out, nil
}

// fieldOf converts a field of package scenarios. A field with an alternative becomes the
// alternative.
func fieldOf(rule *scenarios.Field) Field {
	f := Field{Field: *rule}
	if rule.Alternative != nil {
		f.Field = *rule.Alternative
		f.Name, f.Description = rule.Name, rule.Description
	}
	if bounds := f.Range(); bounds != "" {
		f.Description = strings.TrimPrefix(f.Description+"; "+bounds, "; ")
	}
	return f
}

// Parse parses a text that a user typed and returns the value for the draft. Errors
// explain the format.
func (f *Field) Parse(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch f.Kind {
	case scenarios.Quantity:
		return f.quantity(text)
	case scenarios.Comparison:
		return f.bound(text)
	case scenarios.Option:
		if !slices.Contains(f.Options, text) {
			return nil, fmt.Errorf("%s: %q is not one of %s", f.Name, text, strings.Join(f.Options, ", "))
		}
		return text, nil
	case scenarios.Boolean:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is neither true nor false", f.Name, text)
		}
		return b, nil
	case scenarios.OptionList, scenarios.TextList, scenarios.ValueList:
		return f.list(text)
	case scenarios.Integer:
		n, err := strconv.Atoi(text)
		if err != nil || f.Check(text) != nil {
			return nil, fmt.Errorf("%s: must be an integer, %s, got %q", f.Name, f.Range(), text)
		}
		return n, nil
	}
	return text, nil
}

// list parses a comma-separated list.
func (f *Field) list(text string) (any, error) {
	var out []any
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if f.Kind == scenarios.OptionList && !slices.Contains(f.Options, word) {
			return nil, fmt.Errorf("%s: %q is not one of %s", f.Name, word, strings.Join(f.Options, ", "))
		}
		switch {
		case word == "":
		case f.Kind == scenarios.ValueList:
			out = append(out, f.value(word))
		default:
			out = append(out, word)
		}
	}
	return out, nil
}

// value parses an element of a list. A number without a unit gets the unit of the other
// elements.
func (f *Field) value(word string) any {
	if _, err := strconv.ParseFloat(word, 64); err == nil && f.Unit != "" {
		return word + " " + f.Unit
	}
	return parseValue(word)
}

// Format formats the value at a path as a user would type it; see Read.
func (f *Field) Format(d *Draft, path string) string {
	v, _ := d.Value(path)
	list, ok := v.([]any)
	if !ok {
		return d.Scalar(path)
	}
	words := make([]string, len(list))
	for i := range list {
		words[i] = fmt.Sprint(list[i])
	}
	return strings.Join(words, ", ")
}

// quantity parses a number with a unit. A number without a unit gets the default unit.
func (f *Field) quantity(text string) (any, error) {
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		if f.unit() == "" && f.Check(text) == nil {
			return x, nil
		}
		text = strings.TrimSpace(text + " " + f.unit())
	}
	if err := f.Check(text); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return text, nil
}

// bound parses a comparison with a quantity.
func (f *Field) bound(text string) (any, error) {
	rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "<"), ">"), "=")
	if _, err := scenarios.SI(f.Dimension, rest); err != nil || rest == text {
		return nil, fmt.Errorf("%s: %q is not a comparison such as < 15%s", f.Name, text, spaced(f.unit()))
	}
	if err := f.Check(rest); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return text, nil
}

// Nearest returns a quantity, or the bound that it exceeds.
func (f *Field) Nearest(text string) string {
	v, err := scenarios.SI(f.Dimension, text)
	if err != nil || f.Check(text) == nil {
		return text
	}
	if least, err := scenarios.SI(f.Dimension, f.Min); err == nil && v < least {
		return f.Min
	}
	return f.Max
}

// unit returns the default unit.
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
