package oracle_test

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
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/planning"
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

// oracleCrew returns a crew that perceives with an oracle.
func oracleCrew(t testing.TB) runner.DriverFactory {
	t.Helper()
	return drivetest.Factory(t, runner.Stack, nil)
}

// networkCrew returns a crew with the bundled network.
func networkCrew(t testing.TB) runner.DriverFactory {
	t.Helper()
	return runner.NewStackFactory(drivetest.Detector(t))
}

// decide makes one decision.
func decide(t testing.TB, s *roadloop.Session) *roadloop.Step {
	t.Helper()
	m, err := s.Decide(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func replace(t testing.TB, s *roadloop.Session, layers ...trace.Layer) {
	t.Helper()
	if err := oracle.Substitute(s, layers...); err != nil {
		t.Fatal(err)
	}
}

func TestLayersThatCanBeReplaced(t *testing.T) {
	p := drivetest.Short(t, "cut-in", 1, 2)
	s := drivetest.Session(t, oracleCrew(t), p)
	want := []trace.Layer{trace.LayerTracking, trace.LayerPrediction, trace.LayerPlanning, trace.LayerControl}
	if got := oracle.Layers(s); !slices.Equal(got, want) {
		t.Errorf("with an oracle: %v, want %v", got, want)
	}
	if err := oracle.Substitute(s, trace.LayerTracking, trace.LayerDetection); err == nil || !strings.Contains(err.Error(), "no layer detection") {
		t.Errorf("replacing the detection of an oracle: %v", err)
	}
	if got := oracle.Layers(drivetest.Session(t, networkCrew(t), p)); len(got) != 6 || got[0] != trace.LayerSensor {
		t.Errorf("with senses: %v", got)
	}
}

func TestIdealSensorsMeasureThePresent(t *testing.T) {
	p := drivetest.Short(t, "braking-lead", 1, 2)
	radar, err := p.Drive.Rig.Sensor(sensor.DefaultRadar)
	if err != nil {
		t.Fatal(err)
	}
	radar.Blackout = [2]clock.Tick{0, 200}
	s := drivetest.Session(t, networkCrew(t), p)
	drivetest.Until(t, s, .5, nil)
	replace(t, s, trace.LayerSensor)
	obs := decide(t, s).Obs
	now := s.World().Time()
	if len(obs.Frames) != 1 || obs.Frames[0].Time != now || len(obs.Radars) != 1 || obs.Radars[0].Time != now {
		t.Errorf("at %v: frames %d, radars %+v", now, len(obs.Frames), obs.Radars)
	}
	if n := len(obs.GNSS); n != 1 || obs.GNSS[0].Pose != s.World().Ego().State.Pose {
		t.Errorf("positions %+v, the car is at %+v", obs.GNSS, s.World().Ego().State.Pose)
	}
}

func TestDetectorFindsWhatTheFrameShows(t *testing.T) {
	p := drivetest.Short(t, "braking-lead", 1, 2)
	s := drivetest.Session(t, networkCrew(t), p)
	drivetest.Until(t, s, .2, nil)
	replace(t, s, trace.LayerDetection)
	decide(t, s)
	before := s.World().Clone()
	s.Advance(nil)
	ims := decide(t, s).Images()
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

func TestDetectorReadsSignals(t *testing.T) {
	p := drivetest.Short(t, "red-light", 1, 1)
	p.Drive.World.Ego.Start.S = 105
	c := rig.Default()
	cal := sensor.FrontCamera()
	s, err := rig.New(c.Idealized(), p.Drive.World.Map, 1)
	if err != nil {
		t.Fatal(err)
	}
	w, err := sim.New(p.Drive.World)
	if err != nil {
		t.Fatal(err)
	}
	s.Sample(w)
	frame := s.Observe(0).Frames[0]
	d, err := oracle.NewDetector(w.Map(), &c)
	if err != nil {
		t.Fatal(err)
	}
	turned := cal
	turned.Mount.Yaw = .05
	var right, wrong perception.Image
	for im, c := range map[*perception.Image]*sensor.Camera{&right: &cal, &wrong: &turned} {
		f := frame
		f.Cal = c
		if err := d.Detect(&f, im); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Detect(&sensor.Frame{Cal: &cal}, &right); err == nil {
		t.Error("a frame without ground truth is labeled")
	}
	if err := d.Detect(&frame, &right); err != nil {
		t.Fatal(err)
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

// The lead brakes at 3 s by its script; half a second earlier only the oracle knows.
func TestPredictorKnowsWhatIsToCome(t *testing.T) {
	p := drivetest.Short(t, "braking-lead", 1, 6)
	s := drivetest.Session(t, oracleCrew(t), p)
	drivetest.Until(t, s, 2.5, nil)
	fork := s.Clone()
	replace(t, fork, trace.LayerPrediction)
	end := func(x *roadloop.Step) geom.Vec { return x.Forecast[0].Modes[0].Poses[9].Pos() } // after 2 s
	guessed, foretold := end(decide(t, s)), end(decide(t, fork))
	s.Advance(nil)
	drivetest.Until(t, s, 4.5, nil)
	is := s.World().Actors()[0].Box().Center
	if got := foretold.Dist(is); got > .1 {
		t.Errorf("foretold %.2f m off", got)
	}
	if got := guessed.Dist(is); got < 1 {
		t.Errorf("a guess is only %.2f m off: the test shows nothing", got)
	}
}

func TestPredictorKeepsErrorsOfTracking(t *testing.T) {
	p := drivetest.Short(t, "braking-lead", 1, 6)
	w, err := sim.New(p.Drive.World)
	if err != nil {
		t.Fatal(err)
	}
	box := w.Actors()[0].Box()
	aside := perception.Track{ID: 1, Class: perception.Car, Length: 4, Width: 2, Pose: geom.Pose{X: box.Center.X, Y: box.Center.Y + 1}}
	ghost := aside
	ghost.ID, ghost.Pose.Y = 2, aside.Pose.Y+20
	cast := oracle.NewPredictor(w.Map()).Predict(sim.WithWorld(t.Context(), w), &perception.Scene{Tracks: []perception.Track{aside, ghost}})
	if got := cast[0].Modes[0].Poses[4]; math.Abs(got.Y-aside.Pose.Y) > .05 || got.X < aside.Pose.X+8 {
		t.Errorf("a track 1 m to the side of a moving car is forecast at %+v after 1 s, from %+v", got, aside.Pose)
	}
	if got := cast[1].Modes[0].Poses[4]; got != ghost.Pose {
		t.Errorf("a track without an actor that stands is forecast at %+v", got)
	}
}

// blind perceives the ego alone.
type blind struct{ perception.Perceiver }

func (b blind) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := b.Perceiver.Perceive(ctx, obs)
	scene.Tracks = nil
	return scene, err
}
func (b blind) Clone() perception.Perceiver { return blind{b.Perceiver.Clone()} }

// asleep always plans to continue straight on.
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
func (asleep) Clone() planning.Planner { return asleep{} }

// mirrored steers to the wrong side.
type mirrored struct{ control.Controller }

func (m mirrored) Control(ego *perception.Ego, plan *planning.Plan) vehicle.Command {
	cmd := m.Controller.Control(ego, plan)
	cmd.Steer = -cmd.Steer
	return cmd
}
func (m mirrored) Clone() control.Controller { return mirrored{m.Controller.Clone()} }

// goesWrong drives a case with a broken stack, puts truth in place of a layer after one
// second, and reports whether an infraction occurs.
func goesWrong(t *testing.T, p *runner.Spec, broken func(*roadloop.Stack), layers ...trace.Layer) bool {
	t.Helper()
	s := drivetest.Session(t, oracleCrew(t), p)
	broken(s.Driver().Stack())
	drivetest.Until(t, s, 1, nil)
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

// An error in a layer is gone when that layer is replaced and stays when another one is.
func TestTruthRemovesWhatIsWrongInItsLayer(t *testing.T) {
	ahead := filepath.Join(t.TempDir(), "standing.yaml")
	if err := os.WriteFile(ahead, []byte(standing), 0o644); err != nil {
		t.Fatal(err)
	}
	all := []trace.Layer{trace.LayerTracking, trace.LayerPrediction, trace.LayerPlanning, trace.LayerControl}
	for _, c := range []struct {
		name, scenario string
		broken         func(*roadloop.Stack)
		cures          []trace.Layer
	}{
		{"nothing wrong", ahead, func(*roadloop.Stack) {}, all},
		// A privileged planner helps against blindness too.
		{"blind", ahead, func(s *roadloop.Stack) { s.Perceiver = blind{s.Perceiver} }, []trace.Layer{trace.LayerTracking, trace.LayerPlanning}},
		{"asleep, unguarded", ahead, func(s *roadloop.Stack) { s.Planner, s.Guard = asleep{}, control.NoGuard{} }, []trace.Layer{trace.LayerPlanning, trace.LayerControl}},
		{"mirrored", "curve", func(s *roadloop.Stack) { s.Controller = mirrored{s.Controller} }, []trace.Layer{trace.LayerControl}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := drivetest.Short(t, c.scenario, 1, 12)
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
	p := drivetest.Short(t, "unprotected-left", 2, 14)
	layers := []trace.Layer{trace.LayerTracking, trace.LayerPrediction, trace.LayerPlanning, trace.LayerControl}
	if goesWrong(t, p, func(*roadloop.Stack) {}, layers...) {
		t.Error("something went wrong")
	}
}

// A clone of a session with oracles in all layers drives the same to the byte too.
func TestCloneWithTruth(t *testing.T) {
	p := drivetest.Short(t, "red-light", 2, 2)
	s := drivetest.Session(t, networkCrew(t), p)
	replace(t, s, trace.LayerSensor, trace.LayerDetection, trace.LayerPrediction, trace.LayerPlanning, trace.LayerControl)
	drivetest.Until(t, s, .7, nil)
	fork := s.Clone()
	drivetest.Until(t, s, 1.5, nil)
	drivetest.Until(t, fork, 1.5, nil)
	if d, differ := trace.Compare(s.Trace(), fork.Trace()); differ {
		t.Error(d)
	}
}

func TestIdealizedKeepsTheMounts(t *testing.T) {
	c := rig.Surround()
	for i := range c.Sensors {
		c.Sensors[i].Blackout = [2]clock.Tick{1, 2}
	}
	got := c.Idealized()
	if c.Sensors[0].Latency == 0 || len(got.Sensors) != len(c.Sensors) {
		t.Errorf("idealized %d sensors, of %+v", len(got.Sensors), c)
	}
	for i, s := range got.Sensors {
		if s.Name != c.Sensors[i].Name || s.Timing != (rig.Timing{Period: c.Sensors[i].Period}) {
			t.Errorf("idealized: %+v", s)
		}
	}
	_, left, err := got.Camera("camera-left")
	if _, had, _ := c.Camera("camera-left"); err != nil || left.Calibration != had.Calibration || left.Noise != 0 {
		t.Errorf("the left camera: %+v, %v", left, err)
	}
}
