package control_test

import (
	"math"
	"testing"

	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

func TestKeepsTheLaneInCurves(t *testing.T) {
	for _, c := range []struct {
		name   string
		params road.Params
		speed  float64
	}{
		{"arc", road.Params{Kind: road.KindArc, Radius: 100, SpeedLimit: 14, Length: 500}, 14},
		{"clothoid", road.Params{Kind: road.KindCurve, Radius: -90, SpeedLimit: 14, Length: 500}, 14},
		{"s-curve", road.Params{Kind: road.KindSCurve, Radius: 90, SpeedLimit: 14, Length: 600}, 14},
		{"tight", road.Params{Kind: road.KindSCurve, Radius: 30, SpeedLimit: 14, Length: 400}, 10},
		{"fast", road.Params{Kind: road.KindSCurve, Radius: 500, SpeedLimit: 33, Length: 1500}, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := generate(t, c.params)
			d := begin(t, m, []road.LaneID{0}, 5, c.speed)
			end := m.Lanes[0].Center.Length()
			d.run(60, func() bool {
				s, _ := m.Lanes[0].Center.Project(d.plant.Motion().Pose.Pos())
				return s > end-60-c.speed*c.speed/4 // before it brakes for the end of the road
			})
			t.Logf("error %.3f m, lateral %.2f m/s², %v", d.worst, d.sideways, d.now)
			if d.worst > 0.2 {
				t.Errorf("%.3f m from the center of the lane, want at most 0.2", d.worst)
			}
			if d.sideways > 2.9 {
				t.Errorf("lateral acceleration %.2f m/s²", d.sideways)
			}
			if d.braked {
				t.Error("the guard braked on an empty road")
			}
		})
	}
}

func straight(t *testing.T, lanes int, limit float64) *road.Map {
	return generate(t, road.Params{Kind: road.KindStraight, Lanes: lanes, Length: 600, SpeedLimit: limit, Urban: true})
}

// laneY returns the y of the center of forward lane i of a straight road.
func laneY(m *road.Map, i int) float64 { return m.Lanes[i].Center.At(0).Y }

func TestFollowsALeadThatBrakes(t *testing.T) {
	m := straight(t, 1, 14)
	v := 50 / 3.6
	lead := car(20+3.6+1.5*v+2.25, laneY(m, 0), 0, v)
	lead.step = func(o *other, d *drive, dt float64) {
		if d.now > 200 {
			o.speed = math.Max(0, o.speed-4*dt)
		}
	}
	d := begin(t, m, []road.LaneID{0}, 20, v, lead)
	d.run(12, nil)
	gap := lead.pose.X - 2.25 - d.front()
	t.Logf("gap %.2f, hardest %.2f", gap, d.hardest)
	if d.crashed || gap < 1 || gap > 6 {
		t.Errorf("crashed: %v, gap %.2f m", d.crashed, gap)
	}
}

func TestStopsBehindAStandingCar(t *testing.T) {
	for _, kmh := range []float64{50, 70} {
		m := straight(t, 1, kmh/3.6)
		stands := car(250, laneY(m, 0), 0, 0)
		wall := car(250, laneY(m, 1), math.Pi, 0) // blocks the other side too
		d := begin(t, m, []road.LaneID{0}, 20, kmh/3.6, stands, wall)
		d.run(25, nil)
		gap := stands.pose.X - 2.25 - d.front()
		t.Logf("gap %.2f, hardest %.2f", gap, d.hardest)
		if d.crashed || gap < 1 || gap > 6 || d.hardest > 5 {
			t.Errorf("from %g km/h: crashed: %v, gap %.2f m, braked with %.1f m/s²", kmh, d.crashed, gap, d.hardest)
		}
	}
}

func TestMakesRoomForACutIn(t *testing.T) {
	m := straight(t, 2, 25)
	cutter := car(75, laneY(m, 1), 0, 20)
	if laneY(m, 1) < laneY(m, 0) {
		t.Fatal("lane 1 is not to the left of lane 0")
	}
	cutter.step = func(o *other, d *drive, dt float64) {
		o.pose.Yaw = 0
		if d.now > 100 && o.pose.Y > laneY(m, 0) {
			o.pose.Yaw = -0.07
		}
	}
	d := begin(t, m, []road.LaneID{0}, 30, 25, cutter)
	d.run(12, nil)
	t.Logf("hardest %.2f", d.hardest)
	if d.crashed || d.braked {
		t.Errorf("crashed: %v, guard: %v", d.crashed, d.braked)
	}
}

func TestBrakesForAPedestrian(t *testing.T) {
	for _, kmh := range []float64{30, 50} {
		m := straight(t, 1, kmh/3.6)
		v := kmh / 3.6
		ped := walker(150, laneY(m, 0)-4.5, math.Pi/2, 0)
		ped.step = func(o *other, d *drive, dt float64) {
			if 150-d.front() < 2.6*v {
				o.speed = 1.4
			}
		}
		d := begin(t, m, []road.LaneID{0}, 20, v, ped)
		d.run(20, nil)
		t.Logf("hardest %.2f", d.hardest)
		if d.crashed {
			t.Errorf("hit the pedestrian at %g km/h", kmh)
		}
	}
}

func TestPassesParkedCarsWithCare(t *testing.T) {
	m := straight(t, 1, 14)
	parked := car(150, laneY(m, 0)-2.9, 0, 0)
	ped := walker(154, laneY(m, 0)-3.2, math.Pi/2, 0)
	ped.step = func(o *other, d *drive, dt float64) {
		if 154-d.front() < 12 {
			o.speed = 1.5
		}
	}
	d := begin(t, m, []road.LaneID{0}, 20, 14, parked, ped)
	d.veil = func(o *other, d *drive) bool { // the parked car hides the road edge behind it
		return o == ped && o.pose.Y < laneY(m, 0)-2.3
	}
	d.run(25, nil)
	t.Logf("hardest %.2f", d.hardest)
	if d.crashed {
		t.Error("hit the pedestrian that stepped out from behind a parked car")
	}
	if d.front() < 170 {
		t.Errorf("still at %.0f m", d.front())
	}
}

// throughJunction returns a four-way junction, the lane into it from the west,
// and the lane through it with the given turn.
func throughJunction(t *testing.T, control road.Control, turn road.Turn) (*road.Map, []road.LaneID) {
	m := generate(t, road.Params{Kind: road.KindFourWay, Control: control, Length: 120, SpeedLimit: 14, Crosswalks: true})
	in := road.LaneID(0)
	for _, id := range m.Lanes[in].Next {
		if m.Lanes[id].Turn == turn {
			return m, []road.LaneID{in, id, m.Lanes[id].Next[0]}
		}
	}
	t.Fatal("no such turn")
	return nil, nil
}

func TestStopsAtRedAndGoesAtGreen(t *testing.T) {
	m, lanes := throughJunction(t, road.SignalControl, road.Straight)
	d := begin(t, m, lanes, 10, 14)
	d.lights = func(now clock.Tick) road.SignalState {
		if now < 1500 {
			return road.Red
		}
		return road.Green
	}
	d.run(15, nil)
	l := &m.Lanes[lanes[0]]
	s, _ := l.Center.Project(geom.Vec{X: d.front(), Y: d.plant.Motion().Pose.Y})
	t.Logf("%.2f m before the line, hardest %.2f", l.StopS-s, d.hardest)
	if before := l.StopS - s; before < 0 || before > 2 || d.speed() > 0.1 {
		t.Errorf("%.2f m before the line at %.1f m/s", before, d.speed())
	}
	if d.plan.Reason != "red light" {
		t.Errorf("stands for %q", d.plan.Reason)
	}
	d.run(10, nil)
	if d.speed() < 5 || d.crashed {
		t.Errorf("at %.1f m/s 10 s after the light turned green", d.speed())
	}
}

func TestPassesGreenWithoutBraking(t *testing.T) {
	m, lanes := throughJunction(t, road.SignalControl, road.Straight)
	d := begin(t, m, lanes, 10, 14)
	d.lights = func(clock.Tick) road.SignalState { return road.Green }
	d.run(12, nil)
	if d.hardest > 0.7 || d.braked {
		t.Errorf("braked with %.2f m/s² at green; guard: %v", d.hardest, d.braked)
	}
}

func TestTurnsLeftThroughAGap(t *testing.T) {
	m, lanes := throughJunction(t, road.SignalControl, road.LeftTurn)
	oncoming := lanes[0]
	for i := range m.Lanes { // the lane that comes from the east
		if l := &m.Lanes[i]; l.Junction < 0 && len(l.Next) > 0 && math.Abs(geom.WrapAngle(l.Center.At(0).Yaw-math.Pi)) < 0.1 {
			oncoming = l.ID
		}
	}
	l := &m.Lanes[oncoming]
	var cars []*other
	for _, s := range []float64{0, 25, 50, 75} {
		p := l.Center.At(s)
		cars = append(cars, car(p.X, p.Y, p.Yaw, 12))
	}
	d := begin(t, m, lanes, 40, 12, cars...)
	d.lights = func(clock.Tick) road.SignalState { return road.Green }
	yielded := false
	d.run(25, func() bool {
		yielded = yielded || d.plan.Reason == "yield"
		return false
	})
	if d.crashed || d.braked || !yielded {
		t.Errorf("crashed: %v, guard: %v, yielded: %v", d.crashed, d.braked, yielded)
	}
	out := &m.Lanes[lanes[2]]
	if s, off := out.Center.Project(d.plant.Motion().Pose.Pos()); s < 5 || math.Abs(off) > 0.5 {
		t.Errorf("not through after 25 s: s = %.1f, d = %.1f", s, off)
	}
}

func TestObeysStopSigns(t *testing.T) {
	m := generate(t, road.Params{Kind: road.KindFourWay, Control: road.StopSign, Length: 120, SpeedLimit: 12})
	var lanes []road.LaneID
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.Control == road.StopSign && len(lanes) == 0 {
			for _, id := range l.Next {
				if m.Lanes[id].Turn == road.Straight {
					lanes = []road.LaneID{l.ID, id, m.Lanes[id].Next[0]}
				}
			}
		}
	}
	d := begin(t, m, lanes, 30, 12)
	slowest := math.Inf(1)
	d.run(25, func() bool {
		slowest = math.Min(slowest, d.speed())
		return false
	})
	out := &m.Lanes[lanes[2]]
	if s, _ := out.Center.Project(d.plant.Motion().Pose.Pos()); slowest > 0.15 || s < 5 {
		t.Errorf("slowest %.2f m/s, %.1f m beyond the junction", slowest, s)
	}
}

func TestPassesAStandingCarOnTheNextLane(t *testing.T) {
	m := straight(t, 2, 14)
	stands := car(200, laneY(m, 0), 0, 0)
	d := begin(t, m, []road.LaneID{0}, 20, 14, stands)
	d.run(35, nil)
	t.Logf("front %.1f hardest %.2f", d.front(), d.hardest)
	if d.crashed || d.front() < 230 {
		t.Errorf("crashed: %v, at %.0f m", d.crashed, d.front())
	}
}

func TestChangesLanesAsTheRouteSays(t *testing.T) {
	m := straight(t, 2, 14)
	d := begin(t, m, []road.LaneID{0, 1}, 20, 14, car(60, laneY(m, 1), 0, 13))
	d.run(25, nil)
	if off := d.plant.Motion().Pose.Y - laneY(m, 1); math.Abs(off) > 0.3 || d.crashed {
		t.Errorf("%.2f m from the lane of the route, crashed: %v", off, d.crashed)
	}
}
