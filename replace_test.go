package roadloop_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/control"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// decide makes one decision.
func decide(t testing.TB, s *roadloop.Session) *roadloop.Moment {
	t.Helper()
	m, err := s.Decide(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func replace(t testing.TB, s *roadloop.Session, layers ...roadloop.Layer) {
	t.Helper()
	if err := s.Replace(layers...); err != nil {
		t.Fatal(err)
	}
}

func TestLayersThatCanBeReplaced(t *testing.T) {
	p := compile(t, "cut-in", 1, 2)
	s := begin(t, oracleCrew(t), p)
	want := []roadloop.Layer{roadloop.LayerTracking, roadloop.LayerPrediction, roadloop.LayerPlanning, roadloop.LayerControl}
	if got := s.Layers(); !slices.Equal(got, want) {
		t.Errorf("with an oracle: %v, want %v", got, want)
	}
	if err := s.Replace(roadloop.LayerTracking, roadloop.LayerDetection); err == nil || !strings.Contains(err.Error(), "no layer detection") {
		t.Errorf("replacing the detection of an oracle: %v", err)
	}
	if got := begin(t, newCrew(t), p).Layers(); len(got) != 6 || got[0] != roadloop.LayerSensor {
		t.Errorf("with senses: %v", got)
	}
}

func TestIdealSensorsMeasureThePresent(t *testing.T) {
	p := compile(t, "braking-lead", 1, 2)
	crew := newCrew(t)
	make := crew.Driver(p)
	p.Drive.Rig.Radar.Blackout = [2]clock.Tick{0, 200}
	s, err := roadloop.NewSession(&p.Drive, make)
	if err != nil {
		t.Fatal(err)
	}
	until(t, s, .5, nil)
	replace(t, s, roadloop.LayerSensor)
	obs := decide(t, s).Obs
	now := s.World().Time()
	if len(obs.Frames) != 1 || obs.Frames[0].Time != now || len(obs.Radars) != 1 || obs.Radars[0].Time != now {
		t.Errorf("at %v: frames %d, radars %+v", now, len(obs.Frames), obs.Radars)
	}
	if n := len(obs.GNSS); n != 1 || obs.GNSS[0].Pose != s.World().Ego().State.Pose {
		t.Errorf("positions %+v, the car is at %+v", obs.GNSS, s.World().Ego().State.Pose)
	}
}

func TestSeerFindsWhatTheFrameShows(t *testing.T) {
	p := compile(t, "braking-lead", 1, 2)
	s := begin(t, newCrew(t), p)
	until(t, s, .2, nil)
	replace(t, s, roadloop.LayerDetection)
	if ims := decide(t, s).Thoughts.Images; len(ims) != 1 || len(ims[0].Detections) > 0 || ims[0].Cal != nil {
		t.Errorf("a frame from before: %+v", ims)
	}
	before := s.World().Clone()
	s.Advance(nil)
	ims := decide(t, s).Thoughts.Images
	if len(ims) != 1 || ims[0].Time != before.Time() {
		t.Fatalf("%d images", len(ims))
	}
	lead := before.Ego().State.Pose.ToLocal(before.Actors()[0].Box().Center)
	found := slices.IndexFunc(ims[0].Detections, func(d perception.Detection) bool {
		return d.Class == perception.Car && d.Pos.Dist(lead) < 1e-6 && math.Abs(d.Heading) < .01
	})
	if found < 0 {
		t.Errorf("the lead, at %v, is not among %+v", lead, ims[0].Detections)
	}
	if d := &ims[0].Detections[max(found, 0)]; math.Abs(d.Distance-lead.Dist(geom.Vec{X: 1.7})) > 1e-6 || d.Box.X1-d.Box.X0 < 5 {
		t.Errorf("the lead: %+v", d)
	}
	if n := len(ims[0].Boundaries); n < 2 {
		t.Errorf("%d lane boundaries on a marked road", n)
	}
}

func TestSeerReadsSignals(t *testing.T) {
	p := compile(t, "red-light", 1, 1)
	p.Drive.World.Ego.Start.S = 105
	w, err := sim.New(p.Drive.World)
	if err != nil {
		t.Fatal(err)
	}
	cal := sensor.FrontCamera()
	seer, err := roadloop.NewSeer(w, &cal)
	if err != nil {
		t.Fatal(err)
	}
	turned := cal
	turned.Mount.Yaw = .05
	var right, wrong perception.Image
	for im, c := range map[*perception.Image]*sensor.Camera{&right: &cal, &wrong: &turned} {
		if err := seer.Detect(&sensor.Frame{Cal: c}, im); err != nil {
			t.Fatal(err)
		}
	}
	i := slices.IndexFunc(right.Detections, func(d perception.Detection) bool { return d.Class.IsSignal() })
	if i < 0 || right.Detections[i].Class != perception.SignalRed {
		t.Fatalf("no red light among %+v", right.Detections)
	}
	// A camera that is said to look elsewhere puts things there.
	if a, b := right.Detections[i].Bearing, wrong.Detections[i].Bearing; math.Abs(b-a-.05) > .003 {
		t.Errorf("bearing %.3f with the right calibration, %.3f with one turned by 0.05", a, b)
	}
}

// The lead brakes at 3 s by its script; half a second earlier only a prophet knows.
func TestProphetKnowsWhatIsToCome(t *testing.T) {
	p := compile(t, "braking-lead", 1, 6)
	s := begin(t, oracleCrew(t), p)
	until(t, s, 2.5, nil)
	fork, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	replace(t, fork, roadloop.LayerPrediction)
	guess, known := decide(t, s).Thoughts, decide(t, fork).Thoughts
	end := func(th *roadloop.Thoughts) geom.Vec { return th.Forecast[0].Modes[0].Poses[9].Pos() } // after 2 s
	guessed, foretold := end(&guess), end(&known)
	s.Advance(nil)
	until(t, s, 4.5, nil)
	is := s.World().Actors()[0].Box().Center
	if got := foretold.Dist(is); got > .1 {
		t.Errorf("foretold %.2f m off", got)
	}
	if got := guessed.Dist(is); got < 1 {
		t.Errorf("a guess is only %.2f m off: the test shows nothing", got)
	}
}

func TestProphetLeavesErrorsOfTracking(t *testing.T) {
	p := compile(t, "braking-lead", 1, 6)
	w, err := sim.New(p.Drive.World)
	if err != nil {
		t.Fatal(err)
	}
	box := w.Actors()[0].Box()
	aside := perception.Track{ID: 1, Class: perception.Car, Length: 4, Width: 2, Pose: geom.Pose{X: box.Center.X, Y: box.Center.Y + 1}}
	ghost := aside
	ghost.ID, ghost.Pose.Y = 2, aside.Pose.Y+20
	cast := roadloop.NewProphet(w).Predict(&perception.Scene{Tracks: []perception.Track{aside, ghost}})
	if got := cast[0].Modes[0].Poses[4]; math.Abs(got.Y-aside.Pose.Y) > .05 || got.X < aside.Pose.X+8 {
		t.Errorf("a track 1 m beside a moving car is foretold at %+v after 1 s, from %+v", got, aside.Pose)
	}
	if got := cast[1].Modes[0].Poses[4]; got != ghost.Pose {
		t.Errorf("a track of nobody that stands is foretold at %+v", got)
	}
}

// blind perceives the ego and nobody else.
type blind struct{ perception.Perceiver }

func (b blind) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := b.Perceiver.Perceive(ctx, obs)
	scene.Tracks = nil
	return scene, err
}

// asleep never plans anything but to go on.
type asleep struct{}

func (asleep) Plan(_ context.Context, scene *perception.Scene, _ []planning.Forecast) (*planning.Plan, error) {
	plan := &planning.Plan{Time: scene.Time}
	for k := range 40 {
		p := scene.Ego.Pose
		p.X += scene.Ego.Speed * .1 * float64(k)
		plan.Waypoints = append(plan.Waypoints, planning.Waypoint{Time: clock.Tick(10 * k), Pose: p, Speed: scene.Ego.Speed})
	}
	return plan, nil
}

// mirrored steers to the wrong side.
type mirrored struct{ control.Controller }

func (m mirrored) Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command {
	cmd := m.Controller.Control(ego, plan)
	cmd.Steer = -cmd.Steer
	return cmd
}

// lax lets everything pass.
type lax struct{}

func (lax) Guard(_ *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	return want, control.Intervention{}
}

// goesWrong drives a case with a broken stack, puts truth in the place of a layer
// after a while, and reports whether anything went wrong.
func goesWrong(t *testing.T, p *scenarios.Plan, broken func(*roadloop.Stack), layers ...roadloop.Layer) bool {
	t.Helper()
	s := begin(t, oracleCrew(t), p)
	broken(s.Driver().(*roadloop.Stack))
	until(t, s, 1, nil)
	replace(t, s, layers...)
	for !s.Done() {
		for _, e := range decide(t, s).Events {
			if e.Kind <= sim.StopSign {
				return true
			}
		}
		s.Advance(nil)
	}
	return false
}

// standing is a scenario in which a car stands ahead.
const standing = `version: 1
name: standing
map: {kind: straight, length: 400 m, speed_limit: 50 km/h}
ego: {lane: 0, s: 20 m, speed: 40 km/h}
actors: [{id: car, kind: car, lane: 0, s: 110 m}]
until: {time: 12 s}
`

// What is wrong in a layer goes with it and stays when another one is replaced.
func TestTruthRemovesWhatIsWrongInItsLayer(t *testing.T) {
	ahead := filepath.Join(t.TempDir(), "standing.yaml")
	if err := os.WriteFile(ahead, []byte(standing), 0o644); err != nil {
		t.Fatal(err)
	}
	all := []roadloop.Layer{roadloop.LayerTracking, roadloop.LayerPrediction, roadloop.LayerPlanning, roadloop.LayerControl}
	for _, c := range []struct {
		name, scenario string
		broken         func(*roadloop.Stack)
		cures          []roadloop.Layer
	}{
		{"nothing wrong", ahead, func(*roadloop.Stack) {}, all},
		// A plan that sees all helps against blindness too.
		{"blind", ahead, func(s *roadloop.Stack) { s.Perceiver = blind{s.Perceiver} }, []roadloop.Layer{roadloop.LayerTracking, roadloop.LayerPlanning}},
		{"asleep, unguarded", ahead, func(s *roadloop.Stack) { s.Planner, s.Guard = asleep{}, lax{} }, []roadloop.Layer{roadloop.LayerPlanning, roadloop.LayerControl}},
		{"mirrored", "curve", func(s *roadloop.Stack) { s.Controller = mirrored{s.Controller} }, []roadloop.Layer{roadloop.LayerControl}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := compile(t, c.scenario, 1, 12)
			if got := goesWrong(t, p, c.broken); got != (c.name != "nothing wrong") {
				t.Fatalf("without replacement something goes wrong: %v", got)
			}
			for _, l := range all {
				if got, want := goesWrong(t, p, c.broken, l), !slices.Contains(c.cures, l); got != want {
					t.Errorf("with true %s something goes wrong: %v, want %v", l, got, want)
				}
			}
		})
	}
}

func TestAllOfTruthDrivesWell(t *testing.T) {
	p := compile(t, "unprotected-left", 2, 14)
	layers := []roadloop.Layer{roadloop.LayerTracking, roadloop.LayerPrediction, roadloop.LayerPlanning, roadloop.LayerControl}
	if goesWrong(t, p, func(*roadloop.Stack) {}, layers...) {
		t.Error("something went wrong")
	}
}

// A fork of a session with oracles in all layers goes on to the byte too.
func TestForkWithTruth(t *testing.T) {
	p := compile(t, "red-light", 2, 2)
	s := begin(t, newCrew(t), p)
	replace(t, s, roadloop.LayerSensor, roadloop.LayerDetection, roadloop.LayerPrediction, roadloop.LayerPlanning, roadloop.LayerControl)
	until(t, s, .7, nil)
	fork, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	until(t, s, 1.5, nil)
	until(t, fork, 1.5, nil)
	if d, differ := roadloop.Compare(s.Trace(), fork.Trace()); differ {
		t.Error(d)
	}
}

func TestIdealizedKeepsTheMounts(t *testing.T) {
	c := rig.Default()
	c.Lidar.Mount.Z, c.Camera.Blackout, c.Radar.Period = 2, [2]clock.Tick{1, 2}, 0
	got := c.Idealized()
	if got.Lidar.Mount.Z != 2 || got.Camera.Blackout != [2]clock.Tick{} || got.Radar.Period != 0 || got.Camera.Latency != 0 {
		t.Errorf("idealized: %+v", got)
	}
}
