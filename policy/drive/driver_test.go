package drive

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop"
	"roadloop/layertest"
	"roadloop/planning"
	"roadloop/policy"
	"roadloop/scenarios/drivetest"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// reflex is a policy with an action that depends on all values of an observation.
type reflex struct{ space policy.Space }

func (r reflex) ThinkInto(t *policy.Thought, obs []policy.Array) error {
	t.Value = 0
	for i := range obs {
		for k, v := range obs[i].Floats {
			t.Value += float64(v) * math.Sin(float64(k+1))
		}
		for k, v := range obs[i].Bytes {
			t.Value += float64(v) * math.Sin(float64(k+1)) / 255
		}
	}
	t.Action, t.Probabilities = t.Action[:0], t.Probabilities[:0]
	if r.space.Kind == policy.Discrete {
		t.Action = append(t.Action, float32(int(math.Abs(100*t.Value))%r.space.N))
		for k := range r.space.N {
			t.Probabilities = append(t.Probabilities, one(float32(k) == t.Action[0]))
		}
		return nil
	}
	for k := range r.space.Size() { // about straight on: waypoints have x and y in turn
		x := .02 * math.Sin(t.Value+float64(k))
		if k%2 == 0 && r.space.Size() > 2 {
			x -= .4
		}
		t.Action = append(t.Action, float32(x))
	}
	return nil
}

// openTask opens the highway task with changes.
func openTask(t testing.TB, change func(*Config)) *Task {
	t.Helper()
	c, err := FindTask("drive-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	k, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newDriver returns a driver with reflexes for a case, and the case with its sensors.
func newDriver(t testing.TB, k *Task, c roadloop.Case) (*Driver, *roadloop.Case) {
	t.Helper()
	c.Rig = c.Rig.Clone()
	d, err := k.Driver(&c, NewEngine(reflex{k.spec.Action}))
	if err != nil {
		t.Fatal(err)
	}
	return d, &c
}

// A driver in a world that a session steps observes and acts as in an environment, with
// every control.
func TestDriverActsAsInTraining(t *testing.T) {
	w := straight()
	w.params.Length, w.params.Lanes, w.goal = 2000, 2, 1900
	w.actors = []sim.ActorSpec{{Kind: actor.Car, Start: sim.Start{Lane: 1, S: 60, Speed: 8}, Behavior: sim.Drive{}}}
	for _, control := range []Control{Continuous, Meta, Trajectory} {
		change := func(c *Config) {
			c.Control, c.Observations = control, []string{State, RoutePoints, RoadUsers, Rays, Top}
		}
		e := begin(t, w, change)
		c := roadloop.Case{World: e.spec, Route: planning.Route{Lanes: w.route, GoalS: w.goal}, Duration: clock.PerSecond * 60}
		d, _ := newDriver(t, openTask(t, change), c)
		s, err := roadloop.NewSession(&c, d)
		if err != nil {
			t.Fatal(err)
		}
		obs, p := policy.NewArrays(e.Spec().Observation, 1), reflex{e.Spec().Action}
		var thought policy.Thought
		for n := range 80 {
			e.Observe(obs)
			if err := p.ThinkInto(&thought, obs); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				step, err := s.Decide(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				v := step.Policy
				if v.Time != clock.Tick(10*n) || !slices.Equal(v.Action.Floats, thought.Action) || v.Value != thought.Value || !slices.Equal(v.Probabilities, thought.Probabilities) {
					t.Fatalf("%s, decision %d at %v: %v, want %v", control, n, step.Time, v.Action.Floats, thought.Action)
				}
				for i := range obs {
					if !slices.Equal(v.Observation[i].Floats, obs[i].Floats) || !bytes.Equal(v.Observation[i].Bytes, obs[i].Bytes) {
						t.Fatalf("%s, decision %d: the observation %s differs", control, n, v.Observation[i].Name)
					}
				}
				s.Advance(nil)
			}
			if r, err := e.Step(thought.Action); err != nil || r.Done() {
				t.Fatalf("%s, decision %d: %+v, %v", control, n, r, err)
			}
			if a, b := s.World().Ego().State, e.World().Ego().State; a != b {
				t.Fatalf("%s, after decision %d: %+v, want %+v", control, n, a, b)
			}
		}
	}
}

// Drivers keep the contract of all drivers, with stacked frames and with a controller.
func TestDriverConforms(t *testing.T) {
	c := drivetest.Short(t, "cut-in", 3, 3).Drive
	for name, change := range map[string]func(*Config){
		"frames":     func(c *Config) { c.Observations, c.Frames, c.Gray = []string{Camera96, State}, 3, true },
		"perceived":  func(c *Config) { c.Observations = []string{Perceived, PerceivedRoad, State} },
		"maneuvers":  func(c *Config) { c.Control = Meta },
		"trajectory": func(c *Config) { c.Control, c.Rate = Trajectory, 4 },
	} {
		k := openTask(t, change)
		_, own := newDriver(t, k, c)
		own.Blind = !k.UsesSensors()
		layertest.Driver(t, own, func() (roadloop.Driver, error) {
			d, _ := newDriver(t, k, c)
			return d, nil
		})
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// A view that was cloned stays, and the next decision overwrites that of the driver.
func TestPolicyViewIsKept(t *testing.T) {
	c := drivetest.Short(t, "cut-in", 3, 1).Drive
	d, own := newDriver(t, openTask(t, func(c *Config) { c.Control = Meta }), c)
	own.Blind = true
	var views []*roadloop.PolicyView
	var sums []float32
	sum := func(v *roadloop.PolicyView) (s float32) {
		for _, o := range v.Observation {
			for _, x := range o.Floats {
				s += x
			}
		}
		return s + v.Action.Floats[0] + float32(v.Value)
	}
	if _, err := roadloop.Drive(t.Context(), own, d, func(s *roadloop.Step) bool {
		views, sums = append(views, s.Policy.Clone()), append(sums, sum(s.Policy))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	for i, v := range views {
		if sum(v) != sums[i] {
			t.Errorf("view %d changed", i)
		}
	}
	if v := views[0]; v.Task != "drive-highway-v0" || len(v.Choices) != NumManeuvers || len(v.Probabilities) != NumManeuvers || v.Action.Name != "maneuver" || sums[0] == sums[4] {
		t.Errorf("view %+v", v)
	}
	if (*roadloop.PolicyView)(nil).Clone() != nil {
		t.Error("a copy of no view")
	}
}

// A driver that begins in the middle of a drive finds its place on the route: behind the
// lane change of an exit.
func TestDriverTakesOver(t *testing.T) {
	c := drivetest.Plan(t, "exit/1").Drive
	k := openTask(t, func(*Config) {})
	first, _, err := drivetest.Factory(t, "stack", nil).Driver(&c)
	if err != nil {
		t.Fatal(err)
	}
	c.Blind = true
	s, err := roadloop.NewSession(&c, first)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	for n := 0; !s.Done(); n++ {
		if n%20 == 0 {
			d, _ := newDriver(t, k, c)
			if _, err := d.Drive(sim.WithWorld(t.Context(), s.World()), &sensor.Observation{Now: s.World().Time()}); err != nil {
				t.Fatal(err)
			}
			way, pos := d.env.course, s.World().Ego().State.Pose.Pos()
			lane, _, off := s.World().EgoLane()
			if want := way.line().LaneAt(way.s); want != lane && math.Abs(off) < 1 || way.line().At(way.s).Pose.Pos().Dist(pos) > 2 {
				t.Errorf("at %v on lane %d, %.1f m from the line, want lane %d", s.World().Time(), want, way.line().At(way.s).Pose.Pos().Dist(pos), lane)
			}
			lines[way.at] = true
		}
		if _, err := s.Decide(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Advance(nil)
	}
	if len(lines) < 2 {
		t.Errorf("lines %v: no lane change in this drive", lines)
	}
}

// throttle is a policy with one action.
type throttle []float32

func (p throttle) ThinkInto(t *policy.Thought, _ []policy.Array) error {
	t.Action = append(t.Action[:0], p...)
	return nil
}

// At the end of the route the car stops, whatever the policy wants.
func TestDriverStopsAtTheEndOfTheRoute(t *testing.T) {
	e := begin(t, straight(), nil)
	c := roadloop.Case{World: e.spec, Route: planning.Route{Lanes: []road.LaneID{0}, GoalS: 120}, Duration: 30 * clock.PerSecond}
	d, err := openTask(t, func(*Config) {}).Driver(&c, NewEngine(throttle{0, 1}))
	if err != nil {
		t.Fatal(err)
	}
	fastest := 0.0
	var last *sim.World
	if _, err := roadloop.Drive(t.Context(), &c, d, func(s *roadloop.Step) bool {
		last, fastest = s.World, max(fastest, s.World.Ego().State.Speed)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	_, at, _ := last.EgoLane()
	if front := at + e.front; front < 117 || front > 120.5 || last.Ego().State.Speed > .01 || fastest < 14 {
		t.Errorf("front at %.2f m, speed %.2f m/s, at most %.1f m/s; want a stop before 120 m", front, last.Ego().State.Speed, fastest)
	}
}

// A camera of the driver has rate, latency, noise and faults of the front camera of the car.
func TestFramesComeFromTheRig(t *testing.T) {
	c := drivetest.Short(t, "cut-in", 3, 2).Drive
	change := func(c *Config) { c.Observations, c.Frames = []string{Camera96}, 2 }
	blind := c
	blind.Rig = c.Rig.Clone()
	front, _, err := blind.Rig.Camera("")
	if err != nil {
		t.Fatal(err)
	}
	front.Blackout = [2]clock.Tick{50, 1000}
	var first clock.Tick = -1
	watch := func(c roadloop.Case) (stacks [][]byte) {
		d, own := newDriver(t, openTask(t, change), c)
		mine, model, err := own.Rig.Camera("policy-" + Camera96)
		if err != nil || mine.Timing != own.Rig.Sensors[0].Timing || model.Noise == 0 || model.Calibration.Width != 96 || !model.Coarse {
			t.Fatalf("sensor %+v, %v", mine, err)
		}
		own.Rig = own.Rig.Only(mine.Name)
		if _, err := roadloop.Drive(t.Context(), own, d, func(s *roadloop.Step) bool {
			if s.Policy != nil {
				if first < 0 {
					first = s.Time
				}
				stacks = append(stacks, slices.Clone(s.Policy.Observation[0].Bytes))
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
		return stacks
	}
	a, b := watch(c), watch(blind)
	if first != clock.DriverPeriod {
		t.Errorf("the first decision was at %v, want the arrival of the first frame", first)
	}
	if n := len(a) / 4; !bytes.Equal(a[n-1], b[n-1]) {
		t.Error("the blackout works before its time")
	}
	if n := len(b); !bytes.Equal(b[n-1], b[n-5]) || bytes.Equal(a[n-1], a[n-5]) {
		t.Error("the blackout does not stop the frames")
	}
	same := openTask(t, func(c *Config) { c.Observations = []string{Camera320} })
	if _, own := newDriver(t, same, c); len(own.Rig.Sensors) != len(c.Rig.Sensors) {
		t.Errorf("a second camera %v like the front camera", own.Rig.Names())
	}
}

func TestDriverDoesNotAllocate(t *testing.T) {
	c := drivetest.Plan(t, "cut-in/3").Drive
	d, _ := newDriver(t, openTask(t, func(*Config) {}), c)
	w, err := sim.New(c.World)
	if err != nil {
		t.Fatal(err)
	}
	ctx, obs := sim.WithWorld(t.Context(), w), &sensor.Observation{}
	drive := func() {
		if _, err := d.Drive(ctx, obs); err != nil {
			t.Fatal(err)
		}
		obs.Now += clock.DriverPeriod
	}
	drive()
	if n := testing.AllocsPerRun(50, drive); n > 0 {
		t.Errorf("%g allocations in a decision", n)
	}
}

func TestBadDrivers(t *testing.T) {
	c := drivetest.Plan(t, "cut-in/3").Drive
	check := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	_, err := openTask(t, func(c *Config) { c.Rate = 50 }).Driver(&c, nil)
	check("50 decisions per second", err, "drive-highway-v0 decides 50 times a second")
	blind := c
	blind.Rig = rig.Off()
	_, err = openTask(t, func(c *Config) { c.Observations = []string{Camera96} }).Driver(&blind, nil)
	check("no camera", err, "the observation camera-96 needs a camera: the rig has no camera")
	lost := c
	lost.Route.Lanes = nil
	_, err = openTask(t, func(*Config) {}).Driver(&lost, nil)
	check("no route", err, "no lanes")
	d, _ := newDriver(t, openTask(t, func(*Config) {}), c)
	_, err = d.Drive(t.Context(), &sensor.Observation{})
	check("no world", err, "needs ground truth")
}
