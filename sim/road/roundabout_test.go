package road

import (
	"math"
	"strings"
	"testing"

	"roadloop/sim/geom"
)

// Traffic from an arm yields to ring traffic that passes the arm, and to no
// other; traffic on the ring never yields.
func TestRoundaboutRightOfWay(t *testing.T) {
	m := mustGenerate(t, Params{Kind: KindRoundabout, Crosswalks: true, Urban: true})
	turn := map[Turn]*Lane{}
	for _, id := range m.Lanes[0].Next {
		turn[m.Lanes[id].Turn] = &m.Lanes[id]
	}
	if len(turn) != 3 || m.Lanes[0].Control != Yield {
		t.Fatalf("%d ways from arm 0, control %v", len(turn), m.Lanes[0].Control)
	}
	// Ring traffic that passes the first arm: from the left (lane 5) straight and
	// left, from ahead (lane 3) left.
	for _, l := range turn {
		var to []Turn
		for _, c := range l.Conflicts {
			if !c.Yield {
				continue
			}
			other := &m.Lanes[c.With]
			to = append(to, other.Turn)
			if from := other.Prev[0]; from != 5 && from != 3 {
				t.Errorf("yields to traffic from lane %d", from)
			}
			if gap := l.Center.At(c.End).Pos().Dist(other.Center.At(c.OtherEnd).Pos()); gap > 0.5 {
				t.Errorf("the conflict ends %.1f m apart on the two lanes", gap)
			}
			if c.Start < 3 || c.End > l.Center.Length() {
				t.Errorf("conflict from %.1f to %.1f m of %.1f m", c.Start, c.End, l.Center.Length())
			}
		}
		if len(to) != 3 {
			t.Errorf("%v: yields to %d ways, want 3", l.Turn, len(to))
		}
	}
}

// The lanes are smooth, have the expected length, and are paved wide enough for a bus.
func TestRoundaboutLanes(t *testing.T) {
	for _, radius := range []float64{15, 16, 25, 40} {
		m := mustGenerate(t, Params{Kind: KindRoundabout, Radius: radius})
		for _, id := range m.Junctions[0].Lanes {
			l := &m.Lanes[id]
			for s := 0.0; s < l.Center.Length(); s += 0.5 {
				at := l.Center.At(s)
				if bend := math.Abs(geom.WrapAngle(l.Center.At(s+2).Yaw-at.Yaw)) / 2; bend > 1/10. {
					t.Errorf("radius %g, lane %d at %.1f m: turns with a radius of %.1f m", radius, id, s, 1/bend)
				}
				for _, d := range []float64{-1.9, 1.9} {
					if !m.Drivable(l.Center.Offset(s, d).Pos()) {
						t.Errorf("radius %g, lane %d at %.1f m: not paved %.1f m to its side", radius, id, s, d)
					}
				}
			}
			over := map[Turn]float64{RightTurn: 20, Straight: 110, LeftTurn: 200}[l.Turn] * math.Pi / 180
			if ring := l.Center.Length() - radius*over; ring < 10 || ring > 1.2*2*(radius+12) {
				t.Errorf("radius %g, %v: %.1f m long", radius, l.Turn, l.Center.Length())
			}
		}
		if m.Drivable(geom.Vec{X: radius - 5}) {
			t.Error("the center is paved")
		}
	}
}

func TestRoundaboutRejectsBadParams(t *testing.T) {
	for want, p := range map[string]Params{
		"one lane":      {Lanes: 2},
		"yields":        {Control: SignalControl},
		"outside 15 to": {Radius: 80},
	} {
		p.Kind = KindRoundabout
		if _, err := Generate(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", p, err, want)
		}
	}
}
