package drive

import (
	"fmt"
	"math"
	"sync"

	"roadloop/policy"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
)

// Task is an open task: what its environments share. It is safe for concurrent use.
type Task struct {
	config  Config
	spec    policy.Spec
	sources []source
	shares  float64 // total
}

// source is a Source with its episodes' places, for evaluation and for training.
type source struct {
	*Source
	scenario *scenarios.Scenario
	slots    [2][]slot
}

// slot is a map or a case, made when it is needed first.
type slot struct {
	once sync.Once
	site *site
	spec *runner.Spec // of a case
	err  error
}

// Open prepares a task. Maps are made when they are needed first.
func Open(c Config) (*Task, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("drive: task %s: %w", c.Name, err)
	}
	if c.Conditions == (scene.Conditions{}) {
		c.Conditions = scene.Day()
	}
	t := &Task{config: c, spec: c.spec()}
	for i := range c.Sources {
		s := source{Source: &c.Sources[i]}
		if s.Scenario != "" {
			var err error
			if s.scenario, err = scenarios.Find(s.Scenario); err != nil {
				return nil, fmt.Errorf("drive: task %s: %w", c.Name, err)
			}
		}
		for k := range s.slots {
			s.slots[k] = make([]slot, s.Count)
		}
		t.sources = append(t.sources, s)
		t.shares += s.Share
	}
	return t, nil
}

// Env returns a new environment of the task, for policy.NewVector.
func (t *Task) Env() (policy.Env, error) { return newEnv(t), nil }

// New returns an environment of a task of its own.
func New(c Config) (*Env, error) {
	t, err := Open(c)
	if err != nil {
		return nil, err
	}
	return newEnv(t), nil
}

// Map returns map n of the source with the given index, of those for training or for
// evaluation. A case of a scenario has a map too.
func (t *Task) Map(source, n int, training bool) (*road.Map, error) {
	if source < 0 || source >= len(t.sources) || n < 0 || n >= t.sources[source].Count {
		return nil, fmt.Errorf("drive: no map %d of source %d", n, source)
	}
	s, err := t.sources[source].slot(n, training)
	if err != nil {
		return nil, err
	}
	return s.site.m, nil
}

// slot returns map or case n.
func (s *source) slot(n int, training bool) (*slot, error) {
	set := 0
	if training {
		set = 1
	}
	at := &s.slots[set][n]
	at.once.Do(func() { at.err = at.make(s, mapSeed(n, training)) })
	return at, at.err
}

// make makes the map, or compiles the case, of a seed.
func (at *slot) make(s *source, seed uint64) (err error) {
	var m *road.Map
	if s.scenario != nil {
		c, err := s.scenario.Case(seed)
		if err != nil {
			return fmt.Errorf("drive: scenario %s: %w", s.Scenario, err)
		}
		if at.spec, err = runner.Compile(c); err != nil {
			return fmt.Errorf("drive: case %s: %w", c.ID(), err)
		}
		m = at.spec.Drive.World.Map
	} else if m, err = road.Generate(s.Maps.params(seed)); err != nil {
		return fmt.Errorf("drive: map %d of %s: %w", seed, s.Maps, err)
	}
	at.site, err = newSite(m)
	return err
}

// episode is the beginning of an episode.
type episode struct {
	site   *site
	spec   *sim.Spec
	world  *sim.World
	course *course
	time   float64 // s, at most that of the task
	// scenario is the case, nil on a map.
	scenario *runner.Spec
	// allowed are the infractions that the scenario allows.
	allowed map[sim.EventKind]bool
}

// draw draws the episode of a seed.
func (t *Task) draw(seed uint64) (*episode, error) {
	r := rng.New(seed, "drive", "episode")
	s, share := &t.sources[0], r.Float64()*t.shares
	for i := range t.sources {
		if s = &t.sources[i]; share < s.Share {
			break
		}
		share -= s.Share
	}
	at, err := s.slot(r.IntN(s.Count), policy.IsTraining(seed))
	if err != nil {
		return nil, err
	}
	if at.spec != nil {
		return t.drawCase(at)
	}
	e := &episode{site: at.site, time: t.config.Time}
	return e, e.drawDrive(t, s, seed, &r)
}

// drawCase begins a case. It ends where the case ends; a case without such a place ends
// where the car arrives at half of the speed limit.
func (t *Task) drawCase(at *slot) (*episode, error) {
	c := &at.spec.Drive
	e := &episode{site: at.site, spec: c.World, scenario: at.spec, time: min(t.config.Time, c.Duration.Seconds()), allowed: at.spec.Expect.Allowed}
	var err error
	if e.world, err = sim.NewOn(at.site.world, e.spec); err != nil {
		return nil, fmt.Errorf("drive: case %s: %w", at.spec.Case.ID(), err)
	}
	_, start, _ := e.world.EgoLane()
	if e.course, err = newCourse(at.site.m, c.Route.Lanes, start, c.Route.GoalS); err != nil {
		return nil, fmt.Errorf("drive: case %s: %w", at.spec.Case.ID(), err)
	}
	end := at.spec.End - start
	if math.IsInf(end, 1) {
		end = e.time * at.site.m.Lanes[c.Route.Lanes[0]].SpeedLimit / 2
	}
	e.course.total = min(e.course.total, end)
	return e, nil
}

// drawDrive draws a drive on a map: start, route, traffic.
func (e *episode) drawDrive(t *Task, s *source, seed uint64, r *rng.Stream) error {
	m := e.site.m
	want := r.Range(s.Distance[0], s.Distance[1])
	var lanes []road.LaneID
	var start sim.Start
	var goal, length float64
	const tries = 30
	for range tries {
		l := drawLane(m, r)
		at := r.Range(startMargin, startMargin+startRoom(l))
		ls, g, n := stroll(m, r, l.ID, at, want)
		if n > length {
			lanes, goal, length = ls, g, n
			start = sim.Start{Lane: l.ID, S: at}
		}
		if length >= want {
			break
		}
	}
	if length < minDistance {
		return fmt.Errorf("drive: no route of %g m on map %s", minDistance, m.Name)
	}
	var err error
	if e.course, err = newCourse(m, lanes, start.S, goal); err != nil {
		return fmt.Errorf("drive: map %s: %w", m.Name, err)
	}
	start.Speed = r.Range(.5, 1) * e.course.startSpeed()
	crowd := sim.Populate(m, seed, start, nil, s.Crowd)
	s.Mix.assign(m, seed, crowd)
	air := t.config.Conditions
	if w := t.config.Weather; w != "" {
		air = w.draw(seed)
	}
	e.spec = &sim.Spec{Map: m, Seed: seed, Ego: sim.EgoSpec{Start: start, Route: lanes}, Actors: crowd, Conditions: air}
	if e.world, err = sim.NewOn(e.site.world, e.spec); err != nil {
		return fmt.Errorf("drive: map %s: %w", m.Name, err)
	}
	if most := e.course.behind(e.world); most < start.Speed {
		e.spec.Ego.Start.Speed = most
		if e.world, err = sim.NewOn(e.site.world, e.spec); err != nil {
			return fmt.Errorf("drive: map %s: %w", m.Name, err)
		}
	}
	return nil
}

// Distances of a start from the ends of its lane, and from a stop line, m.
const (
	startMargin = 5.0
	lineMargin  = 15.0
)

// startRoom returns the length of the part of a lane on which an episode may start, m.
func startRoom(l *road.Lane) float64 {
	if l.Junction >= 0 {
		return 0
	}
	end := l.Center.Length() - startMargin
	if l.Control != road.Free {
		end = min(end, l.StopS-lineMargin)
	}
	return max(0, end-startMargin)
}

// drawLane draws a lane in proportion to the length on which an episode may start.
func drawLane(m *road.Map, r *rng.Stream) *road.Lane {
	total := 0.0
	for i := range m.Lanes {
		total += startRoom(&m.Lanes[i])
	}
	at, last := r.Float64()*total, 0
	for i := range m.Lanes {
		room := startRoom(&m.Lanes[i])
		if room == 0 {
			continue
		}
		if last = i; at < room {
			break
		}
		at -= room
	}
	return &m.Lanes[last]
}

// gentle is the deceleration with which the ego could stop in time at its start, m/s².
const gentle = 2.0

// startSpeed returns a speed from which the ego can slow for curves and stop lines.
func (c *course) startSpeed() float64 {
	l := &c.lines[0]
	v := c.allowed(c.start)
	const front = 4.0 // m, the bumper ahead of the rear axle
	for i := range l.Stops {
		if room := l.Stops[i].S - c.start - front; room > -front {
			v = min(v, math.Sqrt(2*gentle*max(room, 0)))
		}
	}
	return v
}

// behind returns the speed from which the ego can slow for the road users ahead of it in its
// lane at the start, m/s.
func (c *course) behind(w *sim.World) float64 {
	ego, actors := w.Ego(), w.Actors()
	l := &c.lines[0]
	most := math.Inf(1)
	for i := range actors {
		a := &actors[i]
		rel := ego.State.Pose.ToLocal(a.Box().Center)
		if rel.X < 0 || rel.X > 150 {
			continue
		}
		s, d := l.Refine(a.Box().Center, c.start+rel.X)
		if math.Abs(d) > (a.Shape.Width+ego.Shape.Width)/2+.3 {
			continue
		}
		gap := s - a.Shape.Length/2 - c.start - ego.Shape.RearToCenter - ego.Shape.Length/2
		most = min(most, math.Sqrt(a.State.Speed*a.State.Speed+2*gentle*max(gap-2, 0)))
	}
	return most
}
