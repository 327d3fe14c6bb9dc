package browser

import (
	"slices"

	"roadloop/scenarios"
)

// choice is what is set of one scenario. It lasts while others are looked at.
type choice struct {
	scenario *scenarios.Scenario
	ranges   []scenarios.Range
	seed     uint64
	values   map[string]string // of parameters that were set by hand
	drawn    map[string]string // of all, as the seed draws them
	weather  [len(skies)]int   // of skies: 0 is as the scenario has it
	err      error             // why it cannot be driven
}

// sky is a field of the weather with what may take the place of what a scenario says.
type sky struct {
	field, label string
	options      []option // the first leaves the field as it is
}

var skies = [...]sky{
	{"time", "Light", []option{{"", "As written"}, {"day", "Day"}, {"dusk", "Dusk"}, {"night", "Night"}}},
	{"rain", "Rain", []option{{"", "As written"}, {"0 %", "None"}, {"20 %", "Drizzle"}, {"50 %", "Rain"}, {"90 %", "Downpour"}}},
	{"fog", "Fog", []option{{"", "As written"}, {"100 km", "None"}, {"250 m", "Sight 250 m"}, {"120 m", "Sight 120 m"}, {"60 m", "Sight 60 m"}}},
}

func newChoice(s *scenarios.Scenario) *choice {
	c := &choice{scenario: s, values: map[string]string{}}
	c.ranges, c.err = s.Ranges()
	c.setSeed(1)
	return c
}

// setSeed takes another seed and the values that it draws.
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

// value returns what a parameter is now.
func (c *choice) value(name string) string {
	if v, ok := c.values[name]; ok {
		return v
	}
	return c.drawn[name]
}

// set fixes a parameter; free lets the seed draw it again.
func (c *choice) set(name, value string) { c.values[name], c.err = value, nil }

func (c *choice) free(name string) {
	delete(c.values, name)
	c.err = nil
}

// touched tells that something is set by hand.
func (c *choice) touched() bool {
	return len(c.values) > 0 || slices.ContainsFunc(c.weather[:], func(n int) bool { return n != 0 })
}

// reset lets the seed draw everything.
func (c *choice) reset() {
	clear(c.values)
	c.weather, c.err = [len(skies)]int{}, nil
}

// make returns the case as set, one that compiles. It remembers what is wrong.
func (c *choice) make() (*scenarios.Case, error) {
	made, err := c.of(c.seed)
	if err == nil {
		_, err = made.Compile()
	}
	if c.err = err; err != nil {
		return nil, err
	}
	return made, nil
}

// of returns the case of a seed with what is set.
func (c *choice) of(seed uint64) (*scenarios.Case, error) {
	u := scenarios.Choice{Seed: seed, Values: c.values, Weather: map[string]string{}}
	for i, n := range c.weather {
		if n != 0 {
			u.Weather[skies[i].field] = skies[i].options[n].name
		}
	}
	return c.scenario.Choose(u)
}
