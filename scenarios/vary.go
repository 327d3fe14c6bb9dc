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

// Case is a scenario with its parameters and seed fixed.
type Case struct {
	Scenario   *Scenario
	Seed       uint64
	Parameters []Parameter
	grid       int // number of a grid case, counted from 1; 0 for a sampled one
	file       file
}

// checkVary checks that every varied path exists and every value may stand there.
func (s *Scenario) checkVary() error {
	for _, name := range slices.Sorted(maps.Keys(s.file.Vary)) {
		v := s.file.Vary[name]
		if err := v.check(); err != nil {
			return s.fault(varied(name), "%w", err)
		}
		if err := s.checkValues(name, &v); err != nil {
			return err
		}
	}
	return s.checkGrid()
}

// checkValues tries every listed value of a parameter, or the ends of its range.
func (s *Scenario) checkValues(name string, v *spread) error {
	path := s.fieldPath(name)
	if first, _, _ := strings.Cut(name, "."); path == name && !slices.Contains(sections, first) {
		return s.fault(varied(name), "there is no section, actor or flow %q", first)
	}
	if strings.HasPrefix(path, "map.") && len(v.Any) > maxValues {
		return s.fault(varied(name), "lists %d values, and each makes a map of its own: at most %d", len(v.Any), maxValues)
	}
	f := s.file
	try := func(q quantity, place string) error {
		err := f.put(path, q.text)
		switch {
		case err == nil:
			return nil
		case fieldAt(path) == nil:
			return s.fault(varied(name), "%w", err)
		}
		line, column := s.place(place)
		return &Error{File: s.path, Line: line, Column: column, Path: path, Err: err}
	}
	for i, q := range v.Any {
		if err := try(q, indexed(varied(name)+".any", i)); err != nil {
			return err
		}
	}
	if len(v.Any) > 0 {
		return nil
	}
	if err := try(v.From, varied(name)+".from"); err != nil {
		return err
	}
	if err := try(v.To, varied(name)+".to"); err != nil {
		return err
	}
	return s.checkBetween(name, v)
}

// checkBetween reports a range with ends that a field takes, but with values between them
// that it refuses.
func (s *Scenario) checkBetween(name string, v *spread) error {
	path := s.fieldPath(name)
	f := fieldAt(path)
	lo, _, _ := split(v.From.text) // check saw that these are numbers
	hi, _, _ := split(v.To.text)
	switch {
	case f.Form == Whole:
		return s.fault(varied(name), "is a range, which has fractions between its ends: list whole numbers with any")
	case f.EitherSign && lo < 0 && hi > 0:
		return s.fault(varied(name), "goes through 0, which %s must not be near", path)
	}
	return nil
}

// varied is the place of a parameter's spread in a file.
func varied(name string) string { return "vary.'" + name + "'" }

// check tells what is wrong with a spread.
func (v *spread) check() error {
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

// split parts a quantity into number and unit.
func split(text string) (float64, string, error) {
	text = strings.TrimSpace(text)
	n := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789.+-eE", r) })
	if n < 0 {
		n = len(text)
	}
	v, err := strconv.ParseFloat(text[:n], 64)
	return v, strings.TrimSpace(text[n:]), err
}

// Case samples the case of a seed. Every parameter has a stream of its own.
func (s *Scenario) Case(seed uint64) (*Case, error) {
	return s.sample(seed, func(name string, v *spread) string {
		return v.draw(rng.New(seed, "scenario/"+s.Name, name))
	})
}

// sample makes a case whose parameters pick chooses.
func (s *Scenario) sample(seed uint64, pick func(name string, v *spread) string) (*Case, error) {
	c := &Case{Scenario: s, Seed: seed, file: s.file}
	for _, name := range slices.Sorted(maps.Keys(s.file.Vary)) {
		v := s.file.Vary[name]
		value := pick(name, &v)
		if err := c.file.put(s.fieldPath(name), value); err != nil {
			return nil, s.fault(varied(name), "%w", err)
		}
		c.Parameters = append(c.Parameters, Parameter{name, value})
	}
	return c, nil
}

// draw samples a value with its unit.
func (v *spread) draw(r rng.Stream) string {
	if len(v.Any) > 0 {
		return v.Any[r.IntN(len(v.Any))].text
	}
	lo, unit, _ := split(v.From.text) // checkVary saw that these are numbers
	hi, _, _ := split(v.To.text)
	x := strconv.FormatFloat(r.Range(lo, hi), 'f', 4, 64)
	return strings.TrimSpace(x + " " + unit)
}

// end returns the value number i of a list, or the lower end of a range for even i
// and the upper one for odd i.
func (v *spread) end(i int) string {
	switch {
	case len(v.Any) > 0:
		return v.Any[i%len(v.Any)].text
	case i%2 == 0:
		return v.From.text
	}
	return v.To.text
}

// sections are the parts of a file, beside the actors, whose values may vary.
var sections = []string{"map", "ego", "traffic", "signal", "weather", "faults"}

// blame points an error at the varied parameter that it is about, or names the
// varied values below the part of the file that it is about.
func (c *Case) blame(err error) error {
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

// placeOf returns the path under vary of the value of a parameter, or of the parameter
// where the value lies between the ends of a range.
func (s *Scenario) placeOf(p Parameter) string {
	v := s.file.Vary[p.Name]
	if i := slices.IndexFunc(v.Any, func(q quantity) bool { return q.text == p.Value }); i >= 0 {
		return indexed(varied(p.Name)+".any", i)
	}
	switch p.Value {
	case v.From.text:
		return varied(p.Name) + ".from"
	case v.To.text:
		return varied(p.Name) + ".to"
	}
	return varied(p.Name)
}

// fieldPath returns the path in the file of a parameter, which may begin with the
// id of an actor or a flow.
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
