// Package drivetest drives cases of the library for tests.
package drivetest

import (
	"testing"

	"roadloop"
	"roadloop/assets"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/scenarios"
	"roadloop/scenarios/drivelog"
)

// Plan compiles a case of the library, such as "cut-in/3".
func Plan(t testing.TB, id string) *scenarios.Spec {
	t.Helper()
	c, err := scenarios.FindCase(id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Detector opens the bundled network and closes it at the end of the test.
func Detector(t testing.TB) perception.Detector {
	t.Helper()
	w, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	detector, err := inference.Open(scenarios.CNN, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := detector.Close(); err != nil {
			t.Error(err)
		}
	})
	return detector
}

// Driver returns the constructor of the stack. If detector is nil, the stack uses an
// oracle.
func Driver(t testing.TB, detector perception.Detector) scenarios.DriverFunc {
	t.Helper()
	crew, err := scenarios.NewDriverFactory(scenarios.Stack, detector)
	if err != nil {
		t.Fatal(err)
	}
	return crew.Driver
}

// Record drives the first case of a scenario of the library with the oracle and returns
// its log. watch, if non-nil, is called for every step.
func Record(t testing.TB, name string, watch func(*roadloop.Step)) *drivelog.Log {
	t.Helper()
	c, err := scenarios.FindCase(name + "/1")
	if err != nil {
		t.Fatal(err)
	}
	o := scenarios.Options{NewFactory: scenarios.NewOracleFactory}
	if watch != nil {
		o.Watch = func(*scenarios.Spec) func(*roadloop.Step) { return watch }
	}
	var log *drivelog.Log
	err = scenarios.Run(t.Context(), []*scenarios.Case{c}, o, func(out *scenarios.Outcome) error {
		log = out.Log
		return out.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return log
}
