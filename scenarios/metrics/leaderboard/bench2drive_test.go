package leaderboard

import (
	"testing"

	"roadloop/sim/actor"
)

// One of five segments brakes harder than comfort allows.
func TestSmoothness(t *testing.T) {
	m := straightRoad(t)
	path := func(t float64) actor.State {
		s := straight(20, laneY(m, 0), 10)(t)
		if t >= 2 && t < 3 {
			s.Accel = -5
		}
		return s
	}
	log := makeLog(m, 5, path) // 101 steps: the last is no whole segment
	s := scoresOf(t, log, own(log))[Bench2Drive]
	wantTerm(t, s, "smoothness", 0.8)
	wantTerm(t, s, "smoothness_corrected", 0.8)
}

// The published score compares the bound on yaw acceleration with the yaw rate: it misses
// 2.5 rad/s², which the corrected score detects.
func TestSmoothnessAsPublishedMissesYawAcceleration(t *testing.T) {
	m := straightRoad(t)
	path := func(t float64) actor.State {
		s := straight(20, laneY(m, 0), 1)(t)
		if t < 0.35 {
			s.Pose.Yaw = 1.25 * t * t // up to 0.875 rad/s
		} else {
			s.Pose.Yaw = 1.25*0.35*0.35 + 0.875*(t-0.35)
		}
		return s
	}
	log := makeLog(m, 0.95, path)
	for i := range log.Steps {
		log.Steps[i].Lane, log.Steps[i].D = 0, 0
	}
	s := scoresOf(t, log, nil)[Bench2Drive]
	wantTerm(t, s, "smoothness", 1)
	wantTerm(t, s, "smoothness_corrected", 0)
}

func TestSmoothnessOfShortDrive(t *testing.T) {
	m := straightRoad(t)
	s := scoresOf(t, makeLog(m, 0.5, straight(20, laneY(m, 0), 10)), nil)[Bench2Drive]
	if x, _ := s.Term("smoothness"); x.Missing == "" {
		t.Errorf("smoothness of 11 frames: %+v", x)
	}
}
