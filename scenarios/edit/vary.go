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

// VariedPath returns the path of what a value varies over, by the name that vary has for
// it, such as lead.speed; with a field, of that: from, to, step, steps or any.
func VariedPath(name, field string) string {
	path := "vary." + Key(name)
	if field != "" {
		path += "." + field
	}
	return path
}

// Varied lists the names of the values that vary, sorted.
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

// Listed tells that a value varies over a list, not over a range.
func (d *Draft) Listed(name string) bool {
	_, listed := d.Value(VariedPath(name, "any"))
	return listed
}

// VariedName returns the name that vary has for the value at a path: that of actors and
// flows begins with their id.
func (d *Draft) VariedName(path string) string {
	for _, section := range [...]string{"actors", "flows"} {
		rest, below := strings.CutPrefix(path, section+"[")
		number, field, ok := strings.Cut(rest, "].")
		if below && ok {
			return d.Written(section+"["+number+"].id") + "." + field
		}
	}
	return path
}

// Over says over what a value varies, "" for one that does not.
func (d *Draft) Over(name string) string {
	f := Field{Form: Values}
	if d.Listed(name) {
		return "over " + f.Write(d, VariedPath(name, "any"))
	}
	if from := d.Written(VariedPath(name, "from")); from != "" {
		return "from " + from + " to " + d.Written(VariedPath(name, "to"))
	}
	return ""
}

// Variable is a value of a draft that may vary.
type Variable struct {
	Name  string // in vary, such as lead.do[0].brake.decel
	Value string // that the draft gives
}

// variableSections are the parts of a file, beside actors and flows, whose values may
// vary.
var variableSections = []string{"map", "ego", "traffic", "signal", "weather", "faults"}

// Variables lists the values that may vary and do not yet, in the order of the file.
// Flags, names and lists are none.
func (d *Draft) Variables() []Variable {
	var out []Variable
	for _, section := range variableSections {
		v, _ := d.Value(section)
		out = appendVariables(out, section, v)
	}
	for _, section := range [...]string{"actors", "flows"} {
		for i := range d.Len(section) {
			v, _ := d.Value(fmt.Sprintf("%s[%d]", section, i))
			if id := d.Written(fmt.Sprintf("%s[%d].id", section, i)); id != "" {
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

// Around how much of the value that is given a new range reaches, each way.
const around = .2

// Vary lets a value of the draft vary: a quantity over a range around what is given, a
// trigger over three bounds, and anything else over what is given alone, to which more
// is added.
func (e *Edit) Vary(name string) error {
	i := slices.IndexFunc(e.draft.Variables(), func(v Variable) bool { return v.Name == name })
	if i < 0 {
		return fmt.Errorf("%s is no value that may vary", name)
	}
	list, ranged := firstSpread(e.draft.Variables()[i].Value)
	return e.spread(name, list, ranged)
}

// spread lets a value vary over a list, or over a range where it is the ends of one.
func (e *Edit) spread(name string, list []any, ranged bool) error {
	if ranged {
		return e.Put(VariedPath(name, ""), map[string]any{"from": list[0], "to": list[1]})
	}
	return e.Put(VariedPath(name, ""), map[string]any{"any": list})
}

// firstSpread is what a value varies over at first: values, or the ends of a range.
func firstSpread(given string) (list []any, ranged bool) {
	sign, x, unit, ok := measured(given)
	low, high := text(sign, x-around*math.Abs(x), unit), text(sign, x+around*math.Abs(x), unit)
	switch {
	case !ok || x == 0 || unit == "":
		return []any{value(given)}, false
	case unit == "%":
		high = text(sign, min(x+around*math.Abs(x), max(100, x)), unit)
	}
	if sign != "" {
		return []any{low, given, high}, false
	}
	return []any{low, high}, true
}

// measured parts "< 15 m" into sign, number and unit.
func measured(given string) (sign string, x float64, unit string, ok bool) {
	rest := strings.TrimLeft(given, "<>=")
	sign = given[:len(given)-len(rest)]
	number, unit, _ := strings.Cut(strings.TrimSpace(rest), " ")
	x, err := strconv.ParseFloat(number, 64)
	return sign, x, strings.TrimSpace(unit), err == nil
}

// text writes a quantity with three digits at most behind the point.
func text(sign string, x float64, unit string) string {
	number := strconv.FormatFloat(math.Round(1000*x)/1000, 'f', -1, 64)
	return strings.TrimSpace(strings.TrimSpace(sign+" "+number) + " " + unit)
}

// value returns a number for what is one, so that it is written without quotes.
func value(given string) any {
	if n, err := strconv.Atoi(given); err == nil {
		return n
	}
	if x, err := strconv.ParseFloat(given, 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
		return x
	}
	return given
}

// VaryOverList lets a value that varies over a range vary over the two ends of it.
func (e *Edit) VaryOverList(name string) error {
	if e.draft.Listed(name) {
		return nil
	}
	from, to := e.draft.Written(VariedPath(name, "from")), e.draft.Written(VariedPath(name, "to"))
	return e.spread(name, []any{value(from), value(to)}, false)
}

// VaryOverRange lets a value that varies over a list vary over all from the least to the
// greatest of it. It fails where these are not quantities of one unit.
func (e *Edit) VaryOverRange(name string) error {
	if !e.draft.Listed(name) {
		return nil
	}
	low, high, unit := math.Inf(1), math.Inf(-1), ""
	v, _ := e.Value(VariedPath(name, "any"))
	list, _ := v.([]any)
	for i := range list {
		sign, x, u, ok := measured(fmt.Sprint(list[i]))
		if !ok || sign != "" || i > 0 && u != unit {
			return errors.New("only quantities of one unit have a range")
		}
		low, high, unit = min(low, x), max(high, x), u
	}
	if len(list) == 0 {
		return errors.New("nothing is listed")
	}
	return e.spread(name, []any{value(text("", low, unit)), value(text("", high, unit))}, true)
}

// VariedField returns a field of what a value varies over, whose bare numbers are in the
// unit of what is there.
func (d *Draft) VariedField(name, field string) Field {
	f := Field{Name: field}
	switch field {
	case "any":
		f.Form, f.About = Values, "values between commas, one of which is drawn; on a grid all of them"
		_, _, f.Unit, _ = measured(d.Written(VariedPath(name, "any[0]")))
		return f
	case "steps":
		f.Form, f.Min, f.About = Whole, 2, "how many values of the range a grid has, its ends included"
		return f
	case "from":
		f.About = "the least value"
	case "to":
		f.About = "the greatest value"
	case "step":
		f.About = "from one value of a grid to the next"
	}
	_, _, f.Unit, _ = measured(d.Written(VariedPath(name, "from")))
	f.Form, f.Dimension = Quantity, dimensionOf(f.Unit)
	return f
}

// dimensionOf returns the dimension that has a unit.
func dimensionOf(unit string) string {
	for _, d := range [...]string{"length", "speed", "time", "angle", "accel", "jerk", "share", "rate"} {
		if slices.Contains(scenarios.Units(d), unit) {
			return d
		}
	}
	return "share"
}
