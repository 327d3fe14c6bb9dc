package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParameterRange is a varied parameter of a scenario, with the values that a user may choose.
type ParameterRange struct {
	Name string // path of the value, such as cutter.speed
	// Any lists the values of the file without duplicates. It is nil for a range without
	// steps.
	Any []string
	// Numeric means that the values are numbers with one unit. Any value from From to To
	// is then allowed, listed or not.
	Numeric  bool
	From, To float64 // in Unit
	// Sign is the operator before the number of a trigger: "<" or ">=".
	Sign, Unit string
	// Nominal is the value that the file has in addition to the range, or "".
	Nominal string
}

// Ranges returns the varied parameters of the scenario in order of their names.
func (s *Scenario) Ranges() ([]ParameterRange, error) {
	doc, err := s.Document()
	if err != nil {
		return nil, err
	}
	var out []ParameterRange
	for i := range s.parameters {
		p := &s.parameters[i]
		r := ParameterRange{Name: p.name}
		if len(p.Any) > 0 || p.Step.Set || p.Steps != nil {
			r.Any = p.values()
		}
		r.setBounds(&p.Variation)
		r.Nominal, _ = doc.Get(p.name)
		out = append(out, r)
	}
	return out, nil
}

// setBounds sets the ends of the range, or of a list of numbers with one unit.
func (r *ParameterRange) setBounds(v *Variation) {
	if len(v.Any) == 0 {
		r.From, r.Unit, _ = SplitQuantity(v.From.Text) // check ensures that these are numbers
		r.To, _, _ = SplitQuantity(v.To.Text)
		r.Numeric = true
		return
	}
	for i, text := range r.Any {
		sign, x, unit, err := SplitComparison(text)
		if i == 0 {
			r.Sign, r.From, r.To, r.Unit = sign, x, x, unit
		}
		if err != nil || sign != r.Sign || unit != r.Unit {
			r.Sign, r.From, r.To, r.Unit = "", 0, 0, ""
			return
		}
		r.From, r.To = min(r.From, x), max(r.To, x)
	}
	r.Numeric = true
}

// SplitComparison splits a quantity, or a comparison such as "< 15 m", into sign, number and
// unit.
func SplitComparison(text string) (sign string, x float64, unit string, err error) {
	text = strings.TrimSpace(text)
	rest := strings.TrimLeft(text, "<>=")
	x, unit, err = SplitQuantity(rest)
	return text[:len(text)-len(rest)], x, unit, err
}

// Text formats a value of a numeric parameter as in a file, with at most three decimals.
func (r *ParameterRange) Text(x float64) string {
	text := strconv.FormatFloat(x, 'f', 3, 64)
	text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	return strings.TrimSpace(strings.TrimSpace(r.Sign+" "+text) + " " + r.Unit)
}

// Value parses a value of a numeric parameter. The value must be in the range and have
// its unit.
func (r *ParameterRange) Value(text string) (float64, error) {
	sign, x, unit, err := SplitComparison(text)
	switch {
	case err != nil || sign != r.Sign || unit != r.Unit:
		return 0, fmt.Errorf("%s: %q is not written like %q", r.Name, text, r.Text(r.From))
	case !(x >= r.From && x <= r.To):
		return 0, fmt.Errorf("%s: %s is outside %s to %s", r.Name, text, r.Text(r.From), r.Text(r.To))
	}
	return x, nil
}

// Check reports an invalid value of the parameter.
func (r *ParameterRange) Check(text string) error {
	if slices.Contains(r.Any, text) {
		return nil
	}
	if r.Numeric {
		_, err := r.Value(text)
		return err
	}
	return fmt.Errorf("%s: %q is not one of %s", r.Name, text, strings.Join(r.Any, ", "))
}
