package roadloop_test

import (
	"testing"

	"roadloop"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

// newCrew returns a crew with the bundled network.
func newCrew(t testing.TB) runner.DriverFactory {
	t.Helper()
	return runner.NewStackFactory(drivetest.Detector(t))
}

// drive drives a case and returns its trace.
func drive(t testing.TB, crew runner.DriverFactory, p *runner.Spec, watch func(*roadloop.Step)) *trace.Trace {
	t.Helper()
	d, blind, err := crew.Driver(&p.Drive)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Drive
	c.Blind = blind
	out, err := roadloop.Drive(t.Context(), &c, d, func(s *roadloop.Step) bool {
		watch(s)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ignore(*roadloop.Step) {}

// The same case gives the same world, messages, pixels, detections, beliefs,
// plans and commands every time.
func TestRunsRepeatToTheByte(t *testing.T) {
	const seconds, runs = 1, 20
	crew := newCrew(t)
	run := func(seed uint64) *trace.Trace {
		return drive(t, crew, drivetest.Short(t, "night-rain", seed, seconds), ignore)
	}
	first := run(3)
	if want := int(seconds * float64(clock.PerSecond/clock.DriverPeriod)); len(first.Records) != want {
		t.Fatalf("%d decisions, want %d", len(first.Records), want)
	}
	for i := 1; i < runs; i++ {
		if d, differ := trace.Compare(first, run(3)); differ {
			t.Fatalf("run %d: %v", i, d)
		}
	}
	if d, differ := trace.Compare(first, run(4)); !differ {
		t.Errorf("another seed gives the same trace: %v", d)
	}
}

// Drivers with sensors never learn what no sensor told them: blind from the
// start, the car must not know of the car it follows.
func TestNothingIsKnownThatWasNotSensed(t *testing.T) {
	p := drivetest.Short(t, "stopped-car", 1, 2)
	p.Drive.Rig = p.Drive.Rig.Only(sensor.DefaultOdometry, sensor.DefaultGNSS)
	crew := newCrew(t)
	decisions := 0
	drive(t, crew, p, func(m *roadloop.Step) {
		if scene := m.Scene; scene != nil {
			decisions++
			if len(scene.Tracks) > 0 || len(m.Images()) > 0 {
				t.Errorf("at %v: %d tracks and %d images out of nothing", m.Time, len(scene.Tracks), len(m.Images()))
			}
		}
	})
	if decisions == 0 {
		t.Error("the driver told nothing")
	}
}
