package trajectory

import (
	"context"
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
)

// LongitudinalModel is a longitudinal model: it decides the acceleration in traffic. It
// keeps state between calls, one for each plan.
type LongitudinalModel interface {
	// Accel returns the acceleration on the path of the view, m/s², and its reason,
	// which is empty if the road bounds it. free is the acceleration without traffic.
	Accel(v *behavior.PathView, car *behavior.Car, free float64) (accel float64, why string)
	// Clone returns an independent copy in the same state.
	Clone() LongitudinalModel
}

// LaneKeeper is a lane keeper. It implements planning.Planner with a longitudinal
// model for traffic: it never passes or swerves, and changes lanes only if the
// route does. Speed limits, curves, lights and the right of way bound its speed as
// in Planner.
type LaneKeeper struct {
	planner *Planner
	pedals  LongitudinalModel
}

// longitudinal is the acceleration of all roll-outs of a Keeper.
type longitudinal struct {
	accel  float64
	reason reason
}

// gentle is the maximum deceleration of a Keeper for the road, without traffic, m/s².
const gentle = 4.0

// NewLaneKeeper returns a lane keeper. It returns an error if the route does not fit
// the map.
func NewLaneKeeper(cfg Config, pedals LongitudinalModel) (*LaneKeeper, error) {
	p, err := New(cfg)
	if err != nil {
		return nil, err
	}
	return &LaneKeeper{planner: p, pedals: pedals}, nil
}

// Clone returns an independent copy in the same state. The two share immutable
// data.
func (k *LaneKeeper) Clone() planning.Planner {
	return &LaneKeeper{planner: k.planner.clone(), pedals: k.pedals.Clone()}
}

// Plan returns a plan along the route. The next call overwrites it.
func (k *LaneKeeper) Plan(ctx context.Context, scene *perception.Scene, cast []planning.Forecast) (*planning.Plan, error) {
	p := k.planner
	if err := p.begin(ctx, scene); err != nil {
		return nil, err
	}
	p.consider(scene, cast)
	now := motion{s: p.view.S, d: p.view.D, heading: p.view.Heading, speed: math.Max(0, scene.Ego.Speed)}
	free, why := p.roadAccel(intent{}, &now)
	accel, said := k.pedals.Accel(&p.view, &p.car, math.Max(-gentle, free))
	if said != "" {
		why = reason{text: said}
	}
	p.longitudinal = &longitudinal{accel: accel, reason: why}
	p.roll(intent{line: p.line, kind: keep})
	return p.commit(scene, k.change(scene, cast)), nil
}

// change proposes the next lane change of the route if there is one and enough
// room, and returns the index of the chosen proposal.
func (k *LaneKeeper) change(scene *perception.Scene, cast []planning.Forecast) int {
	p := k.planner
	rank, present := p.route.Lines[p.line].Rank, p.pace()
	for i := range p.route.Lines {
		if l := &p.route.Lines[i]; l.Rank == rank+1 && !l.Side {
			p.changeTo(scene, cast, i, present)
		}
	}
	return min(1, len(p.candidates)-1)
}
