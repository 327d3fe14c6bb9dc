package leaderboard

import (
	"math"
	"strings"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Every case of the at-fault logic, on one straight road.
func TestNuPlanAtFault(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	// crossing comes from the right and reaches the ego's center at 3 s.
	crossing := func(t float64) actor.State {
		return actor.State{Pose: geom.Pose{X: 51, Y: y - 15 + 5*t, Yaw: math.Pi / 2}, Speed: 5}
	}
	// drifting moves from the left lane into the ego's side, at its speed.
	drifting := func(t float64) actor.State {
		s := straight(21, y+4-t, 10)(t)
		s.Pose.Yaw = 0.1
		return s
	}
	for _, c := range []struct {
		name  string
		ego   pathOf
		other participant
		want  float64
	}{
		{"runs into a standing car", straight(20, y, 10), participant{"x", actor.Car, straight(80, y, 0)}, 0},
		{"runs into a slower car", straight(20, y, 10), participant{"x", actor.Car, straight(40, y, 5)}, 0},
		{"is hit from behind", straight(60, y, 5), participant{"x", actor.Car, straight(20, y, 15)}, 1},
		{"is hit while standing", straight(60, y, 0), participant{"x", actor.Car, straight(20, y, 15)}, 1},
		{"hits one who crosses", straight(20, y, 10), participant{"x", actor.Pedestrian, crossing}, 0},
		{"is met from the side in its lane", straight(20, y, 10), participant{"x", actor.Car, drifting}, 1},
		{"is met from the side between lanes", straight(20, y+1.5, 10), participant{"x", actor.Car, drifting}, 0},
		{"runs over a cone", straight(20, y, 10), participant{"x", actor.Cone, straight(80, y, 0)}, 0.5},
	} {
		log := makeLog(m, 8, c.ego, c.other)
		if len(log.Events) == 0 {
			t.Fatalf("%s: no collision", c.name)
		}
		s := scoresOf(t, log, own(log))
		t.Run(c.name, func(t *testing.T) {
			wantTerm(t, s[NuPlan], "no_at_fault_collision", c.want)
			wantTerm(t, s[PDMS], "no_at_fault_collision", c.want)
		})
	}
}

// One object costs half, a second one the rest; for NAVSIM any number costs half.
func TestObjectsCostHalf(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	log := makeLog(m, 10, straight(20, y, 10), participant{"a", actor.Cone, straight(60, y, 0)}, participant{"b", actor.Box, straight(90, y, 0)})
	s := scoresOf(t, log, own(log))
	wantTerm(t, s[NuPlan], "no_at_fault_collision", 0)
	wantTerm(t, s[PDMS], "no_at_fault_collision", 0.5)
	if d := s[NuPlan].Deductions; !strings.Contains(d[len(d)-1].Reason, "collision with b") {
		t.Errorf("the last deduction is %+v", d[len(d)-1])
	}
}

// The ego closes in at 10 m/s on a car that drives 10 m/s, then brakes: the smallest time
// to collision on nuPlan's grid of 0.1 s decides.
func TestNuPlanTimeToCollision(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	// Front of the ego at x+3.5, rear of the lead (4.023 m, axle to middle 1.328) at x−0.6835.
	lead := func(gap float64) participant {
		return participant{"lead", actor.Car, straight(20+3.5+0.6835+gap, y, 10)}
	}
	for _, c := range []struct{ gap, ttc, value float64 }{
		{12, 1.2, 1}, {9.6, 1.0, 1}, {9.05, 1.0, 1}, {8.9, 0.9, 0},
	} {
		log := makeLog(m, 0.1, straight(20, y, 20), lead(c.gap))
		s := scoresOf(t, log, own(log))[NuPlan]
		x, _ := s.Term("time_to_collision")
		if !near(x.Series[0], c.ttc) {
			t.Errorf("gap %g m: TTC is %g, want %g", c.gap, x.Series[0], c.ttc)
		}
		// After 0.1 s the gap is 1 m less.
		if want := math.Ceil((c.gap-1)/10/0.1-1e-9) * 0.1; !near(x.Series[2], want) {
			t.Errorf("gap %g m: TTC is %g after 0.1 s, want %g", c.gap, x.Series[2], want)
		}
		instant := makeLog(m, 0, straight(20, y, 20), lead(c.gap))
		wantTerm(t, scoresOf(t, instant, own(instant))[NuPlan], "time_to_collision", c.value)
	}
}

// An actor alongside counts only while the ego is between lanes; an actor behind never
// counts.
func TestNuPlanWatchesSides(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	// A car level with the ego, 3 m to the left, that slides in at 4 m/s.
	slider := participant{"slider", actor.Car, func(t float64) actor.State {
		return actor.State{Pose: geom.Pose{X: 22, Y: y + 5, Yaw: -math.Pi / 2}, Speed: 4}
	}}
	inside := makeLog(m, 0, straight(20, y, 1), slider)
	wantTerm(t, scoresOf(t, inside, own(inside))[NuPlan], "time_to_collision", 1)
	across := makeLog(m, 0, straight(20, y+1.5, 1), slider)
	wantTerm(t, scoresOf(t, across, own(across))[NuPlan], "time_to_collision", 0)
	behind := makeLog(m, 0, straight(40, y, 1), participant{"tailgater", actor.Car, straight(30, y, 20)})
	wantTerm(t, scoresOf(t, behind, own(behind))[NuPlan], "time_to_collision", 1)
}

// 2.23 m/s above the limit for half of the time costs half of the term, that is 2/16.
func TestNuPlanSpeedLimit(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	path := func(t float64) actor.State {
		s := straight(20, y, 10)(t)
		if t < 2.45 || t >= 5 && t < 7.45 { // 25 ticks each
			s.Speed = 20 + 2.23
		}
		return s
	}
	log := makeLog(m, 10, path)
	s := scoresOf(t, log, own(log))
	wantTerm(t, s[NuPlan], "speed_limit", 0.5)
	n := 0
	for _, d := range s[NuPlan].Deductions {
		if d.Term == "speed_limit" {
			n++
			if !near(d.Lost, 4*0.25/16) {
				t.Errorf("deduction %+v, want 1/16", d)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d deductions for two stretches: %+v", n, s[NuPlan].Deductions)
	}
	// Way too fast all the time: no less than 0.
	fast := makeLog(m, 5, straight(20, y, 40))
	wantTerm(t, scoresOf(t, fast, own(fast))[NuPlan], "speed_limit", 0)
}

func TestNuPlanProgress(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	expert := makeLog(m, 10, straight(20, y, 10))
	for _, c := range []struct{ speed, progress, making, value float64 }{
		{5, 0.5, 1, (5 + 5*0.5 + 4 + 2) / 16.},
		{12, 1, 1, 1},
		{2, 0.2, 1, (5 + 5*0.2 + 4 + 2) / 16.},
		{1.9, 0.19, 0, 0},
	} {
		log := makeLog(m, 10, straight(20, y, c.speed))
		s := scoresOf(t, log, own(expert))
		wantTerm(t, s[NuPlan], "progress", c.progress)
		wantTerm(t, s[NuPlan], "making_progress", c.making)
		wantValue(t, s, NuPlan, c.value)
	}
	// If the expert waits too, standing is no fault: both are below 2 m.
	waiting := makeLog(m, 10, straight(20, y, 0))
	wantValue(t, scoresOf(t, waiting, own(makeLog(m, 10, straight(20, y, 0.1)))), NuPlan, 1)
	// Rolling back farther than that is no progress, even if the expert waits.
	back := makeLog(m, 10, straight(60, y, -0.5))
	wantTerm(t, scoresOf(t, back, own(waiting))[NuPlan], "progress", 0)
	// A drive that ended early is compared with the expert's over the same time.
	short := makeLog(m, 5, straight(20, y, 10))
	wantValue(t, scoresOf(t, short, own(expert)), NuPlan, 1)
}

// An expert that brakes hard does not score 1 (nuPlan's logged drives score 0.8 to
// 0.95).
func TestExpertIsScored(t *testing.T) {
	m := straightRoad(t)
	log := makeLog(m, 10, braking(20, laneY(m, 0), 15, 3, 6))
	s := scoresOf(t, log, own(log))
	wantTerm(t, s[NuPlan], "progress", 1)
	wantTerm(t, s[NuPlan], "comfort", 0)
	wantValue(t, s, NuPlan, 14./16)
}

func TestDrivableArea(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	// The right edge of the asphalt, from the map.
	edge := y
	for m.Drivable(geom.Vec{X: 100, Y: edge - 0.01}) {
		edge -= 0.01
	}
	for _, c := range []struct{ over, nuplan, navsim float64 }{{-0.05, 1, 1}, {0.2, 1, 0}, {0.35, 0, 0}} {
		log := makeLog(m, 3, straight(60, edge+1-c.over, 10)) // 2 m wide
		s := scoresOf(t, log, own(log))
		wantTerm(t, s[NuPlan], "drivable_area", c.nuplan)
		wantTerm(t, s[PDMS], "drivable_area", c.navsim)
	}
}

// Rolling back in the own lane is against its direction: up to 2 m in a second are free,
// up to 6 m cost half.
func TestDrivingDirection(t *testing.T) {
	m := straightRoad(t)
	for _, c := range []struct{ speed, want float64 }{{-1, 1}, {-1.7, 1}, {-3, 0.5}, {-7, 0}} {
		log := makeLog(m, 3, straight(100, laneY(m, 0), c.speed))
		wantTerm(t, scoresOf(t, log, nil)[NuPlan], "driving_direction", c.want)
	}
}

func TestComfortBounds(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	steady := func(s actor.State) pathOf {
		return func(t float64) actor.State {
			x := s
			x.Pose = geom.Pose{X: 20 + s.Speed*t, Y: y, Yaw: s.YawRate * t}
			return x
		}
	}
	for _, c := range []struct {
		name  string
		state actor.State
		want  float64
	}{
		{"gentle", actor.State{Speed: 1, Accel: 2.3}, 1},
		{"throttle", actor.State{Speed: 1, Accel: 2.5}, 0},
		{"braking", actor.State{Speed: 1, Accel: -4}, 1},
		{"hard braking", actor.State{Speed: 1, Accel: -4.1}, 0},
		{"cornering", actor.State{Speed: 9, YawRate: 0.5}, 1},
		{"fast cornering", actor.State{Speed: 10, YawRate: 0.5}, 0},
		{"spinning", actor.State{Speed: 1, YawRate: 0.94}, 1},
		{"fast spinning", actor.State{Speed: 1, YawRate: 0.96}, 0},
		{"spinning past π", actor.State{Speed: 1, YawRate: 0.9}, 1},
	} {
		log := makeLog(m, 4, steady(c.state))
		for i := range log.Steps {
			p := &log.Steps[i].States[0].Pose
			p.Yaw = geom.WrapAngle(p.Yaw)
			log.Steps[i].Lane, log.Steps[i].D = 0, 0
		}
		s := scoresOf(t, log, nil)
		t.Run(c.name, func(t *testing.T) { wantTerm(t, s[NuPlan], "comfort", c.want) })
	}
}

// Acceleration that rises by 4 m/s³ is comfortable, by 4.3 not.
func TestComfortJerk(t *testing.T) {
	m := straightRoad(t)
	for _, c := range []struct{ jerk, want float64 }{{4, 1}, {4.3, 0}} {
		path := func(t float64) actor.State {
			s := straight(20, laneY(m, 0), 5)(t)
			s.Accel = -2 + c.jerk*t
			return s
		}
		log := makeLog(m, 1, path)
		s := scoresOf(t, log, nil)[NuPlan]
		wantTerm(t, s, "comfort", c.want)
		wantTerm(t, s, "longitudinal jerk", c.jerk)
	}
}
