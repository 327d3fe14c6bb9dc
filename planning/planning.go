// Package planning defines forecasts of other road users and plans of the ego.
// It holds types only; prediction, behavior and trajectory planning are in the
// packages below. Positions are in the map frame.
package planning

import (
	"context"
	"slices"

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

// Mode is one possible future motion of a track.
type Mode struct {
	Probability float64
	// Poses are the poses of the object's center after ForecastStep, 2·ForecastStep, ….
	Poses [Horizon]geom.Pose
}

// Forecast holds the modes of one track, most probable first.
type Forecast struct {
	Track int // index into Scene.Tracks
	Modes []Mode
}

// CloneForecasts returns a deep copy of a list of forecasts.
func CloneForecasts(list []Forecast) []Forecast {
	out := slices.Clone(list)
	for i := range out {
		out[i].Modes = slices.Clone(out[i].Modes)
	}
	return out
}

// Predictor forecasts every track of a scene. It keeps state between calls.
type Predictor interface {
	// Predict returns the forecasts. The next call overwrites them.
	Predict(ctx context.Context, scene *perception.Scene) []Forecast
	// Clone returns a predictor that goes on exactly as the original would.
	Clone() Predictor
}

// Waypoint is a state of a planned trajectory. Speed and Accel are linear between two
// waypoints.
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
	// GoalS is the arc length on the last lane at which the route ends, m.
	GoalS float64
}

// Plan is a trajectory to follow, with its reason.
type Plan struct {
	Time      clock.Tick // time of the decision
	Waypoints []Waypoint // starting at the current state, in order of time
	// Reason names the bound of the speed: "free", "follow track 3", "red light",
	// "yield", ….
	Reason string
	// Proposals are all candidate trajectories, for display.
	Proposals []Proposal
	Chosen    int // index into Proposals
	// Emergency requests full braking now.
	Emergency bool
}

// Clone returns a deep copy of the plan, nil for nil.
func (p *Plan) Clone() *Plan {
	if p == nil {
		return nil
	}
	c := *p
	c.Waypoints, c.Proposals = slices.Clone(p.Waypoints), slices.Clone(p.Proposals)
	for i := range c.Proposals {
		c.Proposals[i].Waypoints = slices.Clone(c.Proposals[i].Waypoints)
	}
	return &c
}

// Proposal is a candidate trajectory with its score.
type Proposal struct {
	Name         string
	Waypoints    []Waypoint
	Score        float64 // higher is better; 0 means excluded
	DecidingTerm string  // the term that decided the score
}

// Planner chooses a trajectory. It keeps state between calls.
type Planner interface {
	// Plan returns the plan, which is not nil. The next call overwrites it. For a plan without
	// waypoints the controller of NewStack brakes gently.
	Plan(ctx context.Context, scene *perception.Scene, cast []Forecast) (*Plan, error)
	// Clone returns a planner that goes on exactly as the original would.
	Clone() Planner
}
