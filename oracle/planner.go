package oracle

import (
	"cmp"
	"context"
	"math"
	"slices"

	"roadloop"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// Planner is a planning.Planner with ground truth: it plans with the planner of
// roadloop.NewStack on the true scene and the true future, simulates the plan in a copy of
// the world, and where that ends badly takes the best proposal that does not. It ignores
// the scene and the forecasts that it is given.
type Planner struct {
	drive     *roadloop.Case
	perceiver *Perceiver
	predictor *Predictor
	planner   planning.Planner
	world     *sim.World          // of the plan under way
	rest      []planning.Waypoint // scratch
}

// NewPlanner returns a planner for the ego of a case.
func NewPlanner(c *roadloop.Case) (*Planner, error) {
	p, err := roadloop.NewPlanner(c)
	if err != nil {
		return nil, err
	}
	return &Planner{drive: c, perceiver: NewPerceiver(new(rig.Config)), predictor: NewPredictor(c.World.Map), planner: p}, nil
}

// Plan chooses a trajectory from the true state of the ego.
func (p *Planner) Plan(ctx context.Context, scene *perception.Scene, _ []planning.Forecast) (*planning.Plan, error) {
	w, ok := sim.WorldFrom(ctx)
	if !ok {
		return nil, errNoWorld
	}
	p.world = w
	truth := p.perceiver.read(w, scene.Time)
	plan, err := p.planner.Plan(ctx, truth, p.predictor.Predict(ctx, truth))
	if err != nil {
		return nil, err
	}
	p.improve(plan)
	return plan, nil
}

// Clone returns a planner that goes on exactly as p would.
func (p *Planner) Clone() planning.Planner {
	return &Planner{drive: p.drive, perceiver: p.perceiver.clone(), predictor: p.predictor.clone(), planner: p.planner.Clone()}
}

// improve replaces a plan that ends badly by the proposal that ends badly last, the
// better scored of equals, or by full braking where that is better still.
func (p *Planner) improve(plan *planning.Plan) {
	best := p.simulate(plan)
	if math.IsInf(best, 1) {
		return
	}
	order := make([]int, len(plan.Proposals))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(plan.Proposals[b].Score, plan.Proposals[a].Score) })
	for _, i := range order {
		other := *plan
		other.Chosen, other.Waypoints, other.Emergency = i, plan.Proposals[i].Waypoints, false
		if end := p.simulate(&other); end > best {
			best, *plan = end, other
		}
	}
	brake := *plan
	brake.Emergency = true
	if p.simulate(&brake) > best {
		*plan = brake
	}
}

// simulated is how much of a plan is simulated, ticks: less than it lasts.
const simulated = 350

// simulate returns after how many seconds of a plan something happens that must not, +Inf
// when nothing does.
func (p *Planner) simulate(plan *planning.Plan) float64 {
	w := p.world.Clone()
	controller := roadloop.NewController(p.drive)
	for t := clock.Tick(0); t < simulated; t += clock.DriverPeriod {
		rest := planning.Plan{Waypoints: p.after(plan.Waypoints, t), Emergency: plan.Emergency}
		x := &w.Ego().State
		cmd := controller.Control(&perception.Ego{Pose: x.Pose, Speed: x.Speed, Accel: x.Accel, YawRate: x.YawRate, Steer: x.Steer}, &rest)
		for range clock.DriverPeriod {
			for _, e := range w.Step(cmd) {
				if e.Kind <= sim.StopSign {
					return (e.Time - p.world.Time()).Seconds()
				}
			}
		}
	}
	return math.Inf(1)
}

// after returns the waypoints that are left after some time.
func (p *Planner) after(way []planning.Waypoint, start clock.Tick) []planning.Waypoint {
	p.rest = p.rest[:0]
	for i := range way {
		if i+1 < len(way) && way[i+1].Time <= start {
			continue
		}
		w := way[i]
		w.Time -= start
		p.rest = append(p.rest, w)
	}
	return p.rest
}
