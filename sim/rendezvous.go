package sim

import (
	"math"

	"roadloop/sim/road"
)

// adjust sets the speed so that the actor meets the ego as m
// specifies. It reports whether the approach still needs adjustment.
func (p *performer) adjust(m *Rendezvous) bool {
	ego, own, ok := p.distanceToCrossing()
	steady := orDefault(m.Steady, runInTime)
	left := math.Inf(1) // time until the vehicle must arrive
	if v := p.w.ego.State.Speed; v > 0.1 {
		left = ego/v + m.After
	}
	short := m.Speed - p.State.Speed // speed deficit; closed in the run-in
	runIn := m.Speed*steady - short*math.Abs(short)/(2*rendezvousAccel)
	if !ok || left <= steady || own <= runIn {
		p.w.traffic.SetSpeed(p.index, m.Speed, rendezvousAccel)
		return false
	}
	speed := (own - runIn) / (left - steady)
	speed = math.Max(minSpeedShare*m.Speed, math.Min(maxSpeedShare*m.Speed, speed))
	p.w.traffic.SetSpeed(p.index, speed, rendezvousAccel)
	return true
}

const (
	runInTime       = 3.5 // s at constant speed before the meeting, as in Euro NCAP crossing tests
	rendezvousAccel = 2.0 // m/s², acceleration to arrive in time
	// Bounds of a vehicle's speed while it adjusts its arrival, as shares of Meet.Speed.
	minSpeedShare, maxSpeedShare = 0.5, 1.3
)

// distanceToCrossing returns the distances of the fronts of the ego and of
// the actor from the center of the first conflict area of their paths, m; ok is
// false if there is none ahead.
func (p *performer) distanceToCrossing() (ego, own float64, ok bool) {
	w := p.w
	_, s, _, drives := w.traffic.LanePosition(p.index)
	if !drives {
		return 0, 0, false
	}
	w.way = w.way[:0]
	for l := range w.track.ahead {
		w.way = append(w.way, l.ID)
	}
	ego = -w.track.s - w.ego.Shape.RearToCenter - w.ego.Shape.Length/2
	front := -s - p.Shape.RearToCenter - p.Shape.Length/2
	at, its, ok := FirstConflict(w.spec.Map, w.way, w.traffic.Path(p.index))
	if !ok {
		return 0, 0, false
	}
	return ego + at, front + its, ego+at > 0 && front+its > 0
}

// FirstConflict returns the center of the first conflict area of two paths, as arc
// lengths from the start of each. Each path is a list of consecutive lanes. ok is
// false if the paths do not conflict.
func FirstConflict(m *road.Map, a, b []road.LaneID) (onA, onB float64, ok bool) {
	passed := 0.0
	for _, id := range a {
		l := &m.Lanes[id]
		best := math.Inf(1)
		for k := range l.Conflicts {
			c := &l.Conflicts[k]
			before, found := lengthBefore(m, b, c.With)
			if mid := (c.Start + c.End) / 2; found && mid < best {
				best, onB = mid, before+(c.OtherStart+c.OtherEnd)/2
			}
		}
		if !math.IsInf(best, 1) {
			return passed + best, onB, true
		}
		passed += l.Center.Length()
	}
	return 0, 0, false
}

// lengthBefore returns the total length of the lanes before lane id in a path.
func lengthBefore(m *road.Map, way []road.LaneID, id road.LaneID) (float64, bool) {
	passed := 0.0
	for _, w := range way {
		if w == id {
			return passed, true
		}
		passed += m.Lanes[w].Center.Length()
	}
	return 0, false
}
