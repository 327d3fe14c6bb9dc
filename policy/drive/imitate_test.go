package drive

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/policy"
	"roadloop/scenarios/drivetest"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// What a policy observed and did as the driver of a case is what an observer of the drive
// observes, and what the commands are the actions of, bit by bit. At the end of the route the
// driver brakes in place of the policy, and the observer says so.
func TestObserverSeesWhatThePolicySaw(t *testing.T) {
	change := func(c *Config) { c.Observations = []string{State, RoutePoints, RoadUsers, Navigation, Top} }
	k := openTask(t, change)
	c := drivetest.Plan(t, "cut-in/3").Drive
	d, own := newDriver(t, k, c)
	own.Blind = true
	env := newEnv(k)
	o, err := env.Attach(&c)
	if err != nil {
		t.Fatal(err)
	}
	obs, action := policy.NewArrays(k.spec.Observation, 1), make([]float32, 2)
	decisions := 0
	if _, err := roadloop.Drive(t.Context(), own, d, func(s *roadloop.Step) bool {
		if !o.Decides(s.Time) || s.Time >= c.Duration {
			return true
		}
		if err := o.Observe(s.World, obs); err != nil {
			t.Fatal(err)
		}
		if o.AtEnd() {
			return false
		}
		decisions++
		for i := range obs {
			if !slices.Equal(obs[i].Floats, s.Policy.Observation[i].Floats) || !bytes.Equal(obs[i].Bytes, s.Policy.Observation[i].Bytes) {
				t.Fatalf("at %v the observation %s differs", s.Time, k.spec.Observation[i].Name)
			}
		}
		did := o.Execute(s.Command)
		if exact, ok := env.Imitate(action, []Executed{did}); !exact || !ok || !slices.Equal(action, s.Policy.Action.Floats) {
			t.Fatalf("at %v the action is %v, want %v", s.Time, action, s.Policy.Action.Floats)
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if decisions < 50 {
		t.Errorf("only %d decisions", decisions)
	}
}

// Frames of an observer are those of an environment in the same world.
func TestObserverSeesFramesAsInTraining(t *testing.T) {
	change := func(c *Config) { c.Observations, c.Frames = []string{Camera96}, 2 }
	w := straight()
	w.params.Length, w.goal = 800, 700
	e := begin(t, w, change)
	c := e.drive()
	c.Route.GoalS = w.goal
	o, err := e.Attach(&c)
	if err != nil {
		t.Fatal(err)
	}
	want, got := policy.NewArrays(e.Spec().Observation, 1), policy.NewArrays(e.Spec().Observation, 1)
	for range 5 {
		e.Observe(want)
		if err := o.Observe(e.World(), got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want[0].Bytes, got[0].Bytes) {
			t.Fatal("another image")
		}
		if _, err := e.Step([]float32{.1, .5}); err != nil {
			t.Fatal(err)
		}
	}
}

// On a circle of 100 m at 10 m/s, the waypoints of Trajectory are on the circle; the last
// 2.5 s have none. Faster than the space, the waypoints are clipped.
func TestImitateTrajectory(t *testing.T) {
	env := newEnv(openTask(t, func(c *Config) { c.Control = Trajectory }))
	drive := func(speed float64) (did []Executed) {
		for n := range 30 {
			a := speed * float64(n) / 10 / 100
			did = append(did, Executed{Pose: geom.Pose{X: 100 * math.Sin(a), Y: 100 - 100*math.Cos(a), Yaw: a}, Speed: speed})
		}
		return did
	}
	did, action := drive(10), make([]float32, 2*NumWaypoints)
	for _, n := range []int{0, 4} {
		if exact, ok := env.Imitate(action, did[n:]); !exact || !ok {
			t.Fatalf("decision %d: exact %v, ok %v", n, exact, ok)
		}
		for i := range NumWaypoints {
			a := .05 * float64(i+1)
			if at := waypoint(i, action[2*i], action[2*i+1]); at.Dist(geom.Vec{X: 100 * math.Sin(a), Y: 100 - 100*math.Cos(a)}) > 1e-4 {
				t.Errorf("decision %d: waypoint %d is at %v", n, i, at)
			}
		}
	}
	if _, ok := env.Imitate(action, did[5:]); ok {
		t.Error("25 decisions have a waypoint after 2.5 s")
	}
	if exact, ok := env.Imitate(action, drive(40)); exact || !ok || action[0] != 1 {
		t.Errorf("at 40 m/s: exact %v, action %v", exact, action)
	}
}

// An acceleration is a share of the full throttle or brake, and a steering angle one of the limit
// at the speed.
func TestImitateCommand(t *testing.T) {
	env, action := newEnv(openTask(t, func(*Config) {})), make([]float32, 2)
	limit := math.Atan(env.pilot.car.Wheelbase() * lateralAccel / 400)
	for _, c := range []struct {
		command vehicle.Command
		want    [2]float32
		exact   bool
	}{
		{vehicle.Command{Steer: limit / 4, Accel: 1.2}, [2]float32{.25, .5}, true},
		{vehicle.Command{Steer: -limit, Accel: -3}, [2]float32{-1, -.5}, true},
		{vehicle.Command{Steer: -2 * limit, Accel: -3}, [2]float32{-1, -.5}, false},
		{vehicle.Command{Accel: 3}, [2]float32{0, 1}, false},
	} {
		if exact, ok := env.Imitate(action, []Executed{{Speed: 20, Command: c.command}}); exact != c.exact || !ok || [2]float32(action) != c.want {
			t.Errorf("%+v: action %v, exact %v", c.command, action, exact)
		}
	}
}

func TestCannotImitate(t *testing.T) {
	c := drivetest.Plan(t, "cut-in/3").Drive
	lost := c
	lost.Route.Lanes = nil
	for want, change := range map[string]func(*Config){
		"are maneuvers":                         func(c *Config) { c.Control = Meta },
		"waypoints of drive-highway-v0, 0.5 s":  func(c *Config) { c.Control, c.Rate = Trajectory, 2.5 },
		"which are no whole number of steps of": func(c *Config) { c.Rate = 50 },
	} {
		if _, err := newEnv(openTask(t, change)).Attach(&c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := newEnv(openTask(t, func(*Config) {})).Attach(&lost); err == nil || !strings.Contains(err.Error(), "no lanes") {
		t.Errorf("a case without route: %v", err)
	}
}
