package browser

import (
	"roadloop/scenarios"
)

// Setup is what was chosen to drive.
type Setup struct {
	Case       *scenarios.Case
	Driver     string // scenarios.Stack, the name of a reference driver, or Hands
	Perception string // scenarios.CNN, Small or scenarios.Oracle
}

// Names beside those of package scenarios.
const (
	Hands = "hands" // whoever sits before the screen drives
	Small = "small" // the smaller and faster network
)

// drivers and perceptions are what can be chosen, with what they are called.
type option struct{ name, label string }

func drivers() []option {
	labels := map[string]string{
		scenarios.Stack: "The stack", "cc": "Careful human (UN R157)", "fsm": "Fuzzy Safety Model", "rss": "RSS", "reg157": "UN R157 requirement",
	}
	var out []option
	for _, name := range scenarios.Drivers() {
		label := labels[name]
		if label == "" {
			label = name
		}
		out = append(out, option{name, label})
	}
	return append(out, option{Hands, "You, by hand"})
}

// DriverLabel and PerceptionLabel return what a driver and a way to perceive are called
// where one is chosen.
func DriverLabel(name string) string { return labelOf(drivers(), name) }

// PerceptionLabel is like DriverLabel.
func PerceptionLabel(name string) string { return labelOf(perceptions(), name) }

func labelOf(options []option, name string) string {
	for _, o := range options {
		if o.name == name {
			return o.label
		}
	}
	return name
}

func perceptions() []option {
	return []option{{scenarios.CNN, "Network"}, {Small, "Small network"}, {scenarios.Oracle, "Ground truth"}}
}

// choices are a choice among options.
type choices struct {
	options []option
	labels  []string
	at      int
}

func newChoices(options []option) choices {
	c := choices{options: options}
	for _, o := range options {
		c.labels = append(c.labels, o.label)
	}
	return c
}

// name returns the name of what is chosen.
func (c *choices) name() string { return c.options[c.at].name }

// choose chooses by name, if there is one of it.
func (c *choices) choose(name string) {
	for i, o := range c.options {
		if o.name == name {
			c.at = i
		}
	}
}
