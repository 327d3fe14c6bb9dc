package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning/route"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// spot is a lane that a track may be on.
type spot struct {
	track int
	lane  road.LaneID
	s     float64
}

// upstreamReach is how far before a conflict area others are looked for, m.
const upstreamReach = 110.0

// locate finds the lanes that vehicles are on.
func (m *Mind) locate(scene *perception.Scene) {
	m.spots = m.spots[:0]
	for i := range scene.Tracks {
		t := &scene.Tracks[i]
		if t.Existence < m.Params.Existence || t.Class == perception.Pedestrian || t.Class == perception.Cone {
			continue
		}
		m.lanes = m.Map.LanesAt(m.lanes[:0], t.Pose.Pos())
		for _, id := range m.lanes {
			l := &m.Map.Lanes[id]
			s, _ := l.Center.Project(t.Pose.Pos())
			if math.Abs(geom.WrapAngle(l.Center.At(s).Yaw-t.Pose.Yaw)) < 0.8 {
				m.spots = append(m.spots, spot{i, id, s})
			}
		}
	}
}

// conflicts walls off the junction areas ahead where the gap is too short.
func (m *Mind) conflicts(v *View) {
	for i := range v.Path.Conflicts {
		c := &v.Path.Conflicts[i]
		wait := m.waitFor(c)
		if !c.Yield || c.Start < v.Front-1 || wait > v.Front+v.sight() {
			continue
		}
		if m.needs(v, wait) <= m.Params.YieldBrake && m.taken(v, c) {
			m.wall(wait, "yield")
		}
	}
}

// waitFor returns where to wait for a gap: at the line of a sign, or before the
// area itself.
func (m *Mind) waitFor(c *route.Conflict) float64 {
	if c.Line >= 0 && (c.Control == road.StopSign || c.Control == road.Yield) {
		return c.Line - m.Params.LineMargin
	}
	return c.Start - m.Params.ZoneMargin
}

// gap is the time for which a conflict area must be free.
type gap struct{ from, to float64 }

// taken tells that someone uses the area of c while the car would.
func (m *Mind) taken(v *View, c *route.Conflict) bool {
	top := math.Max(3, m.slowest(v, v.S, c.End))
	g := gap{
		from: arrival(c.Start-v.Front, v.Speed, m.Params.Launch, top) - m.Params.GapBefore,
		to:   arrival(c.End+m.Car.Rear-v.S, v.Speed, m.Params.Launch, top) + m.Params.GapAfter,
	}
	return m.comes(v, c, c.With, c.OtherStart, g, 3)
}

// slowest returns the least cruising speed between two places.
func (m *Mind) slowest(v *View, from, to float64) float64 {
	least := math.Inf(1)
	for i := max(0, int(from/route.Spacing)); i < len(v.Cruise) && float64(i)*route.Spacing < to; i++ {
		least = math.Min(least, v.Cruise[i])
	}
	return least
}

// comes tells that a vehicle on lane id, or upstream of it, is in the area of c
// within the gap. The area begins at start on that lane.
func (m *Mind) comes(v *View, c *route.Conflict, id road.LaneID, start float64, g gap, depth int) bool {
	l := &m.Map.Lanes[id]
	red := l.Control == road.SignalControl && signalState(v.Scene, l.Signal) == road.Red
	for i := range m.spots {
		sp := &m.spots[i]
		if sp.lane != id || red && sp.s < l.StopS+1 {
			continue
		}
		if m.uses(&v.Scene.Tracks[sp.track], start-sp.s, c.OtherEnd-c.OtherStart, g) {
			return true
		}
	}
	if depth == 0 || red || start > upstreamReach {
		return false
	}
	for _, q := range l.Prev {
		if m.comes(v, c, q, start+m.Map.Lanes[q].Center.Length(), g, depth-1) {
			return true
		}
	}
	return false
}

// uses tells that a vehicle whose middle is dist before an area of the given
// length is in it within the gap. One that hardly moves is taken to stay, unless
// it stands in the area.
func (m *Mind) uses(t *perception.Track, dist, length float64, g gap) bool {
	half := t.Length / 2
	if dist+length+half < 0 {
		return false
	}
	speed := t.Vel.Norm()
	if speed < 0.3 {
		return dist-half < 0 && g.from < 2
	}
	enters := math.Max(0, dist-half) / speed
	leaves := (dist + length + half) / speed
	return enters < g.to && leaves > g.from
}
