package leaderboard

import (
	"strings"
	"testing"

	"roadloop/sim/actor"
)

// A faultless drive, with itself as the expert, has the best value of every score.
func TestFaultlessDriveIsBest(t *testing.T) {
	m := straightRoad(t)
	log := makeLog(m, 15, straight(20, laneY(m, 0), 15), participant{"lead", actor.Car, straight(80, laneY(m, 0), 15)})
	scores := scoresOf(t, log, &Reference{Name: "itself", Log: log})
	for name, s := range scores {
		if s.Value != s.Best || len(s.Deductions) > 0 {
			t.Errorf("%s is %g of %g: %+v", name, s.Value, s.Best, s.Deductions)
		}
	}
	for name, best := range map[string]float64{CARLA20: 100, CARLA21: 100, Bench2Drive: 100, NuPlan: 1, PDMS: 1, EPDMS: 1, Severity: 5} {
		if scores[name].Best != best {
			t.Errorf("the best %s is %g, want %g", name, scores[name].Best, best)
		}
	}
}

// Missing inputs must make a score neither 0 nor NaN, as they once did in NAVSIM.
func TestMissingTermsAreLeftOut(t *testing.T) {
	m := straightRoad(t)
	log := makeLog(m, 5, straight(20, laneY(m, 0), 15))
	scores := scoresOf(t, log, nil)
	for _, name := range []string{NuPlan, PDMS, EPDMS} {
		s := scores[name]
		if s.Value != 1 {
			t.Errorf("%s without an expert is %g, want 1", name, s.Value)
		}
		if x, ok := s.Term("progress"); !ok || x.Missing == "" || x.Weight != 0 {
			t.Errorf("%s: progress without an expert: %+v", name, x)
		}
		if !strings.Contains(s.Version, "no expert") {
			t.Errorf("%s: version %q does not say that there was no expert", name, s.Version)
		}
	}
	if x, _ := scores[EPDMS].Term("extended_comfort"); x.Missing == "" {
		t.Errorf("extended comfort without plans: %+v", x)
	}
}

func TestEmptyRecordHasNoScores(t *testing.T) {
	m := straightRoad(t)
	log := makeLog(m, 1, straight(20, laneY(m, 0), 10))
	log.Steps = nil
	if s := All(log, nil); s != nil {
		t.Errorf("scores of nothing: %+v", s)
	}
}

// A single step has no duration; nothing may divide by it.
func TestShortestRecord(t *testing.T) {
	m := straightRoad(t)
	log := makeLog(m, 0, straight(20, laneY(m, 0), 25))
	scoresOf(t, log, nil)
	scoresOf(t, log, &Reference{Name: "itself", Log: log})
}

// The versions that are known before a drive are those of its scores.
func TestVersions(t *testing.T) {
	m := straightRoad(t)
	want := Versions()
	for name, s := range scoresOf(t, makeLog(m, 5, straight(20, laneY(m, 0), 15)), nil) {
		if v, ok := want[name]; !ok || !strings.HasPrefix(s.Version, v) {
			t.Errorf("%s is of version %q, Versions says %q", name, s.Version, v)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("there is no score %v", want)
	}
}
