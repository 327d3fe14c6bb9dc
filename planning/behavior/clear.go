package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning/route"
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
		if m.full(v, p) && m.needs(v, at) <= m.Params.UnknownBrake {
			m.wall(at, "junction is not clear")
		}
	}
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
