package drive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop/policy"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// world is a hand-made episode.
type world struct {
	params road.Params
	change func(m *road.Map)
	start  sim.Start
	route  []road.LaneID
	goal   float64 // on the last lane, m
	actors []sim.ActorSpec
}

// begin returns an environment in a hand-made episode.
func begin(t testing.TB, w world, change func(c *Config)) *Env {
	t.Helper()
	c, err := FindTask("drive-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c)
	}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	m, err := road.Generate(w.params)
	if err != nil {
		t.Fatal(err)
	}
	if w.change != nil {
		w.change(m)
	}
	s, err := newSite(m)
	if err != nil {
		t.Fatal(err)
	}
	spec := &sim.Spec{Map: m, Seed: 1, Ego: sim.EgoSpec{Start: w.start, Route: w.route}, Actors: w.actors, Conditions: scene.Day()}
	on, err := sim.NewOn(s.world, spec)
	if err != nil {
		t.Fatal(err)
	}
	way, err := newCourse(m, w.route, w.start.S, w.goal)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.begin(&episode{site: s, spec: spec, world: on, course: way, time: c.Time}, 1); err != nil {
		t.Fatal(err)
	}
	return e
}

// straight is an empty one-way road of one lane of 3.5 m, with shoulders of 0.6 m, and the
// ego at 20 m with 10 m/s.
func straight() world {
	return world{params: road.Params{Kind: road.KindStraight, OneWay: true, SpeedLimit: 15}, start: sim.Start{Lane: 0, S: 20, Speed: 10},
		route: []road.LaneID{0}, goal: 120}
}

// run steps with one action until the end, and returns the sum of the rewards.
func run(t *testing.T, e *Env, action ...float32) (sum float64, last policy.Result) {
	t.Helper()
	for !last.Done() {
		var err error
		if last, err = e.Step(action); err != nil {
			t.Fatal(err)
		}
		sum += last.Reward
	}
	return sum, last
}

// measure returns a measure by name.
func measure(t testing.TB, e *Env, name string) float64 {
	t.Helper()
	m := make([]float64, len(Measures()))
	e.Measure(m)
	for i, n := range Measures() {
		if n == name {
			return m[i]
		}
	}
	t.Fatalf("no measure %s", name)
	return 0
}

// 100 m at 10 m/s are 100 steps of 1 % each.
func TestRewardOfAStraightDrive(t *testing.T) {
	e := begin(t, straight(), nil)
	r, err := e.Step([]float32{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(r.Reward-.01) > 1e-9 {
		t.Errorf("first reward %g, want 0.01", r.Reward)
	}
	sum, last := run(t, e, 0, 0)
	if math.Abs(sum-.99) > 1e-9 || !last.Terminated || last.Truncated {
		t.Errorf("sum of the other rewards %g, last %+v, want 0.99 and terminated", sum, last)
	}
	for name, want := range map[string]float64{"success": 1, "completion": 1, "speed": 10, "comfort": 1, "collision": 0, "blocked": 0} {
		if got := measure(t, e, name); math.Abs(got-want) > 1e-3 {
			t.Errorf("%s %g, want %g", name, got, want)
		}
	}
	if d, time := measure(t, e, "distance"), measure(t, e, "time"); math.Abs(d-100) > 1.01 || math.Abs(time-10) > .11 {
		t.Errorf("%g m in %g s, want 100 m in 10 s", d, time)
	}
}

// At 20 m/s where 15 are allowed, progress counts half.
func TestSpeedingHalvesProgress(t *testing.T) {
	w := straight()
	w.start.Speed = 20
	e := begin(t, w, nil)
	r, err := e.Step([]float32{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(r.Reward-.01) > 1e-9 {
		t.Errorf("reward %g for 2 %% of the route at a factor of 0.5", r.Reward)
	}
}

func TestEndsAreToldApart(t *testing.T) {
	stands := begin(t, straight(), func(c *Config) { c.Blocked = 5 })
	if sum, r := run(t, stands, 0, -1); r.Truncated || !r.Terminated || measure(t, stands, "blocked") != 1 || sum > .2 {
		t.Errorf("an ego that stands: %+v, sum %g", r, sum)
	}
	waits := begin(t, straight(), func(c *Config) { c.Blocked, c.Reward = 5, Reward{"progress": {Reward: 1}} })
	if _, r := run(t, waits, 0, -1); !r.Truncated || r.Terminated || measure(t, waits, "blocked") != 1 {
		t.Errorf("an ego that stands where that is no end: %+v", r)
	}
	late := begin(t, straight(), func(c *Config) { c.Time = 2 })
	if _, r := run(t, late, 0, 0); !r.Truncated || r.Terminated || late.decision != 20 {
		t.Errorf("time over after %d decisions: %+v", late.decision, r)
	}
	off := begin(t, straight(), nil)
	if _, r := run(t, off, 1, 0); r.Truncated || !r.Terminated || measure(t, off, "off-road") != 1 || math.Abs(r.Reward+.2) > .02 {
		t.Errorf("off the road: %+v, want a reward of about -0.2", r)
	}
	if _, err := off.Step([]float32{0, 0}); err == nil {
		t.Error("a step after the end is no error")
	}
}

func TestCollisionTerminates(t *testing.T) {
	w := straight()
	w.actors = []sim.ActorSpec{{Kind: actor.Car, Start: sim.Start{Lane: 0, S: 60}}}
	e := begin(t, w, nil)
	if _, r := run(t, e, 0, 0); !r.Terminated || measure(t, e, "collision") != 1 || measure(t, e, "success") != 0 || measure(t, e, "too-close") == 0 {
		t.Errorf("%+v, measures of a collision %g", r, measure(t, e, "collision"))
	}
}

// crossing is a junction with signals that all show one light, and the ego before it.
func crossing(plan road.SignalPlan) world {
	return world{
		params: road.Params{Kind: road.KindFourWay, Control: road.SignalControl},
		change: func(m *road.Map) {
			for i := range m.Signals {
				m.Signals[i].Plan = plan
			}
		},
		start: sim.Start{Lane: 0, S: 90, Speed: 10},
	}
}

// straightOn returns the lanes from 0 straight across the junction.
func straightOn(t *testing.T) []road.LaneID {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Control: road.SignalControl})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range m.Lanes[0].Next {
		if l := &m.Lanes[id]; l.Turn == road.Straight {
			return []road.LaneID{0, id, l.Next[0]}
		}
	}
	t.Fatal("no way straight on")
	return nil
}

func TestRedLightTerminates(t *testing.T) {
	for _, tt := range []struct {
		plan road.SignalPlan
		ran  float64
	}{{road.SignalPlan{Red: 1}, 1}, {road.SignalPlan{Green: 1}, 0}} {
		w := crossing(tt.plan)
		w.route, w.goal = straightOn(t), 20
		e := begin(t, w, nil)
		if _, r := run(t, e, 0, 0); !r.Terminated || measure(t, e, "red-light") != tt.ran || measure(t, e, "success") != 1-tt.ran {
			t.Errorf("plan %+v: %+v, red lights %g, success %g", tt.plan, r, measure(t, e, "red-light"), measure(t, e, "success"))
		}
	}
}

// A car that turns where the route goes straight on has left it.
func TestRouteDeviationTerminates(t *testing.T) {
	w := crossing(road.SignalPlan{Green: 1})
	w.route, w.goal = straightOn(t), 60
	other := begin(t, w, nil) // to find the right turn
	m := other.site.m
	var turn []road.LaneID
	for _, id := range m.Lanes[0].Next {
		if l := &m.Lanes[id]; l.Turn == road.RightTurn {
			turn = []road.LaneID{0, id, l.Next[0]}
		}
	}
	w.start.Speed = 5
	e := begin(t, w, nil)
	right, err := newCourse(m, turn, w.start.S, 60)
	if err != nil {
		t.Fatal(err)
	}
	right.begin(&e.world.Ego().State, e.front)
	for {
		s := &e.world.Ego().State
		right.locate(s, e.front)
		p := s.Pose.ToLocal(right.line().At(right.s + 4).Pose.Pos())
		angle := math.Atan(e.pilot.car.Wheelbase() * 2 * p.Y / p.Dot(p))
		r, err := e.Step([]float32{clip(angle / steerLimit(e.pilot.car.Wheelbase(), s.Speed)), 0})
		if err != nil {
			t.Fatal(err)
		}
		if r.Done() {
			if !r.Terminated || measure(t, e, "route-deviation") != 1 {
				t.Errorf("%+v, deviations %g, off the road %g", r, measure(t, e, "route-deviation"), measure(t, e, "off-road"))
			}
			return
		}
	}
}

// observe returns one observation of the present state.
func observe(e *Env, name string) policy.Array {
	arrays := policy.NewArrays(e.Spec().Observation, 1)
	e.Observe(arrays)
	for i := range arrays {
		if e.Spec().Observation[i].Name == name {
			return arrays[i]
		}
	}
	return policy.Array{}
}

func near(a float32, b float64) bool { return math.Abs(float64(a)-b) < 1e-5 }

// The edges are 2.35 m to the left and right of the middle of the lane, and a car of 4.5 m is
// 30 m ahead.
func TestRaysByHand(t *testing.T) {
	w := straight()
	w.actors = []sim.ActorSpec{{Kind: actor.Car, Start: sim.Start{Lane: 0, S: 50}}}
	e := begin(t, w, func(c *Config) { c.Observations = []string{Rays} })
	rays := observe(e, Rays).Floats
	other, ego := &e.world.Actors()[0], e.world.Ego()
	ahead := 30 + other.Shape.RearToCenter - ego.Shape.RearToCenter - other.Shape.Length/2
	for i, want := range map[int]float64{0: ahead, 10: 2.35, 30: 2.35, 5: 2.35 * math.Sqrt2, 15: 2.35 * math.Sqrt2, 20: 20 + ego.Shape.RearToCenter} {
		if !near(rays[i], want/rayRange) {
			t.Errorf("ray %d is %g m, want %g", i, rays[i]*rayRange, want)
		}
	}
}

func TestRowsAreInOrder(t *testing.T) {
	w := straight()
	at := func(k actor.Kind, s, speed float64) sim.ActorSpec {
		a := sim.ActorSpec{Kind: k, Start: sim.Start{Lane: 0, S: s, Speed: speed}}
		if speed > 0 {
			a.Behavior = sim.Follow{}
		}
		return a
	}
	w.actors = []sim.ActorSpec{at(actor.Car, 60, 14), at(actor.Truck, 140, 0), at(actor.Cone, 40, 0), at(actor.Cyclist, 50, 4)}
	e := begin(t, w, nil)
	rows := observe(e, RoadUsers).Floats
	shift := e.world.Ego().Shape.RearToCenter
	for i, want := range []struct {
		x, vx float64
		kind  int
	}{{0, 10, 0}, {20 - shift, -10, 4}, {30 + e.world.Actors()[3].Shape.RearToCenter - shift, -6, 2}, {40 + e.world.Actors()[0].Shape.RearToCenter - shift, 4, 0}} {
		row := rows[i*UserValues : (i+1)*UserValues]
		if row[0] != 1 || !near(row[1], want.x/rangeUsers) || !near(row[3], 1) || !near(row[5], want.vx/rangeSpeed) || row[9+want.kind] != 1 {
			t.Errorf("row %d is %v, want x %g m, vx %g m/s, kind %d", i, row, want.x, want.vx, want.kind)
		}
		speed := 10 + want.vx
		if i == 0 {
			speed = want.vx
		}
		if at := row[firstPlace:]; !near(at[0], want.x/rangeUsers) || !near(at[1], 0) || !near(at[2], speed/rangeSpeed) || !near(at[3], 0) {
			t.Errorf("row %d is at %v on the route, want %g m ahead with %g m/s", i, at, want.x, speed)
		}
	}
	if row := rows[4*UserValues:]; row[0] != 0 {
		t.Errorf("a truck at 120 m has the row %v", row[:UserValues])
	}
}

func TestStateByHand(t *testing.T) {
	w := crossing(road.SignalPlan{Red: 1})
	w.route, w.goal = straightOn(t), 20
	w.start.D = .5
	e := begin(t, w, nil)
	s := observe(e, State).Floats
	stop := e.site.m.Lanes[0].StopS - 90 - e.front
	for i, want := range map[int]float64{0: 10 / rangeSpeed, 4: .5 / rangeOffset, 5: 0, 8: stop / rangeStop, 9: 1, 10: 0, 11: 0, 15: e.course.total / rangeGoal, 16: 0, 17: 0} {
		if !near(s[i], want) {
			t.Errorf("value %d is %g, want %g", i, s[i], want)
		}
	}
	points := observe(e, RoutePoints).Floats
	if x, y := points[0], points[1]; !near(x, pointDistance(0)/rangePoints) || !near(y, -.5/rangePoints) {
		t.Errorf("first point at %g, %g", x*rangePoints, y*rangePoints)
	}
}

// A car on the street to the right is ahead on a route that turns right.
func TestPlaceFollowsTheRoute(t *testing.T) {
	w := crossing(road.SignalPlan{Green: 1})
	m, err := road.Generate(w.params)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range m.Lanes[0].Next {
		if l := &m.Lanes[id]; l.Turn == road.RightTurn {
			w.route, w.goal = []road.LaneID{0, id, l.Next[0]}, 60
		}
	}
	w.start.S = m.Lanes[0].Center.Length() - 20
	const beyond, side = 10, .5
	w.actors = []sim.ActorSpec{{Kind: actor.Cone, Start: sim.Start{Lane: w.route[2], S: beyond, D: side}}}
	e := begin(t, w, nil)
	want := 20 + m.Lanes[w.route[1]].Center.Length() + beyond - e.world.Ego().Shape.RearToCenter
	row := observe(e, RoadUsers).Floats[UserValues:]
	if at := row[firstPlace:]; math.Abs(float64(at[0])*rangeUsers-want) > .3 || math.Abs(float64(at[1])*rangeAside-side) > .02 {
		t.Errorf("the cone is %g m ahead and %g m to the left, want %g and %g", at[0]*rangeUsers, at[1]*rangeAside, want, side)
	}
}

// A stop counts until the line, if it is made near it; the world agrees.
func TestStopIsRemembered(t *testing.T) {
	w := world{params: road.Params{Kind: road.KindFourWay, Control: road.StopSign}, goal: 20}
	m, err := road.Generate(w.params)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(m.Lanes, func(l road.Lane) bool { return l.Control == road.StopSign })
	from := &m.Lanes[i]
	across := &m.Lanes[from.Next[0]]
	w.route = []road.LaneID{from.ID, across.ID, across.Next[0]}
	for _, tt := range []struct{ before, want float64 }{{12, 0}, {3, 1}} {
		w.start = sim.Start{Lane: from.ID, S: 50}
		w.start.S = from.StopS - begin(t, w, nil).front - tt.before
		e := begin(t, w, nil)
		const sign, stopped = 12, 13
		if s := observe(e, State).Floats; s[sign] != 1 || float64(s[stopped]) != tt.want {
			t.Errorf("standing %g m before the sign: sign %g, stopped %g", tt.before, s[sign], s[stopped])
		}
		for range 60 {
			if _, err := e.Step([]float32{0, .5}); err != nil || e.done {
				break
			}
		}
		if got := measure(t, e, "stop-sign"); got != 1-tt.want {
			t.Errorf("driving on from %g m before the sign: %g infractions", tt.before, got)
		}
	}
}

// A lane change to the left, then as far to the right as there are lanes.
func TestManeuvers(t *testing.T) {
	w := straight()
	w.params.Lanes, w.params.Length, w.goal = 2, 1000, 900
	e := begin(t, w, func(c *Config) { c.Control = Meta })
	step := func(m Maneuver, n int) {
		for range n {
			if _, err := e.Step([]float32{float32(m)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	step(Left, 1)
	step(Keep, 80)
	if math.Abs(e.course.d-3.5) > .2 {
		t.Errorf("%g m to the left after a lane change of 3.5 m", e.course.d)
	}
	step(Left, 3)
	step(Right, 2)
	step(Keep, 80)
	if math.Abs(e.course.d) > .2 {
		t.Errorf("%g m to the left, want 0", e.course.d)
	}
	before := e.world.Ego().State.Speed
	step(Faster, 2)
	step(Keep, 50)
	if v := e.world.Ego().State.Speed; math.Abs(v-before-2) > .5 {
		t.Errorf("%g m/s after two steps up from %g", v, before)
	}
}

// A trajectory at constant speed along a circle is driven.
func TestTrajectoryIsFollowed(t *testing.T) {
	w := straight()
	w.params = road.Params{Kind: road.KindArc, OneWay: true, Lanes: 3, Radius: 60, SpeedLimit: 15}
	w.start.Lane, w.route, w.goal = 1, []road.LaneID{1}, 300
	e := begin(t, w, func(c *Config) { c.Control = Trajectory })
	b, err := NewBaseline(LaneFollowing)
	if err != nil {
		t.Fatal(err)
	}
	a := make([]float32, 2*NumWaypoints)
	for range 150 {
		b.Act(e, a)
		r, err := e.Step(a)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(e.course.d) > .6 {
			t.Fatalf("%g m off the lane at %g m", e.course.d, e.course.s)
		}
		if r.Done() {
			break
		}
	}
	if e.best < 80 {
		t.Errorf("%g m in %g s", e.best, e.totals[elapsed])
	}
}

// act draws an action.
func act(r *rng.Stream, s *policy.Space, dst []float32) {
	for i := range dst {
		if s.Kind == policy.Discrete {
			dst[i] = float32(r.IntN(s.N))
		} else {
			dst[i] = float32(r.Range(-.2, .5))
		}
	}
}

func TestObservationsAreWithinBounds(t *testing.T) {
	for _, name := range Tasks() {
		for _, control := range []Control{Continuous, Meta, Trajectory} {
			t.Run(name+" "+string(control), func(t *testing.T) {
				t.Parallel()
				c, err := FindTask(name)
				if err != nil {
					t.Fatal(err)
				}
				c.Control, c.Observations = control, []string{State, RoutePoints, RoadUsers, Rays, Navigation, Top}
				e, err := New(c)
				if err != nil {
					t.Fatal(err)
				}
				obs := policy.NewArrays(e.Spec().Observation, 1)
				r := rng.New(1, "test", "actions")
				a := make([]float32, e.Spec().Action.Size())
				for seed := range 4 {
					if err := e.Reset(policy.TrainingSeed(uint64(seed))); err != nil {
						t.Fatal(err)
					}
					for done := false; !done; {
						e.Observe(obs)
						for i := range obs {
							for k, x := range obs[i].Floats {
								if !(x >= -1 && x <= 1) {
									t.Fatalf("seed %d: value %d of %s is %g", seed, k, c.Observations[i], x)
								}
							}
						}
						act(&r, &e.Spec().Action, a)
						res, err := e.Step(a)
						if err != nil {
							t.Fatal(err)
						}
						if math.IsNaN(res.Reward) || math.Abs(res.Reward) > 2 {
							t.Fatalf("reward %g", res.Reward)
						}
						done = res.Done()
					}
				}
			})
		}
	}
}

// The same seeds and actions give the same bytes for any number of workers.
func TestWorkersDoNotMatter(t *testing.T) {
	drive := func(workers int) []byte {
		c, err := FindTask("drive-mixed-v0")
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Sources {
			c.Sources[i].Count = 3
		}
		c.Observations = []string{State, RoutePoints, RoadUsers, Rays, Top, Camera96}
		task, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		v, err := policy.NewVector(4, workers, policy.SameStep, task.Env)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if err := v.Reset(7); err != nil {
			t.Fatal(err)
		}
		r := rng.New(1, "test", "actions")
		a := make([]float32, 4*2)
		h := fnv.New64a()
		for range 60 {
			act(&r, &v.Spec().Action, a)
			if err := v.Step(a); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(h, v.Results, v.Measures)
			for _, o := range v.Obs {
				h.Write(o.Bytes)
				if err := binary.Write(h, binary.LittleEndian, o.Floats); err != nil {
					t.Fatal(err)
				}
			}
		}
		return h.Sum(nil)
	}
	want := drive(1)
	for _, workers := range []int{2, 3} {
		if !bytes.Equal(drive(workers), want) {
			t.Errorf("%d workers differ from one", workers)
		}
	}
}

func TestResetIsAFreshStart(t *testing.T) {
	c, err := FindTask("drive-town-v0")
	if err != nil {
		t.Fatal(err)
	}
	c.Observations = []string{State, RoutePoints, RoadUsers, Rays, Camera96}
	c.Frames, c.Gray = 2, true
	record := func(e *Env, seed uint64) string {
		if err := e.Reset(seed); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		obs := policy.NewArrays(e.Spec().Observation, 1)
		for range 25 {
			r, err := e.Step([]float32{.1, .2})
			if err != nil {
				t.Fatal(err)
			}
			e.Observe(obs)
			fmt.Fprint(&b, r, obs)
			if r.Done() {
				break
			}
		}
		return b.String()
	}
	used, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	record(used, 1)
	again, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if record(used, 2) != record(again, 2) {
		t.Error("an environment that was used differs from a fresh one")
	}
}

// shapeOf is a hash of the geometry of a map.
func shapeOf(m *road.Map) uint64 {
	h := fnv.New64a()
	for i := range m.Lanes {
		fmt.Fprintln(h, m.Lanes[i].Center.Points(), m.Lanes[i].SpeedLimit)
	}
	return h.Sum64()
}

func TestMapsOfTrainingAndEvaluationDiffer(t *testing.T) {
	c := Config{Name: "maps", Rate: 10, Time: 1, Blocked: 1, Control: Continuous, Observations: []string{State}, Reward: DefaultReward()}
	for _, kind := range []Maps{Highway, Town, Any} {
		c.Sources = append(c.Sources, Source{Share: 1, Maps: kind, Count: 24, Distance: [2]float64{50, 100}})
	}
	task, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]string{}
	for source := range c.Sources {
		for n := range c.Sources[source].Count {
			for _, training := range []bool{false, true} {
				m, err := task.Map(source, n, training)
				if err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprintf("%s %d, training %t", c.Sources[source].Maps, n, training)
				if other, ok := seen[shapeOf(m)]; ok {
					t.Errorf("map %s equals map %s", name, other)
				}
				seen[shapeOf(m)] = name
			}
		}
	}
	// Episodes use the maps of their side alone.
	e := newEnv(task)
	for i := range 40 {
		for _, seed := range []uint64{uint64(i), policy.TrainingSeed(uint64(i))} {
			if err := e.Reset(seed); err != nil {
				t.Fatal(err)
			}
			if name := seen[shapeOf(e.site.m)]; !strings.HasSuffix(name, fmt.Sprintf("training %t", policy.IsTraining(seed))) {
				t.Errorf("seed %d drives on the map %q", seed, name)
			}
		}
	}
}

func TestCasesOfTheLibrary(t *testing.T) {
	c, err := FindTask("drive-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	c.Sources = []Source{{Share: 1, Scenario: "slower-lead", Count: 4}}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	succeeded := map[string]float64{}
	for _, name := range Baselines() {
		b, err := NewBaseline(name)
		if err != nil {
			t.Fatal(err)
		}
		a := make([]float32, 2)
		for seed := range 4 {
			if err := e.Reset(uint64(seed)); err != nil {
				t.Fatal(err)
			}
			for done := false; !done; {
				b.Act(e, a)
				r, err := e.Step(a)
				if err != nil {
					t.Fatal(err)
				}
				done = r.Done()
			}
			succeeded[name] += measure(t, e, "success")
		}
	}
	if succeeded[RandomActions] > 0 || succeeded[CarFollowing] < 4 {
		t.Errorf("successes in 4 episodes: %v", succeeded)
	}
}

// Baselines drive with every control.
func TestBaselinesDrive(t *testing.T) {
	for _, control := range []Control{Continuous, Meta, Trajectory} {
		for _, name := range Baselines() {
			t.Run(string(control)+" "+name, func(t *testing.T) {
				t.Parallel()
				c, err := FindTask("drive-highway-v0")
				if err != nil {
					t.Fatal(err)
				}
				c.Control, c.Sources[0].Count = control, 8
				task, err := Open(c)
				if err != nil {
					t.Fatal(err)
				}
				const n = 4
				v, err := policy.NewVector(n, 1, policy.SameStep, task.Env)
				if err != nil {
					t.Fatal(err)
				}
				defer v.Close()
				if err := v.Reset(3); err != nil {
					t.Fatal(err)
				}
				actions := make([]float32, n*v.Spec().Action.Size())
				episodes, success := 0, 0.0
				for episodes < 12 {
					size := len(actions) / n
					for i := range n {
						if err := v.Env(i).(*Env).Baseline(name, actions[i*size:(i+1)*size]); err != nil {
							t.Fatal(err)
						}
					}
					if err := v.Step(actions); err != nil {
						t.Fatal(err)
					}
					for i, r := range v.Results {
						if r.Done() {
							episodes++
							success += v.Measures[i*len(v.Spec().Measures)]
						}
					}
				}
				share := success / float64(episodes)
				if drives := name == LaneFollowing || name == CarFollowing; drives && share < .9 || name == RandomActions && control == Continuous && share > .1 {
					t.Errorf("%.2f of the episodes succeed", share)
				}
			})
		}
	}
}

// The last frame of a stack is the present one, and the first one the frame before.
func TestFramesAreStacked(t *testing.T) {
	change := func(c *Config) { c.Observations, c.Gray, c.Frames = []string{Camera96}, true, 2 }
	e := begin(t, straight(), change)
	split := func(stack []byte) (first, last []byte) {
		for i := 0; i < len(stack); i += 2 {
			first, last = append(first, stack[i]), append(last, stack[i+1])
		}
		return first, last
	}
	a, b := split(observe(e, Camera96).Bytes)
	if !bytes.Equal(a, b) {
		t.Error("the first stack has two different frames")
	}
	if _, err := e.Step([]float32{.5, 0}); err != nil {
		t.Fatal(err)
	}
	c, d := split(observe(e, Camera96).Bytes)
	if !bytes.Equal(c, b) || bytes.Equal(c, d) {
		t.Error("the second stack is not the first frame and another one")
	}
}

// The picture for people is the frame of the large camera.
func TestRender(t *testing.T) {
	e := begin(t, straight(), func(c *Config) { c.Observations = []string{Camera320} })
	rgb, width, height := e.Render()
	if width != 320 || height != 192 || !bytes.Equal(rgb, observe(e, Camera320).Bytes) {
		t.Errorf("%d bytes of %d×%d pixels differ from the camera", len(rgb), width, height)
	}
	if rgb[0] == rgb[len(rgb)-3] {
		t.Error("sky and road have the same color")
	}
	fresh := newEnv(e.task)
	if rgb, _, _ := fresh.Render(); len(rgb) != 320*192*3 || rgb[0] != 0 {
		t.Errorf("%d bytes before the first reset", len(rgb))
	}
}

func TestDescription(t *testing.T) {
	c, err := FindTask("drive-mixed-v0")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"continuous control at 10 Hz", "50 % highway (32 maps for training and 32 others", "20 % aggressive", "15 % distracted"} {
		if got := c.Describe(); !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}

func TestSummary(t *testing.T) {
	for name, want := range map[string]string{
		"drive-mixed-v0": "highways and towns from the true state", "drive-library-v0": "16 scenarios from the true state",
		"drive-camera-highway-weather-v0": "highways from camera frames, adverse weather", "drive-perceived-v0": "highways and towns from the perceived scene",
	} {
		c, err := FindTask(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Summary(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// From above, the ego and a car 20 m ahead are in the channel of vehicles.
func TestTopByHand(t *testing.T) {
	w := straight()
	w.actors = []sim.ActorSpec{{Kind: actor.Car, Start: sim.Start{Lane: 0, S: 40}}}
	e := begin(t, w, func(c *Config) { c.Observations = []string{Top} })
	image := observe(e, Top).Bytes
	at := func(x, y float64, channel int) byte { // in the vehicle frame
		row, column := int(topSize-topBehind-x/topScale), int(topSize/2-y/topScale)
		return image[(row*topSize+column)*TopChannels+channel]
	}
	for _, tt := range []struct {
		x, y    float64
		channel int
		want    byte
	}{{1, 0, topVehicles, 255}, {21, 0, topVehicles, 255}, {12, 0, topVehicles, 0}, {12, 0, topRoute, 255}, {12, 1, topRoad, 128}, {12, 6, topRoad, 0}, {12, 3, topRoute, 0}} {
		if got := at(tt.x, tt.y, tt.channel); got != tt.want {
			t.Errorf("channel %d at %g, %g is %d, want %d", tt.channel, tt.x, tt.y, got, tt.want)
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	w := straight()
	w.params.Length, w.goal = 5000, 4900
	w.actors = []sim.ActorSpec{{Kind: actor.Car, Start: sim.Start{Lane: 0, S: 90, Speed: 10}, Behavior: sim.Drive{}}}
	for _, control := range []Control{Continuous, Meta, Trajectory} {
		e := begin(t, w, func(c *Config) {
			c.Control, c.Observations = control, []string{State, RoutePoints, RoadUsers, Rays, Navigation, Top}
		})
		obs := policy.NewArrays(e.Spec().Observation, 1)
		a := make([]float32, e.Spec().Action.Size())
		step := func() {
			if _, err := e.Step(a); err != nil {
				t.Fatal(err)
			}
			e.Observe(obs)
		}
		step()
		if n := testing.AllocsPerRun(50, step); n > 0 {
			t.Errorf("%g allocations in a step of control %s", n, control)
		}
	}
}

func TestBadTasks(t *testing.T) {
	for _, tt := range []struct {
		change func(c *Config)
		want   string
	}{
		{func(c *Config) { c.Sources = nil }, "no sources"},
		{func(c *Config) { c.Rate = 7 }, "7 decisions per second"},
		{func(c *Config) { c.Rate, c.Control = 50, Meta }, "no whole number of steps of 50 ms"},
		{func(c *Config) { c.Control = "joystick" }, `unknown control "joystick"`},
		{func(c *Config) { c.Rate, c.Observations = 25, []string{PerceivedRoad} }, "25 decisions per second with a perceived scene"},
		{func(c *Config) { c.Time = 0 }, "time 0 s"},
		{func(c *Config) { c.Time = math.NaN() }, "time NaN s"},
		{func(c *Config) { c.Observations = nil }, "no observations"},
		{func(c *Config) { c.Observations = []string{"radar"} }, `unknown observation "radar"`},
		{func(c *Config) { c.Observations = []string{State, State} }, "observation state twice"},
		{func(c *Config) { c.Frames = 17 }, "17 stacked frames"},
		{func(c *Config) { c.Sources[0].Share = 0 }, "source 1: share 0"},
		{func(c *Config) { c.Sources[0].Count = 0 }, "source 1: 0 maps or cases"},
		{func(c *Config) { c.Sources[0].Maps = "ocean" }, `unknown maps "ocean"`},
		{func(c *Config) { c.Sources[0].Scenario = "cut-in" }, "either maps or a scenario"},
		{func(c *Config) { c.Sources[0] = Source{Share: 1, Count: 1, Scenario: "cut-inn"} }, `did you mean "cut-in"?`},
		{func(c *Config) { c.Sources[0].Distance[0] = 10 }, "distance 10 to 600 m"},
		{func(c *Config) { c.Sources[0].Crowd.Cars = -1 }, "-1 road users"},
		{func(c *Config) { c.Sources[0].Mix.Aggressive = 2 }, "shares of drivers"},
		{func(c *Config) { c.Reward["glory"] = Term{Reward: 1} }, `unknown term "glory"`},
		{func(c *Config) { c.Reward["collision"] = Term{Reward: math.Inf(-1)} }, "collision: reward -Inf"},
		{func(c *Config) { c.Conditions.Rain = 2 }, "rain 2"},
		{func(c *Config) { c.Weather = "hail" }, `unknown weather "hail"`},
	} {
		c, err := FindTask("drive-highway-v0")
		if err != nil {
			t.Fatal(err)
		}
		tt.change(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %s", err, tt.want)
		}
	}
	if _, err := FindTask("drive-moon-v0"); err == nil || !strings.Contains(err.Error(), "drive-town-v0") {
		t.Errorf("error %v for an unknown task", err)
	}
}

func TestBadActions(t *testing.T) {
	c, err := FindTask("drive-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Step([]float32{0, 0}); err == nil {
		t.Error("a step before the first reset is no error")
	}
	e = begin(t, straight(), nil)
	for _, a := range [][]float32{{0}, {0, 2}, {float32(math.NaN()), 0}} {
		if _, err := e.Step(a); err == nil || e.world.Time() != 0 {
			t.Errorf("action %v at %v: error %v", a, e.world.Time(), err)
		}
	}
}

func TestRewardFile(t *testing.T) {
	r, err := ParseReward("r.yaml", []byte("progress: {reward: 100}\ncollision:\n  reward: -1.5\n  terminate: true\nspeeding: {factor: 0.25}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Reward{"progress": {Reward: 100}, "collision": {Reward: -1.5, Terminate: true}, "speeding": {Factor: .25}}); fmt.Sprint(r) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", r, want)
	}
	for text, want := range map[string]string{
		"":            "r.yaml: no reward",
		"- 1":         "r.yaml:1: : want a mapping",
		"progress: 1": "r.yaml:1: progress: want a mapping",
		"progress: {reward: 1}\nglory: {reward: 2}":  "r.yaml:2: glory: unknown term",
		"progress:\n  weight: 1":                     "r.yaml:2: progress.weight: unknown field",
		"progress:\n  reward: much":                  "r.yaml:2: progress.reward: much is no number",
		"collision: {terminate: 1}":                  "r.yaml:1: collision.terminate: 1 is neither true nor false",
		"speeding: {factor: 0}":                      "r.yaml:1: speeding.factor: a factor of 0",
		"goal: {reward: 1}\nspeeding: {factor: 1.5}": "r.yaml:2: speeding: reward: speeding: factor 1.5",
		"progress: {reward: 1, terminate: true}":     "progress has a reward alone",
		"goal: {reward: 1}\ngoal: {reward: 2}":       "goal",
		"goal: {reward":                              "r.yaml",
	} {
		if _, err := ParseReward("r.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
	if _, err := LoadReward(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that does not exist is no error")
	}
}

// Every driver of a mix has a place on its map and a script that outlasts an episode.
func TestMixIsDrawn(t *testing.T) {
	m, err := road.Generate(Highway.params(3))
	if err != nil {
		t.Fatal(err)
	}
	ordinary, own, scripted := 0, 0, 0
	for seed := range uint64(30) {
		crowd := sim.Populate(m, seed, sim.Start{Lane: 0, S: 20}, nil, sim.Crowd{Cars: 20})
		mix := DefaultMix()
		mix.assign(m, seed, crowd)
		for i := range crowd {
			d, ok := crowd[i].Behavior.(sim.Drive)
			switch {
			case !ok:
			case len(crowd[i].Script) > 0:
				scripted++
				last := 0.0
				for _, s := range crowd[i].Script {
					last += s.When[0].Value
				}
				if last < 90 {
					t.Errorf("a script of %g s", last)
				}
			case d.Model != nil:
				own++
			default:
				ordinary++
			}
		}
	}
	total := float64(ordinary + own + scripted)
	if a, b := float64(own)/total, float64(scripted)/total; math.Abs(a-.2) > .06 || math.Abs(b-.3) > .06 {
		t.Errorf("shares of aggressive %.2f and of distracted and imprecise drivers %.2f, want 0.2 and 0.3", a, b)
	}
}

// A route with a lane change has two lines, and progress does not jump at the change.
func TestProgressIsSmoothAcrossLines(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindDrop, Lanes: 2, Length: 400, Taper: 200})
	if err != nil {
		t.Fatal(err)
	}
	r := rng.New(1, "test", "stroll")
	lanes, goal, length := stroll(m, &r, 0, 10, 350)
	c, err := newCourse(m, lanes, 10, goal)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.lines) != 2 || math.Abs(length-350) > 1 || math.Abs(c.total-350) > 1 {
		t.Fatalf("%d lines of %g m on lanes %v, want 2 of 350", len(c.lines), c.total, lanes)
	}
	width := m.Lanes[0].Width
	first := m.Lanes[0].Center.At(10)
	c.begin(&actor.State{Pose: first}, 3)
	if c.side != 1 {
		t.Errorf("side of the change %d, want 1", c.side)
	}
	last := c.progress()
	for k := range clock.Tick(300) {
		x := float64(k)
		c.locate(&actor.State{Pose: geom.Pose{X: first.X + x, Y: first.Y + width*min(1, x/100)}}, 3)
		if p := c.progress(); math.Abs(p-x) > .1 || p < last {
			t.Fatalf("progress %g at %g m, before %g", p, x, last)
		}
		last = c.progress()
	}
	if c.at != 1 || math.Abs(c.d) > .01 || c.side != 0 {
		t.Errorf("line %d, %g m off it, side %d", c.at, c.d, c.side)
	}
}

// A curriculum draws its sources by their shares.
func TestSharesOfACurriculum(t *testing.T) {
	c, err := FindTask("drive-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	c.Sources[0].Share, c.Sources[0].Count = 3, 2
	c.Sources = append(c.Sources, Source{Share: 1, Scenario: "straight", Count: 2})
	task, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	cases := 0.0
	const n = 300
	for seed := range uint64(n) {
		next, err := task.draw(seed)
		if err != nil {
			t.Fatal(err)
		}
		cases += one(next.allowed != nil)
	}
	if share := cases / n; math.Abs(share-.25) > .08 {
		t.Errorf("%.2f of the episodes are cases, want 0.25", share)
	}
}

// An environment that skips its observations has the same episodes, and takes no frames.
func TestSkippedObservations(t *testing.T) {
	c, err := FindTask("drive-camera-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	c.Sources[0].Count = 1
	task, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	drive := func(e *Env) string {
		if err := e.Reset(10000); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		obs := policy.NewArrays(e.Spec().Observation, 1)
		action, measures := make([]float32, 2), make([]float64, len(e.Spec().Measures))
		for range 20 {
			e.Observe(obs)
			if err := e.Baseline("idm-mobil", action); err != nil {
				t.Fatal(err)
			}
			r, err := e.Step(action)
			if err != nil {
				t.Fatal(err)
			}
			e.Measure(measures)
			fmt.Fprintln(&b, r, action, measures)
			if r.Done() {
				break
			}
		}
		if seen := slices.ContainsFunc(obs[0].Bytes, func(v byte) bool { return v != 0 }); seen == e.view.unused {
			t.Errorf("frames: %t, skipped: %t", seen, e.view.unused)
		}
		return b.String()
	}
	plain, skips := newEnv(task), newEnv(task)
	skips.SkipObservations()
	if a, b := drive(plain), drive(skips); a != b {
		t.Errorf("the episodes differ:\n%s\n%s", a, b)
	}
	if plain.near.list[0].along != 0 || plain.near.n == 0 {
		t.Errorf("places of %d road users were computed for a camera", plain.near.n)
	}
}
