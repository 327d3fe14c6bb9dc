package behavior

import (
	"math"
	"slices"

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

// conflicts walls off the junction areas ahead where the gap is too short. Where
// it was long enough a moment ago, less will do: whoever goes should go on.
func (m *Mind) conflicts(v *View) {
	free := m.spare[:0]
	for i := range v.Path.Conflicts {
		c := &v.Path.Conflicts[i]
		if !c.Yield {
			continue
		}
		wait := m.waitFor(v.Path, c)
		if v.Front > wait+0.5 || wait > v.Front+v.sight() {
			continue
		}
		margin := m.patience(v)
		if slices.Contains(m.free, c.With) {
			margin = m.Params.Resolve
		}
		if !m.taken(v, c, margin) {
			free = append(free, c.With)
		} else if m.needs(v, wait) <= m.Params.YieldBrake {
			m.wall(wait, "yield")
		}
	}
	m.free, m.spare = free, m.free
}

// patience returns the share of the usual times of a gap that the car asks for: all
// at first, less the longer it has stood, as drivers do.
func (m *Mind) patience(v *View) float64 {
	if m.halted < 0 {
		return 1
	}
	half := m.Params.Tired / 2
	waited := (v.Scene.Time - m.halted).Seconds()
	return 1 - (1-m.Params.Worn)*math.Max(0, math.Min(1, (waited-half)/half))
}

// waitFor returns where to wait for a gap: at the line of a sign, or else before
// the first area of the junction where the car gives way. Who waited at a later
// one would stand in the former.
func (m *Mind) waitFor(p *route.Path, c *route.Conflict) float64 {
	if c.Line >= 0 && (c.Control == road.StopSign || c.Control == road.Yield) {
		return c.Line - m.Params.LineMargin
	}
	first := c.Start
	for i := range p.Conflicts {
		if o := &p.Conflicts[i]; o.Yield && o.Lane == c.Lane {
			first = math.Min(first, o.Start)
		}
	}
	return first - m.Params.ZoneMargin
}

// gap is the time for which a conflict area must be free.
type gap struct{ from, to float64 }

// taken tells that someone uses the area of c while the car would, give or take
// a share of the usual margins.
func (m *Mind) taken(v *View, c *route.Conflict, margin float64) bool {
	g := gap{
		from: m.timeTo(v, c.Start-m.Car.Front) - margin*m.Params.GapBefore,
		to:   m.timeTo(v, c.End+m.Car.Rear) + margin*m.Params.GapAfter,
	}
	return m.comes(v, c, c.With, c.OtherStart, g, 3)
}

// timeTo returns when the rear axle reaches s if the car goes as fast as the
// path allows, s.
func (m *Mind) timeTo(v *View, s float64) float64 {
	t, speed := 0.0, v.Speed
	if speed < 1 {
		t = m.Params.Reaction
	}
	for at := v.S; at < s; at += route.Spacing {
		i := max(0, min(int(at/route.Spacing), len(v.Cruise)-1))
		next := math.Min(math.Sqrt(speed*speed+2*m.Params.Launch*route.Spacing), math.Max(1, v.Cruise[i]))
		t += 2 * route.Spacing / (speed + next)
		speed = next
	}
	return t
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
