package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning/route"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// clearings walls off the junctions ahead that the car could not leave: where a
// queue stands so near beyond that its tail would be in the way of others.
func (m *Mind) clearings(v *View) {
	for i := 1; i < len(v.Path.Pieces); i++ {
		p := &v.Path.Pieces[i]
		if m.Map.Lanes[p.Lane].Junction < 0 {
			continue
		}
		before := &v.Path.Pieces[i-1]
		at := before.Start + m.Map.Lanes[before.Lane].StopS - m.Params.LineMargin
		if v.Front > at+2*m.Params.LineMargin || at > v.Front+v.sight() {
			continue
		}
		if m.jammed(v, p, m.needs(v, at)) {
			m.wall(at, "junction is not clear")
		}
	}
}

// jam is a junction that the car stops for.
type jam struct {
	lane road.LaneID
	seen clock.Tick // when it did not look clear at last
}

// jammed decides whether to stop before a junction, to which stopping takes the given
// braking. Who began to brake goes on, also where it takes more by now, until the junction
// has looked clear for a while: a queue far ahead is lost from sight for moments.
func (m *Mind) jammed(v *View, junction *route.Piece, brake float64) bool {
	now := v.Scene.Time
	held := m.jam.lane == junction.Lane && (now-m.jam.seen).Seconds() <= m.Params.Doubt
	most := m.Params.UnknownBrake
	if held {
		most = m.Params.RedBrake
	}
	if brake > most {
		return false
	}
	if m.full(v, junction) {
		m.jam = jam{junction.Lane, now}
		return true
	}
	return held
}

// full tells that somebody who crawls or stands leaves no room for the car beyond
// a junction by the time that it gets there.
func (m *Mind) full(v *View, junction *route.Piece) bool {
	need := junction.End + m.Car.Front + m.Car.Rear + m.Params.Standoff
	comes := m.timeTo(v, junction.End)
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		if o.Track.Existence < m.Params.Existence || o.Track.Class == perception.Pedestrian || o.Track.Class == perception.Cone ||
			o.Track.Vel.Norm() > m.Params.Crawl || o.Speed < -0.5 || at.S+o.Along < junction.Start || at.S-o.Along > need {
			continue
		}
		if math.Abs(at.D) < o.Across+m.Car.HalfWidth && o.When(comes).S-o.Along < need {
			return true
		}
	}
	return false
}
