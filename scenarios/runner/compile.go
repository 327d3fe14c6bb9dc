package runner

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"roadloop"
	"roadloop/planning"
	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/trace"
)

// Spec is a compiled case, ready to drive, with its expectations.
type Spec struct {
	Case  *scenarios.Case
	Drive roadloop.Case
	Names []string // of the actors by actor.ID; Names[0] is "ego"
	// FirstTraffic is the ID of the first actor of a flow or of random traffic.
	FirstTraffic actor.ID
	TrafficCount *TrafficCount // nil for a scenario without traffic
	Expect       Expectation
	// Timeout is the maximum simulated time; a longer run fails. 0 means no limit.
	Timeout clock.Tick
	End     float64 // distance along the ego's route at which the run ends, m
}

// Header returns the trace header of the case without the driver.
func (p *Spec) Header() trace.Header {
	s := p.Case.Scenario
	return trace.Header{Scenario: s.Path(), Source: string(s.Source), Seed: p.Case.Seed, Case: p.Case.Label(), Timeout: p.Timeout}
}

// compiler turns a file into a Spec. It keeps the first error.
type compiler struct {
	s   *scenarios.Scenario
	f   *scenarios.Sections
	c   *scenarios.Case
	m   *road.Map
	err error

	egoStart sim.Start
	egoLanes []road.LaneID // lanes of the ego's route
}

// Compile creates the world of a case. If a varied value causes an error, the error has
// the position and the value of that parameter.
func Compile(c *scenarios.Case) (*Spec, error) { return compileWith(c, &mapCache{}) }

// Check compiles the cases of a scenario with both ends of every range and every listed
// value, and returns the first error: any case of it can then be driven. It does nothing for
// the library, which tests check. With many values it takes a while; ctx can cancel it.
func Check(ctx context.Context, s *scenarios.Scenario) error {
	if s.File() == "" {
		return nil
	}
	cases, err := s.ExtremeCases()
	if err != nil {
		return err
	}
	var maps mapCache
	for _, c := range cases {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: compiling its varied values: %w", s.Path(), err)
		}
		if _, err := compileWith(c, &maps); err != nil {
			return err
		}
	}
	return nil
}

// compileWith is Compile with a cache of maps.
func compileWith(c *scenarios.Case, maps *mapCache) (*Spec, error) {
	p, err := compile(c, maps)
	if err != nil {
		return nil, c.LocateError(err)
	}
	return p, nil
}

func compile(c *scenarios.Case, maps *mapCache) (*Spec, error) {
	k := &compiler{s: c.Scenario, f: &c.Sections, c: c}
	k.makeMap(maps)
	if k.err != nil {
		return nil, k.err
	}
	p := &Spec{Case: c, Names: []string{"ego"}}
	spec := &sim.Spec{Map: k.m, Seed: c.Seed, Conditions: k.weather()}
	spec.Ego.Start = k.ego()
	spec.Friction = k.f.Weather.Friction.Or(0)
	route := k.egoRoute(spec.Ego.Start.Lane)
	spec.Ego.Route = route
	k.egoStart, k.egoLanes = spec.Ego.Start, route
	for i := range k.f.Actors {
		a := k.actor(i)
		spec.Actors = append(spec.Actors, a)
		p.Names = append(p.Names, a.Name)
	}
	p.FirstTraffic = actor.ID(len(p.Names))
	for i := range k.f.Flows {
		k.flow(i, spec, p)
	}
	k.randomTraffic(spec, p)
	spec.Signals = k.signals(spec.Ego.Start.Lane)
	p.End = k.f.Until.S.Or(math.Inf(1))
	p.Expect = k.expect(p, spec.Ego.Start)
	sensors := k.sensors()
	if k.err != nil {
		return nil, k.err
	}
	w, err := sim.NewOn(maps.world, spec)
	if err != nil {
		return nil, k.s.ErrorAt("", "%w", err)
	}
	maps.world = w
	if k.checkOverlaps(w); k.err != nil {
		return nil, k.err
	}
	last := &k.m.Lanes[route[len(route)-1]]
	p.Drive = roadloop.Case{World: spec, Rig: sensors, Duration: clock.FromSeconds(k.f.Until.Time.SI),
		Route: planning.Route{Lanes: route, GoalS: last.Center.Length()}}
	return p, nil
}

// checkOverlaps reports a named actor that starts on top of the ego or of another named
// actor.
func (k *compiler) checkOverlaps(w *sim.World) {
	actors := w.Actors()
	for i := range k.f.Actors {
		if geom.Overlap(actors[i].Box(), w.Ego().Box()) {
			k.fail(fmt.Sprintf("actors[%d]", i), "%s and the ego start at the same position", k.f.Actors[i].ID)
		}
		for j := range i {
			if geom.Overlap(actors[i].Box(), actors[j].Box()) {
				k.fail(fmt.Sprintf("actors[%d]", i), "%s and %s start at the same position", k.f.Actors[i].ID, k.f.Actors[j].ID)
			}
		}
	}
}

func (k *compiler) fail(path, format string, args ...any) {
	if k.err == nil {
		k.err = k.s.ErrorAt(path, format, args...)
	}
}

// checkOnLane reports a position that is beyond an end of its lane by more than a margin,
// m. The bounds of the field are checked earlier.
func (k *compiler) checkOnLane(path string, s scenarios.Amount, l *road.Lane, margin float64) {
	err := scenarios.Lengths.CheckBounds(s.Text, s.SI, -margin, l.Center.Length()+margin)
	switch {
	case !s.Set || err == nil:
	case margin == 0:
		k.fail(path, "%w, the end of its lane", err)
	default:
		k.fail(path, "%w, %s beyond its lane", err, scenarios.Lengths.InUnitOf(margin, s.Text))
	}
}

// lane returns the lane with this id. For an unknown id it reports an error and returns
// lane 0.
func (k *compiler) lane(path string, id int) *road.Lane {
	if id < 0 || id >= len(k.m.Lanes) {
		k.fail(path, "there is no lane %d; the map has lanes 0 to %d", id, len(k.m.Lanes)-1)
		id = 0
	}
	return &k.m.Lanes[id]
}

func (k *compiler) ego() sim.Start {
	f := &k.f.Ego
	l := k.lane("ego.lane", f.Lane)
	s := sim.Start{Lane: l.ID, S: f.S.Or(5), D: f.D.Or(0), Speed: f.Speed.Or(l.SpeedLimit)}
	k.checkOnLane("ego.s", f.S, l, 0)
	k.reaches(&s)
	if drift := f.Drift.Or(0); drift != 0 {
		if math.Abs(drift) > s.Speed/4 {
			k.fail("ego.drift", "%s is more than a quarter of the speed", f.Drift.Text)
		} else {
			s.Turned = math.Asin(drift / s.Speed)
		}
	}
	return s
}

// egoSpeed returns the initial speed of the ego in the unit of the file.
func (k *compiler) egoSpeed() string {
	return scenarios.Speeds.InUnitOf(k.egoStart.Speed, cmp.Or(k.f.Ego.Speed.Text, k.f.Map.SpeedLimit.Text))
}

// egoRoute returns the lanes of the ego's route, from its destination lane or from its
// turns.
func (k *compiler) egoRoute(start road.LaneID) []road.LaneID {
	f := &k.f.Ego
	if f.To == nil {
		return k.route("ego.route", start, f.Route)
	}
	if len(f.Route) > 0 {
		k.fail("ego.route", "cannot be combined with to")
	}
	route, err := k.m.FindRoute(start, k.lane("ego.to", *f.To).ID)
	if err != nil {
		k.fail("ego.to", "%w", err)
		return []road.LaneID{start}
	}
	return route
}

var turns = map[string]road.Turn{"left": road.LeftTurn, "right": road.RightTurn, "straight": road.Straight}

// route follows the lanes from start. It takes the given turns at junctions and then
// drives straight on, to the end of the road or for 60 lanes.
func (k *compiler) route(path string, start road.LaneID, wanted []string) []road.LaneID {
	route := []road.LaneID{start}
	for len(route) < 60 {
		l := &k.m.Lanes[route[len(route)-1]]
		want := road.Straight
		junction := len(l.Next) > 0 && k.m.Lanes[l.Next[0]].Junction >= 0
		if junction && len(wanted) > 0 {
			t, ok := turns[wanted[0]]
			if !ok {
				k.fail(path, "%q is not one of left, right, straight", wanted[0])
				return route
			}
			want, wanted = t, wanted[1:]
		}
		next, ok := successor(k.m, l, want)
		if !ok {
			break
		}
		route = append(route, next)
	}
	if len(wanted) > 0 {
		k.fail(path, "the route has no junction left for the turn %q", wanted[0])
	}
	return route
}

// successor returns the successor lane with the wanted turn, or the only one.
func successor(m *road.Map, l *road.Lane, want road.Turn) (road.LaneID, bool) {
	for _, id := range l.Next {
		if m.Lanes[id].Turn == want {
			return id, true
		}
	}
	if len(l.Next) == 0 {
		return road.None, false
	}
	return l.Next[0], want == road.Straight
}
