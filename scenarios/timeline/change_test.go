package timeline_test

import (
	"context"
	"strings"
	"testing"

	"roadloop"
	"roadloop/perception"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/clock"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

func sign(tp *timeline.Timeline, perception string) *timeline.Timeline {
	tp.SetDriverID(trace.DriverID{Name: runner.Stack, Perception: perception})
	return tp
}

// A fork with a change differs first in the layer of the change, and not before it.
func TestForkDivergesInLayerOfChange(t *testing.T) {
	detector := drivetest.Detector(t)
	cloudy, rain := scene.Day(), scene.Day()
	cloudy.SunElevation, cloudy.SunAzimuth, cloudy.Cloud = .7, 2, .9
	rain.Rain, rain.Wet, rain.Visibility = .8, 1, 80
	for name, c := range map[string]struct {
		detector bool
		change   timeline.Change
		layer    trace.Layer
	}{
		"speed":             {false, timeline.Speed{Actor: "cutter", Speed: 5}, trace.LayerWorld},
		"clouds":            {true, timeline.Weather{Conditions: cloudy}, trace.LayerSensor},
		"rain, so lamps on": {false, timeline.Weather{Conditions: rain}, trace.LayerWorld},
		"camera silent":     {true, timeline.Blackout{Sensor: "camera"}, trace.LayerSensor},
		"radar for a while": {true, timeline.Blackout{Sensor: "radar", For: clock.PerSecond}, trace.LayerSensor},
		"oracle silent":     {false, timeline.Blackout{Sensor: "camera"}, trace.LayerPlanning}, // sensor health has no hash
		"camera misses":     {true, timeline.Miss{Actor: "cutter", Camera: true}, trace.LayerDetection},
		"tracker misses":    {true, timeline.Miss{Actor: "cutter", For: 2 * clock.PerSecond}, trace.LayerTracking},
		"oracle misses":     {false, timeline.Miss{Actor: "cutter"}, trace.LayerTracking},
		"fsm with network":  {true, timeline.Handover{DriverID: trace.DriverID{Name: "fsm", Perception: runner.CNN}, Factory: drivetest.Factory(t, "fsm", detector)}, trace.LayerPlanning},
		"oracle takes over": {true, timeline.Handover{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.Oracle}, Factory: drivetest.Factory(t, runner.Stack, nil)}, trace.LayerSensor},
		"network for truth": {false, timeline.Handover{DriverID: trace.DriverID{Name: runner.Stack, Perception: runner.CNN}, Factory: drivetest.Factory(t, runner.Stack, detector)}, trace.LayerSensor},
		"held by hand":      {false, timeline.Hold{Command: vehicle.Command{Accel: -3}, For: clock.PerSecond}, trace.LayerControl},
	} {
		t.Run(name, func(t *testing.T) {
			const at, end = 30, 50
			tp := sign(begin(t, "cut-in/3", nil), runner.Oracle)
			if c.detector {
				tp = sign(begin(t, "cut-in/3", detector), runner.CNN)
			}
			until(t, tp, end, nil)
			f, err := tp.Fork(t.Context(), at, c.change)
			if err != nil {
				t.Fatal(err)
			}
			until(t, f, end, nil)
			got := timeline.Compare(tp, f)
			if !got.Differ || got.Where.Layer != c.layer || got.Where.Record < at || got.Where.Record > at+16 {
				t.Errorf("%v: %v, want layer %v at decision %d or just after", c.change, got, c.layer, at)
			}
			verifies(t, f, detector)
			back, err := f.Fork(t.Context(), at+9) // keeps the change
			if err != nil {
				t.Fatal(err)
			}
			until(t, back, end, nil)
			if d, parted := timeline.Diverge(f, back); parted {
				t.Errorf("a fork of the fork: %v", d)
			}
		})
	}
}

// A driver that takes over brings its sensors, each time.
func TestHandoverBringsSensors(t *testing.T) {
	heard := 0
	build := func(c *roadloop.Case, p perception.Perceiver) (roadloop.Driver, error) {
		extra, err := c.Rig.Sensor(sensor.DefaultRadar)
		if err != nil {
			return nil, err
		}
		second := *extra
		second.Name = "second"
		c.Rig.Sensors = append(c.Rig.Sensors, second)
		s, err := roadloop.NewStack(c, p)
		return &listener{s, &heard}, err
	}
	two := timeline.Handover{DriverID: trace.DriverID{Name: "two radars", Perception: runner.CNN}, Factory: runner.NewDriverFactory(build, drivetest.Detector(t))}
	tp := sign(begin(t, "cut-in/3", drivetest.Detector(t)), runner.CNN)
	until(t, tp, 5, nil)
	for range 2 {
		heard = 0
		f, err := tp.Fork(t.Context(), tp.Len()-1, two)
		if err != nil {
			t.Fatal(err)
		}
		until(t, f, tp.Len()+5, nil)
		if heard == 0 {
			t.Error("no message of the second radar")
		}
		tp = f
	}
}

// listener counts the messages of the second radar.
type listener struct {
	roadloop.Driver
	heard *int
}

func (l *listener) Drive(ctx context.Context, obs *sensor.Observation) (roadloop.Decision, error) {
	for i := range obs.Radars {
		if obs.Radars[i].Sensor == "second" {
			*l.heard++
		}
	}
	return l.Driver.Drive(ctx, obs)
}

func (l *listener) Clone() roadloop.Driver {
	return &listener{l.Driver.Clone(), l.heard}
}

// verifies re-simulates the encoded trace of a tape.
func verifies(t *testing.T, tp *timeline.Timeline, detector perception.Detector) {
	t.Helper()
	trace, err := trace.Read(strings.NewReader(string(encode(t, tp))))
	if err != nil {
		t.Fatal(err)
	}
	d, differ, err := timeline.Verify(t.Context(), trace, crews(t, detector))
	if err != nil || differ {
		t.Errorf("re-simulated: %v, %v, %v", differ, d, err)
	}
}

func crews(t testing.TB, detector perception.Detector) timeline.OpenDriver {
	return func(d trace.DriverID) (runner.DriverFactory, error) {
		if d.Perception == runner.Oracle {
			return drivetest.Factory(t, d.Name, nil), nil
		}
		return drivetest.Factory(t, d.Name, detector), nil
	}
}

func TestForkRejectsInvalidChange(t *testing.T) {
	tp := begin(t, "cut-in/3", nil)
	until(t, tp, 10, nil)
	for want, c := range map[string]timeline.Change{
		`no road user "ghost"; road users: ["cutter"`: timeline.Speed{Actor: "ghost", Speed: 3},
		`no road user "ego"`:                          timeline.Miss{Actor: "ego"},
		"must be within 0 to 70 m/s":                  timeline.Speed{Actor: "cutter", Speed: -1},
		"rain 2 is outside 0 to 1":                    timeline.Weather{Conditions: scene.Conditions{Rain: 2}},
		"friction 9 is outside":                       timeline.Weather{Conditions: scene.Day(), Friction: 9},
		`unknown sensor "sonar": the rig has camera`:  timeline.Blackout{Sensor: "sonar"},
		"must not be negative, got -0.05 s":           timeline.Blackout{Sensor: "radar", For: -5},
		"its perception is an oracle":                 timeline.Miss{Actor: "cutter", Camera: true},
		"Factory is nil":                              timeline.Handover{DriverID: trace.DriverID{Name: "fsm", Perception: runner.Oracle}},
		"an override must be within":                  timeline.Hold{Command: vehicle.Command{Steer: 9}, For: 5},
	} {
		if _, err := tp.Fork(t.Context(), 5, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", c, err, want)
		}
	}
	if _, err := tp.Fork(t.Context(), 11); err == nil || !strings.Contains(err.Error(), "decision must be within 0 to 10") {
		t.Errorf("forking in the future: %v", err)
	}
	until(t, tp, all, nil)
	if _, err := tp.Fork(t.Context(), tp.Len()); err == nil || !strings.Contains(err.Error(), "the drive ended") {
		t.Errorf("forking at the end: %v", err)
	}
}
