package mutant

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
		return Fault{name, trace.LayerPlanning, means, likely, func(s *site) error {
			s.stack.Planner = wrap(s.stack.Planner)
			return nil
		}}
	}
	looking := func(name, means string, look func(outlook) outlook, likely ...string) Fault {
		return fault(name, means, func(p planning.Planner) *planner { return &planner{Planner: p, look: look} }, likely...)
	}
	making := func(name, means string, f func(*planning.Plan), likely ...string) Fault {
		return fault(name, means, func(p planning.Planner) *planner {
			return &planner{Planner: p, flaw: plain[*planning.Plan](func(plan *planning.Plan) *planning.Plan {
				f(plan)
				return plan
			})}
		}, likely...)
	}
	return []Fault{
		looking("leads-overlooked", "the planner overlooks who drives or stands ahead in its lane", blinker(func(e *perception.Ego, t *perception.Track) bool {
			p := e.Pose.ToLocal(t.Pose.Pos())
			return p.X > 0 && math.Abs(p.Y) < 2
		}), "follow", "obstacle"),
		looking("crossing-overlooked", "the planner overlooks who crosses or comes toward it", blinker(func(e *perception.Ego, t *perception.Track) bool {
			return math.Abs(geom.WrapAngle(t.Pose.Yaw-e.Pose.Yaw)) > 45*deg
		}), "junction", "pedestrian"),
		looking("lights-overlooked", "the planner drives as if every light were green", func(o outlook) outlook {
			s := copied(o.scene)
			for i := range s.Signals {
				s.Signals[i].State = road.Green
			}
			return outlook{s, o.cast}
		}, "junction"),
		making("plan-shifted", "the plan lies 1 m to the left of where it should", func(p *planning.Plan) {
			for i := range p.Waypoints {
				w := &p.Waypoints[i]
				at := w.Pose.ToWorld(geom.Vec{Y: 1})
				w.Pose.X, w.Pose.Y = at.X, at.Y
			}
		}, "lane"),
		making("plan-fast", "the plan asks for 1.5 times the speed", func(p *planning.Plan) { hasten(p, 1.5) }, "follow", "lane"),
		making("plan-slow", "the plan asks for a third of the speed", func(p *planning.Plan) { hasten(p, 1./3) }, "lane", "follow"),
		making("scores-flipped", "the worst proposal is taken for the best", func(p *planning.Plan) {
			worst := slices.MinFunc(p.Proposals, func(a, b planning.Proposal) int { return cmp.Compare(a.Score, b.Score) })
			p.Waypoints = slices.Clone(worst.Waypoints)
		}, "follow", "lane"),
		making("never-stops", "the plan never asks for less than 3 m/s", func(p *planning.Plan) {
			p.Emergency = false
			for i := range p.Waypoints {
				p.Waypoints[i].Speed = math.Max(3, p.Waypoints[i].Speed)
				p.Waypoints[i].Accel = math.Max(0, p.Waypoints[i].Accel)
			}
		}, "follow", "junction"),
		fault("replans-late", "a new plan is made only every 2 s", func(p planning.Planner) *planner {
			return &planner{Planner: p, flaw: &lazy{}}
		}, "lane", "cut-in"),
		{"limit-doubled", trace.LayerPlanning, "the planner takes speed limits for twice as high", []string{"lane", "follow"}, doubleLimits},
	}
}

// blinker returns what a planner sees that overlooks some tracks.
func blinker(overlooks func(*perception.Ego, *perception.Track) bool) func(outlook) outlook {
	return func(o outlook) outlook {
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
		var cast []planning.Forecast
		for _, f := range o.cast {
			if f.Track = at[f.Track]; f.Track >= 0 {
				cast = append(cast, f)
			}
		}
		return outlook{&s, cast}
	}
}

// hasten scales the speeds of a plan.
func hasten(p *planning.Plan, by float64) {
	for i := range p.Waypoints {
		p.Waypoints[i].Speed *= by
	}
}

// lazy keeps a plan as it was made for a while.
type lazy struct{ plan *planning.Plan }

const lazyTime = 2 * clock.PerSecond

func (l *lazy) spoil(p *planning.Plan) *planning.Plan {
	if l.plan == nil || p.Time-l.plan.Time >= lazyTime {
		l.plan = p
	}
	kept := *l.plan
	return &kept
}

func (l *lazy) clone() flaw[*planning.Plan] { return &lazy{l.plan} }

// doubleLimits puts in a planner that reads another map.
func doubleLimits(s *site) error {
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
