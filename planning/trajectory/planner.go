// Package trajectory chooses where to drive: it rolls out proposals along the
// route, in the manner of PDM-Closed (Dauner et al., "Parting with misconceptions
// about learning-based vehicle motion planning", CoRL 2023), scores them against
// the forecasts of all tracks with the terms of the nuPlan score, and takes the
// best.
//
// A proposal follows a line of the route at an offset, at a share of the cruising
// speed, behind whoever is ahead and before every wall of package behavior. The
// map frame is used throughout; s and d are Frenet coordinates of a line.
package trajectory

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/behavior"
	"roadloop/planning/route"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Config says on which map and where to drive.
type Config struct {
	Map     *road.Map
	Route   planning.Route
	Vehicle vehicle.Params // zero takes the BMW 320i
	Params  Params         // zero takes DefaultParams
}

// Planner implements planning.Planner. It remembers the line that it follows.
type Planner struct {
	route  *route.Route
	cruise [][]float64 // by line
	params Params
	car    behavior.Car
	mind   *behavior.Mind

	line   int     // of the route that is followed; -1 before the first plan
	s      float64 // of the rear axle on it
	last   choice
	accel  float64 // asked for at last, m/s²
	stuck  float64 // how long the car has stood behind something, s
	before float64 // time of the last plan, s
	began  float64 // and of the first one; +Inf before that

	stirring []stir // who drove a moment ago

	view       behavior.View
	bounds     *behavior.Verdict // of the line in view
	candidates []candidate
	plan       planning.Plan
	names      [][]string
	reason     reason
	phrase     string // that tells reason
	pedal      *pedal // if set, all proposals are driven so
}

// choice is what a proposal does, apart from its speed.
type choice struct {
	line int
	kind kind
}

// New returns a planner. It fails when the route does not fit the map.
func New(cfg Config) (*Planner, error) {
	if cfg.Map == nil {
		return nil, fmt.Errorf("planner: no map")
	}
	r, err := route.New(cfg.Map, cfg.Route)
	if err != nil {
		return nil, fmt.Errorf("planner: %w", err)
	}
	if cfg.Vehicle.Length == 0 {
		cfg.Vehicle = vehicle.BMW320i()
	}
	if cfg.Params.Fractions == nil {
		cfg.Params = DefaultParams()
	}
	p := &Planner{route: r, params: cfg.Params, car: behavior.NewCar(&cfg.Vehicle), line: -1, began: math.Inf(1)}
	p.mind = behavior.NewMind(cfg.Map, p.car, cfg.Params.Behavior)
	for i := range r.Lines {
		p.cruise = append(p.cruise, r.Lines[i].Profile(cfg.Params.Lateral, cfg.Params.CurveBrake))
	}
	p.names = nameProposals(cfg.Params.Fractions)
	return p, nil
}

// Route returns the lines that the planner may follow.
func (p *Planner) Route() *route.Route { return p.route }

// Clone returns an independent copy in the same state, which shares what never
// changes.
func (p *Planner) Clone() planning.Planner { return p.clone() }

func (p *Planner) clone() *Planner {
	c := *p
	c.mind, c.stirring = p.mind.Clone(), slices.Clone(p.stirring)
	c.view, c.bounds, c.candidates, c.plan = behavior.View{}, nil, nil, planning.Plan{}
	return &c
}

// Plan chooses a trajectory. The plan is overwritten by the next call.
func (p *Planner) Plan(ctx context.Context, scene *perception.Scene, cast []planning.Forecast) (*planning.Plan, error) {
	if err := p.begin(ctx, scene); err != nil {
		return nil, err
	}
	p.propose(scene, cast)
	best := p.judge(scene, cast)
	return p.commit(scene, best), nil
}

// begin finds the ego and drops the proposals of the last plan.
func (p *Planner) begin(ctx context.Context, scene *perception.Scene) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ego := &scene.Ego
	if !finite(ego.Pose.X, ego.Pose.Y, ego.Pose.Yaw, ego.Speed, ego.Accel, ego.Steer) {
		return fmt.Errorf("planning at %v: the ego state is not finite: %+v", scene.Time, *ego)
	}
	p.orient(ego)
	p.wait(scene)
	p.candidates = p.candidates[:0]
	return nil
}

func finite(values ...float64) bool {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// lost is the distance from the line at which the planner looks for another, m.
const lost = 6.0

// orient finds the ego on the line that it follows.
func (p *Planner) orient(ego *perception.Ego) {
	pos := ego.Pose.Pos()
	if p.line >= 0 {
		s, d := p.route.Lines[p.line].Refine(pos, p.s)
		if math.Abs(d) < lost && math.Abs(s-p.s) < 10 {
			p.s = s
			return
		}
	}
	best := math.Inf(1)
	for i := range p.route.Lines {
		l := &p.route.Lines[i]
		s, d := l.Project(pos, 0, l.Length())
		off := math.Abs(d) + math.Max(0, math.Max(-s, s-l.End))
		off += 3 * math.Abs(math.Sin((l.At(s).Pose.Yaw-ego.Pose.Yaw)/2))
		if l.Side {
			off += 0.5
		}
		if off < best {
			best, p.line, p.s = off, i, s
		}
	}
	p.last = choice{line: p.line}
}

// wait measures how long the car has stood, and how long the planner has been at work.
func (p *Planner) wait(scene *perception.Scene) {
	now := scene.Time.Seconds()
	if scene.Ego.Speed < 0.3 {
		p.stuck += math.Max(0, now-p.before)
	} else {
		p.stuck = 0
	}
	p.before, p.began = now, math.Min(p.began, now)
}

// commit makes candidate number best the plan.
func (p *Planner) commit(scene *perception.Scene, best int) *planning.Plan {
	c := &p.candidates[best]
	p.s += p.candidates[best].start - p.s
	p.line, p.last = c.line, choice{c.line, c.kind}
	p.accel = c.way[0].Accel
	out := &p.plan
	out.Time, out.Waypoints, out.Chosen = scene.Time, c.way[:], best
	out.Emergency = p.doomed() && scene.Ego.Speed > 0.5
	out.Reason = p.tell(c.reason)
	if out.Emergency {
		out.Reason = "emergency"
	}
	out.Proposals = out.Proposals[:0]
	for i := range p.candidates {
		c := &p.candidates[i]
		out.Proposals = append(out.Proposals, planning.Proposal{
			Name: p.names[c.kind][c.speed], Waypoints: c.way[:], Score: c.score, Why: c.why,
		})
	}
	return out
}

// doomed tells that every proposal leads to a collision within two seconds.
func (p *Planner) doomed() bool {
	for i := range p.candidates {
		if p.candidates[i].hit > 2 {
			return false
		}
	}
	return true
}

// reason is what bounds the speed of a proposal.
type reason struct {
	text  string
	track int32 // that is followed, with text "follow track"
}

// tell puts a reason into words, making no new ones while it lasts.
func (p *Planner) tell(r reason) string {
	if r != p.reason || p.phrase == "" {
		p.reason, p.phrase = r, r.text
		if r.text == follows {
			p.phrase = follows + " " + strconv.Itoa(int(r.track))
		}
	}
	return p.phrase
}
