package road

import (
	"math"
	"testing"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// allParams returns every kind of map in several variants.
func allParams() []Params {
	var out []Params
	for _, k := range Kinds() {
		for seed := range uint64(3) {
			p := Params{Kind: k, Seed: seed, Lanes: 1 + int(seed)%2, Urban: seed != 1, Crosswalks: seed == 2}
			for _, p.Control = range []Control{Free, SignalControl, StopSign} {
				if k == KindRoundabout && (p.Lanes != 1 || p.Control != Free) {
					continue
				}
				out = append(out, p)
			}
		}
	}
	for seed := range uint64(40) {
		out = append(out, RandomParams(seed))
	}
	return out
}

func mustGenerate(t testing.TB, p Params) *Map {
	t.Helper()
	m, err := Generate(p)
	if err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	return m
}

func TestGeneratedMapsValidateAndStayClear(t *testing.T) {
	for _, p := range allParams() {
		m := mustGenerate(t, p) // Generate validates
		for i := range m.Props {
			q := &m.Props[i]
			box := q.Box()
			for _, c := range append(corners(box), box.Center) {
				if m.Drivable(c) {
					t.Errorf("%s: prop %d (kind %d) stands on the road at %v", m.Name, i, q.Kind, c)
				}
			}
		}
		for i := range m.Signals {
			if m.Drivable(m.Signals[i].Pos) {
				t.Errorf("%s: signal %d stands on the road", m.Name, i)
			}
		}
	}
}

func corners(b geom.OBB) []geom.Vec {
	c := b.Corners()
	return c[:]
}

func TestLaneCentersAreDrivable(t *testing.T) {
	for _, p := range allParams() {
		m := mustGenerate(t, p)
		for i := range m.Lanes {
			l := &m.Lanes[i]
			for s := 0.5; s < l.Center.Length()-0.5; s += 3 {
				for _, d := range [...]float64{0, 0.8, -0.8} {
					if at := l.Center.Offset(s, d).Pos(); !m.Drivable(at) {
						t.Fatalf("%s: lane %d at s %.1f, d %.1f is off the road", m.Name, i, s, d)
					}
				}
			}
		}
	}
}

// The grid gives the same result as a search over all lanes.
func TestNearestEqualsBruteForce(t *testing.T) {
	for seed := range uint64(10) {
		m := mustGenerate(t, RandomParams(seed))
		lo, hi := m.Bounds()
		r := rng.New(seed, "test", "points")
		for range 200 {
			p := geom.Vec{X: r.Range(lo.X-30, hi.X+30), Y: r.Range(lo.Y-30, hi.Y+30)}
			want := math.Inf(1)
			for i := range m.Lanes {
				c := place{lane: LaneID(i)}
				c.s, c.d = m.Lanes[i].Center.Project(p)
				want = math.Min(want, m.off(c))
			}
			id, s, d, ok := m.Nearest(p)
			if got := m.off(place{id, s, d}); !ok || math.Abs(got-want) > 1e-9 {
				t.Fatalf("%s: nearest lane to %v is %d at %.3f m, brute force finds %.3f m", m.Name, p, id, got, want)
			}
		}
	}
}

func TestNearestAlignedPrefersSameDirection(t *testing.T) {
	m := mustGenerate(t, Params{Kind: KindStraight})
	for _, c := range []struct {
		pose geom.Pose
		want LaneID
	}{
		{geom.Pose{X: 50, Y: 0.3, Yaw: 0}, 0},
		{geom.Pose{X: 50, Y: -0.3, Yaw: math.Pi}, 1},
	} {
		if got, _, _, _ := m.NearestAligned(c.pose); got != c.want {
			t.Errorf("lane at %v is %d, want %d", c.pose, got, c.want)
		}
	}
}

// No two crossing lanes have green at the same time, except left turns, which
// give way to oncoming traffic.
func TestConflictingSignalsNeverGreenTogether(t *testing.T) {
	for _, kind := range []Kind{KindFourWay, KindTee, KindTown} {
		m := mustGenerate(t, Params{Kind: kind, Control: SignalControl, Seed: 5})
		for at := clock.Tick(0); at < 60*clock.PerSecond; at += 10 {
			for i := range m.Lanes {
				for _, c := range m.Lanes[i].Conflicts {
					other := &m.Lanes[c.With]
					a, b := m.entrySignal(&m.Lanes[i]), m.entrySignal(other)
					if a == nil || b == nil || c.Yield || yieldsBack(other, LaneID(i)) {
						continue
					}
					if a.Plan.State(at) == Green && b.Plan.State(at) == Green && a.ID != b.ID && !mergeOnly(m, LaneID(i), c.With) {
						t.Fatalf("%s at %v: lanes %d and %d cross and both have green", m.Name, at, i, c.With)
					}
				}
			}
		}
	}
}

// entrySignal returns the signal that controls the entry to a junction lane.
func (m *Map) entrySignal(l *Lane) *Signal {
	if l.Junction < 0 || len(l.Prev) == 0 || m.Lanes[l.Prev[0]].Signal == NoSignal {
		return nil
	}
	return &m.Signals[m.Lanes[l.Prev[0]].Signal]
}

func yieldsBack(l *Lane, to LaneID) bool {
	for _, c := range l.Conflicts {
		if c.With == to {
			return c.Yield
		}
	}
	return false
}

// mergeOnly reports whether two lanes conflict only because opposite left turns
// pass close to each other.
func mergeOnly(m *Map, a, b LaneID) bool {
	return m.Lanes[a].Turn == LeftTurn && m.Lanes[b].Turn == LeftTurn
}

func TestConflictsAreMutual(t *testing.T) {
	m := mustGenerate(t, Params{Kind: KindFourWay, Control: Free, Seed: 1})
	n := 0
	for i := range m.Lanes {
		for _, c := range m.Lanes[i].Conflicts {
			n++
			found := false
			for _, back := range m.Lanes[c.With].Conflicts {
				if back.With == LaneID(i) {
					found = true
					if back.Start != c.OtherStart || back.End != c.OtherEnd {
						t.Errorf("lanes %d and %d disagree about their conflict", i, c.With)
					}
					if back.Yield && c.Yield {
						t.Errorf("lanes %d and %d both give way", i, c.With)
					}
				}
			}
			if !found {
				t.Errorf("lane %d conflicts with %d, but not the reverse", i, c.With)
			}
		}
	}
	if n < 20 {
		t.Errorf("%d conflicts at a four-way junction, want many", n)
	}
}

func TestRightOfWay(t *testing.T) {
	// Lane 0 comes from the west. A left turn gives way to oncoming traffic, and
	// without signs traffic from the right goes first.
	m := mustGenerate(t, Params{Kind: KindFourWay, Control: Free, Seed: 1})
	find := func(heading float64, turn Turn) *Lane {
		for i := range m.Lanes {
			l := &m.Lanes[i]
			if l.Junction >= 0 && l.Turn == turn && math.Abs(geom.WrapAngle(l.Center.At(0).Yaw-heading)) < 0.1 {
				return l
			}
		}
		t.Fatalf("no lane heading %g", heading)
		return nil
	}
	gives := func(a, b *Lane) bool {
		for _, c := range a.Conflicts {
			if c.With == b.ID {
				return c.Yield
			}
		}
		t.Fatalf("lanes %d and %d do not meet", a.ID, b.ID)
		return false
	}
	left, oncoming := find(0, LeftTurn), find(math.Pi, Straight)
	if !gives(left, oncoming) || gives(oncoming, left) {
		t.Error("a left turn must give way to oncoming traffic, not the other way round")
	}
	east, north := find(0, Straight), find(math.Pi/2, Straight) // north comes from the right
	if !gives(east, north) || gives(north, east) {
		t.Error("traffic from the right goes first")
	}
}

func TestFindRoute(t *testing.T) {
	m := mustGenerate(t, Params{Kind: KindTown, Columns: 3, Rows: 2})
	for i := range m.Lanes {
		to := LaneID(len(m.Lanes) - 1)
		route, err := m.FindRoute(LaneID(i), to)
		if err != nil {
			continue
		}
		if route[0] != LaneID(i) || route[len(route)-1] != to {
			t.Fatalf("route %v does not lead from %d to %d", route, i, to)
		}
		for k := range len(route) - 1 {
			l := &m.Lanes[route[k]]
			next := route[k+1]
			ok := l.Left == next || l.Right == next
			for _, n := range l.Next {
				ok = ok || n == next
			}
			if !ok {
				t.Errorf("route %v jumps from %d to %d", route, route[k], next)
			}
		}
	}
	if _, err := m.FindRoute(0, 9999); err == nil {
		t.Error("no error for a lane that does not exist")
	}
	straight := mustGenerate(t, Params{Kind: KindStraight})
	if _, err := straight.FindRoute(0, 1); err == nil {
		t.Error("found a route into oncoming traffic")
	}
}

func TestGenerateRejectsBadParams(t *testing.T) {
	for _, p := range []Params{
		{Kind: "spiral"},
		{Kind: KindStraight, Lanes: 9},
		{Kind: KindStraight, LaneWidth: 1},
		{Kind: KindStraight, LaneWidth: math.NaN()},
		{Kind: KindArc, Radius: 3},
		{Kind: KindStraight, Length: -5},
	} {
		if _, err := Generate(p); err == nil {
			t.Errorf("%+v: no error", p)
		}
	}
}

func TestPlan(t *testing.T) {
	p := SignalPlan{Green: 10, Amber: 3, Red: 7, Offset: 5}
	for _, c := range []struct {
		s    float64
		want SignalState
	}{{0, Green}, {4.99, Green}, {5, Amber}, {7.99, Amber}, {8, Red}, {14.99, Red}, {15, Green}, {35, Green}} {
		if got := p.State(clock.FromSeconds(c.s)); got != c.want {
			t.Errorf("at %g s: %v, want %v", c.s, got, c.want)
		}
	}
	if got := (SignalPlan{}).State(100); got != Off {
		t.Errorf("empty plan shows %v", got)
	}
}

func BenchmarkNearest(b *testing.B) {
	m := mustGenerate(b, Params{Kind: KindTown, Columns: 6, Rows: 6})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Nearest(geom.Vec{X: float64(i % 500), Y: float64(i * 7 % 500)})
	}
}
