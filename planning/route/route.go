// Package route converts a sequence of lanes into lines to drive along: the path
// of every section without a lane change, and the adjacent paths for lane changes,
// each with curvature, speed limits, stop lines, crosswalks and conflicts.
//
// Positions are in the map frame, s is arc length along a path from its start and
// d the distance to its left. The package uses the map only, not road users.
package route

import (
	"fmt"
	"slices"

	"roadloop/planning"
	"roadloop/sim/road"
)

// lookBeyond is the length by which a path extends past the goal if the road continues,
// m.
const lookBeyond = 120.0

// Line is a path with its role in the route.
type Line struct {
	*Path
	// Rank is the number of lane changes of the route before this line. The car
	// must change from a line of the route to the line of the next rank.
	Rank int
	// Side reports that the line is only adjacent to the route, for passing.
	Side bool
}

// Route is the set of lines for a route.
type Route struct {
	Map   *road.Map
	Lines []Line
	// Last is the highest rank, that of the line to the goal.
	Last int
	// Goal is the arc length of the route's end on the line of the last rank, m.
	Goal float64
}

// New returns the lines of a route. It returns an error if the route is empty,
// contains an unknown lane, or jumps between lanes that are neither successors
// nor neighbors.
func New(m *road.Map, r planning.Route) (*Route, error) {
	strands, err := split(m, r.Lanes)
	if err != nil {
		return nil, fmt.Errorf("route: %w", err)
	}
	out := &Route{Map: m, Last: len(strands) - 1}
	for rank, lanes := range strands {
		must := len(lanes)
		if rank == out.Last {
			lanes = prolong(m, lanes, lookBeyond)
			must = len(lanes)
		} else {
			lanes = prolong(m, lanes, 1)
		}
		if err := out.add(lanes, must, Line{Rank: rank}); err != nil {
			return nil, err
		}
	}
	out.setGoal(strands[out.Last], r.GoalS)
	if err := out.addSides(strands); err != nil {
		return nil, err
	}
	return out, nil
}

func (r *Route) add(lanes []road.LaneID, must int, l Line) error {
	p, err := newPath(r.Map, lanes, must)
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	l.Path = p
	r.Lines = append(r.Lines, l)
	return nil
}

// setGoal finds the goal on the last line. A goal of 0 is the end of the lane.
func (r *Route) setGoal(lanes []road.LaneID, goal float64) {
	last := r.Lines[r.Last].Pieces[len(lanes)-1]
	r.Goal = last.End
	if goal > 0 {
		r.Goal = min(last.End, last.Start+goal)
	}
}

// split cuts a route at its lane changes into strands of successors.
func split(m *road.Map, lanes []road.LaneID) ([][]road.LaneID, error) {
	if len(lanes) == 0 {
		return nil, fmt.Errorf("no lanes")
	}
	var strands [][]road.LaneID
	for i, id := range lanes {
		if id < 0 || int(id) >= len(m.Lanes) {
			return nil, fmt.Errorf("lane %d: the map has %d lanes", id, len(m.Lanes))
		}
		if i == 0 {
			strands = append(strands, []road.LaneID{id})
			continue
		}
		prev := &m.Lanes[lanes[i-1]]
		switch {
		case slices.Contains(prev.Next, id):
			k := len(strands) - 1
			strands[k] = append(strands[k], id)
		case prev.Left == id || prev.Right == id:
			strands = append(strands, []road.LaneID{id})
		default:
			return nil, fmt.Errorf("lane %d is neither a successor nor a neighbor of lane %d", id, lanes[i-1])
		}
	}
	return strands, nil
}

// prolong appends successors to lanes, preferably straight, until they add at
// least length meters or the road ends.
func prolong(m *road.Map, lanes []road.LaneID, length float64) []road.LaneID {
	lanes = slices.Clone(lanes)
	for length > 0 {
		next := straightOn(m, lanes[len(lanes)-1])
		if next == road.None || slices.Contains(lanes, next) {
			break
		}
		lanes = append(lanes, next)
		length -= m.Lanes[next].Center.Length()
	}
	return lanes
}

// straightOn returns the straight successor, or else the first one.
func straightOn(m *road.Map, id road.LaneID) road.LaneID {
	next := m.Lanes[id].Next
	for _, n := range next {
		if m.Lanes[n].Turn == road.Straight {
			return n
		}
	}
	if len(next) > 0 {
		return next[0]
	}
	return road.None
}

// addSides adds the lines left and right of every strand.
func (r *Route) addSides(strands [][]road.LaneID) error {
	for rank, lanes := range strands {
		for _, beside := range [...]func(*road.Lane) road.LaneID{
			func(l *road.Lane) road.LaneID { return l.Left },
			func(l *road.Lane) road.LaneID { return l.Right },
		} {
			if err := r.addBeside(rank, lanes, beside); err != nil {
				return err
			}
		}
	}
	return nil
}

// addBeside adds a line for every run of lanes that have a neighbor, unless the
// route itself uses the neighbor.
func (r *Route) addBeside(rank int, lanes []road.LaneID, beside func(*road.Lane) road.LaneID) error {
	var run []road.LaneID
	flush := func() error {
		if len(run) == 0 {
			return nil
		}
		long := prolong(r.Map, run, 1)
		err := r.add(long, len(run), Line{Rank: rank, Side: true})
		run = nil
		return err
	}
	for _, id := range lanes {
		n := beside(&r.Map.Lanes[id])
		joins := len(run) == 0 || n != road.None && slices.Contains(r.Map.Lanes[run[len(run)-1]].Next, n)
		if !joins || n == road.None || r.onRoute(n) {
			if err := flush(); err != nil {
				return err
			}
		}
		if n != road.None && !r.onRoute(n) {
			run = append(run, n)
		}
	}
	return flush()
}

// onRoute reports whether a lane is on a line of the route itself, not only adjacent.
func (r *Route) onRoute(id road.LaneID) bool {
	for i := range r.Lines {
		if r.Lines[i].Side {
			continue
		}
		for _, p := range r.Lines[i].Pieces {
			if p.Lane == id && p.Start < r.Lines[i].End {
				return true
			}
		}
	}
	return false
}
