// Package planning defines where the others may go and where we mean to go. It
// holds types only; prediction, behavior and trajectory planning are in the
// packages below. Positions are in the map frame.
package planning

import (
	"context"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// ForecastStep is the time between two poses of a forecast, and Horizon their number.
const (
	ForecastStep = clock.Tick(20)
	Horizon      = 25 // 5 s
)

// Mode is one way that a track may go on.
type Mode struct {
	Probability float64
	// Poses are the middle of the object ForecastStep, 2·ForecastStep, ... ahead.
	Poses [Horizon]geom.Pose
}

// Forecast holds the modes of one track, most probable first.
type Forecast struct {
	Track int // index into Scene.Tracks
	Modes []Mode
}

// Predictor forecasts every track of a scene. It keeps state between calls.
type Predictor interface {
	// Predict returns the forecasts. The next call overwrites them.
	Predict(ctx context.Context, scene *perception.Scene) []Forecast
	// Clone returns a predictor that goes on exactly as the original would.
	Clone() Predictor
}

// Waypoint is a state of a planned trajectory.
type Waypoint struct {
	Time      clock.Tick // since the plan's start
	Pose      geom.Pose  // rear axle
	Speed     float64    // m/s
	Accel     float64    // m/s²
	Curvature float64    // 1/m, positive to the left
}

// Route is the sequence of lanes to follow. Consecutive lanes are successors
// or neighbors.
type Route struct {
	Lanes []road.LaneID
	// GoalS is where the route ends on its last lane, m.
	GoalS float64
}

// Plan is a trajectory to follow, with the reason for it.
type Plan struct {
	Time      clock.Tick // when it was made
	Waypoints []Waypoint // starting at the current state, in order of time
	// Reason says in a few words what bounds the speed: "free", "follow track 3",
	// "red light", "yield", ....
	Reason string
	// Proposals are all trajectories that were considered, for display.
	Proposals []Proposal
	Chosen    int // index into Proposals
	// Emergency asks for full braking now.
	Emergency bool
}

// Proposal is a candidate trajectory with its score.
type Proposal struct {
	Name      string
	Waypoints []Waypoint
	Score     float64 // higher is better; 0 is ruled out
	Why       string  // the term that decided it
}

// Planner chooses a trajectory. It keeps state between calls.
type Planner interface {
	// Plan returns the plan. The next call overwrites it.
	Plan(ctx context.Context, scene *perception.Scene, cast []Forecast) (*Plan, error)
	// Clone returns a planner that goes on exactly as the original would.
	Clone() Planner
}
