package drive

import (
	"bytes"
	"testing"

	"roadloop/policy"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// The expert leaves no trace in the episode, and gives the same action when asked twice.
func TestExpertDoesNotChangeTheEpisode(t *testing.T) {
	c, err := FindTask("drive-town-v0")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []*Env{plain, asked} {
		if err := e.Reset(policy.TrainingSeed(4)); err != nil {
			t.Fatal(err)
		}
	}
	first, again := make([]float32, 2), make([]float32, 2)
	for k := range 30 {
		if err := asked.Expert(first); err != nil {
			t.Fatal(err)
		}
		if err := asked.Expert(again); err != nil {
			t.Fatal(err)
		}
		if first[0] != again[0] || first[1] != again[1] {
			t.Fatalf("step %d: the expert says %v, then %v", k, first, again)
		}
		a, err := plain.Step(first)
		if err != nil {
			t.Fatal(err)
		}
		b, err := asked.Step(first)
		if err != nil {
			t.Fatal(err)
		}
		if a != b || !bytes.Equal(plain.world.AppendState(nil), asked.world.AppendState(nil)) {
			t.Fatalf("step %d: the episode changed", k)
		}
	}
}

// The expert drives a hand-made episode to its end.
func expertDrives(t *testing.T, w world) *Env {
	t.Helper()
	e := begin(t, w, nil)
	a := make([]float32, 2)
	for r := (policy.Result{}); !r.Done(); {
		if err := e.Expert(a); err != nil {
			t.Fatal(err)
		}
		var err error
		if r, err = e.Step(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Expert(a); err == nil {
		t.Error("the expert acts after the end of an episode")
	}
	return e
}

// The expert stops behind a slow car, and stands at a stop sign once: it has no memory, but
// the environment notes where the car stood.
func TestExpertDrives(t *testing.T) {
	slow := straight()
	slow.actors = []sim.ActorSpec{{Kind: actor.Car, Start: sim.Start{Lane: 0, S: 60, Speed: 3}, Behavior: sim.Drive{}}}
	sign := crossing(road.SignalPlan{})
	sign.params.Control, sign.change = road.StopSign, nil
	sign.route, sign.goal = straightOn(t), 20
	for name, w := range map[string]world{"slow car": slow, "stop sign": sign} {
		e := expertDrives(t, w)
		if measure(t, e, "success") != 1 {
			t.Errorf("%s: success %g, collisions %g, stop signs %g", name, measure(t, e, "success"), measure(t, e, "collision"), measure(t, e, "stop-sign"))
		}
	}
}

// Beside the middle of its lane, the expert steers back.
func TestExpertRecovers(t *testing.T) {
	for _, d := range []float64{-.8, .8} {
		w := straight()
		w.start.D = d
		e := begin(t, w, nil)
		a := make([]float32, 2)
		if err := e.Expert(a); err != nil {
			t.Fatal(err)
		}
		if float64(a[0])*d >= 0 {
			t.Errorf("%g m to the left, the expert steers %g", d, a[0])
		}
	}
}

// A signal 35 m behind the start is no maneuver; the junction ahead is.
func TestNavigationByHand(t *testing.T) {
	w := crossing(road.SignalPlan{Red: 1})
	w.route, w.goal = straightOn(t), 20
	e := begin(t, w, func(c *Config) { c.Observations = []string{Navigation} })
	n := observe(e, Navigation).Floats
	d := e.site.m.Lanes[0].Center.Length() - 90
	for i, want := range []float64{10 / rangeSpeed, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, min(d/rangeNear, 1), d / announced, 1, e.course.here.Limit / rangeSpeed, 0, 0} {
		if diff := float64(n[i]) - want; diff > .01 || diff < -.01 { // lines are sampled
			t.Errorf("value %d is %g, want %g", i, n[i], want)
		}
	}
	if _, err := e.Step([]float32{.25, -1}); err != nil {
		t.Fatal(err)
	}
	if n = observe(e, Navigation).Floats; n[15] != .25 || n[16] != -1 || n[1] >= 0 {
		t.Errorf("after braking, the last action is %v and the acceleration %g", n[15:], n[1])
	}
	left, right := straight(), straight()
	left.params.Lanes, left.params.Length, left.route = 2, 1000, nil
	right.params, right.goal = left.params, 900
	left.goal = 900
	m, err := road.Generate(left.params)
	if err != nil {
		t.Fatal(err)
	}
	// The change is to the other lane of the road, from either one.
	other := m.Lanes[0].Left
	if other == road.None {
		other = m.Lanes[0].Right
	}
	toLeft := m.Lanes[0].Left == other
	left.route, right.route = []road.LaneID{0, other}, []road.LaneID{other, 0}
	if !toLeft {
		left.route, right.route = right.route, left.route
	}
	left.start.Lane, right.start.Lane = left.route[0], right.route[0]
	for want, w := range map[command]world{changeLeft: left, changeRight: right} {
		e := begin(t, w, func(c *Config) { c.Observations = []string{Navigation} })
		if n := observe(e, Navigation).Floats; n[5+int(want)] != 1 || n[5+numCommands] != 0 {
			t.Errorf("command %d: %v", want, n)
		}
	}
}

// Weather depends on the seed alone, changes nothing else, and has a variant of the task.
func TestWeatherIsDrawn(t *testing.T) {
	kinds := map[string]int{}
	for seed := range uint64(500) {
		for _, w := range []Weather{Clear, Adverse} {
			c := w.draw(seed)
			if err := c.Check(); err != nil || c != w.draw(seed) {
				t.Errorf("seed %d: %v", seed, err)
			}
			bad := c.Rain > 0 || c.Visibility > 0 || c.Glare > 0 || scene.Darkness(c) > 0
			if bad != (w == Adverse) {
				t.Errorf("%s weather of seed %d: %+v", w, seed, c)
			}
			if scene.Darkness(c) == 1 {
				kinds["night"]++
			}
		}
	}
	if n := kinds["night"]; n < 70 || n > 130 {
		t.Errorf("%d nights of 500, want a fifth", n)
	}
	var envs [2]*Env
	for i, name := range []string{"drive-camera-v0", "drive-camera-weather-v0"} {
		c, err := FindTask(name)
		if err != nil {
			t.Fatal(err)
		}
		c.Observations = c.Observations[1:]
		if envs[i], err = New(c); err != nil {
			t.Fatal(err)
		}
		if err := envs[i].Reset(7); err != nil {
			t.Fatal(err)
		}
	}
	if envs[0].world.Conditions() == envs[1].world.Conditions() {
		t.Error("the tasks have the same weather")
	}
	for i := range envs[0].world.Actors() {
		if a, b := envs[0].world.Actors()[i].State.Pose, envs[1].world.Actors()[i].State.Pose; a != b {
			t.Errorf("road user %d is at %v, and in other weather at %v", i, a, b)
		}
	}
	for i := range envs {
		if err := envs[i].Spec().Fits(envs[1-i].Spec()); err != nil {
			t.Error(err)
		}
	}
	c, err := FindTask("drive-highway-v0")
	if err != nil {
		t.Fatal(err)
	}
	c.Name, c.Observations = "other", []string{Navigation}
	if other, err := New(c); err != nil || other.Spec().Fits(envs[0].Spec()) == nil {
		t.Errorf("a policy of another task fits (%v)", err)
	}
}
