package trajectory

import (
	"roadloop/planning/behavior"
	"roadloop/sim/vehicle"
)

// Params tune the planner. DefaultParams documents the values.
type Params struct {
	// Following: the Intelligent Driver Model.
	Headway  float64 // time gap to the car ahead, s
	Standoff float64 // gap at standstill, m
	Accel    float64 // acceleration on a free road, m/s²
	Brake    float64 // comfortable deceleration, m/s²
	MaxBrake float64 // maximum deceleration of a proposal, m/s²

	// Lateral is the lateral acceleration that determines the speed in curves,
	// and CurveBrake the deceleration before them, m/s².
	Lateral, CurveBrake float64

	// Settle is the time constant with which a lateral offset from the wanted line
	// decays, s; the corresponding length is at least SettleMin, m. SettleRise is
	// added to Settle for each m/s above 15, where tires respond more slowly.
	Settle, SettleMin, SettleRise float64
	// Swerve is the lateral offset at which the steering correction saturates,
	// m: it bounds the lateral speed of lane changes.
	Swerve float64
	// SteerLag is the steering lag in the roll-out. Preview is the look-ahead for
	// the curvature of the line, which also compensates the tire response. Both
	// are in s.
	SteerLag, Preview float64
	// JerkUp and JerkDown bound the rise and the fall of the acceleration, m/s³.
	JerkUp, JerkDown float64

	// Fractions are the proposed shares of the cruising speed, highest first.
	Fractions []float64
	// Nudge is the proposed lateral offset within the lane, m.
	Nudge float64
	// PassGap is the lateral clearance when passing, m, and PassReach the
	// maximum distance ahead of a passed obstacle, m.
	PassGap, PassReach float64
	// RiderGap is the lateral clearance to cyclists in the same direction, m.
	RiderGap float64
	// PullOutDistance is the distance before an obstacle at which the car waits to pass, m.
	PullOutDistance float64

	// Weights of the terms of a score.
	Progress, TTC, SpeedLimit, Comfort, Lane float64
	// Hysteresis is the hysteresis: it is added to the score of the same choice as
	// before. ChangeCost is subtracted from the score of a lane change that the
	// route does not require.
	Hysteresis, ChangeCost float64
	// LaneChangeGain is the lane-change gain: its product with the speed gain, as a share
	// of the cruising speed over the next Patience seconds, is added to the score
	// of a lane change. This horizon is longer than a roll-out.
	LaneChangeGain, GainHorizon float64
	// PullOutBonus is added to the score of passing a standing obstacle once the car would
	// have to slow down for it: a roll-out is too short to show the waiting time.
	PullOutBonus float64
	// MinTTC is the minimum time to collision of a proposal, s.
	MinTTC float64
	// MinProbability is the minimum probability of a mode.
	MinProbability float64

	Behavior behavior.Params
}

// DefaultParams returns the values used when driving. The weights are those of
// the nuPlan closed-loop score, with its bound on the time to collision.
func DefaultParams() Params {
	return Params{
		Headway: 1.5, Standoff: 3, Accel: 1.8, Brake: 2.5, MaxBrake: 8,
		Lateral: 2.15, CurveBrake: 1.5,
		Settle: 0.9, SettleMin: 4, SettleRise: 0.03, Swerve: 1.6, SteerLag: 0.15, Preview: 0.25,
		JerkUp: 4, JerkDown: 12,
		Fractions: []float64{1, 0.75, 0.5, 0.25},
		Nudge:     0.6, PassGap: 0.7, PassReach: 70, RiderGap: 1.8, PullOutDistance: 13,
		Progress: 5, TTC: 5, SpeedLimit: 4, Comfort: 2, Lane: 2,
		Hysteresis: 0.02, ChangeCost: 0.04, LaneChangeGain: 0.6, GainHorizon: 12, PullOutBonus: 0.08,
		MinTTC: 0.95, MinProbability: 0.15,
		Behavior: behavior.DefaultParams(),
	}
}

// idm returns the car-following model with the desired speed v0, m/s.
func (p *Params) idm(v0 float64) vehicle.IDM {
	return vehicle.IDM{V0: v0, T: p.Headway, S0: p.Standoff, A: p.Accel, B: p.Brake, Delta: 4}
}
