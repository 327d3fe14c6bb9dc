package drive

import (
	"fmt"
	"math"
	"slices"

	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// minDistance is the shortest route, m.
const minDistance = 50.0

// strayed is the distance beyond the lanes of the route's direction at which the ego has
// left the route, m.
const strayed = 2.0

// Bounds of the speed that the road allows: lateral acceleration in curves and braking
// before them, m/s².
const (
	curveAccel = 2.5
	curveBrake = 2.0
)

// stopRoom is the distance before a stop line on which the world counts a stop, m.
const stopRoom = 8.0

// course is the route of an episode: one line for each section without a lane change, and
// the ego's place on it.
type course struct {
	lines []line
	start float64 // distance of the ego's start on the lines, m
	total float64 // from the start to the goal, m

	at      int     // the line that the ego follows
	s, d    float64 // of the ego on that line, m
	heading float64 // of the ego relative to it, rad
	here    route.Sample
	stop    int  // first stop of the line that is not behind the ego's front
	side    int  // of the lane change to the next line: 1 left, -1 right, 0 none
	stopped bool // whether the ego has stood shortly before that stop
}

// line is a path with its place in the course.
type line struct {
	*route.Path
	base    float64   // distance of its start from the start of the first line, m
	profile []float64 // speed that the road allows, at each sample, m/s
}

// newCourse returns the course along lanes from s on the first one to goal on the last one.
func newCourse(m *road.Map, lanes []road.LaneID, s, goal float64) (*course, error) {
	r, err := route.New(m, planning.Route{Lanes: lanes, GoalS: goal})
	if err != nil {
		return nil, err
	}
	c := &course{start: s}
	next := 0 // lane at which the present line begins
	for rank := range r.Last + 1 {
		l := line{Path: r.Lines[rank].Path}
		l.profile = l.Profile(curveAccel, curveBrake)
		if rank > 0 {
			before := &c.lines[rank-1]
			i := slices.IndexFunc(before.Pieces, func(p route.Piece) bool { return p.Lane == lanes[next-1] })
			l.base = before.base + before.Pieces[i].Start
		}
		c.lines = append(c.lines, l)
		for next++; next < len(lanes) && slices.Contains(m.Lanes[lanes[next-1]].Next, lanes[next]); next++ {
		}
	}
	c.total = c.lines[r.Last].base + r.Goal - s
	if !(c.total > 1) {
		return nil, fmt.Errorf("route of %g m from %g m on lane %d", c.total, s, lanes[0])
	}
	return c, nil
}

// line returns the line that the ego follows.
func (c *course) line() *line { return &c.lines[c.at] }

// progress returns the distance along the course since the start, m.
func (c *course) progress() float64 { return c.line().base + c.s - c.start }

// begin places the ego at the start.
func (c *course) begin(ego *actor.State, front float64) {
	c.at, c.stop, c.s, c.stopped = 0, 0, c.start, false
	c.locate(ego, front)
}

// find places the ego anywhere on the course: on the line nearest to it that leads its way.
func (c *course) find(ego *actor.State, front float64) {
	nearest, pose := math.Inf(1), &ego.Pose
	for i := range c.lines {
		l := &c.lines[i]
		s, d := l.Project(pose.Pos(), 0, l.Length())
		if away := math.Abs(d); away < nearest && math.Cos(l.At(s).Pose.Yaw-pose.Yaw) > 0 {
			nearest, c.at, c.s = away, i, s
		}
	}
	c.stop, c.stopped = 0, false
	c.locate(ego, front)
}

// locate finds the ego on the course near its last place. front is the distance from the
// rear axle to the front bumper, m. It returns the change of d by a change of the line.
func (c *course) locate(ego *actor.State, front float64) (shift float64) {
	l, pose := c.line(), &ego.Pose
	c.s, c.d = l.Refine(pose.Pos(), c.s)
	if c.at+1 < len(c.lines) {
		next := &c.lines[c.at+1]
		guess := c.s + l.base - next.base
		if s, d := next.Refine(pose.Pos(), guess); s >= 0 && (math.Abs(d) < math.Abs(c.d) || c.s >= l.End) {
			shift = d - c.d
			c.at, c.stop, c.s, c.d = c.at+1, 0, s, d
			l = next
		}
	}
	c.here = l.At(c.s)
	c.heading = geom.WrapAngle(pose.Yaw - c.here.Pose.Yaw)
	for c.stop < len(l.Stops) && l.Stops[c.stop].S < c.s+front {
		c.stop++
		c.stopped = false
	}
	if c.stop < len(l.Stops) {
		switch gap := l.Stops[c.stop].S - c.s - front; {
		case gap > stopRoom:
			c.stopped = false
		case ego.Speed < standsAt:
			c.stopped = true
		}
	}
	c.side = 0
	if c.at+1 < len(c.lines) {
		next := &c.lines[c.at+1]
		p := l.At(c.s + 5).Pose
		_, d := next.Refine(p.Pos(), c.s+5+l.base-next.base)
		c.side = -int(math.Copysign(1, d))
	}
	return shift
}

// astray reports whether the ego has left the route.
func (c *course) astray() bool {
	return c.d > c.here.Left+strayed || c.d < -c.here.Right-strayed
}

// allowed returns the speed that the road allows at s on the present line, m/s.
func (c *course) allowed(s float64) float64 {
	l := c.line()
	return l.profile[min(max(int(s/route.Spacing), 0), len(l.profile)-1)]
}

// Probability of leaving a lane for a neighbor that leads elsewhere, where possible.
const exitChance = .5

// stroll draws a route of about the given length from s on a lane: turns at random, and a
// lane change where the lane ends or a neighbor leads elsewhere. It returns the lanes, the
// arc length of the goal on the last one, and the length, which is shorter than wanted where
// the road ends.
func stroll(m *road.Map, r *rng.Stream, from road.LaneID, s, want float64) (lanes []road.LaneID, goal, length float64) {
	const tail = 10.0 // m of the lane behind the goal
	lanes = []road.LaneID{from}
	at := &m.Lanes[from]
	covered := -s // at the start of the present lane
	for {
		if n := neighbor(m, r, at, lanes); n != road.None {
			lanes = append(lanes, n)
			at = &m.Lanes[n]
		}
		end := covered + at.Center.Length()
		next := unvisited(at.Next, lanes)
		if end >= want || len(next) == 0 {
			length = max(min(want, end-tail), covered+1)
			return lanes, length - covered, length
		}
		covered = end
		lanes = append(lanes, next[r.IntN(len(next))])
		at = &m.Lanes[lanes[len(lanes)-1]]
	}
}

// neighbor returns the lane to change to: one that goes on if this one ends, or, at random,
// one that leads elsewhere.
func neighbor(m *road.Map, r *rng.Stream, at *road.Lane, visited []road.LaneID) road.LaneID {
	const room = 150.0 // m that a change needs
	for _, id := range [...]road.LaneID{at.Left, at.Right} {
		if id == road.None || slices.Contains(visited, id) || at.Center.Length() < room {
			continue
		}
		n := &m.Lanes[id]
		switch {
		case len(n.Next) == 0:
		case len(at.Next) == 0, elsewhere(m, at, n) && r.Chance(exitChance):
			return id
		}
	}
	return road.None
}

// elsewhere reports whether no successor of b is next to a successor of a.
func elsewhere(m *road.Map, a, b *road.Lane) bool {
	for _, x := range a.Next {
		for _, y := range b.Next {
			if x == y || m.Lanes[x].Left == y || m.Lanes[x].Right == y {
				return false
			}
		}
	}
	return true
}

// unvisited returns the lanes that are not visited yet.
func unvisited(lanes, visited []road.LaneID) []road.LaneID {
	return slices.DeleteFunc(slices.Clone(lanes), func(id road.LaneID) bool { return slices.Contains(visited, id) })
}
