package road

import (
	"math"
	"slices"
	"testing"
)

// The route to an exit changes to the lane that begins before it. The route past a
// lane drop changes away from the lane that ends.
func TestLanesThatBeginAndEnd(t *testing.T) {
	for _, c := range []struct {
		name     string
		p        Params
		from, to LaneID
		route    []LaneID
		taper    LaneID // the lane of the taper's length
	}{
		{"merge", Params{Kind: KindMerge, Lanes: 2, Length: 900, Taper: 250}, 7, 5, []LaneID{7, 2, 3, 5}, 2},
		{"exit", Params{Kind: KindExit, Lanes: 2, Length: 900, Taper: 250}, 0, 7, []LaneID{0, 3, 2, 7}, 2},
		{"drop", Params{Kind: KindDrop, Lanes: 1, Length: 300, Taper: 150}, 0, 2, []LaneID{0, 1, 2}, 0},
	} {
		m := mustGenerate(t, c.p)
		route, err := m.FindRoute(c.from, c.to)
		if err != nil || !slices.Equal(route, c.route) {
			t.Errorf("%s: route %v, %v; want %v", c.name, route, err, c.route)
		}
		if got := m.Lanes[c.taper].Center.Length(); math.Abs(got-c.p.Taper) > 1e-6 {
			t.Errorf("%s: the lane is %g m long, want %g", c.name, got, c.p.Taper)
		}
	}
}

// The pavement behind a lane that ends narrows gradually, so that a late return is
// possible.
func TestDroppedLaneEndsInAWedge(t *testing.T) {
	m := mustGenerate(t, Params{Kind: KindDrop, Length: 300, Taper: 150})
	end := &m.Lanes[0]
	if len(end.Next) != 0 {
		t.Fatalf("the lane that ends goes on to %v", end.Next)
	}
	at := end.Center.At(end.Center.Length())
	for _, c := range []struct {
		past, aside float64
		paved       bool
	}{{2, 0, true}, {20, 1.5, true}, {20, -1.5, false}, {45, 0, false}} {
		p := at
		p.X, p.Y = p.X+c.past, p.Y+c.aside
		if got := m.Drivable(p.Pos()); got != c.paved {
			t.Errorf("%g m behind the end, %g m to the left: paved is %v", c.past, c.aside, got)
		}
	}
}

func TestTaperOutOfRange(t *testing.T) {
	if _, err := Generate(Params{Kind: KindExit, Taper: 5}); err == nil {
		t.Error("an exit lane of 5 m is accepted")
	}
}
