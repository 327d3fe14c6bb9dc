package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"roadloop/sim/rng"
)

// Parameter is a varied value of a case.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Case is a scenario with fixed parameters and a fixed seed.
type Case struct {
	Scenario   *Scenario
	Seed       uint64
	Parameters []Parameter
	// Sections are those of the file with the values of this case.
	Sections Sections
	grid     int // number of a grid case, counted from 1; 0 for a sampled case
	// locate, if set, replaces LocateError, for values that the user chose.
	locate func(error) error
}

// resolveParameters finds the places of the varied parameters, in order of their names, and
// checks that every value is valid there.
func (s *Scenario) resolveParameters() error {
	for _, name := range slices.Sorted(maps.Keys(s.file.Vary)) {
		p := parameter{name: name, path: s.fieldPath(name), Variation: s.file.Vary[name]}
		if err := p.check(); err != nil {
			return s.ErrorAt(varyPath(name), "%w", err)
		}
		if err := s.checkValues(&p); err != nil {
			return err
		}
		s.parameters = append(s.parameters, p)
	}
	return s.checkGrid()
}

// notVaried returns the error for a parameter that begins with neither a section in which
// values may vary nor the ID of an actor or flow.
func notVaried(first string) error {
	switch {
	case first == "actors" || first == "flows":
		return errors.New("begin with the ID of the actor or flow, such as lead.speed")
	case fieldAt(first) != nil:
		return fmt.Errorf("%s cannot vary: only values in %s, actors and flows can", first, strings.Join(sections, ", "))
	}
	return fmt.Errorf("there is no section, actor or flow %q", first)
}

// checkValues resolves a parameter and checks every listed value, or the ends of its range.
func (s *Scenario) checkValues(p *parameter) error {
	if first, _, _ := strings.Cut(index.ReplaceAllString(p.name, ""), "."); p.path == p.name && !slices.Contains(sections, first) {
		return s.ErrorAt(varyPath(p.name), "%w", notVaried(first))
	}
	if strings.HasPrefix(p.path, "map.") && len(p.Any) > maxValues {
		return s.ErrorAt(varyPath(p.name), "lists %d values, each of which needs a map: the maximum is %d", len(p.Any), maxValues)
	}
	err := p.resolve(&s.file)
	if err != nil && p.field == nil {
		return s.ErrorAt(varyPath(p.name), "%w", err)
	}
	f := s.file
	for i, q := range p.ends() {
		if err == nil {
			err = p.set(&f, q.Text)
		}
		if err != nil {
			line, column := s.place(p.place(i))
			return &Error{File: s.path, Line: line, Column: column, Path: p.path, Err: err}
		}
	}
	return s.checkBetween(p)
}

// checkBetween reports a range with valid ends but with invalid values between them.
func (s *Scenario) checkBetween(p *parameter) error {
	if len(p.Any) > 0 {
		return nil
	}
	lo, _, _ := SplitQuantity(p.From.Text) // check ensures that these are numbers
	hi, _, _ := SplitQuantity(p.To.Text)
	switch {
	case p.field.Kind == Integer:
		return s.ErrorAt(varyPath(p.name), "a range contains fractions: list the integers with any")
	case p.field.EitherSign && lo < 0 && hi > 0:
		return s.ErrorAt(varyPath(p.name), "contains 0, and %s must not be close to 0", p.path)
	}
	return nil
}

// check reports an invalid variation.
func (v *Variation) check() error {
	switch {
	case len(v.Any) > 0 && (v.From.Set || v.To.Set || v.Step.Set || v.Steps != nil):
		return errors.New("has both any and a range")
	case len(v.Any) > 0:
		return nil
	case !v.From.Set || !v.To.Set:
		return errors.New("needs either any, or from and to")
	}
	lo, loUnit, err1 := SplitQuantity(v.From.Text)
	hi, hiUnit, err2 := SplitQuantity(v.To.Text)
	switch {
	case err1 != nil || err2 != nil:
		return errors.New("from and to must be numbers with a unit")
	case loUnit != hiUnit:
		return fmt.Errorf("from is in %q and to in %q", loUnit, hiUnit)
	case lo > hi:
		return fmt.Errorf("from %s is above to %s", v.From.Text, v.To.Text)
	}
	return v.checkSteps(lo, hi, loUnit)
}

// SplitQuantity splits a quantity such as 15 m into number and unit.
func SplitQuantity(text string) (float64, string, error) {
	text = strings.TrimSpace(text)
	n := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789.+-eE", r) })
	if n < 0 {
		n = len(text)
	}
	v, err := strconv.ParseFloat(text[:n], 64)
	return v, strings.TrimSpace(text[n:]), err
}

// Case samples the case of a seed. Every parameter has its own random stream.
func (s *Scenario) Case(seed uint64) (*Case, error) {
	return s.sample(seed, func(i int) string {
		p := &s.parameters[i]
		return p.draw(rng.New(seed, "scenario/"+s.Name, p.name))
	})
}

// sample creates a case. value returns the value of a parameter by its index.
func (s *Scenario) sample(seed uint64, value func(i int) string) (*Case, error) {
	c := &Case{Scenario: s, Seed: seed, Sections: s.file}
	for i := range s.parameters {
		p := &s.parameters[i]
		text := value(i)
		if err := p.set(&c.Sections, text); err != nil {
			return nil, s.ErrorAt(varyPath(p.name), "%w", err)
		}
		c.Parameters = append(c.Parameters, Parameter{p.name, text})
	}
	return c, nil
}

// draw samples a value with its unit.
func (v *Variation) draw(r rng.Stream) string {
	if len(v.Any) > 0 {
		return v.Any[r.IntN(len(v.Any))].Text
	}
	lo, unit, _ := SplitQuantity(v.From.Text) // checkVary ensures that these are numbers
	hi, _, _ := SplitQuantity(v.To.Text)
	x := strconv.FormatFloat(r.Range(lo, hi), 'f', 4, 64)
	return strings.TrimSpace(x + " " + unit)
}

// ends returns the listed values, or the ends of the range.
func (v *Variation) ends() []Amount {
	if len(v.Any) > 0 {
		return v.Any
	}
	return []Amount{v.From, v.To}
}

// sections are the parts of a file, other than actors and flows, in which values may
// vary.
var sections = []string{"map", "ego", "traffic", "signal", "weather", "sensors", "faults"}

// LocateError moves an error of compiling the case to the position of the varied parameter that caused it. If
// the error concerns a larger part of the file, it appends the varied values of that
// part.
func (c *Case) LocateError(err error) error {
	if c.locate != nil {
		return c.locate(err)
	}
	var fault *Error
	if !errors.As(err, &fault) {
		return err
	}
	var below []string
	for i, given := range c.Parameters {
		switch p := &c.Scenario.parameters[i]; {
		case p.path == fault.Path:
			fault.Line, fault.Column = c.Scenario.place(p.placeOf(given.Value))
			return err
		case strings.HasPrefix(p.path, fault.Path):
			below = append(below, given.Name+" "+given.Value)
		}
	}
	if len(below) > 0 {
		fault.Err = fmt.Errorf("%w, with %s", fault.Err, strings.Join(below, ", "))
	}
	return err
}
