package edit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
)

// Field describes the value of a key in a scenario file, after the table of fields of
// package scenarios.
type Field struct {
	Name        string
	Description string // description for users, with the bounds
	Kind        ValueKind
	// Dimension is the dimension of a Quantity or a Bound, such as length; see
	// scenarios.Units.
	Dimension string
	Options   []string // of an Option
	Min, Max  int      // bounds of an Integer; Max is 0 for no maximum
	Unit      string   // unit of numbers without a unit, for a Quantity or Values; "" is the default unit

	rule *scenarios.Field // bounds of a Quantity or a Bound; nil for none
}

// ValueKind is the kind of value of a field.
type ValueKind uint8

// Kinds of values.
const (
	Text       ValueKind = iota // arbitrary text
	Quantity                    // a number with a unit
	Comparison                  // a comparison with a quantity: "< 15 m"
	Option                      // one of Options
	Boolean                     // true or false
	Integer                     // an integer
	OptionList                  // a list of left, right and straight
	TextList                    // a list of ids
	ValueList                   // a list of any of these
	Group                       // a mapping of fields, or a list of mappings
)

// forms maps the forms of package scenarios to those of the editor.
var forms = map[scenarios.ValueKind]ValueKind{
	scenarios.Text: Text, scenarios.Quantity: Quantity, scenarios.Comparison: Comparison, scenarios.Option: Option, scenarios.Boolean: Boolean,
	scenarios.Integer: Integer, scenarios.OptionList: OptionList, scenarios.TextList: TextList, scenarios.ValueList: ValueList,
	scenarios.Group: Group, scenarios.GroupList: Group, scenarios.QuantityMap: Group, scenarios.VariationMap: Group,
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
	f := Field{Name: rule.Name, Description: rule.Description}
	if rule.Alternative != nil {
		rule = rule.Alternative
	}
	f.Kind, f.Dimension, f.Options, f.rule = forms[rule.Kind], rule.Dimension, rule.Options, rule
	if f.Kind == Integer {
		f.Min, _ = strconv.Atoi(rule.Min)
		f.Max, _ = strconv.Atoi(rule.Max) // 0 for a seed: its maximum exceeds an int
	}
	if bounds := rule.Range(); bounds != "" {
		f.Description = strings.TrimPrefix(f.Description+"; "+bounds, "; ")
	}
	return f
}

// Parse parses a text that a user typed and returns the value for the draft. Errors
// explain the format.
func (f *Field) Parse(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch f.Kind {
	case Quantity:
		return f.quantity(text)
	case Comparison:
		return f.bound(text)
	case Option:
		if !slices.Contains(f.Options, text) {
			return nil, fmt.Errorf("%s: %q is not one of %s", f.Name, text, strings.Join(f.Options, ", "))
		}
		return text, nil
	case Boolean:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is neither true nor false", f.Name, text)
		}
		return b, nil
	case OptionList, TextList, ValueList:
		return f.list(text)
	case Integer:
		n, err := strconv.Atoi(text)
		if err != nil || n < f.Min || f.Max > 0 && n > f.Max {
			return nil, fmt.Errorf("%s: must be an integer %s, got %q", f.Name, f.integerRange(), text)
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
		if f.Kind == OptionList && !slices.Contains([]string{"left", "right", "straight"}, word) {
			return nil, fmt.Errorf("%s: %q is not one of left, right, straight", f.Name, word)
		}
		switch {
		case word == "":
		case f.Kind == ValueList:
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

// integerRange describes the bounds of an Integer.
func (f *Field) integerRange() string {
	if f.Max == 0 {
		return fmt.Sprintf("≥ %d", f.Min)
	}
	return fmt.Sprintf("from %d to %d", f.Min, f.Max)
}

// quantity parses a number with a unit. A number without a unit gets the default unit.
func (f *Field) quantity(text string) (any, error) {
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		if f.unit() == "" && f.check(text) == nil {
			return x, nil
		}
		text = strings.TrimSpace(text + " " + f.unit())
	}
	if err := f.check(text); err != nil {
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
	if err := f.check(rest); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return text, nil
}

// check reports a quantity that has another dimension or is out of bounds.
func (f *Field) check(text string) error {
	if f.rule != nil {
		return f.rule.Check(text)
	}
	_, err := scenarios.SI(f.Dimension, text)
	return err
}

// Nearest returns a quantity, or the bound that it exceeds.
func (f *Field) Nearest(text string) string {
	v, err := scenarios.SI(f.Dimension, text)
	if f.rule == nil || err != nil || f.rule.Check(text) == nil {
		return text
	}
	if least, err := scenarios.SI(f.Dimension, f.rule.Min); err == nil && v < least {
		return f.rule.Min
	}
	return f.rule.Max
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
