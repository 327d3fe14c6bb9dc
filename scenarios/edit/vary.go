package edit

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"roadloop/scenarios"
)

// VariedPath returns the path of the variation of a parameter such as lead.speed, or of
// one of its fields: from, to, step, steps or any.
func VariedPath(name, field string) string {
	path := "vary." + Key(name)
	if field != "" {
		path += "." + field
	}
	return path
}

// Varied returns the names of the varied parameters, sorted.
func (d *Draft) Varied() []string {
	v, _ := d.Value("vary")
	tree, _ := v.(map[string]any)
	names := make([]string, 0, len(tree))
	for name := range tree {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// IsList reports whether a parameter varies over a list, not over a range.
func (d *Draft) IsList(name string) bool {
	_, listed := d.Value(VariedPath(name, "any"))
	return listed
}

// VariedName returns the parameter name of the value at a path. For actors and flows it
// begins with their id.
func (d *Draft) VariedName(path string) string {
	for _, section := range [...]string{"actors", "flows"} {
		rest, below := strings.CutPrefix(path, section+"[")
		number, field, ok := strings.Cut(rest, "].")
		if below && ok {
			return d.Scalar(section+"["+number+"].id") + "." + field
		}
	}
	return path
}

// VariationText describes the variation of a parameter, or returns "" if it does not vary.
func (d *Draft) VariationText(name string) string {
	var f Field
	if d.IsList(name) {
		return "over " + f.Format(d, VariedPath(name, "any"))
	}
	if from := d.Scalar(VariedPath(name, "from")); from != "" {
		return "from " + from + " to " + d.Scalar(VariedPath(name, "to"))
	}
	return ""
}

// Variable is a value of a draft that may vary.
type Variable struct {
	Name  string // parameter name, such as lead.do[0].brake.decel
	Value string // value in the draft
}

// variableSections are the sections, other than actors and flows, in which values may
// vary.
var variableSections = []string{"map", "ego", "traffic", "signal", "weather", "sensors", "faults"}

// Variables returns the values that may vary and do not vary yet, in the order of the
// file. It leaves out flags, names and lists.
func (d *Draft) Variables() []Variable {
	var out []Variable
	for _, section := range variableSections {
		v, _ := d.Value(section)
		out = appendVariables(out, section, v)
	}
	for _, section := range [...]string{"actors", "flows"} {
		for i := range d.Len(section) {
			v, _ := d.Value(fmt.Sprintf("%s[%d]", section, i))
			if id := d.Scalar(fmt.Sprintf("%s[%d].id", section, i)); id != "" {
				out = appendVariables(out, id, v)
			}
		}
	}
	varied := d.Varied()
	return slices.DeleteFunc(out, func(v Variable) bool { return slices.Contains(varied, v.Name) })
}

// appendVariables appends the values below a name.
func appendVariables(out []Variable, name string, v any) []Variable {
	switch v := v.(type) {
	case map[string]any:
		for key := range sorted(v) {
			if key != "id" {
				out = appendVariables(out, name+"."+key, v[key])
			}
		}
	case []any:
		for i := range v {
			if deep, ok := v[i].(map[string]any); ok {
				out = appendVariables(out, fmt.Sprintf("%s[%d]", name, i), deep)
			}
		}
	case nil, bool:
	default:
		out = append(out, Variable{name, fmt.Sprint(v)})
	}
	return out
}

// initialRange is the half width of a new range, as a share of the nominal value.
const initialRange = .2

// Vary makes a value a varied parameter: a quantity varies over a range around its
// nominal value, a trigger over three values, and any other value over a list with only
// the nominal value.
func (e *Edit) Vary(name string) error {
	i := slices.IndexFunc(e.draft.Variables(), func(v Variable) bool { return v.Name == name })
	if i < 0 {
		return fmt.Errorf("%s cannot vary", name)
	}
	list, ranged := initialVariation(e.draft.Variables()[i].Value)
	return e.setVariation(name, list, ranged)
}

// setVariation sets the variation of a parameter to a list, or to a range with the two
// ends in list.
func (e *Edit) setVariation(name string, list []any, ranged bool) error {
	if ranged {
		return e.Put(VariedPath(name, ""), map[string]any{"from": list[0], "to": list[1]})
	}
	return e.Put(VariedPath(name, ""), map[string]any{"any": list})
}

// initialVariation returns the initial variation of a value: a list, or the ends of a
// range.
func initialVariation(given string) (list []any, ranged bool) {
	sign, x, unit, err := scenarios.SplitComparison(given)
	low, high := formatQuantity(sign, x-initialRange*math.Abs(x), unit), formatQuantity(sign, x+initialRange*math.Abs(x), unit)
	switch {
	case err != nil || x == 0 || unit == "":
		return []any{parseValue(given)}, false
	case unit == "%":
		high = formatQuantity(sign, min(x+initialRange*math.Abs(x), max(100, x)), unit)
	}
	if sign != "" {
		return []any{low, given, high}, false
	}
	return []any{low, high}, true
}

// formatQuantity formats a quantity with at most three decimals.
func formatQuantity(sign string, x float64, unit string) string {
	number := strconv.FormatFloat(math.Round(1000*x)/1000, 'f', -1, 64)
	return strings.TrimSpace(strings.TrimSpace(sign+" "+number) + " " + unit)
}

// parseValue converts the text of a number to a number, so that it is written without
// quotes.
func parseValue(given string) any {
	if n, err := strconv.Atoi(given); err == nil {
		return n
	}
	if x, err := strconv.ParseFloat(given, 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
		return x
	}
	return given
}

// VaryOverList changes the variation of a parameter from a range to a list of its two
// ends.
func (e *Edit) VaryOverList(name string) error {
	if e.draft.IsList(name) {
		return nil
	}
	from, to := e.draft.Scalar(VariedPath(name, "from")), e.draft.Scalar(VariedPath(name, "to"))
	return e.setVariation(name, []any{parseValue(from), parseValue(to)}, false)
}

// VaryOverRange changes the variation of a parameter from a list to a range from its
// minimum to its maximum. It fails if the list contains anything but quantities with one
// unit.
func (e *Edit) VaryOverRange(name string) error {
	if !e.draft.IsList(name) {
		return nil
	}
	low, high, unit := math.Inf(1), math.Inf(-1), ""
	v, _ := e.Value(VariedPath(name, "any"))
	list, _ := v.([]any)
	for i := range list {
		sign, x, u, err := scenarios.SplitComparison(fmt.Sprint(list[i]))
		if err != nil || sign != "" || i > 0 && u != unit {
			return errors.New("a range needs quantities with one unit")
		}
		low, high, unit = min(low, x), max(high, x), u
	}
	if len(list) == 0 {
		return errors.New("the list is empty")
	}
	return e.setVariation(name, []any{parseValue(formatQuantity("", low, unit)), parseValue(formatQuantity("", high, unit))}, true)
}

// VariedField returns a field of a variation. Numbers without a unit have the unit of the
// variation.
func (d *Draft) VariedField(name, field string) Field {
	f := Field{Field: scenarios.Field{Name: field}}
	switch field {
	case "any":
		f.Kind, f.Description = scenarios.ValueList, "comma-separated values; a sample draws one, a grid uses all"
		_, _, f.Unit, _ = scenarios.SplitComparison(d.Scalar(VariedPath(name, "any[0]")))
		return f
	case "steps":
		f.Kind, f.Min, f.Description = scenarios.Integer, "2", "number of grid values, including both ends"
		return f
	case "from":
		f.Description = "minimum"
	case "to":
		f.Description = "maximum"
	case "step":
		f.Description = "distance between grid values"
	}
	_, _, f.Unit, _ = scenarios.SplitComparison(d.Scalar(VariedPath(name, "from")))
	f.Kind, f.Dimension = scenarios.Quantity, dimensionOf(f.Unit)
	return f
}

// dimensionOf returns the dimension of a unit.
func dimensionOf(unit string) string {
	for _, d := range [...]string{"length", "speed", "time", "angle", "accel", "jerk", "share", "rate"} {
		if slices.Contains(scenarios.Units(d), unit) {
			return d
		}
	}
	return "share"
}
