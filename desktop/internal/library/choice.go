package library

import (
	"slices"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// choice holds the settings of one scenario. They are kept while others are selected.
type choice struct {
	scenario *scenarios.Scenario
	ranges   []scenarios.ParameterRange
	seed     uint64
	values   map[string]string // parameters set by the user
	drawn    map[string]string // all parameters, as the seed draws them
	weather  [len(skies)]int   // indices into skies: 0 is as in the scenario
	err      error             // why the case is invalid
}

// option is a value with its label.
type option struct{ name, label string }

// sky is a weather field with the values that can replace the scenario's.
type sky struct {
	field, label string
	options      []option // the first one keeps the scenario's value
}

var skies = [...]sky{
	{"time", "Light", []option{{"", "As written"}, {"day", "Day"}, {"dusk", "Dusk"}, {"night", "Night"}}},
	{"rain", "Rain", []option{{"", "As written"}, {"0 %", "None"}, {"20 %", "Drizzle"}, {"50 %", "Rain"}, {"90 %", "Downpour"}}},
	{"fog", "Fog", []option{{"", "As written"}, {"100 km", "None"}, {"250 m", "Visibility 250 m"}, {"120 m", "Sight 120 m"}, {"60 m", "Sight 60 m"}}},
}

func newChoice(s *scenarios.Scenario) *choice {
	c := &choice{scenario: s, values: map[string]string{}}
	c.ranges, c.err = s.Ranges()
	c.setSeed(1)
	return c
}

// setSeed sets the seed and draws the values again.
func (c *choice) setSeed(seed uint64) {
	c.seed, c.drawn = seed, map[string]string{}
	drawn, err := c.scenario.Case(seed)
	if err != nil {
		c.err = err
		return
	}
	for _, p := range drawn.Parameters {
		c.drawn[p.Name] = p.Value
	}
}

// value returns the current value of a parameter.
func (c *choice) value(name string) string {
	if v, ok := c.values[name]; ok {
		return v
	}
	return c.drawn[name]
}

// set sets a parameter; free returns it to the seed's value.
func (c *choice) set(name, value string) { c.values[name], c.err = value, nil }

func (c *choice) free(name string) {
	delete(c.values, name)
	c.err = nil
}

// touched reports whether the user has set a value.
func (c *choice) touched() bool {
	return len(c.values) > 0 || slices.ContainsFunc(c.weather[:], func(n int) bool { return n != 0 })
}

// reset returns all values to the seed's.
func (c *choice) reset() {
	clear(c.values)
	c.weather, c.err = [len(skies)]int{}, nil
}

// make returns the case with the settings. It compiles the case and keeps its error.
func (c *choice) make() (*scenarios.Case, error) {
	made, err := c.of(c.seed)
	if err == nil {
		_, err = runner.Compile(made)
	}
	if c.err = err; err != nil {
		return nil, err
	}
	return made, nil
}

// of returns the case of a seed with the settings.
func (c *choice) of(seed uint64) (*scenarios.Case, error) {
	u := scenarios.Choice{Seed: seed, Values: c.values, Weather: map[string]string{}}
	for i, n := range c.weather {
		if n != 0 {
			u.Weather[skies[i].field] = skies[i].options[n].name
		}
	}
	return c.scenario.Choose(u)
}
