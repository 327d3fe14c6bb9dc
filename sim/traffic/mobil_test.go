package traffic_test

import (
	"math"
	"testing"

	"roadloop/sim/traffic"
)

// The criterion of the paper, computed by hand for p = 0.5, a threshold of 0.1
// m/s² and a bias of 0.3 m/s².
func TestMOBILCriterion(t *testing.T) {
	p := traffic.MOBIL{Politeness: 0.5, Threshold: 0.1, KeepRight: 0.3, SafeBrake: 4}
	for _, c := range []struct {
		name              string
		x                 traffic.ChangeEffect
		safe, left, right bool
	}{
		{"gain of 0.5", traffic.ChangeEffect{Own: 0, OwnAfter: 0.5}, true, true, true},
		{"gain of 0.35", traffic.ChangeEffect{Own: 0, OwnAfter: 0.35}, true, false, true},
		{"loss of 0.1", traffic.ChangeEffect{Own: 0.1, OwnAfter: 0}, true, false, true},
		{"loss of 0.3", traffic.ChangeEffect{Own: 0.3, OwnAfter: 0}, true, false, false},
		{"new follower pays", traffic.ChangeEffect{OwnAfter: 1, New: 0, NewAfter: -1.4}, true, false, true},
		{"old follower gains", traffic.ChangeEffect{OwnAfter: 0.2, Old: -1, OldAfter: 0}, true, true, true},
		{"follower must brake", traffic.ChangeEffect{OwnAfter: 9, NewAfter: -4.1}, false, true, true},
		{"own brake", traffic.ChangeEffect{OwnAfter: -5}, false, false, false},
	} {
		if got := p.Safe(&c.x); got != c.safe {
			t.Errorf("%s: safe is %v", c.name, got)
		}
		if l, r := p.Worth(&c.x, true), p.Worth(&c.x, false); l != c.left || r != c.right {
			t.Errorf("%s: worth it to the left %v, to the right %v", c.name, l, r)
		}
	}
	if inf := math.Inf(-1); p.Safe(&traffic.ChangeEffect{NewAfter: inf}) {
		t.Error("a change into contact is safe")
	}
}
