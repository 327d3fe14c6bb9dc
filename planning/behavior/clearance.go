package behavior

import (
	"math"

	"roadloop/perception"
	"roadloop/planning/route"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// keepJunctionsClear adds stop constraints at junctions that the car could not clear
// because of a queue behind them.
func (m *Rules) keepJunctionsClear(v *PathView) {
	for i := 1; i < len(v.Path.Pieces); i++ {
		p := &v.Path.Pieces[i]
		if m.Map.Lanes[p.Lane].Junction < 0 {
			continue
		}
		before := &v.Path.Pieces[i-1]
		at := before.Start + m.Map.Lanes[before.Lane].StopS - m.Params.LineMargin
		if v.Front > at+2*m.Params.LineMargin || at > v.Front+v.lookAhead() {
			continue
		}
		if m.stopsForBlocked(v, p, m.stopDecel(v, at)) {
			m.addStop(at, "junction is not clear")
		}
	}
}

// blockedJunction is a blocked junction for which the car stops.
type blockedJunction struct {
	lane road.LaneID
	seen clock.Tick // when it last looked blocked
}

// stopsForBlocked reports whether to stop before a junction; brake is the necessary deceleration.
// Once braking has begun, the decision holds, even for harder braking, until the junction
// has looked clear for a while: a distant queue may be undetected for moments.
func (m *Rules) stopsForBlocked(v *PathView, junction *route.Piece, brake float64) bool {
	now := v.Scene.Time
	held := m.blocked.lane == junction.Lane && (now-m.blocked.seen).Seconds() <= m.Params.ClearanceHold
	most := m.Params.UnknownBrake
	if held {
		most = m.Params.RedBrake
	}
	if brake > most {
		return false
	}
	if m.exitBlocked(v, junction) {
		m.blocked = blockedJunction{junction.Lane, now}
		return true
	}
	return held
}

// exitBlocked reports whether slow or standing traffic leaves no room for the car behind
// a junction at its arrival.
func (m *Rules) exitBlocked(v *PathView, junction *route.Piece) bool {
	need := junction.End + m.Car.Front + m.Car.Rear + m.Params.Standoff
	comes := m.timeTo(v, junction.End)
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		if o.Track.Existence < m.Params.Existence || o.Track.Class == perception.Pedestrian || o.Track.Class == perception.Cone ||
			o.Track.Vel.Norm() > m.Params.Crawl || o.Speed < -0.5 || at.S+o.Along < junction.Start || at.S-o.Along > need {
			continue
		}
		if math.Abs(at.D) < o.Across+m.Car.HalfWidth && o.PositionAt(comes).S-o.Along < need {
			return true
		}
	}
	return false
}
