package roadloop_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop"
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

// file writes a scenario to a file and returns its path.
func file(t *testing.T, yaml string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scenario.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sensing returns a session in which the stack perceives with the given sensors and true
// detections.
func sensing(t *testing.T, p *runner.Spec, c rig.Config) *roadloop.Session {
	t.Helper()
	p.Drive.Rig = c
	d, err := oracle.NewDetector(p.Drive.World.Map, &c)
	if err != nil {
		t.Fatal(err)
	}
	return drivetest.Session(t, runner.NewStackFactory(d), p)
}

// decideUntil drives a session to a time, s, and returns the decision at it.
func decideUntil(t *testing.T, s *roadloop.Session, seconds float64) *roadloop.Step {
	t.Helper()
	drivetest.Until(t, s, seconds, nil)
	step, err := s.Decide(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return step
}

// trackAt returns a track within 1 m of a place, nil if there is none.
func trackAt(s *perception.Scene, p geom.Vec) *perception.Track {
	for i := range s.Tracks {
		if s.Tracks[i].Pose.Pos().Dist(p) < 1 {
			return &s.Tracks[i]
		}
	}
	return nil
}

// By hand: the left camera is at (1.9, 0.9), looks 60° to the left and 0.02 rad down, from
// 1.3 m. A person 10 m away on its axis is at (1.9 + 10·cos 60°, 0.9 + 10·sin 60°) =
// (6.9, 9.56), in the middle column, 160, with the feet at row 88 + f·(1.3·cos p − 10·sin p)
// / (10·cos p + 1.3·sin p) = 115.5 with f = 160/tan 32.5° = 251.2 and p = 0.02. No other
// camera sees it.
func TestLeftCameraSeesWhatIsAtTheLeft(t *testing.T) {
	p := drivetest.Short(t, file(t, `version: 1
name: at the left
map: {kind: straight, lanes: 2, length: 300 m}
ego: {lane: 0, s: 100 m, speed: 0 km/h}
actors:
  - {id: person, kind: pedestrian, lane: 0, s: 106.9 m, d: 9.56 m, behavior: still}
until: {time: 5 s}
`), 1, 5)
	p.Drive.World.Map.Props = nil
	cameras := rig.Surround().Idealized()
	cameras = cameras.Only("camera", "camera-left", "camera-right", "camera-rear", sensor.DefaultOdometry, sensor.DefaultGNSS)
	s := sensing(t, p, cameras)
	first := decideUntil(t, s, 0)
	if n := len(first.Images()); n != 4 {
		t.Fatalf("%d images, want 4", n)
	}
	for _, im := range first.Images() {
		if im.Sensor != "camera-left" {
			if len(im.Detections) > 0 {
				t.Errorf("%s sees %+v", im.Sensor, im.Detections)
			}
			continue
		}
		if len(im.Detections) != 1 {
			t.Fatalf("the left camera sees %+v", im.Detections)
		}
		b := im.Detections[0].Box
		if u := (b.X0 + b.X1) / 2; math.Abs(u-160) > 2 || math.Abs(b.Y1-115.5) > 2.5 {
			t.Errorf("the person is at column %.1f with the feet at row %.1f, want 160 and 115.5", u, b.Y1)
		}
	}
	scene := decideUntil(t, s, 1).Scene
	person := s.World().Actors()[0].Box().Center
	track := trackAt(scene, person)
	if len(scene.Tracks) != 1 || track == nil || track.Class != perception.Pedestrian || track.Pose.Pos().Dist(person) > .5 {
		t.Errorf("tracks %+v, want a pedestrian at %v", scene.Tracks, person)
	}
	for _, a := range scene.Health.Sensors {
		if a.Age != 0 {
			t.Errorf("health %+v", scene.Health)
		}
	}
}

// A second radar, at the rear, sees the car behind, which the first one cannot see; both
// see their own side.
func TestTwoRadars(t *testing.T) {
	p := drivetest.Short(t, file(t, `version: 1
name: two radars
map: {kind: straight, lanes: 2, length: 600 m}
ego: {lane: 0, s: 200 m, speed: 36 km/h}
actors:
  - {id: ahead, kind: car, lane: 0, s: 240 m, speed: 54 km/h}
  - {id: behind, kind: car, lane: 1, s: 160 m, speed: 54 km/h}
until: {time: 5 s}
`), 1, 5)
	p.Drive.World.Map.Props = nil
	c := rig.Ideal().Only(sensor.DefaultRadar, sensor.DefaultOdometry, sensor.DefaultGNSS)
	rear := c.Sensors[0]
	rear.Name = "radar-rear"
	radar, err := rig.ModelOf[rig.Radar](&c, sensor.DefaultRadar)
	if err != nil {
		t.Fatal(err)
	}
	radar.Mount = sensor.Mount{X: -.9, Z: .5, Yaw: math.Pi}
	rear.Model = radar
	one := c.Clone()
	c.Sensors = append(c.Sensors, rear)
	for _, k := range []struct {
		rig  rig.Config
		want [2]bool // tracked: the car ahead, the car behind
	}{{one, [2]bool{true, false}}, {c, [2]bool{true, true}}} {
		s := sensing(t, p, k.rig)
		step := decideUntil(t, s, 1)
		if n := len(step.Obs.Radars); n != len(k.rig.Sensors)-2 {
			t.Fatalf("%d scans of %d radars", n, len(k.rig.Sensors)-2)
		}
		for i, scan := range step.Obs.Radars {
			if scan.Sensor != k.rig.Names()[[]int{0, 3}[i]] || len(scan.Targets) != 1 {
				t.Errorf("scan %+v", scan)
			}
		}
		for i, want := range k.want {
			a := s.World().Actors()[i]
			track := trackAt(step.Scene, a.Box().Center)
			if (track != nil) != want || want && track.Vel.Dist(a.Velocity()) > 1 {
				t.Errorf("%d radars: car %d at %v: %+v", len(step.Obs.Radars), i, a.Box().Center, step.Scene.Tracks)
			}
		}
	}
}

// Cases of the library, cut to 7 s, pass with three more cameras, with ground truth and with the
// network, and repeat to the byte for any number of workers.
func TestLibraryPassesWithSurroundRig(t *testing.T) {
	source, err := scenarios.Find("cut-in")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Find(file(t, strings.Replace(string(source.Source), "until: {time: 16 s}", "until: {time: 7 s}", 1)+"\nsensors: {rig: surround}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []*scenarios.Case
	for seed := range uint64(2) {
		c, err := s.Case(seed + 1)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	run := func(jobs int, open func() (runner.DriverFactory, error)) (traces []*trace.Trace) {
		o := runner.Options{Jobs: jobs, NewFactory: open}
		err := runner.Run(t.Context(), cases, o, func(out *runner.Outcome) error {
			if out.Err == nil && !out.Verdict.Passed {
				t.Errorf("%s: %s", out.Case.ID(), out.Verdict.Reason)
			}
			traces = append(traces, out.Trace)
			return out.Err
		})
		if err != nil {
			t.Fatal(err)
		}
		return traces
	}
	run(2, runner.NewOracleFactory)
	network := func() (runner.DriverFactory, error) { return runner.NewStackFactory(drivetest.Detector(t)), nil }
	one, two := run(1, network), run(2, network)
	for i := range one {
		if d, differ := trace.Compare(one[i], two[i]); differ {
			t.Errorf("%s with two workers: %v", cases[i].ID(), d)
		}
	}
}
