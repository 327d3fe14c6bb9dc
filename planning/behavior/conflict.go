package behavior

import (
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/planning/route"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// lanePosition is a possible lane position of a track.
type lanePosition struct {
	track int
	lane  road.LaneID
	s     float64
}

// upstreamReach is the search distance for traffic before a conflict area, m.
const upstreamReach = 110.0

// locate finds the lanes of vehicles.
func (m *Rules) locate(scene *perception.Scene) {
	m.positions = m.positions[:0]
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
				m.positions = append(m.positions, lanePosition{i, id, s})
			}
		}
	}
}

// conflicts adds stop constraints at conflict areas with a gap that is too
// short. A gap that was accepted in the last step needs only the share Resolve
// (hysteresis).
func (m *Rules) conflicts(v *PathView) {
	free := m.spare[:0]
	for i := range v.Path.Conflicts {
		c := &v.Path.Conflicts[i]
		if !c.Yield {
			continue
		}
		wait := m.waitPosition(v.Path, c)
		if v.Front > wait+0.5 || wait > v.Front+v.lookAhead() {
			continue
		}
		margin := m.gapShare(v)
		if slices.Contains(m.acceptedGaps, c.With) {
			margin = m.Params.GapHysteresis
		}
		if !m.taken(v, c, margin) {
			free = append(free, c.With)
		} else if m.stopDecel(v, wait) <= m.Params.YieldBrake {
			m.addStop(wait, "yield")
		}
	}
	m.acceptedGaps, m.spare = free, m.acceptedGaps
}

// gapShare returns the required share of the gap times: 1 at first, then less with
// the waiting time, as for human drivers.
func (m *Rules) gapShare(v *PathView) float64 {
	if m.haltedAt < 0 {
		return 1
	}
	half := m.Params.GapImpatience / 2
	waited := (v.Scene.Time - m.haltedAt).Seconds()
	return 1 - (1-m.Params.MinGapShare)*math.Max(0, math.Min(1, (waited-half)/half))
}

// waitPosition returns the waiting position for a gap: the line of a sign, or else
// before the first conflict area of the junction where the car gives way. At a
// later area the car would stand in the first one.
func (m *Rules) waitPosition(p *route.Path, c *route.Conflict) float64 {
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

// gap is the time interval in which a conflict area must be free, s from now.
type gap struct{ from, to float64 }

// taken reports whether traffic uses the area of c at the same time as the car,
// with margin as the share of the gap times.
func (m *Rules) taken(v *PathView, c *route.Conflict, margin float64) bool {
	g := gap{
		from: m.timeTo(v, c.Start-m.Car.Front) - margin*m.Params.GapBefore,
		to:   m.timeTo(v, c.End+m.Car.Rear) + margin*m.Params.GapAfter,
	}
	return m.trafficComes(v, c, c.With, c.OtherStart, g, 3)
}

// timeTo returns the time until the rear axle reaches s at the highest allowed
// speed, s.
func (m *Rules) timeTo(v *PathView, s float64) float64 {
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

// trafficComes reports whether a vehicle on lane id, or upstream of it, is in the area
// of c within the gap. The area begins at start on that lane.
func (m *Rules) trafficComes(v *PathView, c *route.Conflict, id road.LaneID, start float64, g gap, depth int) bool {
	l := &m.Map.Lanes[id]
	red := l.Control == road.SignalControl && signalState(v.Scene, l.Signal) == road.Red
	for i := range m.positions {
		sp := &m.positions[i]
		if sp.lane != id || red && sp.s < l.StopS+1 {
			continue
		}
		if m.occupies(&v.Scene.Tracks[sp.track], start-sp.s, c.OtherEnd-c.OtherStart, g) {
			return true
		}
	}
	if depth == 0 || red || start > upstreamReach {
		return false
	}
	for _, q := range l.Prev {
		if m.trafficComes(v, c, q, start+m.Map.Lanes[q].Center.Length(), g, depth-1) {
			return true
		}
	}
	return false
}

// occupies reports whether a vehicle with its center dist before an area of the
// given length is in it within the gap. An almost standing vehicle counts only
// if it has reached the area.
func (m *Rules) occupies(t *perception.Track, dist, length float64, g gap) bool {
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
