package drive

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/policy"
	"roadloop/scenarios/drivetest"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// ahead is a long road of two lanes with road users, and the ego at 200 m with 10 m/s.
func ahead(actors ...sim.ActorSpec) world {
	w := straight()
	w.params.Length, w.params.Lanes, w.start.S, w.goal, w.actors = 2000, 2, 200, 1900, actors
	return w
}

// vehicleAt is a vehicle that drives as fast as the ego, from a distance to the ego's rear axle on.
func vehicleAt(kind actor.Kind, lane road.LaneID, distance float64) sim.ActorSpec {
	return sim.ActorSpec{Kind: kind, Start: sim.Start{Lane: lane, S: 200 + distance, Speed: 10}, Behavior: sim.Drive{Model: &vehicle.IDM{V0: 10, T: .1, S0: 1, A: 1, B: 3, Delta: 4}}}
}

// perceiving is the change of a task to observations of the perceived scene.
func perceiving(c *Config) { c.Observations = []string{Perceived, PerceivedRoad, RoadUsers, State} }

// coast steps an environment with its speed for some seconds, and returns its observations.
func coast(t *testing.T, e *Env, seconds float64) []policy.Array {
	t.Helper()
	for range int(seconds * e.task.config.Rate) {
		if _, err := e.Step([]float32{0, 0}); err != nil {
			t.Fatal(err)
		}
	}
	obs := policy.NewArrays(e.Spec().Observation, 1)
	e.Observe(obs)
	return obs
}

// seen returns the road users in an observation.
func seen(obs []float32) (users []ObservedUser) {
	for row := 1; row <= NumUsers; row++ {
		if u, ok := DecodeUser(obs, row); ok {
			users = append(users, u)
		}
	}
	return users
}

// A car in view is perceived where it is, and the ego where it is.
func TestPerceivedCarIsWhereItIs(t *testing.T) {
	e := begin(t, ahead(vehicleAt(actor.Car, 1, 40)), perceiving)
	obs := coast(t, e, 3)
	got, want := seen(obs[0].Floats), seen(obs[2].Floats)
	if len(got) != 1 || len(want) != 1 {
		t.Fatalf("%d road users, want %d", len(got), len(want))
	}
	g, w := got[0], want[0]
	if g.Kind != actor.Car || g.Pose.Pos().Dist(w.Pose.Pos()) > .7 || math.Abs(geom.WrapAngle(g.Pose.Yaw-w.Pose.Yaw)) > .05 ||
		g.Velocity.Dist(w.Velocity) > .7 || math.Abs(g.Length-w.Length) > .7 || math.Abs(g.Width-w.Width) > .4 {
		t.Errorf("%+v, want about %+v", g, w)
	}
	for row := range 2 {
		p, u := obs[0].Floats[row*PerceivedValues:(row+1)*PerceivedValues], obs[2].Floats[row*UserValues:(row+1)*UserValues]
		if p[UserValues] < .9 || p[UserValues+1] > .1 {
			t.Errorf("row %d exists with probability %g, last seen %g s ago", row, p[UserValues], p[UserValues+1]*rangeUnseen)
		}
		for i, tolerance := range []float32{1 / rangeUsers, .5 / rangeAside, .7 / rangeSpeed, .7 / rangeSpeed} { // along, aside, speed, drift
			if k := firstPlace + i; math.Abs(float64(p[k]-u[k])) > float64(tolerance) {
				t.Errorf("row %d, value %d is %g, want about %g", row, k, p[k], u[k])
			}
		}
	}
	lane, state := obs[1].Floats, obs[3].Floats
	if lane[0] != 1 || math.Abs(float64(lane[1]-state[4]))*rangeOffset > .2 || math.Abs(float64(lane[2]-state[4]))*rangeOffset > .2 || math.Abs(float64(lane[3]-state[5])) > .02 {
		t.Errorf("lane %v, want an offset of about %g and a heading of %g", lane[:4], state[4], state[5])
	}
}

// A car behind a truck, and one behind the ego farther away than the lidar reaches, are road
// users, but not perceived.
func TestHiddenRoadUsersAreNotPerceived(t *testing.T) {
	e := begin(t, ahead(vehicleAt(actor.Truck, 0, 22), vehicleAt(actor.Car, 0, 40), vehicleAt(actor.Car, 1, -85)), perceiving)
	obs := coast(t, e, 3)
	if all := seen(obs[2].Floats); len(all) != 3 {
		t.Fatalf("road users %+v", all)
	}
	if got := seen(obs[0].Floats); len(got) != 1 || got[0].Kind != actor.Truck {
		t.Errorf("perceived %+v, want the truck", got)
	}
}

// The light of the next stop line is what the camera saw.
func TestPerceivedLight(t *testing.T) {
	w := crossing(road.SignalPlan{Red: 1})
	w.route, w.goal = straightOn(t), 20
	e := begin(t, w, perceiving)
	obs := coast(t, e, 1)
	p, s := obs[1].Floats[7:14], obs[3].Floats[8:15]
	if s[1] != 1 || !slices.Equal(p[1:], s[1:]) || math.Abs(float64(p[0]-s[0]))*rangeStop > .5 {
		t.Errorf("stop line %v, want %v", p, s)
	}
	for i := range e.view.perceived.scene.Signals {
		e.view.perceived.scene.Signals[i].State = road.Off
	}
	e.Observe(obs)
	if p[1] != 0 || s[1] != 1 {
		t.Error("a light that no camera saw")
	}
}

// Episodes that are repeated have the same observations, for any number of workers.
func TestPerceivedEpisodesAreRepeated(t *testing.T) {
	c, err := FindTask("drive-perceived-v0")
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Sources {
		c.Sources[i].Count = 2
	}
	task, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	vector := func(workers int) *policy.Vector {
		v, err := policy.NewVector(3, workers, policy.SameStep, task.Env)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.Close)
		return v
	}
	first, again := vector(1), vector(2)
	if err := errors.Join(first.Reset(7), again.Reset(100)); err != nil {
		t.Fatal(err)
	}
	r, a := rng.New(1, "test", "actions"), make([]float32, 3*2)
	for n := range 18 {
		if n == 12 {
			if err := again.Resume(first.Episodes()); err != nil {
				t.Fatal(err)
			}
		}
		for k := range 3 {
			act(&r, &task.spec.Action, a[2*k:2*k+2])
		}
		if err := first.Step(a); err != nil {
			t.Fatal(err)
		}
		if n < 12 {
			continue
		}
		if err := again.Step(a); err != nil {
			t.Fatal(err)
		}
		for i := range first.Obs {
			if !slices.Equal(first.Obs[i].Floats, again.Obs[i].Floats) {
				t.Fatalf("step %d: the observation %s differs", n, c.Observations[i])
			}
			for k, x := range first.Obs[i].Floats {
				if !(x >= -1 && x <= 1) {
					t.Fatalf("value %d of %s is %g", k, c.Observations[i], x)
				}
			}
		}
	}
	if len(seen(first.Obs[0].Floats)) == 0 {
		t.Error("nothing was perceived")
	}
}

// A driver in a world that a session steps perceives from the messages that it receives what an
// environment does.
func TestDriverPerceivesAsInTraining(t *testing.T) {
	w := ahead(vehicleAt(actor.Truck, 0, 30), vehicleAt(actor.Car, 1, 12))
	change := func(c *Config) { c.Observations = []string{Perceived, PerceivedRoad, Navigation} }
	e := begin(t, w, change)
	c := roadloop.Case{World: e.spec, Rig: rig.Default(), Route: planning.Route{Lanes: w.route, GoalS: w.goal}, Duration: clock.PerSecond * 60}
	d, own := newDriver(t, openTask(t, change), c)
	s, err := roadloop.NewSession(own, d)
	if err != nil {
		t.Fatal(err)
	}
	obs, p := policy.NewArrays(e.Spec().Observation, 1), reflex{e.Spec().Action}
	var thought policy.Thought
	for n := range 15 {
		e.Observe(obs)
		if err := p.ThinkInto(&thought, obs); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			step, err := s.Decide(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for i := range obs {
				if v := &step.Policy.Observation[i]; !slices.Equal(v.Floats, obs[i].Floats) {
					t.Fatalf("decision %d: the observation %s differs", n, v.Name)
				}
			}
			s.Advance(nil)
		}
		if _, err := e.Step(thought.Action); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen(obs[0].Floats)) != 2 {
		t.Errorf("perceived %+v", seen(obs[0].Floats))
	}
}

// counting is a detector that finds nothing in the pictures that it counts.
type counting map[string]int

func (c counting) Detect(f *sensor.Frame, im *perception.Image) error {
	if len(f.Pix) > 0 {
		c[f.Sensor]++
	}
	*im = perception.Image{Cal: f.Cal}
	return nil
}

func (c counting) Clone() perception.Detector { return c }

// The detector of a task reads the frames of the car, and not those of the policy's own camera.
func TestDetectorOfATask(t *testing.T) {
	frames := counting{}
	k := openTask(t, func(c *Config) {
		c.Observations = []string{Camera96, Perceived}
		c.Detector = func(*roadloop.Case) (perception.Detector, error) { return frames, nil }
	})
	d, own := newDriver(t, k, drivetest.Short(t, "cut-in", 3, 1).Drive)
	decided := 0
	if _, err := roadloop.Drive(t.Context(), own, d, func(s *roadloop.Step) bool {
		if s.Policy != nil {
			decided++
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if front := own.Rig.FrontCamera(); len(frames) != 1 || frames[front] < 15 || decided < 15 {
		t.Errorf("frames %v, %d decisions", frames, decided)
	}
	clear(frames)
	e, err := k.Env()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Reset(1); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := e.Step([]float32{0, 0}); err != nil {
			t.Fatal(err)
		}
	}
	if len(frames) != 1 || frames[sensor.DefaultCamera] < 9 {
		t.Errorf("frames %v in half a second of an environment", frames)
	}
}

// A driver that begins in the middle of a drive rolls on until it knows where the car is.
func TestDriverWaitsForItsPlace(t *testing.T) {
	d, own := newDriver(t, openTask(t, perceiving), drivetest.Short(t, "cut-in", 3, 1).Drive)
	s, err := roadloop.NewSession(own, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Drive(sim.WithWorld(t.Context(), s.World()), &sensor.Observation{}); err != nil || d.decided {
		t.Errorf("decided %v without any message, %v", d.decided, err)
	}
	if _, err := s.Decide(t.Context()); err != nil || !d.decided {
		t.Errorf("decided %v with a position, %v", d.decided, err)
	}
}

// Observations allocate nothing beyond what perception does.
func TestPerceivedObservationDoesNotAllocate(t *testing.T) {
	e := begin(t, ahead(vehicleAt(actor.Car, 1, 40)), perceiving)
	obs := coast(t, e, 1)
	if n := testing.AllocsPerRun(20, func() { e.Observe(obs) }); n > 0 {
		t.Errorf("%g allocations", n)
	}
}

func TestBadPerception(t *testing.T) {
	k := openTask(t, perceiving)
	c := drivetest.Plan(t, "cut-in/3").Drive
	check := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	for want, sensors := range map[string]rig.Config{
		"the perceived scene needs a camera that is switched on: the rig has lidar, radar, odometry, gnss":          c.Rig.Only("lidar", "radar", "odometry", "gnss"),
		"the perceived scene needs a GNSS receiver that is switched on: the rig has camera, lidar, radar, odometry": c.Rig.Only("camera", "lidar", "radar", "odometry"),
		"the perceived scene needs odometry that is switched on: the rig has camera, gnss":                          c.Rig.Only("camera", "gnss"),
		"the perceived scene needs a camera that is switched on: the rig has no sensors":                            rig.Off(),
	} {
		poor := c
		poor.Rig = sensors
		_, err := k.Driver(&poor, nil)
		check("a rig", err, want)
	}
	broken := openTask(t, func(c *Config) {
		perceiving(c)
		c.Detector = func(*roadloop.Case) (perception.Detector, error) { return nil, errors.New("no weights") }
	})
	e := newEnv(broken)
	check("no detector", e.Reset(1), "drive: opening the detector of the perceived scene: no weights")
	e = begin(t, ahead(), perceiving)
	_, err := e.Attach(&c)
	check("a recorded drive", err, "drive-highway-v0 observes the perceived scene, which needs the messages of sensors")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = e.proceed(ctx, nil)
	check("canceled", err, "drive: at 0.05 s: perceiving: context canceled")
}
