package leaderboard

import (
	"testing"

	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// own returns a run as its own expert, so that its route is complete.
func own(log *metrics.DriveLog) *Reference { return &Reference{Name: "itself", Log: log} }

// The ego drives through all obstacles: a pedestrian at 40 m, a standing car at 80 m and
// a cone at 120 m. They are different actors and more than 5 m apart.
func TestCARLACollisions(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	log := makeLog(m, 12, straight(20, y, 10),
		participant{"walker", actor.Pedestrian, straight(60, y, 0)},
		participant{"wreck", actor.Car, straight(100, y, 0)},
		participant{"cone", actor.Cone, straight(130, y, 0)})
	s := scoresOf(t, log, own(log))
	wantValue(t, s, CARLA20, 100*0.5*0.6*0.65)
	wantValue(t, s, Bench2Drive, 100*0.5*0.6*0.65)
	wantValue(t, s, CARLA21, 100/(1+1+0.7+0.6))
	wantTerm(t, s[CARLA20], "collisions_vehicle", 0.6)
	wantTerm(t, s[Bench2Drive], "success", 0)
	if d := s[CARLA21].Deductions; len(d) != 3 || !near(d[0].Lost, 50) || !near(d[1].Factor, 2/2.7) {
		t.Errorf("deductions of 2.1: %+v", d)
	}
}

// CARLA does not count collisions with a standing ego, and repeated ones with the same
// actor within 5 s.
func TestCARLAIgnoresCollisions(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	standing := makeLog(m, 5, straight(60, y, 0), participant{"rammer", actor.Car, straight(20, y, 10)})
	wantValue(t, scoresOf(t, standing, own(standing)), CARLA20, 100)

	// A car that swings away and back touches the ego twice within a second, 10 m apart.
	again := func(t float64) actor.State {
		s := straight(22, y+1.7, 10)(t)
		if t > 1 && t < 1.5 {
			s.Pose.Y += 1
		}
		return s
	}
	twice := makeLog(m, 2, straight(20, y, 10), participant{"rubber", actor.Car, again})
	if len(twice.Events) != 2 {
		t.Fatalf("%d contacts, want 2", len(twice.Events))
	}
	wantValue(t, scoresOf(t, twice, own(twice)), CARLA20, 60)
}

// A contact that lasts counts again once it is both 5 s and 5 m old.
func TestCARLACountsLongContactAgain(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	log := makeLog(m, 8, straight(20, y, 10), participant{"rubber", actor.Car, straight(22, y+1.7, 10)})
	if len(log.Events) != 1 {
		t.Fatalf("%d contacts, want 1", len(log.Events))
	}
	wantValue(t, scoresOf(t, log, own(log)), CARLA20, 100*0.6*0.6)
}

// The expert drives 120 m, the ego stops after 60 m: half of the route.
func TestCARLACompletion(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	expert := makeLog(m, 12, straight(20, y, 10))
	log := makeLog(m, 12, straight(20, y, 5))
	s := scoresOf(t, log, own(expert))
	wantValue(t, s, CARLA20, 50)
	wantValue(t, s, CARLA21, 50)
	wantTerm(t, s[CARLA20], "route_completion", 0.5)
	// Without an expert the route leads to its goal.
	log.Route.GoalS = 20 + 240
	wantValue(t, scoresOf(t, log, nil), CARLA20, 25)
	// 99 % and less than 10 m to go are enough.
	log.Route.GoalS = 20 + 60.5
	wantValue(t, scoresOf(t, log, nil), CARLA20, 100)
}

// signaled puts a signal before the end of lane 0 of a straight road.
func signaled(t *testing.T, stop float64, control road.Control) *road.Map {
	m := straightRoad(t)
	l := &m.Lanes[0]
	l.Control, l.StopS = control, stop
	if control == road.SignalControl {
		m.Signals = append(m.Signals, road.Signal{Lanes: []road.LaneID{0}, Pos: geom.Vec{X: stop}})
		l.Signal = 0
	}
	return m
}

// light sets the state of the only signal from a time on.
func light(log *metrics.DriveLog, from float64, state road.SignalState) {
	for i := range log.Steps {
		if log.Steps[i].Time.Seconds() >= from {
			log.Steps[i].Signals = []road.SignalState{state}
		}
	}
}

func TestCARLARedLight(t *testing.T) {
	m := signaled(t, 60, road.SignalControl)
	y := laneY(m, 0)
	// Driving over the line on red; the front crosses at 3.65 s, the rear at 4.05 s.
	red := makeLog(m, 6, straight(20, y, 10))
	light(red, 0, road.Red)
	s := scoresOf(t, red, own(red))
	wantValue(t, s, CARLA20, 70)
	wantValue(t, s, CARLA21, 100/1.4)
	wantValue(t, s, EPDMS, 0)
	// The front passes on amber, the rear on red: CARLA looks at the rear.
	late := makeLog(m, 6, straight(20, y, 10))
	light(late, 0, road.Amber)
	light(late, 4, road.Red)
	wantValue(t, scoresOf(t, late, own(late)), CARLA20, 70)
	// Green while the rear passes: no infraction, regardless of the light before.
	green := makeLog(m, 6, straight(20, y, 10))
	light(green, 0, road.Red)
	light(green, 3.5, road.Green)
	s = scoresOf(t, green, own(green))
	wantValue(t, s, CARLA20, 100)
	wantValue(t, s, EPDMS, 1)
	// Stopping with the front just over the line on red.
	over := makeLog(m, 8, braking(20, y, 10, 2.7, 5))
	light(over, 0, road.Red)
	if front := over.Steps[len(over.Steps)-1].S + 3.5; front < 60 {
		t.Fatalf("the front stands at %g m", front)
	}
	s = scoresOf(t, over, own(over))
	wantValue(t, s, CARLA20, 100)
	wantTerm(t, s[EPDMS], "traffic_lights", 0)
}

func TestCARLAStopSign(t *testing.T) {
	m := signaled(t, 60, road.StopSign)
	y := laneY(m, 0)
	through := makeLog(m, 6, straight(20, y, 10))
	s := scoresOf(t, through, own(through))
	wantValue(t, s, CARLA20, 80)
	wantValue(t, s, CARLA21, 100/1.25)
	// Standing for a second with the front at 58.5 m, then on.
	halt := func(t float64) actor.State {
		if t < 6 {
			return braking(20, y, 10, 2.5, 5)(t)
		}
		return straight(55, y, 5)(t - 6)
	}
	stopped := makeLog(m, 10, halt)
	wantValue(t, scoresOf(t, stopped, own(stopped)), CARLA20, 100)
}

// A quarter of the distance outside of all lanes costs a quarter.
func TestCARLAOutsideLanes(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	path := func(t float64) actor.State {
		s := straight(20, y, 10)(t)
		if t > 4.99 && t < 7.49 {
			s.Pose.Y = y - 3 // past the edge by 1 m
		}
		return s
	}
	log := makeLog(m, 10, path)
	s := scoresOf(t, log, own(log))
	// The lateral jumps lengthen the distance: from 10 m/s·0.05 s to a diagonal of 3.04 m.
	// The first jump ends outside.
	jump := geom.Vec{X: 0.5, Y: 3}.Norm()
	total := 198*0.5 + 2*jump
	out := 49*0.5 + jump
	wantTerm(t, s[CARLA20], "outside_lanes", 1-out/total)
	wantValue(t, s, CARLA21, 100*(1-out/total))
}

func TestCARLAWrongWay(t *testing.T) {
	m := straightRoad(t)
	// Lane 3 is the far lane of the other direction.
	log := makeLog(m, 10, straight(20, laneY(m, 3), 10))
	for i := range log.Steps { // the Frenet coordinates stay on the ego's direction, as in a world
		s := &log.Steps[i]
		s.Lane, s.S, s.D, s.Progress = 0, s.States[0].Pose.X, laneY(m, 3)-laneY(m, 0), s.States[0].Pose.X
	}
	s := scoresOf(t, log, own(log))
	wantValue(t, s, CARLA20, 0)
	wantTerm(t, s[NuPlan], "driving_direction", 0)
}

// The ego drives at 80 % of the traffic's speed: four checkpoints, each costs 6 %.
func TestCARLAMinimumSpeed(t *testing.T) {
	m := straightRoad(t)
	log := makeLog(m, 20, straight(20, laneY(m, 0), 8), participant{"traffic", actor.Van, straight(20, laneY(m, 1), 10)},
		participant{"parked", actor.Car, straight(300, laneY(m, 1), 0)})
	log.Actors[1].Background, log.Actors[2].Background = true, true
	s := scoresOf(t, log, own(log))
	factor := 1 - 0.3*0.2
	wantValue(t, s, CARLA20, 100*factor*factor*factor*factor)
	wantValue(t, s, CARLA21, 100/(1+4*0.4*0.2))
	wantValue(t, s, Bench2Drive, 100)
	wantTerm(t, s[Bench2Drive], "efficiency", 80)
	wantTerm(t, s[Bench2Drive], "success", 1)
	// Named actors do not count as traffic.
	alone := makeLog(m, 20, straight(20, laneY(m, 0), 8), participant{"racer", actor.Van, straight(20, laneY(m, 1), 10)})
	s = scoresOf(t, alone, own(alone))
	wantValue(t, s, CARLA20, 100)
	if x, _ := s[CARLA20].Term("minimum_speed"); x.Missing == "" {
		t.Errorf("minimum speed without traffic: %+v", x)
	}
}
