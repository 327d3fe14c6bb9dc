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
	grid       int // number of a grid case, counted from 1; 0 for a sampled case
	file       file
}

// checkVary checks that every varied path exists and that every value is valid there.
func (s *Scenario) checkVary() error {
	for _, name := range slices.Sorted(maps.Keys(s.file.Vary)) {
		v := s.file.Vary[name]
		if err := v.check(); err != nil {
			return s.errorAt(varyPath(name), "%w", err)
		}
		if err := s.checkValues(name, &v); err != nil {
			return err
		}
	}
	return s.checkGrid()
}

// checkValues checks every listed value of a parameter, or the ends of its range.
func (s *Scenario) checkValues(name string, v *variation) error {
	path := s.fieldPath(name)
	if first, _, _ := strings.Cut(name, "."); path == name && !slices.Contains(sections, first) {
		return s.errorAt(varyPath(name), "there is no section, actor or flow %q", first)
	}
	if strings.HasPrefix(path, "map.") && len(v.Any) > maxValues {
		return s.errorAt(varyPath(name), "lists %d values, each of which needs a map: the maximum is %d", len(v.Any), maxValues)
	}
	f := s.file
	try := func(q quantity, place string) error {
		err := f.put(path, q.text)
		switch {
		case err == nil:
			return nil
		case fieldAt(path) == nil:
			return s.errorAt(varyPath(name), "%w", err)
		}
		line, column := s.place(place)
		return &Error{File: s.path, Line: line, Column: column, Path: path, Err: err}
	}
	for i, q := range v.Any {
		if err := try(q, indexed(varyPath(name)+".any", i)); err != nil {
			return err
		}
	}
	if len(v.Any) > 0 {
		return nil
	}
	if err := try(v.From, varyPath(name)+".from"); err != nil {
		return err
	}
	if err := try(v.To, varyPath(name)+".to"); err != nil {
		return err
	}
	return s.checkBetween(name, v)
}

// checkBetween reports a range with valid ends but with invalid values between them.
func (s *Scenario) checkBetween(name string, v *variation) error {
	path := s.fieldPath(name)
	f := fieldAt(path)
	lo, _, _ := split(v.From.text) // check ensures that these are numbers
	hi, _, _ := split(v.To.text)
	switch {
	case f.Kind == Integer:
		return s.errorAt(varyPath(name), "a range contains fractions: list the integers with any")
	case f.EitherSign && lo < 0 && hi > 0:
		return s.errorAt(varyPath(name), "contains 0, and %s must not be close to 0", path)
	}
	return nil
}

// varyPath returns the path of a parameter in the section vary.
func varyPath(name string) string { return "vary.'" + name + "'" }

// check reports an invalid variation.
func (v *variation) check() error {
	switch {
	case len(v.Any) > 0 && (v.From.set || v.To.set || v.Step.set || v.Steps != nil):
		return errors.New("has both any and a range")
	case len(v.Any) > 0:
		return nil
	case !v.From.set || !v.To.set:
		return errors.New("needs either any, or from and to")
	}
	lo, loUnit, err1 := split(v.From.text)
	hi, hiUnit, err2 := split(v.To.text)
	switch {
	case err1 != nil || err2 != nil:
		return errors.New("from and to must be numbers with a unit")
	case loUnit != hiUnit:
		return fmt.Errorf("from is in %q and to in %q", loUnit, hiUnit)
	case lo > hi:
		return fmt.Errorf("from %s is above to %s", v.From.text, v.To.text)
	}
	return v.checkSteps(lo, hi, loUnit)
}

// split splits a quantity into number and unit.
func split(text string) (float64, string, error) {
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
	return s.sample(seed, func(name string, v *variation) string {
		return v.draw(rng.New(seed, "scenario/"+s.Name, name))
	})
}

// sample creates a case with the parameter values that pick returns.
func (s *Scenario) sample(seed uint64, pick func(name string, v *variation) string) (*Case, error) {
	c := &Case{Scenario: s, Seed: seed, file: s.file}
	for _, name := range slices.Sorted(maps.Keys(s.file.Vary)) {
		v := s.file.Vary[name]
		value := pick(name, &v)
		if err := c.file.put(s.fieldPath(name), value); err != nil {
			return nil, s.errorAt(varyPath(name), "%w", err)
		}
		c.Parameters = append(c.Parameters, Parameter{name, value})
	}
	return c, nil
}

// draw samples a value with its unit.
func (v *variation) draw(r rng.Stream) string {
	if len(v.Any) > 0 {
		return v.Any[r.IntN(len(v.Any))].text
	}
	lo, unit, _ := split(v.From.text) // checkVary ensures that these are numbers
	hi, _, _ := split(v.To.text)
	x := strconv.FormatFloat(r.Range(lo, hi), 'f', 4, 64)
	return strings.TrimSpace(x + " " + unit)
}

// end returns value i of a list. Of a range it returns the lower end for even i and the
// upper end for odd i.
func (v *variation) end(i int) string {
	switch {
	case len(v.Any) > 0:
		return v.Any[i%len(v.Any)].text
	case i%2 == 0:
		return v.From.text
	}
	return v.To.text
}

// sections are the parts of a file, other than actors and flows, in which values may
// vary.
var sections = []string{"map", "ego", "traffic", "signal", "weather", "faults"}

// locateError moves an error to the position of the varied parameter that caused it. If
// the error concerns a larger part of the file, it appends the varied values of that
// part.
func (c *Case) locateError(err error) error {
	var fault *Error
	if !errors.As(err, &fault) {
		return err
	}
	var below []string
	for _, p := range c.Parameters {
		switch path := c.Scenario.fieldPath(p.Name); {
		case path == fault.Path:
			fault.Line, fault.Column = c.Scenario.place(c.Scenario.placeOf(p))
			return err
		case strings.HasPrefix(path, fault.Path):
			below = append(below, p.Name+" "+p.Value)
		}
	}
	if len(below) > 0 {
		fault.Err = fmt.Errorf("%w, with %s", fault.Err, strings.Join(below, ", "))
	}
	return err
}

// placeOf returns the path under vary of a parameter's value, or of the parameter for a
// value inside a range.
func (s *Scenario) placeOf(p Parameter) string {
	v := s.file.Vary[p.Name]
	if i := slices.IndexFunc(v.Any, func(q quantity) bool { return q.text == p.Value }); i >= 0 {
		return indexed(varyPath(p.Name)+".any", i)
	}
	switch p.Value {
	case v.From.text:
		return varyPath(p.Name) + ".from"
	case v.To.text:
		return varyPath(p.Name) + ".to"
	}
	return varyPath(p.Name)
}

// fieldPath returns the path in the file of a parameter. The name of the parameter may
// begin with the id of an actor or of a flow.
func (s *Scenario) fieldPath(name string) string {
	for i := range s.file.Actors {
		if rest, ok := strings.CutPrefix(name, s.file.Actors[i].ID+"."); ok {
			return fmt.Sprintf("actors[%d].%s", i, rest)
		}
	}
	for i := range s.file.Flows {
		if rest, ok := strings.CutPrefix(name, s.file.Flows[i].ID+"."); ok {
			return fmt.Sprintf("flows[%d].%s", i, rest)
		}
	}
	return name
}
