package trajectory

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

func newPlanner(t testing.TB, p road.Params, lanes ...road.LaneID) (*Planner, *road.Map) {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	planner, err := New(Config{Map: m, Route: planning.Route{Lanes: lanes}})
	if err != nil {
		t.Fatal(err)
	}
	return planner, m
}

func straightRoad(lanes int) road.Params {
	return road.Params{Kind: road.KindStraight, Lanes: lanes, Length: 400, SpeedLimit: 14}
}

// The Intelligent Driver Model at hand-computed points.
func TestFollowingByHand(t *testing.T) {
	p, _ := newPlanner(t, straightRoad(1), 0)
	p.params.Accel, p.params.Brake, p.params.Headway, p.params.Standoff = 1, 4, 1.5, 2
	for _, c := range []struct{ v, gap, lead, want float64 }{
		{10, 17, 10, 0},      // s* = 2 + 10·1.5 = 17: equilibrium
		{10, 34, 10, 0.75},   // 1 - (17/34)²
		{12, 16, 8, -3},      // s* = 20 + 12·4/(2·√4) = 32
		{0, 2, 0, 0},         // at rest at the standoff
		{10, 0.05, 0, -8},    // almost touching
		{5, 4, 20, 1 - 0.25}, // a faster leader: s* falls no lower than the standoff
	} {
		if got := p.gapAccel(c.v, c.gap, c.lead); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("at %g m/s, %g m behind one at %g m/s: %g m/s², want %g", c.v, c.gap, c.lead, got, c.want)
		}
	}
}

func TestFreeRoadByHand(t *testing.T) {
	p, _ := newPlanner(t, straightRoad(1), 0)
	p.params.Accel, p.params.Brake = 2, 3
	for _, c := range []struct{ v, v0, want float64 }{
		{0, 10, 2}, {5, 10, 2 * (1 - 1.0/16)}, {10, 10, 0}, {10.8, 10, -1}, {20, 10, -3},
	} {
		if got := p.toward(c.v, c.v0); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("from %g to %g m/s: %g, want %g", c.v, c.v0, got, c.want)
		}
	}
}

// With enough room, halt stops shortly before the stop constraint.
func TestHaltStopsAtTheWall(t *testing.T) {
	p, _ := newPlanner(t, straightRoad(1), 0)
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(0, 20).Draw(t, "v")
		gap := v*v/4 + rapid.Float64Range(1, 60).Draw(t, "more")
		const dt = 0.05
		for range 1200 {
			a := math.Max(-p.params.MaxBrake, p.haltAccel(gap, v))
			next := math.Max(0, v+a*dt)
			gap -= (v + next) / 2 * dt
			v = next
		}
		if gap < 0 || gap > 0.8 || v > 0.1 {
			t.Fatalf("%.2f m before the wall at %.2f m/s", gap, v)
		}
	})
}

// The remaining offset is e·(1+x)·exp(-x), and in a lane change it first
// decreases linearly.
func TestLateralApproachByHand(t *testing.T) {
	p, _ := newPlanner(t, straightRoad(1), 0)
	l := p.settling(10)
	if got, want := p.lateral(1, l, 10), 2*math.Exp(-1); math.Abs(got-want) > 1e-12 {
		t.Errorf("after one length %g is left, want %g", got, want)
	}
	if got := p.lateral(-3.5, 0, 10); got != -3.5 {
		t.Errorf("at the start %g is left, want all", got)
	}
	last := 3.5
	for way := 1.0; way < 200; way++ {
		now := p.lateral(3.5, way, 10)
		if now > last || now < 0 {
			t.Fatalf("after %g m %g is left, before %g", way, now, last)
		}
		last = now
	}
}

// The roll-out agrees with the closed form on a straight road.
func TestRollOutSettles(t *testing.T) {
	p, m := newPlanner(t, straightRoad(1), 0)
	y := m.Lanes[0].Center.At(0).Y
	scene := &perception.Scene{Ego: perception.Ego{Pose: geom.Pose{X: 30, Y: y + 0.5}, Speed: 10}}
	p.locate(&scene.Ego)
	p.look(scene, nil, p.line, p.s)
	p.constraints = &behavior.Constraints{}
	p.roll(intent{line: p.line, kind: keep})
	c := &p.candidates[0]
	if off := c.way[steps].Pose.Y - y; math.Abs(off) > 0.05 {
		t.Errorf("%.3f m off after 4 s", off)
	}
	for k := 1; k <= steps; k++ {
		a, b := &c.way[k-1], &c.way[k]
		way := a.Pose.Pos().Dist(b.Pose.Pos())
		if want := (a.Speed + b.Speed) / 2 * tick; math.Abs(way-want) > 0.01 {
			t.Fatalf("step %d covers %.3f m, its speeds say %.3f", k, way, want)
		}
	}
}

// A score is the product of the hard terms times the weighted mean of the soft terms.
func TestScoreByHand(t *testing.T) {
	p, _ := newPlanner(t, straightRoad(1), 0)
	p.params.Progress, p.params.TTC, p.params.SpeedLimit, p.params.Comfort, p.params.Lane = 5, 5, 4, 2, 0
	p.params.Hysteresis = 0
	p.line, p.last = 0, choice{line: 0, kind: keep}
	c := &candidate{intent: intent{line: 0, kind: keep}, start: 10, end: 40, clean: 0.75, onRoad: 1, hit: math.Inf(1)}
	c.terms.ttc = 0
	for k := range c.way {
		c.way[k].Speed = 10 // steady and within the limit: full marks for both
	}
	p.rate(c, 60)
	if want := 0.75 * (5*0.5 + 5*0 + 4*1 + 2*1) / 16; math.Abs(c.score-want) > 1e-12 {
		t.Errorf("score %g, want %g", c.score, want)
	}
	if c.why != "collision" {
		t.Errorf("decided by %q", c.why)
	}
	// 1.115 m/s above the tolerance in all 41 steps of 0.1 s: 1 - 1.115·4.1/(2.23·4).
	for k := range c.way {
		c.way[k].Speed = 14 + 0.3 + 1.115
	}
	if limit, _ := p.limitAndComfort(c); math.Abs(limit-(1-1.115*4.1/(2.23*4))) > 1e-9 {
		t.Errorf("speed limit term %g", limit)
	}
	for k := range c.way {
		c.way[k].Speed, c.way[k].Accel = 10, -0.75*comfortBrake
	}
	if _, comfort := p.limitAndComfort(c); math.Abs(comfort-0.5) > 1e-12 {
		t.Errorf("comfort term %g at three quarters of the bound, want 0.5", comfort)
	}
}

// The car is at fault in a collision unless it stands or is hit from behind.
func TestFaults(t *testing.T) {
	p, _ := newPlanner(t, straightRoad(1), 0)
	p.last = choice{line: 0, kind: keep}
	c := &candidate{intent: intent{line: 0, kind: keep}}
	c.boxes[0].Length = 4.5
	other := &perception.Track{Vel: geom.Vec{X: 9}}
	for _, k := range []struct {
		name  string
		speed float64
		d     geom.Vec
		want  bool
	}{
		{"standing", 0, geom.Vec{X: 4}, false},
		{"in front", 5, geom.Vec{X: 4}, true},
		{"from behind", 5, geom.Vec{X: -4}, false},
		{"beside", 5, geom.Vec{Y: 1.5}, true},
	} {
		c.way[0].Speed = k.speed
		if got := p.atFault(c, 0, other, k.d); got != k.want {
			t.Errorf("%s: %v", k.name, got)
		}
	}
}
