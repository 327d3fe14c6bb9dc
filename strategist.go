package roadloop

import (
	"cmp"
	"context"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/trajectory"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
)

// Strategist is a Planner with ground truth: it plans with the planner of NewStack
// on the true scene and the true future, tries the plan out in a copy of the world,
// and where that ends badly takes the best proposal that does not. It disregards
// what is believed.
type Strategist struct {
	drive   *Case
	world   *sim.World
	eye     *Oracle
	prophet *Prophet
	planner *trajectory.Planner
	way     []planning.Waypoint // scratch
}

// NewStrategist returns a strategist for the ego of a case in the world.
func NewStrategist(c *Case, w *sim.World) (*Strategist, error) {
	p, err := newPlanner(c)
	if err != nil {
		return nil, err
	}
	return &Strategist{drive: c, world: w, eye: NewOracle(w), prophet: NewProphet(w), planner: p}, nil
}

// Plan chooses a trajectory from where the ego truly is.
func (s *Strategist) Plan(ctx context.Context, scene *perception.Scene, _ []planning.Forecast) (*planning.Plan, error) {
	truth, err := s.eye.Perceive(ctx, &sensor.Observation{Now: scene.Time})
	if err != nil {
		return nil, err
	}
	plan, err := s.planner.Plan(ctx, truth, s.prophet.Predict(truth))
	if err != nil {
		return nil, err
	}
	s.improve(plan)
	return plan, nil
}

// Fork returns a strategist in the world w.
func (s *Strategist) Fork(w *sim.World) (planning.Planner, error) {
	return &Strategist{drive: s.drive, world: w, eye: s.eye.in(w),
		prophet: &Prophet{world: w, guess: s.prophet.guess.Clone()}, planner: s.planner.Clone()}, nil
}

// improve replaces a plan that ends badly by the proposal that ends badly last, the
// better scored of equals, or by full braking where that is better still.
func (s *Strategist) improve(plan *planning.Plan) {
	best := s.try(plan)
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
		if end := s.try(&other); end > best {
			best, *plan = end, other
		}
	}
	brake := *plan
	brake.Emergency = true
	if s.try(&brake) > best {
		*plan = brake
	}
}

// trial is how long a plan is tried out, ticks: less than it lasts.
const trial = 350

// try returns after how many seconds of a plan something happens that must not, +Inf
// when nothing does.
func (s *Strategist) try(plan *planning.Plan) float64 {
	w := s.world.Clone()
	hand := newController(s.drive)
	for t := clock.Tick(0); t < trial; t += clock.DriverPeriod {
		rest := planning.Plan{Waypoints: s.rest(plan.Waypoints, t), Emergency: plan.Emergency}
		x := &w.Ego().State
		cmd := hand.Control(&perception.Ego{Pose: x.Pose, Speed: x.Speed, Accel: x.Accel, YawRate: x.YawRate, Steer: x.Steer}, &rest)
		for range clock.DriverPeriod {
			for _, e := range w.Step(cmd) {
				if e.Kind <= sim.StopSign {
					return (e.Time - s.world.Time()).Seconds()
				}
			}
		}
	}
	return math.Inf(1)
}

// rest returns what is left of a way after some time.
func (s *Strategist) rest(way []planning.Waypoint, after clock.Tick) []planning.Waypoint {
	s.way = s.way[:0]
	for i := range way {
		if i+1 < len(way) && way[i+1].Time <= after {
			continue
		}
		w := way[i]
		w.Time -= after
		s.way = append(s.way, w)
	}
	return s.way
}
