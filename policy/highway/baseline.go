package highway

import (
	"fmt"
	"math"

	"roadloop/policy"
)

// Names of the baselines.
const (
	// laneFollowing stays on its lane, and keeps a distance to the vehicle ahead.
	laneFollowing = "lane following, IDM"
	// laneChanging also changes lanes by MOBIL.
	laneChanging = "IDM and MOBIL"
)

var (
	_ policy.Guided = (*Env)(nil)
	_ policy.Named  = (*Env)(nil)
)

// Baselines returns the drivers without learning: car following by IDM, with and without
// lane changes by MOBIL. They know the exact state, and act by meta-actions.
func (e *Env) Baselines() []string { return []string{laneFollowing, laneChanging} }

// Baseline writes the action of a baseline.
func (e *Env) Baseline(name string, action []float32) error {
	if len(e.vehicles) == 0 {
		return fmt.Errorf("highway: baseline %s before the first reset", name)
	}
	ego := &e.vehicles[0]
	a := Idle
	switch name {
	case laneFollowing:
		a = e.follow(ego)
	case laneChanging:
		if a = e.change(ego); a == Idle {
			a = e.follow(ego)
		}
	default:
		return fmt.Errorf("highway: no baseline %q", name)
	}
	action[0] = float32(a)
	return nil
}

// wanted returns the acceleration of IDM on a lane, for a driver that wants to drive at the
// limit.
func (e *Env) wanted(lane int) float64 {
	ego := e.vehicles[0]
	ego.targetSpeed = speedLimit
	front, _ := e.neighbors(0, lane)
	return ego.idm(&ego, front)
}

// follow selects the target speed nearest to that of IDM after a decision.
func (e *Env) follow(ego *vehicle) Action {
	want := ego.speed + e.wanted(ego.target)
	best, least := Idle, math.Inf(1)
	for _, a := range []Action{Slower, Idle, Faster} {
		after := *ego
		after.apply(a, e.config.Lanes)
		if d := math.Abs(after.targetSpeed - want); d < least {
			best, least = a, d
		}
	}
	return best
}

// change returns a lane change that pays by MOBIL, as for the traffic, or Idle.
func (e *Env) change(ego *vehicle) Action {
	if ego.lane != ego.target {
		return Idle
	}
	best, gain := Idle, .2
	for _, a := range []Action{Left, Right} {
		after := *ego
		if after.apply(a, e.config.Lanes); after.target == ego.target {
			continue
		}
		if _, rear := e.neighbors(0, after.target); rear != nil && ego.idm(rear, ego) < -2 {
			continue
		}
		if g := e.wanted(after.target) - e.wanted(ego.target); g >= gain {
			best, gain = a, g
		}
	}
	return best
}
