package trajectory

import (
	"context"
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
)

// Pedals decide how fast to go among others. They keep state between calls, one
// for each plan.
type Pedals interface {
	// Press returns the acceleration on the path of the view, m/s², and what asks for
	// it, empty for the road: free is the acceleration that the road alone allows.
	Press(v *behavior.View, car *behavior.Car, free float64) (accel float64, why string)
	// Clone returns an independent copy in the same state.
	Clone() Pedals
}

// Keeper implements planning.Planner for a driver that keeps to its route and
// leaves what others do to its pedals: it passes nobody, never swerves, and
// changes lanes only where the route does. Limits, curves, lights and the right of
// way bound its speed as they do the Planner's.
type Keeper struct {
	planner *Planner
	pedals  Pedals
}

// pedal is how a plan is driven.
type pedal struct {
	accel  float64
	reason reason
}

// gentle is the deceleration that a Keeper uses for what the road asks, m/s².
const gentle = 4.0

// NewKeeper returns a planner that keeps to the route. It fails when the route does
// not fit the map.
func NewKeeper(cfg Config, pedals Pedals) (*Keeper, error) {
	p, err := New(cfg)
	if err != nil {
		return nil, err
	}
	return &Keeper{planner: p, pedals: pedals}, nil
}

// Clone returns an independent copy in the same state, which shares what never
// changes.
func (k *Keeper) Clone() planning.Planner {
	return &Keeper{planner: k.planner.clone(), pedals: k.pedals.Clone()}
}

// Plan keeps to the route. The plan is overwritten by the next call.
func (k *Keeper) Plan(ctx context.Context, scene *perception.Scene, cast []planning.Forecast) (*planning.Plan, error) {
	p := k.planner
	if err := p.begin(ctx, scene); err != nil {
		return nil, err
	}
	p.consider(scene, cast)
	now := motion{s: p.view.S, d: p.view.D, heading: p.view.Heading, speed: math.Max(0, scene.Ego.Speed)}
	free, why := p.road(intent{}, &now)
	accel, said := k.pedals.Press(&p.view, &p.car, math.Max(-gentle, free))
	if said != "" {
		why = reason{text: said}
	}
	p.pedal = &pedal{accel: accel, reason: why}
	p.roll(intent{line: p.line, kind: keep})
	return p.commit(scene, k.change(scene, cast)), nil
}

// change proposes the next lane change of the route, where there is one and room
// for it, and returns the number of the proposal to take.
func (k *Keeper) change(scene *perception.Scene, cast []planning.Forecast) int {
	p := k.planner
	rank, present := p.route.Lines[p.line].Rank, p.pace()
	for i := range p.route.Lines {
		if l := &p.route.Lines[i]; l.Rank == rank+1 && !l.Side {
			p.changeTo(scene, cast, i, present)
		}
	}
	return min(1, len(p.candidates)-1)
}
