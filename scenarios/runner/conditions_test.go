package runner_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// plan compiles the first case of a scenario text.
func plan(t *testing.T, text string) *runner.Spec {
	t.Helper()
	return drivetest.Compile(t, drivetest.Case(t, drivetest.Parse(t, text), "1"))
}

func world(t *testing.T, p *runner.Spec) *sim.World {
	t.Helper()
	w, err := sim.New(p.Drive.World)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEgoDriftsOnASlipperyRoad(t *testing.T) {
	w := world(t, plan(t, `version: 1
name: drift
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 20 m/s, drift: -0.5 m/s}
weather: {friction: 0.4}
until: {time: 5 s}
`))
	v := w.Ego().Velocity()
	if math.Abs(v.Y+.5) > 1e-9 || math.Abs(v.Norm()-20) > 1e-9 {
		t.Errorf("velocity %v", v)
	}
	if w.Friction() != .4 {
		t.Errorf("friction %g", w.Friction())
	}
}

// The rear of the lead starts two seconds ahead of the ego's front.
func TestHeadwayIsFromBumperToBumper(t *testing.T) {
	for _, kind := range []string{"car", "truck", "pedestrian"} {
		w := world(t, plan(t, `version: 1
name: headway
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 15 m/s}
actors:
  - {id: lead, kind: `+kind+`, lane: 0, headway: 2 s}
until: {time: 5 s}
`))
		if gap := geom.Distance(w.Ego().Box(), w.Actors()[0].Box()); math.Abs(gap-30) > 1e-9 {
			t.Errorf("%s: gap %g m, want 30", kind, gap)
		}
	}
}

func TestScriptRepeats(t *testing.T) {
	p := plan(t, `version: 1
name: stop and go
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 0}
actors:
  - id: lead
    kind: car
    lane: 0
    s: 60 m
    behavior: follow
    repeat: 3
    do:
      - {when: {since: ">= 1 s"}, speed: {to: 5 m/s}}
      - {when: {since: ">= 2 s"}, stop: {decel: 3 m/s2}}
until: {time: 5 s}
`)
	if n := len(p.Drive.World.Actors[0].Script); n != 6 {
		t.Errorf("%d maneuvers, want 6", n)
	}
}

func TestRouteToALane(t *testing.T) {
	p := plan(t, `version: 1
name: merge
map: {kind: merge, lanes: 1, length: 600 m, taper: 200 m}
ego: {lane: 4, s: 10 m, speed: 15 m/s, to: 3}
until: {time: 5 s}
`)
	if got := p.Drive.Route.Lanes; len(got) != 4 || got[0] != 4 || got[1] != 1 || got[2] != 2 || got[3] != 3 {
		t.Errorf("route %v, want ramp, acceleration lane, the adjacent lane, the road after", got)
	}
}

func TestSensorFaults(t *testing.T) {
	p := plan(t, `version: 1
name: faults
map: {kind: straight}
ego: {lane: 0, s: 20 m}
faults:
  camera: {blackout: {from: 2 s, to: 3 s}, latency: 150 ms, dropout: 20 %, dirt: 0.3}
  lidar: {blackout: {from: 4 s}}
vary:
  faults.camera.latency: {any: [150 ms]}
until: {time: 5 s}
`)
	s, c, err := p.Drive.Rig.Camera(sensor.DefaultCamera)
	if err != nil {
		t.Fatal(err)
	}
	if s.Blackout != [2]clock.Tick{200, 300} || s.Latency != 15 || s.Dropout != .2 || c.Dirt != .3 {
		t.Errorf("camera %+v", s)
	}
	lidar, err := p.Drive.Rig.Sensor(sensor.DefaultLidar)
	if err != nil {
		t.Fatal(err)
	}
	if b := lidar.Blackout; b[0] != 400 || b[1] < 500 {
		t.Errorf("lidar blackout %v", b)
	}
}

// Faults of sensors of another rig go by their names, also varied, without a section faults.
func TestSensorFaultsOfSurroundRig(t *testing.T) {
	p := plan(t, `version: 1
name: faults
map: {kind: straight}
ego: {lane: 0, s: 20 m}
vary:
  sensors.rig: {any: [surround]}
  faults.camera-left.dirt: {any: [40 %]}
  faults.camera-rear.latency: {any: [200 ms]}
until: {time: 5 s}
`)
	for s, c := range rig.Of[rig.Camera](&p.Drive.Rig) {
		dirt, latency := 0.0, clock.Tick(4)
		switch s.Name {
		case "camera-left":
			dirt = .4
		case "camera-rear":
			latency = 20
		}
		if c.Dirt != dirt || s.Latency != latency {
			t.Errorf("%s: dirt %g, latency %v", s.Name, c.Dirt, s.Latency)
		}
	}
	if n := p.Drive.Rig.Cameras(); n != 4 {
		t.Errorf("%d cameras, want 4", n)
	}
}

// With sensor faults, the stack with ground truth stops when all sensors that detect
// objects are silent. It drives on when only the radar is silent.
func TestMinimalRiskStopWithAnOracle(t *testing.T) {
	for _, c := range []struct {
		silent string
		stops  bool
	}{
		{"camera: {blackout: {from: 1 s}}, lidar: {blackout: {from: 1 s}}", true},
		{"radar: {blackout: {from: 1 s}}", false},
	} {
		p := plan(t, `version: 1
name: blind
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
faults: {`+c.silent+`}
until: {time: 8 s}
expect: {stops: true}
`)
		o := runner.Options{DriverID: trace.DriverID{Name: "stack", Perception: runner.Oracle}, Jobs: 1,
			NewFactory: runner.NewOracleFactory}
		err := runner.Run(context.Background(), []*scenarios.Case{p.Case}, o, func(out *runner.Outcome) error {
			if out.Verdict.Passed != c.stops {
				t.Errorf("%s: passed is %v: %s", c.silent, out.Verdict.Passed, out.Verdict.Reason)
			}
			return out.Err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// The trigger done: false holds while the previous maneuver is in progress, done: true
// when it is done.
func TestDoneTrigger(t *testing.T) {
	text := `version: 1
name: done
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 0}
actors:
  - {id: lead, kind: car, lane: 0, s: 60 m, speed: 5 m/s, do: [{speed: {to: 15 m/s, accel: 1 m/s2}}, {when: {done: DONE}, stop: {}}]}
until: {time: 5 s}
`
	stopped := map[string]bool{}
	for _, done := range []string{"true", "false"} {
		w := world(t, plan(t, strings.Replace(text, "DONE", done, 1)))
		for range 300 {
			w.Step(vehicle.Command{})
		}
		stopped[done] = w.Actors()[0].State.Speed < 5
	}
	if stopped["true"] || !stopped["false"] {
		t.Errorf("stops while it speeds up: %v", stopped)
	}
}
