package trajectory

import "roadloop/planning/behavior"

// Params tune the planner. DefaultParams documents the values.
type Params struct {
	// Following: the Intelligent Driver Model.
	Headway  float64 // time gap to the car ahead, s
	Standoff float64 // gap at standstill, m
	Accel    float64 // acceleration on a free road, m/s²
	Brake    float64 // comfortable deceleration, m/s²
	Hardest  float64 // deceleration that a proposal may use, m/s²

	// Lateral is the acceleration in curves that sets the speed there, and
	// CurveBrake the deceleration before them, m/s².
	Lateral, CurveBrake float64

	// Settle is how far ahead the steering aims, s, at least SettleMin, m: the
	// length over which an offset from the wanted line decays. SettleRise is added
	// to Settle for each m/s above 15, where tires answer more slowly.
	Settle, SettleMin, SettleRise float64
	// Swerve is the offset beyond which steering back grows no further, m: it
	// bounds the sideways speed of lane changes.
	Swerve float64
	// SteerLag is that of the steering in the roll-out, and Preview how far ahead
	// the curvature of the line is read, for the answer of the tires too, s.
	SteerLag, Preview float64
	// JerkUp and JerkDown bound how fast acceleration rises and falls, m/s³.
	JerkUp, JerkDown float64

	// Fractions of the cruising speed that are proposed, highest first.
	Fractions []float64
	// Nudge is the sideways offset that is proposed within the lane, m.
	Nudge float64
	// PassGap is the room kept from what is passed, m, and PassReach how far
	// ahead it may be, m.
	PassGap, PassReach float64
	// RiderGap is the room kept from the side of cyclists who ride along, m.
	RiderGap float64
	// TurnOut is how far before an obstacle the car waits until it can pass, m.
	TurnOut float64

	// Weights of the terms of a score.
	Progress, TTC, SpeedLimit, Comfort, Lane float64
	// Loyalty is added to the score of going on as before, and ChangeCost taken
	// from that of a lane change that the route does not ask for.
	Loyalty, ChangeCost float64
	// Haste is added to the score of a lane change for each share of the cruising
	// speed that the lane beside lets the car drive faster over the next Patience
	// seconds: more than a roll-out sees.
	Haste, Patience float64
	// TurnOutNow is added to the score of passing what stands once the car would have to
	// slow down for it: a roll-out does not see how long it would stand there.
	TurnOutNow float64
	// MinTTC is the time to collision that a proposal must keep, s.
	MinTTC float64
	// Unlikely is the probability below which modes are ignored.
	Unlikely float64

	Behavior behavior.Params
}

// DefaultParams returns the values used when driving. The weights are those of
// the nuPlan closed-loop score, with its bound on the time to collision.
func DefaultParams() Params {
	return Params{
		Headway: 1.5, Standoff: 3, Accel: 1.8, Brake: 2.5, Hardest: 8,
		Lateral: 2.15, CurveBrake: 1.5,
		Settle: 0.9, SettleMin: 4, SettleRise: 0.03, Swerve: 1.6, SteerLag: 0.15, Preview: 0.25,
		JerkUp: 4, JerkDown: 12,
		Fractions: []float64{1, 0.75, 0.5, 0.25},
		Nudge:     0.6, PassGap: 0.7, PassReach: 70, RiderGap: 1.8, TurnOut: 13,
		Progress: 5, TTC: 5, SpeedLimit: 4, Comfort: 2, Lane: 2,
		Loyalty: 0.02, ChangeCost: 0.04, Haste: 0.6, Patience: 12, TurnOutNow: 0.08,
		MinTTC: 0.95, Unlikely: 0.15,
		Behavior: behavior.DefaultParams(),
	}
}
