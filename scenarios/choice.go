package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Choice selects a case with user-defined values.
type Choice struct {
	Seed uint64
	// Values are the chosen values of varied parameters, by name; see Scenario.Ranges.
	// The seed draws all other parameters.
	Values map[string]string
	// Weather replaces fields of the file's weather, such as time or rain.
	Weather map[string]string
}

// Choose returns the case of a choice. Without values and weather, it is the case of the
// seed. Otherwise it is the only case of a new scenario without varied parameters. The
// Source of that scenario can be saved and driven. Errors name the field.
func (s *Scenario) Choose(choice Choice) (*Case, error) {
	c, err := s.Case(choice.Seed)
	if err != nil || len(choice.Values)+len(choice.Weather) == 0 {
		return c, err
	}
	doc, err := c.Document()
	if err != nil {
		return nil, err
	}
	if err := s.setValues(doc, choice.Values); err != nil {
		return nil, err
	}
	if err := overrideWeather(doc, choice.Weather); err != nil {
		return nil, err
	}
	text, err := doc.Encode()
	if err != nil {
		return nil, err
	}
	one, err := Parse(s.path, text)
	if err != nil {
		return nil, s.nameChosenValues(err, choice.Values)
	}
	chosen, err := one.Case(choice.Seed)
	if err == nil {
		chosen.locate = func(err error) error { return s.nameChosenValues(err, choice.Values) }
	}
	return chosen, err
}

// setValues sets the chosen values of varied parameters.
func (s *Scenario) setValues(doc Document, values map[string]string) error {
	ranges, err := s.Ranges()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(ranges, func(r ParameterRange) bool { return r.Name == name })
		if i < 0 {
			return fmt.Errorf("%s does not vary in %s", name, s.Slug())
		}
		if err := ranges[i].Check(values[name]); err != nil {
			return err
		}
		if err := doc.Set(name, values[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// overrideWeather sets fields of the weather. A time of day replaces the sun's elevation.
func overrideWeather(doc Document, fields map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if err := doc.Set("weather."+field, fields[field]); err != nil {
			return fmt.Errorf("weather.%s: %w", field, err)
		}
	}
	w, ok := doc["weather"].(map[string]any)
	if _, sun := fields["sun"]; ok && fields["time"] != "" && !sun {
		delete(w, "sun")
	}
	return nil
}

// nameChosenValues adds the chosen values that concern the part of the file in which err
// occurred. It removes the position, because the text is generated.
func (s *Scenario) nameChosenValues(err error, values map[string]string) error {
	var fault *Error
	if !errors.As(err, &fault) {
		return err
	}
	fault.Line, fault.Column = 0, 0
	var below []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if path := s.fieldPath(name); strings.HasPrefix(path, fault.Path) {
			below = append(below, name+" "+values[name])
		}
	}
	if len(below) > 0 {
		fault.Err = fmt.Errorf("%w, with %s", fault.Err, strings.Join(below, ", "))
	}
	return err
}
