package sim

import (
	"math"

	"roadloop/sim/road"
)

// keepMeeting sets the speed of vehicle i so that it meets the ego as m asks. It
// reports whether there is something left to arrange.
func (w *World) keepMeeting(i int, m *Meet) bool {
	ego, own, ok := w.wayToCrossing(i)
	steady := orDefault(m.Steady, steadyRunIn)
	left := math.Inf(1) // time until the vehicle is to be there
	if w.ego.State.Speed > 0.1 {
		left = ego/w.ego.State.Speed + m.After
	}
	short := m.Speed - w.actors[i].State.Speed // of its speed; made up in the run-in
	runIn := m.Speed*steady - short*math.Abs(short)/(2*meetRate)
	if !ok || left <= steady || own <= runIn {
		w.traffic.SetSpeed(i, m.Speed, meetRate)
		return false
	}
	speed := (own - runIn) / (left - steady)
	speed = math.Max(slowestMeet*m.Speed, math.Min(fastestMeet*m.Speed, speed))
	w.traffic.SetSpeed(i, speed, meetRate)
	return true
}

const (
	steadyRunIn = 3.5 // s at constant speed before the meeting, as in crossing tests of the Euro NCAP type
	meetRate    = 2.0 // m/s², how fast a vehicle changes speed to be in time
	// How far a vehicle slows down or speeds up to be in time, as shares of its speed.
	slowestMeet, fastestMeet = 0.5, 1.3
)

// wayToCrossing returns how far the fronts of the ego and of vehicle i are from
// the middle of the first place where their ways cross, m; ok is false where they
// do not.
func (w *World) wayToCrossing(i int) (ego, own float64, ok bool) {
	a := &w.actors[i]
	lane, s, _, drives := w.traffic.Place(i)
	if !drives {
		return 0, 0, false
	}
	ego = -w.track.s - w.ego.Shape.RearToCenter - w.ego.Shape.Length/2
	front := -s - a.Shape.RearToCenter - a.Shape.Length/2
	at, its, ok := Crossing(w.spec.Map, w.egoWay(), w.traffic.Way(i))
	if !ok || lane == road.None {
		return 0, 0, false
	}
	return ego + at, front + its, ego+at > 0 && front+its > 0
}

// egoWay returns the lanes that the ego is on and comes to, as far as the horizon.
func (w *World) egoWay() []road.LaneID {
	m := w.spec.Map
	way := w.way[:0]
	lane := w.track.lane
	for passed := 0.0; passed < horizon; {
		way = append(way, lane)
		passed += m.Lanes[lane].Center.Length()
		if len(m.Lanes[lane].Next) == 0 {
			break
		}
		lane = w.onRoute(m.Lanes[lane].Next)
	}
	w.way = way
	return way
}

// Crossing returns the middle of the first conflict area of two ways, which are
// given as lanes that follow each other: its arc length from the start of either;
// ok is false where the ways do not conflict.
func Crossing(m *road.Map, a, b []road.LaneID) (onA, onB float64, ok bool) {
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

// lengthBefore returns the length of the lanes of a way before lane id.
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
