package leaderboard

import (
	"math"
	"testing"

	"roadloop/planning"
	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// NAVSIM projects the ego by up to 0.9 s and compares it with the recorded poses of the
// others.
func TestNAVSIMTimeToCollision(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	for _, c := range []struct{ gap, want float64 }{{17.9, 0}, {18.1, 1}} {
		// The lead stands: 20 m/s for 0.9 s are 18 m.
		instant := makeLog(m, 0.9, straight(20, y, 20), participant{"lead", actor.Car, straight(20+3.5+0.6835+c.gap, y, 0)})
		for i := range instant.Steps[1:] {
			instant.Steps[i+1].States[0].Speed = 0 // only the first tick looks ahead
		}
		wantTerm(t, scoresOf(t, instant, nil)[PDMS], "time_to_collision", c.want)
	}
}

// NAVSIM uses the recorded future of the others: a lead that is about to accelerate is
// no fault, but it is one for nuPlan.
func TestNAVSIMUsesRecordedFuture(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	lead := func(t float64) actor.State {
		s := straight(20+3.5+0.6835+8, y, 20)(t)
		if t == 0 {
			s.Speed = 10 // for a moment
		}
		return s
	}
	log := makeLog(m, 2, straight(20, y, 20), participant{"lead", actor.Car, lead})
	s := scoresOf(t, log, nil)
	wantTerm(t, s[PDMS], "time_to_collision", 1)
	wantTerm(t, s[NuPlan], "time_to_collision", 0)
}

func TestLaneKeeping(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	swerve := func(off, from, to float64) pathOf {
		return func(t float64) actor.State {
			s := straight(20, y, 10)(t)
			if t >= from && t < to {
				s.Pose.Y += off
			}
			return s
		}
	}
	for _, c := range []struct{ off, to, want float64 }{{0.45, 9, 1}, {0.6, 2.95, 1}, {0.6, 3.1, 0}, {-0.6, 9, 0}} {
		log := makeLog(m, 10, swerve(c.off, 1, c.to))
		s := scoresOf(t, log, nil)[EPDMS]
		wantTerm(t, s, "lane_keeping", c.want)
		if c.want == 0 && !near(s.Deductions[0].Time, 3) {
			t.Errorf("%g m off from 1 s on: deducted at %g s, want 3", c.off, s.Deductions[0].Time)
		}
	}
}

// The expert drives 100 m, the ego 60 m; an expert with a collision does not count.
func TestNAVSIMProgress(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	log := makeLog(m, 10, straight(20, y, 6))
	expert := makeLog(m, 10, straight(20, y, 10))
	s := scoresOf(t, log, own(expert))
	wantTerm(t, s[PDMS], "progress", 0.6)
	wantValue(t, s, PDMS, (5*0.6+5+2)/12)
	wantValue(t, s, EPDMS, (5*0.6+5+2+2)/14) // without plans
	crash := makeLog(m, 10, straight(20, y, 10), participant{"wreck", actor.Car, straight(110, y, 0)})
	wantTerm(t, scoresOf(t, log, own(crash))[PDMS], "progress", 1)
	// Up to 5 m, progress is full.
	crawl := makeLog(m, 10, straight(20, y, 0.1))
	wantTerm(t, scoresOf(t, crawl, own(makeLog(m, 10, straight(20, y, 0.5))))[PDMS], "progress", 1)
}

// planned adds plans of 4 s to a log, with the acceleration that the function returns.
func planned(log *metrics.DriveLog, accel func(step int) float64) {
	for i := range log.Steps {
		s := &log.Steps[i]
		for k := range 21 {
			s.Plan.Waypoints = append(s.Plan.Waypoints, planning.Waypoint{Time: clock.Tick(20 * k), Pose: geom.Pose{}, Speed: 10, Accel: accel(i)})
		}
	}
}

func TestExtendedComfort(t *testing.T) {
	m := straightRoad(t)
	steady := makeLog(m, 10, straight(20, laneY(m, 0), 10))
	planned(steady, func(int) float64 { return 1 })
	s := scoresOf(t, steady, own(steady))
	wantTerm(t, s[EPDMS], "extended_comfort", 1)
	wantValue(t, s, EPDMS, 1)
	// From 5 s on the plans have 1 m/s² more: the pairs across that time differ. There
	// are 96 pairs, at 0, 0.1 … 9.5 s, and the 5 that begin in [4.5, 5) fail.
	jump := makeLog(m, 10, straight(20, laneY(m, 0), 10))
	planned(jump, func(i int) float64 { return float64(min(1, i/100)) })
	s = scoresOf(t, jump, own(jump))
	wantTerm(t, s[EPDMS], "extended_comfort", 1-5./96)
	wantValue(t, s, EPDMS, 1-2./16*5/96)
	if d := s[EPDMS].Deductions; len(d) != 1 || !near(d[0].Time, 5) {
		t.Errorf("one change of plan: %+v", d)
	}
}

func TestPlanAtInterpolates(t *testing.T) {
	w := []planning.Waypoint{{Time: 0, Accel: 1, Speed: 10}, {Time: 20, Accel: 3, Speed: 10, Curvature: 0.02}}
	for at, want := range map[clock.Tick][2]float64{0: {1, 0}, 10: {2, 0.1}, 20: {3, 0.2}, 99: {3, 0.2}} {
		if got := planAt(w, at); math.Abs(got[0]-want[0])+math.Abs(got[1]-want[1]) > 1e-12 {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}
