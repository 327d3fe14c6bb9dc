package library

import (
	"path/filepath"

	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// Setup is a case with its driver.
type Setup struct {
	Case *scenarios.Case
	// Driver is the requested driver; see drivers.Registry.Resolve.
	Driver trace.DriverID
	// Manual means that a human drives, and the driver decides without effect.
	Manual bool
}

// manual is the option of a human driver.
const manual = "hands"

// Option is a driver, which has a name, or a perception with its network, for a choice.
type Option struct {
	trace.DriverID
	Label string
}

// Drivers returns the drivers of a registry, and files of trained policies.
func Drivers(r *drivers.Registry, policies ...string) []Option {
	labels := map[string]string{
		runner.Stack: "Stack", "cc": "CC human (UN R157)", "fsm": "Fuzzy Safety Model", "rss": "RSS", "reg157": "UN R157 requirement",
	}
	var out []Option
	for _, name := range r.Drivers() {
		label := labels[name]
		switch {
		case r.IsPolicy(name):
			label = policyLabel(name)
		case label == "":
			label = name
		}
		out = append(out, Option{trace.DriverID{Name: name}, label})
	}
	for _, file := range policies {
		out = append(out, policyOption(file))
	}
	return out
}

// policyOption is the option of the file of a trained policy. The label has the folder, because
// all runs name their files alike.
func policyOption(file string) Option {
	return Option{trace.DriverID{Name: file}, policyLabel(filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file)))}
}

func policyLabel(name string) string { return "Policy " + name }

// Perceptions returns the perceptions of a registry with the bundled networks, and that of
// wanted if it is another one.
func Perceptions(r *drivers.Registry, wanted trace.DriverID) []Option {
	labels := map[string]string{runner.CNN: "Network", runner.CNNOpenCV: "Network on OpenCV", runner.Oracle: "Ground truth"}
	var out []Option
	for _, name := range r.Perceptions() {
		label := labels[name]
		if label == "" {
			label = name
		}
		out = append(out, Option{trace.DriverID{Perception: name}, label})
		if name == runner.CNN {
			out = append(out, Option{trace.DriverID{Perception: name, Model: drivers.Small}, "Small network"})
		}
	}
	if c := (choices{options: out}); wanted.Perception != "" && !c.choose(wanted.Perception, wanted.Model) {
		out = append(out, Option{trace.DriverID{Perception: wanted.Perception, Model: wanted.Model}, filepath.Base(wanted.Model)})
	}
	return out
}

// Labels returns the labels of options.
func Labels(options []Option) []string {
	var out []string
	for _, o := range options {
		out = append(out, o.Label)
	}
	return out
}

// choices is a selection among options.
type choices struct {
	options []Option
	labels  []string
	at      int
}

func newChoices(options []Option) choices { return choices{options: options, labels: Labels(options)} }

// chosen returns the selected option.
func (c *choices) chosen() *Option { return &c.options[c.at] }

// chooseDriver selects a driver, if there is one of that name.
func (c *choices) chooseDriver(name string) {
	for i, o := range c.options {
		if o.Name == name {
			c.at = i
		}
	}
}

// choose selects a perception with a network. It reports whether there is such an option.
func (c *choices) choose(perception, model string) bool {
	for i, o := range c.options {
		if o.Perception == perception && o.Model == model {
			c.at = i
			return true
		}
	}
	return false
}
