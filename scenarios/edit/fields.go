package edit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
)

// Field is what may stand under a key of a scenario file, as the table of the reader
// says.
type Field struct {
	Name  string
	About string // for people, with the bounds
	Form  Form
	// Dimension of a Quantity or Bound, such as length; see scenarios.Units.
	Dimension string
	Options   []string // of an Option
	Min, Max  int      // of a Whole; Max is 0 for no end
	Unit      string   // of bare numbers of a Quantity or of Values; "" for that which people would use

	rule *scenarios.Field // which bounds a Quantity or Bound; nil for none
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

// forms are those of the reader's table, as they are edited.
var forms = map[scenarios.Form]Form{
	scenarios.Text: Text, scenarios.Quantity: Quantity, scenarios.Comparison: Bound, scenarios.Option: Option, scenarios.Flag: Flag,
	scenarios.Whole: Whole, scenarios.OptionList: Turns, scenarios.Texts: Names, scenarios.Values: Values,
	scenarios.Group: Group, scenarios.Groups: Group, scenarios.Quantities: Group, scenarios.SpreadTable: Group,
}

// Fields returns what a section of a file may hold, in the order of the schema: map,
// ego, actors, actors.do, actors.do.when, actors.do.brake, weather, expect and so on.
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

// fieldOf returns a field of the reader's table as it is edited: one that may be a value
// or a mapping as the value.
func fieldOf(rule *scenarios.Field) Field {
	f := Field{Name: rule.Name, About: rule.About}
	if rule.Or != nil {
		rule = rule.Or
	}
	f.Form, f.Dimension, f.Options, f.rule = forms[rule.Form], rule.Dimension, rule.Options, rule
	if f.Form == Whole {
		f.Min, _ = strconv.Atoi(rule.Min)
		f.Max, _ = strconv.Atoi(rule.Max) // of a seed, more than an int: no end
	}
	if bounds := rule.Range(); bounds != "" {
		f.About = strings.TrimPrefix(f.About+"; "+bounds, "; ")
	}
	return f
}

// Read returns the value that a text typed by someone stands for, to be put into a
// draft. Errors say how it is written.
func (f *Field) Read(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch f.Form {
	case Quantity:
		return f.quantity(text)
	case Bound:
		return f.bound(text)
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
			return nil, fmt.Errorf("%s: %q is no whole number from %d%s", f.Name, text, f.Min, f.upTo())
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
		return " on"
	}
	return fmt.Sprintf(" to %d", f.Max)
}

// quantity takes a number as it is meant: with its unit, or, bare, in the unit that
// people would use.
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

// bound takes a comparison with a quantity.
func (f *Field) bound(text string) (any, error) {
	rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "<"), ">"), "=")
	if _, err := scenarios.SI(f.Dimension, rest); err != nil || rest == text {
		return nil, fmt.Errorf("%s: %q is not like < 15%s", f.Name, text, spaced(f.unit()))
	}
	if err := f.check(rest); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return text, nil
}

// check reports a quantity of another dimension, or out of bounds.
func (f *Field) check(text string) error {
	if f.rule != nil {
		return f.rule.Check(text)
	}
	_, err := scenarios.SI(f.Dimension, text)
	return err
}

// Nearest returns a quantity, or the bound that it is beyond.
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
