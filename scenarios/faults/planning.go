package faults

import (
	"cmp"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/trajectory"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/trace"
)

func planningFaults() []Fault {
	fault := func(name, means string, wrap func(planning.Planner) *planner, likely ...string) Fault {
		return Fault{name, trace.LayerPlanning, means, likely, func(s *target) error {
			s.stack.Planner = wrap(s.stack.Planner)
			return nil
		}}
	}
	inputFault := func(name, means string, modifyInput func(prediction) prediction, likely ...string) Fault {
		return fault(name, means, func(p planning.Planner) *planner { return &planner{Planner: p, modifyInput: modifyInput} }, likely...)
	}
	outputFault := func(name, means string, f func(*planning.Plan), likely ...string) Fault {
		return fault(name, means, func(p planning.Planner) *planner {
			return &planner{Planner: p, modifier: modifyFunc[*planning.Plan](func(plan *planning.Plan) *planning.Plan {
				f(plan)
				return plan
			})}
		}, likely...)
	}
	return []Fault{
		inputFault("leads-overlooked", "the planner ignores road users ahead in its lane", dropTracks(func(e *perception.Ego, t *perception.Track) bool {
			p := e.Pose.ToLocal(t.Pose.Pos())
			return p.X > 0 && math.Abs(p.Y) < 2
		}), "follow", "obstacle"),
		inputFault("crossing-overlooked", "the planner ignores crossing and oncoming road users", dropTracks(func(e *perception.Ego, t *perception.Track) bool {
			return math.Abs(geom.WrapAngle(t.Pose.Yaw-e.Pose.Yaw)) > 45*deg
		}), "junction", "pedestrian"),
		inputFault("lights-overlooked", "the planner drives as if every light were green", func(o prediction) prediction {
			s := copied(o.scene)
			for i := range s.Signals {
				s.Signals[i].State = road.Green
			}
			return prediction{s, o.forecasts}
		}, "junction"),
		outputFault("plan-shifted", "the plan is shifted 1 m to the left", func(p *planning.Plan) {
			for i := range p.Waypoints {
				w := &p.Waypoints[i]
				at := w.Pose.ToWorld(geom.Vec{Y: 1})
				w.Pose.X, w.Pose.Y = at.X, at.Y
			}
		}, "lane"),
		outputFault("plan-fast", "the plan asks for 1.5 times the speed", func(p *planning.Plan) { scaleSpeeds(p, 1.5) }, "follow", "lane"),
		outputFault("plan-slow", "the plan asks for a third of the speed", func(p *planning.Plan) { scaleSpeeds(p, 1./3) }, "lane", "follow"),
		outputFault("scores-flipped", "the planner selects the worst proposal", func(p *planning.Plan) {
			worst := slices.MinFunc(p.Proposals, func(a, b planning.Proposal) int { return cmp.Compare(a.Score, b.Score) })
			p.Waypoints = slices.Clone(worst.Waypoints)
		}, "follow", "lane"),
		outputFault("never-stops", "the plan never asks for less than 3 m/s", func(p *planning.Plan) {
			p.Emergency = false
			for i := range p.Waypoints {
				p.Waypoints[i].Speed = math.Max(3, p.Waypoints[i].Speed)
				p.Waypoints[i].Accel = math.Max(0, p.Waypoints[i].Accel)
			}
		}, "follow", "junction"),
		fault("replans-late", "a new plan is made only every 2 s", func(p planning.Planner) *planner {
			return &planner{Planner: p, modifier: &lateReplan{}}
		}, "lane", "cut-in"),
		{"limit-doubled", trace.LayerPlanning, "the planner uses doubled speed limits", []string{"lane", "follow"}, doubleLimits},
	}
}

// dropTracks returns a function that removes tracks and their forecasts.
func dropTracks(overlooks func(*perception.Ego, *perception.Track) bool) func(prediction) prediction {
	return func(o prediction) prediction {
		s := *o.scene
		s.Tracks = nil
		at := make([]int, len(o.scene.Tracks))
		for i := range o.scene.Tracks {
			at[i] = -1
			if t := &o.scene.Tracks[i]; !overlooks(&s.Ego, t) {
				at[i] = len(s.Tracks)
				s.Tracks = append(s.Tracks, *t)
			}
		}
		var forecasts []planning.Forecast
		for _, f := range o.forecasts {
			if f.Track = at[f.Track]; f.Track >= 0 {
				forecasts = append(forecasts, f)
			}
		}
		return prediction{&s, forecasts}
	}
}

// scaleSpeeds scales the speeds of a plan.
func scaleSpeeds(p *planning.Plan, by float64) {
	for i := range p.Waypoints {
		p.Waypoints[i].Speed *= by
	}
}

// lateReplan repeats a plan for a time.
type lateReplan struct{ plan *planning.Plan }

const replanPeriod = 2 * clock.PerSecond

func (l *lateReplan) modify(p *planning.Plan) *planning.Plan {
	if l.plan == nil || p.Time-l.plan.Time >= replanPeriod {
		l.plan = p
	}
	kept := *l.plan
	return &kept
}

func (l *lateReplan) clone() modifier[*planning.Plan] { return &lateReplan{l.plan} }

// doubleLimits replaces the planner with one that uses a map with doubled limits.
func doubleLimits(s *target) error {
	c := s.session.Case()
	m := *c.World.Map
	m.Lanes = slices.Clone(m.Lanes)
	for i := range m.Lanes {
		m.Lanes[i].SpeedLimit *= 2
	}
	p, err := trajectory.New(trajectory.Config{Map: &m, Route: c.Route, Vehicle: c.World.Ego.Params})
	s.stack.Planner = p
	return err
}
