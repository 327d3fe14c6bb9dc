package edit

import (
	"errors"

	"roadloop/scenarios"
	"roadloop/sim/road"
)

// Findings are what there is to know about a text.
type Findings struct {
	Text string
	// Scenario is the text read as such; nil when roadloop run would refuse it.
	Scenario *scenarios.Scenario
	// Fault is why it would, with the path of the field; nil when it would not.
	Fault *scenarios.Error
	// Plan is the case with the values that the text gives beside those that vary; nil
	// when that cannot be driven.
	Plan *scenarios.Plan
	// Map is the road, also when the rest cannot be driven; nil when not even that is right.
	Map *road.Map
}

// Examine reads a text as a scenario; name names it in errors. The seed draws what the
// text leaves to chance.
func Examine(name, text string, seed uint64) *Findings {
	f := &Findings{Text: text}
	var err error
	if f.Scenario, err = scenarios.Parse(name, []byte(text)); err != nil {
		f.Fault = faultOf(name, err)
	}
	f.Plan, err = stated(name, text, seed)
	if err != nil && f.Fault == nil {
		f.Fault = faultOf(name, err)
	}
	if f.Plan != nil {
		f.Map = f.Plan.Drive.World.Map
	} else if bare, err := bareRoad(name, text, seed); err == nil {
		f.Map = bare.Drive.World.Map
	}
	return f
}

func faultOf(name string, err error) *scenarios.Error {
	var fault *scenarios.Error
	if !errors.As(err, &fault) {
		fault = &scenarios.Error{File: name, Err: err}
	}
	return fault
}

// Stated returns a text without what varies in it: the scenario of the values that it
// gives.
func Stated(text string) ([]byte, error) {
	doc, err := decode(text)
	if err != nil {
		return nil, err
	}
	delete(doc, "vary")
	delete(doc, "grid")
	return doc.Encode()
}

// stated compiles the case of the values that a text gives.
func stated(name, text string, seed uint64) (*scenarios.Plan, error) {
	source, err := Stated(text)
	if err != nil {
		return nil, err
	}
	return compile(name, source, seed)
}

func compile(name string, source []byte, seed uint64) (*scenarios.Plan, error) {
	s, err := scenarios.Parse(name, source)
	if err != nil {
		return nil, err
	}
	c, err := s.Case(seed)
	if err != nil {
		return nil, err
	}
	return c.Compile()
}

// bareRoad compiles the map of a text with nobody on it.
func bareRoad(name, text string, seed uint64) (*scenarios.Plan, error) {
	doc, err := decode(text)
	if err != nil {
		return nil, err
	}
	source, err := scenarios.Document{"version": scenarios.Version, "name": name, "map": doc["map"],
		"until": map[string]any{"time": "1 s"}}.Encode()
	if err != nil {
		return nil, err
	}
	return compile(name, source, seed)
}
