// Package trajectory plans trajectories: it rolls out proposals along the route,
// like PDM-Closed (Dauner et al., "Parting with misconceptions about
// learning-based vehicle motion planning", CoRL 2023), scores them against the
// forecasts of all tracks with the terms of the nuPlan score, and takes the best.
//
// A proposal follows a line of the route at a lateral offset and a share of the
// cruising speed. It follows leaders and obeys the constraints of package
// behavior. Positions are in the map frame; s and d are Frenet coordinates of a
// line.
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

// Config configures a planner.
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
	rules  *behavior.Rules

	line         int     // current line of the route; -1 before the first plan
	s            float64 // of the rear axle on the line
	last         choice
	accel        float64 // last command, m/s²
	standingTime float64 // time that the car has stood, s
	lastPlan     float64 // time of the last plan, s
	firstPlan    float64 // time of the first plan; +Inf before it

	recentlyMoving []movingTrack // tracks that drove a moment ago

	view         behavior.PathView
	constraints  *behavior.Constraints // constraints of the line of the view
	candidates   []candidate
	plan         planning.Plan
	names        [][]string
	reason       reason
	reasonText   string        // text of reason
	longitudinal *longitudinal // if set, the acceleration of all proposals
}

// choice is a proposal without its speed.
type choice struct {
	line int
	kind kind
}

// New returns a planner. It returns an error if the route does not fit the map.
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
	p := &Planner{route: r, params: cfg.Params, car: behavior.NewCar(&cfg.Vehicle), line: -1, firstPlan: math.Inf(1)}
	p.rules = behavior.NewRules(cfg.Map, p.car, cfg.Params.Behavior)
	for i := range r.Lines {
		p.cruise = append(p.cruise, r.Lines[i].Profile(cfg.Params.Lateral, cfg.Params.CurveBrake))
	}
	p.names = nameProposals(cfg.Params.Fractions)
	return p, nil
}

// Route returns the lines that the planner may follow.
func (p *Planner) Route() *route.Route { return p.route }

// Clone returns an independent copy in the same state. The two share immutable
// data.
func (p *Planner) Clone() planning.Planner { return p.clone() }

func (p *Planner) clone() *Planner {
	c := *p
	c.rules, c.recentlyMoving = p.rules.Clone(), slices.Clone(p.recentlyMoving)
	c.view, c.constraints, c.candidates, c.plan = behavior.PathView{}, nil, nil, planning.Plan{}
	return &c
}

// Plan returns the best trajectory. The next call overwrites it.
func (p *Planner) Plan(ctx context.Context, scene *perception.Scene, cast []planning.Forecast) (*planning.Plan, error) {
	if err := p.begin(ctx, scene); err != nil {
		return nil, err
	}
	p.propose(scene, cast)
	best := p.judge(scene, cast)
	return p.commit(scene, best), nil
}

// begin locates the ego and drops the proposals of the last plan.
func (p *Planner) begin(ctx context.Context, scene *perception.Scene) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ego := &scene.Ego
	if !finite(ego.Pose.X, ego.Pose.Y, ego.Pose.Yaw, ego.Speed, ego.Accel, ego.Steer) {
		return fmt.Errorf("planning at %v: the ego state is not finite: %+v", scene.Time, *ego)
	}
	p.locate(ego)
	p.updateTimes(scene)
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

// lost is the distance from the line at which the planner selects another line, m.
const lost = 6.0

// locate locates the ego on its line, or selects another line.
func (p *Planner) locate(ego *perception.Ego) {
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

// updateTimes updates the standing time of the car and the start time of the planner.
func (p *Planner) updateTimes(scene *perception.Scene) {
	now := scene.Time.Seconds()
	if scene.Ego.Speed < 0.3 {
		p.standingTime += math.Max(0, now-p.lastPlan)
	} else {
		p.standingTime = 0
	}
	p.lastPlan, p.firstPlan = now, math.Min(p.firstPlan, now)
}

// commit converts candidate number best to the plan.
func (p *Planner) commit(scene *perception.Scene, best int) *planning.Plan {
	c := &p.candidates[best]
	p.s += p.candidates[best].start - p.s
	p.line, p.last = c.line, choice{c.line, c.kind}
	p.accel = c.way[0].Accel
	out := &p.plan
	out.Time, out.Waypoints, out.Chosen = scene.Time, c.way[:], best
	out.Emergency = p.allCollide() && scene.Ego.Speed > 0.5
	out.Reason = p.textOf(c.reason)
	if out.Emergency {
		out.Reason = "emergency"
	}
	out.Proposals = out.Proposals[:0]
	for i := range p.candidates {
		c := &p.candidates[i]
		out.Proposals = append(out.Proposals, planning.Proposal{
			Name: p.names[c.kind][c.speed], Waypoints: c.way[:], Score: c.score, DecidingTerm: c.why,
		})
	}
	return out
}

// allCollide reports whether every proposal leads to a collision within two seconds.
func (p *Planner) allCollide() bool {
	for i := range p.candidates {
		if p.candidates[i].hit > 2 {
			return false
		}
	}
	return true
}

// reason is the bound of the speed of a proposal.
type reason struct {
	text  string
	track int32 // the leader, with text "follow track"
}

// textOf returns the text of a reason. It allocates only when the reason changes.
func (p *Planner) textOf(r reason) string {
	if r != p.reason || p.reasonText == "" {
		p.reason, p.reasonText = r, r.text
		if r.text == follows {
			p.reasonText = follows + " " + strconv.Itoa(int(r.track))
		}
	}
	return p.reasonText
}
