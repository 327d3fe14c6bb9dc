// Package drivetest parses, compiles and drives cases for tests.
package drivetest

import (
	"testing"

	"roadloop"
	"roadloop/assets"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/planning/refdriver"
	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// Plan compiles a case of the library, such as "cut-in/3".
func Plan(t testing.TB, id string) *runner.Spec {
	t.Helper()
	c, err := scenarios.FindCase(id)
	if err != nil {
		t.Fatal(err)
	}
	return Compile(t, c)
}

// Short compiles a case of a scenario, cut to some seconds. name is that of a scenario of
// the library, or the path of a file.
func Short(t testing.TB, name string, seed uint64, seconds float64) *runner.Spec {
	t.Helper()
	s, err := scenarios.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(seed)
	if err != nil {
		t.Fatal(err)
	}
	p := Compile(t, c)
	p.Drive.Duration = clock.FromSeconds(seconds)
	return p
}

// Session starts a session of a case.
func Session(t testing.TB, f runner.DriverFactory, p *runner.Spec) *roadloop.Session {
	t.Helper()
	r, err := runner.NewCaseRun(p, f.Driver)
	if err != nil {
		t.Fatal(err)
	}
	return r.Session
}

// Until drives a session to a time, s, or to its end. override is as in Session.Advance.
func Until(t testing.TB, s *roadloop.Session, seconds float64, override *vehicle.Command) {
	t.Helper()
	for !s.Done() && s.World().Time() < clock.FromSeconds(seconds) {
		if _, err := s.Decide(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Advance(override)
	}
}

// Detector opens the bundled network and closes it at the end of the test.
func Detector(t testing.TB) perception.Detector {
	t.Helper()
	w, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		t.Fatal(err)
	}
	detector := inference.NewDetector(engine)
	t.Cleanup(func() {
		if err := detector.Close(); err != nil {
			t.Error(err)
		}
	})
	return detector
}

// Driver returns the constructor of the stack. If detector is nil, the stack uses an
// oracle.
func Driver(detector perception.Detector) runner.DriverFunc {
	return runner.NewStackFactory(detector).Driver
}

// Factory returns the factory of the stack or of a reference driver, by name. If detector
// is nil, the driver uses an oracle.
func Factory(t testing.TB, name string, detector perception.Detector) runner.DriverFactory {
	t.Helper()
	if name == runner.Stack {
		return runner.NewStackFactory(detector)
	}
	model, err := refdriver.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return runner.NewReferenceFactory(model, detector)
}

// Record drives the first case of a scenario of the library with the oracle and returns
// its log. watch, if non-nil, is called for every step.
func Record(t testing.TB, name string, watch func(*roadloop.Step)) *metrics.DriveLog {
	t.Helper()
	c, err := scenarios.FindCase(name + "/1")
	if err != nil {
		t.Fatal(err)
	}
	return Outcome(t, c, watch).Log
}

// Outcome drives a case with the oracle. watch, if non-nil, is called for every step.
func Outcome(t testing.TB, c *scenarios.Case, watch func(*roadloop.Step)) *runner.Outcome {
	t.Helper()
	o := runner.Options{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.Oracle},
		NewFactory: runner.NewOracleFactory}
	if watch != nil {
		o.Watch = func(*runner.Spec) func(*roadloop.Step) { return watch }
	}
	var out *runner.Outcome
	err := runner.Run(t.Context(), []*scenarios.Case{c}, o, func(x *runner.Outcome) error {
		out = x
		return x.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
