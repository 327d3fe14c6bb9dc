package library

import (
	"roadloop/scenarios"
)

// Setup is a case with its driver.
type Setup struct {
	Case       *scenarios.Case
	Driver     string // scenarios.Stack, the name of a reference driver, or Hands
	Perception string // scenarios.CNN, Small or scenarios.Oracle
}

// Names in addition to those of package scenarios.
const (
	Manual = "hands" // a human drives
	Small  = "small" // the smaller and faster network
)

// option is a name with its label.
type option struct{ name, label string }

func drivers() []option {
	labels := map[string]string{
		scenarios.Stack: "Stack", "cc": "CC human (UN R157)", "fsm": "Fuzzy Safety Model", "rss": "RSS", "reg157": "UN R157 requirement",
	}
	var out []option
	for _, name := range scenarios.Drivers() {
		label := labels[name]
		if label == "" {
			label = name
		}
		out = append(out, option{name, label})
	}
	return append(out, option{Manual, "You (manual control)"})
}

// DriverLabel returns the label of a driver.
func DriverLabel(name string) string { return labelOf(drivers(), name) }

// PerceptionLabel returns the label of a perception.
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

// choices is a selection among options.
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

// name returns the name of the selected option.
func (c *choices) name() string { return c.options[c.at].name }

// choose selects an option by name, if there is one.
func (c *choices) choose(name string) {
	for i, o := range c.options {
		if o.name == name {
			c.at = i
		}
	}
}
