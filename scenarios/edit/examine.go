package edit

import (
	"context"
	"errors"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/road"
)

// Findings is the result of examining a text.
type Findings struct {
	Text string
	// Scenario is the parsed text; nil if roadloop run would reject it.
	Scenario *scenarios.Scenario
	// Error is the error with the path of the field; nil if there is none.
	Error *scenarios.Error
	// Spec is the case with the nominal values of varied parameters; nil if it is
	// invalid.
	Spec *runner.Spec
	// Map is the road, available also if other parts are invalid; nil if the map is
	// invalid.
	Map *road.Map
}

// Examine parses a text as a scenario; name names it in errors. The seed determines
// random values.
func Examine(name, text string, seed uint64) *Findings {
	f := &Findings{Text: text}
	var err error
	if f.Scenario, err = scenarios.Parse(name, []byte(text)); err == nil {
		err = runner.Check(context.Background(), f.Scenario)
	}
	if err != nil {
		f.Scenario, f.Error = nil, asError(name, err)
	}
	f.Spec, err = compileNominal(name, text, seed)
	if err != nil && f.Error == nil {
		f.Error = asError(name, err)
	}
	if f.Spec != nil {
		f.Map = f.Spec.Drive.World.Map
	} else if bare, err := mapOnly(name, text, seed); err == nil {
		f.Map = bare.Drive.World.Map
	}
	return f
}

func asError(name string, err error) *scenarios.Error {
	var fault *scenarios.Error
	if !errors.As(err, &fault) {
		fault = &scenarios.Error{File: name, Err: err}
	}
	return fault
}

// Nominal returns a text without varied parameters: the scenario of the nominal values.
func Nominal(text string) ([]byte, error) {
	doc, err := decode(text)
	if err != nil {
		return nil, err
	}
	delete(doc, "vary")
	delete(doc, "grid")
	return doc.Encode()
}

// compileNominal compiles the case of the nominal values.
func compileNominal(name, text string, seed uint64) (*runner.Spec, error) {
	source, err := Nominal(text)
	if err != nil {
		return nil, err
	}
	return compile(name, source, seed)
}

func compile(name string, source []byte, seed uint64) (*runner.Spec, error) {
	s, err := scenarios.Parse(name, source)
	if err != nil {
		return nil, err
	}
	c, err := s.Case(seed)
	if err != nil {
		return nil, err
	}
	return runner.Compile(c)
}

// mapOnly compiles the map of a text without actors.
func mapOnly(name, text string, seed uint64) (*runner.Spec, error) {
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
