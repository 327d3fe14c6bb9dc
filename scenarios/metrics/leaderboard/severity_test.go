package leaderboard

import (
	"testing"

	"roadloop/sim/actor"
)

func TestSeverity(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	clear := makeLog(m, 5, straight(20, y, 10))
	wantValue(t, scoresOf(t, clear, nil), Severity, 5)
	// Without braking the score is 0.
	wreck := participant{"wreck", actor.Car, straight(80, y, 0)}
	full := makeLog(m, 8, straight(20, y, 10), wreck)
	s := scoresOf(t, full, nil)[Severity]
	wantTerm(t, s, "impact_speed", 10)
	wantTerm(t, s, "delta_v", 5) // two cars of one mass
	if s.Value != 0 {
		t.Errorf("an unbraked impact scores %g, want 0", s.Value)
	}
	// From 20 m/s with 5 m/s² after 1 s, until contact. The wreck's rear is at 79.3165 m,
	// the ego's front at first at 23.5 m: 35.8165 m of braking leave
	// √(400 − 2·5·35.8165) = 6.47 m/s; contact is seen at the next tick of 10 ms.
	braked := makeLog(m, 8, braking(20, y, 20, 1, 5), wreck)
	s = scoresOf(t, braked, nil)[Severity]
	if want := 4 * (1 - 6.47/20); s.Value < want-0.01 || s.Value > want+0.03 {
		t.Errorf("braked to 6.47 m/s scores %g, want about %.3f", s.Value, want)
	}
	// A pedestrian of 75 kg changes the speed of a car of 1400 kg by 75/1475 of the impact's.
	walker := makeLog(m, 8, straight(20, y, 10), participant{"walker", actor.Pedestrian, straight(80, y, 0)})
	s = scoresOf(t, walker, nil)[Severity]
	wantTerm(t, s, "delta_v", 10*75./1475)
}

// A collision with a standing ego: the score does not depend on the ego's speed.
func TestSeverityOfStandingEgo(t *testing.T) {
	m := straightRoad(t)
	y := laneY(m, 0)
	log := makeLog(m, 5, straight(60, y, 0), participant{"rammer", actor.Car, straight(20, y, 10)})
	wantTerm(t, scoresOf(t, log, nil)[Severity], "impact_speed", 10)
	if s := scoresOf(t, log, nil)[Severity]; s.Value != 0 {
		t.Errorf("scores %g, want 0: no action would have been the same", s.Value)
	}
}
