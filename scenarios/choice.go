package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Choice is a case as one chooses it by hand.
type Choice struct {
	Seed uint64
	// Values are those chosen of varied parameters, by name; see Scenario.Ranges. All
	// others are drawn by the seed.
	Values map[string]string
	// Weather replaces fields of the file's weather, such as time or rain.
	Weather map[string]string
}

// Choose returns the case of a choice. With no values and no weather it is the case of
// the seed. Otherwise it is the only case of a scenario of its own, in which nothing
// varies and whose Source can be saved and driven. Errors name the field.
func (s *Scenario) Choose(u Choice) (*Case, error) {
	c, err := s.Case(u.Seed)
	if err != nil || len(u.Values)+len(u.Weather) == 0 {
		return c, err
	}
	doc, err := c.Document()
	if err != nil {
		return nil, err
	}
	if err := s.pick(doc, u.Values); err != nil {
		return nil, err
	}
	if err := overrideWeather(doc, u.Weather); err != nil {
		return nil, err
	}
	text, err := doc.Encode()
	if err != nil {
		return nil, err
	}
	one, err := Parse(s.path, text)
	if err != nil {
		return nil, s.blameChoice(err, u.Values)
	}
	return one.Case(u.Seed)
}

// pick sets the chosen values of varied parameters.
func (s *Scenario) pick(doc Document, values map[string]string) error {
	ranges, err := s.Ranges()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(ranges, func(r Range) bool { return r.Name == name })
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

// overrideWeather sets fields of the weather. A time of day takes the place of an
// elevation of the sun.
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

// blameChoice names the chosen values below the part of the file that an error is
// about. Lines of a text that nobody wrote are left out.
func (s *Scenario) blameChoice(err error, values map[string]string) error {
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
