package route_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/sim/geom"
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

func lay(t testing.TB, m *road.Map, lanes ...road.LaneID) *route.Route {
	t.Helper()
	r, err := route.New(m, planning.Route{Lanes: lanes})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// turning returns a route that takes the given turn at a four-way junction.
func turning(t testing.TB, m *road.Map, turn road.Turn) []road.LaneID {
	t.Helper()
	for _, id := range m.Lanes[0].Next {
		if m.Lanes[id].Turn == turn {
			return []road.LaneID{0, id, m.Lanes[id].Next[0]}
		}
	}
	t.Fatalf("no turn %d", turn)
	return nil
}

func TestCurvatureOfAnArc(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindArc, Radius: 80, Angle: 1, Length: 300})
	p := lay(t, m, 0).Lines[0]
	mid := p.Length() / 2
	want := m.Lanes[0].Center.Curvature(mid)
	if got := p.Curvature(mid); math.Abs(got-want) > 1e-4 || math.Abs(1/got-80) > 3 {
		t.Errorf("curvature %.5f, of the lane %.5f", got, want)
	}
	if got := p.Curvature(20); math.Abs(got) > 1e-9 {
		t.Errorf("curvature %g on the straight", got)
	}
}

// The profile slows before the arc with the given deceleration, and its speed
// in the arc is limited by the lateral acceleration.
func TestProfileByHand(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindArc, Radius: 40, Angle: 1, Length: 300, SpeedLimit: 20})
	p := lay(t, m, 0).Lines[0]
	v := p.Profile(2, 1.5)
	mid := len(v) / 2
	if want := math.Sqrt(2 / p.Curvature(float64(mid)*route.Spacing)); math.Abs(v[mid]-want) > 0.05 {
		t.Errorf("%.2f m/s in the arc, want %.2f", v[mid], want)
	}
	for i := 1; i < len(v); i++ {
		if brake := (v[i-1]*v[i-1] - v[i]*v[i]) / (2 * route.Spacing); brake > 1.5+1e-9 || v[i] > 20 {
			t.Fatalf("at %g m: %.2f m/s, braking with %.2f m/s²", float64(i)*route.Spacing, v[i], brake)
		}
	}
}

func TestProjectInvertsOffset(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindSCurve, Radius: 60, Length: 400})
	p := lay(t, m, 0).Lines[0]
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.Float64Range(1, p.Length()-1).Draw(t, "s")
		d := rapid.Float64Range(-8, 8).Draw(t, "d")
		at := p.At(s).Pose
		v := at.ToWorld(geom.Vec{Y: d})
		gotS, gotD := p.Project(v, 0, p.Length())
		if math.Abs(gotS-s) > 0.05 || math.Abs(gotD-d) > 0.02 {
			t.Fatalf("(%.3f, %.3f) comes back as (%.3f, %.3f)", s, d, gotS, gotD)
		}
	})
}

// Lanes join smoothly: neither position nor heading jumps along a turn.
func TestPathsAreContinuous(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay, Control: road.SignalControl, Crosswalks: true})
	for _, turn := range []road.Turn{road.LeftTurn, road.RightTurn, road.Straight} {
		p := lay(t, m, turning(t, m, turn)...).Lines[0]
		s := p.Samples()
		for i := 1; i < len(s); i++ {
			if gap := s[i].Pose.Pos().Dist(s[i-1].Pose.Pos()); math.Abs(gap-route.Spacing) > 0.02 {
				t.Fatalf("turn %d: samples %d are %.3f m apart", turn, i, gap)
			}
			if bend := math.Abs(geom.WrapAngle(s[i].Pose.Yaw - s[i-1].Pose.Yaw)); bend > 0.15 {
				t.Fatalf("turn %d: kink of %.3f rad at sample %d", turn, bend, i)
			}
		}
	}
}

func TestStopsCrosswalksAndConflicts(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay, Control: road.SignalControl, Crosswalks: true})
	lanes := turning(t, m, road.LeftTurn)
	p := lay(t, m, lanes...).Lines[0]
	in := &m.Lanes[lanes[0]]
	if len(p.Stops) == 0 || p.Stops[0].S != in.StopS || p.Stops[0].Signal != in.Signal {
		t.Errorf("stops %+v, want one at %g for signal %d", p.Stops, in.StopS, in.Signal)
	}
	if len(p.Crosswalks) != 2 {
		t.Errorf("%d crosswalks, want one before and one after the junction", len(p.Crosswalks))
	}
	yields := 0
	for _, c := range p.Conflicts {
		if c.Line != in.StopS || c.Control != road.SignalControl || c.Start < in.Center.Length() {
			t.Errorf("conflict %+v", c)
		}
		if c.Yield {
			yields++
		}
	}
	if yields == 0 {
		t.Error("a left turn gives way to no lane")
	}
}

func TestLaneChangesSplitTheRoute(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Lanes: 3, Length: 300})
	r := lay(t, m, 0, 1)
	if r.Last != 1 || r.Lines[0].Rank != 0 || r.Lines[1].Rank != 1 {
		t.Fatalf("lines %d and %d, last %d", r.Lines[0].Rank, r.Lines[1].Rank, r.Last)
	}
	sides := 0
	for _, l := range r.Lines[2:] {
		if !l.Side {
			t.Errorf("line %+v is not a side line", l.Pieces)
		}
		sides++
	}
	if sides != 1 {
		t.Errorf("%d side lines, want one for lane 2", sides)
	}
}

func TestRoomBesideThePath(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindStraight, Lanes: 2, Length: 300})
	at := lay(t, m, 0).Lines[0].At(100)
	if at.Left != 5.25 || at.Right != 1.75 || at.LeftRoad != 8.75 {
		t.Errorf("room %g left, %g right, %g of road, want 5.25, 1.75, 8.75", at.Left, at.Right, at.LeftRoad)
	}
}

func TestNewRejectsBadRoutes(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay})
	for _, c := range []struct {
		lanes []road.LaneID
		want  string
	}{
		{nil, "no lanes"},
		{[]road.LaneID{-1}, "lane -1"},
		{[]road.LaneID{0, 9999}, "lane 9999"},
		{[]road.LaneID{0, 0}, "neither a successor nor a neighbor"},
	} {
		_, err := route.New(m, planning.Route{Lanes: c.lanes})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("route %v: %v, want %q in it", c.lanes, err, c.want)
		}
	}
}

func TestRoutesOfRandomMaps(t *testing.T) {
	for seed := range uint64(12) {
		m, err := road.Random(seed)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Lanes {
			to := road.LaneID((i*7 + 3) % len(m.Lanes))
			lanes, err := m.FindRoute(road.LaneID(i), to)
			if err != nil {
				continue
			}
			r := lay(t, m, lanes...)
			for _, l := range r.Lines {
				for _, at := range l.Samples() {
					if math.IsNaN(at.Pose.X+at.Curvature) || math.Abs(at.Curvature) > 0.6 || at.Left <= 0 || at.Right <= 0 {
						t.Fatalf("seed %d, lanes %v: sample %+v", seed, lanes, at)
					}
				}
			}
		}
	}
}

func Example() {
	m, _ := road.Generate(road.Params{Kind: road.KindStraight, Length: 100})
	r, _ := route.New(m, planning.Route{Lanes: []road.LaneID{0}})
	s, d := r.Lines[0].Project(geom.Vec{X: 40, Y: -1}, 0, 100)
	fmt.Printf("%.2f m along, %.2f m left of the middle\n", s, d)
	// Output: 40.00 m along, 0.75 m left of the middle
}

// Lanes of ramps and junctions join within millimeters, not exactly; the path
// across the joint has no larger curvature than the lanes.
func TestPathIsSmoothWhereLanesJoin(t *testing.T) {
	for _, c := range []struct {
		p     road.Params
		lanes []road.LaneID
	}{
		{road.Params{Kind: road.KindMerge, Lanes: 2, Length: 900, Taper: 200}, []road.LaneID{7, 2}},
		{road.Params{Kind: road.KindExit, Lanes: 2, Length: 900, Taper: 200}, []road.LaneID{2, 7}},
	} {
		m, err := road.Generate(c.p)
		if err != nil {
			t.Fatal(err)
		}
		r, err := route.New(m, planning.Route{Lanes: c.lanes})
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range r.Lines[0].Samples() {
			if math.Abs(s.Curvature) > .02 {
				t.Errorf("%s: curvature %g at %g m", c.p.Kind, s.Curvature, float64(i)*route.Spacing)
			}
		}
	}
}
