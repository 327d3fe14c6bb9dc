package trajectory_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/prediction"
	"roadloop/planning/trajectory"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

func generate(t testing.TB, p road.Params) *road.Map {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newPlanner(t testing.TB, m *road.Map, lanes ...road.LaneID) *trajectory.Planner {
	t.Helper()
	p, err := trajectory.New(trajectory.Config{Map: m, Route: planning.Route{Lanes: lanes}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func plan(t testing.TB, p *trajectory.Planner, scene *perception.Scene, cast []planning.Forecast) *planning.Plan {
	t.Helper()
	out, err := p.Plan(context.Background(), scene, cast)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// busy returns a scene with n tracks around the ego.
func busy(m *road.Map, n int) *perception.Scene {
	s := &perception.Scene{Ego: perception.Ego{Pose: m.Lanes[0].Center.At(40), Speed: 10}}
	r := rng.New(5, "test", "busy")
	for i := range n {
		l := &m.Lanes[i%len(m.Lanes)]
		at := r.Range(0, l.Center.Length())
		if p := l.Center.At(at); p.Pos().Dist(s.Ego.Pose.Pos()) > 12 {
			s.Tracks = append(s.Tracks, perception.Track{
				ID: int32(i + 1), Class: perception.Class(i % 4), Pose: p, Vel: p.Forward().Scale(r.Range(0, 12)),
				Length: 4, Width: 1.7, Existence: 1, Age: 100,
			})
		}
	}
	for i := range m.Signals {
		s.Signals = append(s.Signals, perception.Signal{ID: road.SignalID(i), State: road.Green, Confidence: 1})
	}
	return s
}

func TestPlansOnAnEmptyRoad(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 14})
	p := newPlanner(t, m, 0)
	pose := m.Lanes[0].Center.At(50)
	out := plan(t, p, &perception.Scene{Time: 35, Ego: perception.Ego{Pose: pose, Speed: 10}}, nil)
	if out.Time != 35 || out.Reason != "free" || out.Emergency {
		t.Errorf("time %v, reason %q, emergency %v", out.Time, out.Reason, out.Emergency)
	}
	first, last := out.Waypoints[0], out.Waypoints[len(out.Waypoints)-1]
	if first.Pose.Pos().Dist(pose.Pos()) > 1e-6 || first.Speed != 10 {
		t.Errorf("begins at %+v", first)
	}
	if last.Time != 400 || last.Speed < 11 || last.Speed > 14 || math.Abs(last.Pose.Y-pose.Y) > 0.01 {
		t.Errorf("ends at %+v", last)
	}
	if out.Chosen >= len(out.Proposals) || len(out.Proposals) < 6 {
		t.Errorf("%d proposals, chosen %d", len(out.Proposals), out.Chosen)
	}
}

func TestReasonNamesTheLeader(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 14})
	pose := m.Lanes[0].Center.At(50)
	lead := m.Lanes[0].Center.At(75)
	scene := &perception.Scene{Ego: perception.Ego{Pose: pose, Speed: 10}, Tracks: []perception.Track{{
		ID: 12, Class: perception.Car, Pose: lead, Vel: geom.Vec{X: 8}, Length: 4.5, Width: 1.8, Existence: 1,
	}}}
	out := plan(t, newPlanner(t, m, 0), scene, prediction.New(m).Predict(t.Context(), scene))
	if out.Reason != "follow track 12" {
		t.Errorf("reason %q", out.Reason)
	}
	scene.Tracks[0].Existence = 0.2
	if out := plan(t, newPlanner(t, m, 0), scene, prediction.New(m).Predict(t.Context(), scene)); out.Reason != "free" {
		t.Errorf("reason %q for a track with low existence", out.Reason)
	}
}

func TestEmergencyWhenNothingHelps(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 20})
	pose := m.Lanes[0].Center.At(50)
	wall := geom.Pose{X: 64, Y: -1.75, Yaw: math.Pi / 2} // a truck across the road
	scene := &perception.Scene{Ego: perception.Ego{Pose: pose, Speed: 20}, Tracks: []perception.Track{{
		ID: 1, Class: perception.Truck, Pose: wall, Length: 14, Width: 2.5, Existence: 1,
	}}}
	out := plan(t, newPlanner(t, m, 0), scene, prediction.New(m).Predict(t.Context(), scene))
	if !out.Emergency || out.Reason != "emergency" {
		t.Errorf("emergency %v, reason %q", out.Emergency, out.Reason)
	}
}

func TestCloneAndRepetitionPlanTheSame(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay, Control: road.SignalControl, Crosswalks: true, Urban: true, Length: 100})
	next := m.Lanes[0].Next[0]
	lanes := []road.LaneID{0, next, m.Lanes[next].Next[0]}
	a, b := newPlanner(t, m, lanes...), newPlanner(t, m, lanes...)
	scene := busy(m, 20)
	cast := prediction.New(m).Predict(t.Context(), scene)
	for range 5 {
		scene.Time += clock.DriverPeriod
		scene.Ego.Pose.X += 0.5
		x := *plan(t, a, scene, cast)
		if diff := cmp.Diff(x, *plan(t, b, scene, cast)); diff != "" {
			t.Fatal(diff)
		}
		b = b.Clone().(*trajectory.Planner)
	}
}

func TestRejectsNaN(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight})
	scene := &perception.Scene{Ego: perception.Ego{Speed: math.NaN()}}
	if _, err := newPlanner(t, m, 0).Plan(context.Background(), scene, nil); err == nil || !strings.Contains(err.Error(), "not finite") {
		t.Errorf("error %v", err)
	}
	if _, err := trajectory.New(trajectory.Config{}); err == nil {
		t.Error("a planner without a map")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := newPlanner(t, m, 0).Plan(ctx, &perception.Scene{}, nil); err == nil {
		t.Error("plans after cancellation")
	}
}

// For random ego poses, plans are finite and complete.
func TestPlansFromAnywhere(t *testing.T) {
	for seed := range uint64(8) {
		m, err := road.Random(seed)
		if err != nil {
			t.Fatal(err)
		}
		r := rng.New(seed, "test", "anywhere")
		scene := busy(m, 12)
		cast := prediction.New(m).Predict(t.Context(), scene)
		p := newPlanner(t, m, 0)
		for range 20 {
			scene.Time += clock.DriverPeriod
			at := m.Lanes[0].Center.At(r.Range(-5, m.Lanes[0].Center.Length()+5))
			scene.Ego = perception.Ego{
				Pose:  at.Compose(geom.Pose{Y: r.Range(-6, 6), Yaw: r.Range(-2, 2)}),
				Speed: r.Range(0, 30), Steer: r.Range(-0.5, 0.5),
			}
			out := plan(t, p, scene, cast)
			for _, w := range out.Waypoints {
				if math.IsNaN(w.Pose.X+w.Pose.Y+w.Pose.Yaw+w.Speed+w.Accel+w.Curvature) || w.Speed < 0 {
					t.Fatalf("seed %d: waypoint %+v", seed, w)
				}
			}
		}
	}
}

func TestAllocatesNothing(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Lanes: 2, Length: 400})
	p := newPlanner(t, m, 0)
	scene := busy(m, 15)
	cast := prediction.New(m).Predict(t.Context(), scene)
	if n := testing.AllocsPerRun(20, func() { plan(t, p, scene, cast) }); n > 0 {
		t.Errorf("%g allocations per plan", n)
	}
}

func BenchmarkPlan(b *testing.B) {
	m := generate(b, road.Params{Kind: road.KindStraight, Lanes: 3, Length: 400})
	p := newPlanner(b, m, 0)
	scene := busy(m, 20)
	cast := prediction.New(m).Predict(b.Context(), scene)
	b.ReportAllocs()
	for b.Loop() {
		plan(b, p, scene, cast)
	}
}

func Example() {
	m, _ := road.Generate(road.Params{Kind: road.KindStraight, Length: 200})
	p, _ := trajectory.New(trajectory.Config{Map: m, Route: planning.Route{Lanes: []road.LaneID{0}}})
	scene := &perception.Scene{Ego: perception.Ego{Pose: geom.Pose{X: 20, Y: -1.75}, Speed: 13}}
	out, _ := p.Plan(context.Background(), scene, nil)
	fmt.Printf("%s: %s\n", out.Proposals[out.Chosen].Name, out.Reason)
	// Output: keep 100 %: free
}

// The car follows a cyclist at the edge of the lane while there is oncoming traffic,
// passes with more than 1.5 m clearance, and ignores a cyclist farther to the side.
func TestRoomForCyclists(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Length: 400, SpeedLimit: 14})
	rider := func(d float64) perception.Track {
		p := m.Lanes[0].Center.Offset(70, d)
		return perception.Track{ID: 1, Class: perception.Cyclist, Pose: p, Vel: p.Forward().Scale(4), Length: 1.9, Width: 0.5, Existence: 1, Age: 100}
	}
	comes := m.Lanes[1].Center.At(270) // at 130 m, oncoming
	car := perception.Track{ID: 2, Class: perception.Car, Pose: comes, Vel: comes.Forward().Scale(12), Length: 4, Width: 1.7, Existence: 1, Age: 100}
	run := func(tracks ...perception.Track) *planning.Plan {
		scene := &perception.Scene{Ego: perception.Ego{Pose: m.Lanes[0].Center.At(50), Speed: 10}, Tracks: tracks}
		return plan(t, newPlanner(t, m, 0), scene, prediction.New(m).Predict(t.Context(), scene))
	}
	if out := run(rider(-1.2), car); out.Reason != "follow track 1" {
		t.Errorf("with oncoming traffic: %q", out.Reason)
	}
	if out := run(rider(-3.2)); out.Reason != "free" {
		t.Errorf("beside the lane: %q", out.Reason)
	}
	out := run(rider(-1.2))
	at := slices.IndexFunc(out.Proposals, func(c planning.Proposal) bool { return strings.HasPrefix(c.Name, "pass left") })
	if at < 0 {
		t.Fatal("does not propose to pass on a free road")
	}
	widest := 0.0
	for _, w := range out.Proposals[at].Waypoints {
		_, d := m.Lanes[0].Center.Project(w.Pose.Pos())
		widest = math.Max(widest, d)
	}
	if side := widest - 0.805 - (-1.2 + 0.25); side < 1.5 {
		t.Errorf("passes with %.2f m to the side", side)
	}
}
