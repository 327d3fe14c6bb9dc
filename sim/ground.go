package sim

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// A lane departure counts from departure meters beyond the line. The next one
// counts after the ego has returned to less than returned meters beyond the
// line.
const departure, returned = 0.3, 0.1

// checkLane appends an event when the ego crosses an edge of its lane that must not be
// crossed.
func (r *infractions) checkLane(w *World) {
	l := w.track.here()
	over := w.overLine(l)
	if l.Junction >= 0 {
		over = 0
	}
	if over > departure && !r.departed {
		r.departed = true
		w.emit(Event{Kind: LaneDeparture, Lane: l.ID, Value: over})
	}
	if over < returned {
		r.departed = false
	}
}

// overLine returns the distance of the ego's side beyond an edge of lane l that
// must not be crossed, m; negative inside.
func (w *World) overLine(l *road.Lane) float64 {
	left, right := w.reach(l)
	over := math.Inf(-1)
	if !l.OpenLeft() {
		over = left - l.Width/2
	}
	if !l.OpenRight() {
		over = math.Max(over, right-l.Width/2)
	}
	return over
}

// reach returns the extent of the ego's box to the left and to the right of the
// center line of lane l, m.
func (w *World) reach(l *road.Lane) (left, right float64) {
	shape := &w.ego.Shape
	sin, cos := math.Sincos(w.ego.State.Pose.Yaw - l.Center.At(w.track.s).Yaw)
	mid := w.track.d + sin*shape.RearToCenter
	half := (math.Abs(sin)*shape.Length + math.Abs(cos)*shape.Width) / 2
	return half + mid, half - mid
}

// checkGround appends an event when a corner of the ego leaves the drivable area.
func (r *infractions) checkGround(w *World) {
	off := !w.wellInside() && !w.onGround()
	if off && !r.offRoad {
		w.emit(Event{Kind: OffRoad, Lane: road.None, Value: w.ego.State.Speed})
	}
	r.offRoad = off
}

// wellInside reports whether the ego is inside its lane with a margin. Its
// corners then need no test.
func (w *World) wellInside() bool {
	const room = 0.3 // m, more than the lateral shift of a curved lane along a car's length
	l := w.track.here()
	left, right := w.reach(l)
	return math.Max(left, right) < l.Width/2-room && w.track.s > 2 && w.track.s+w.ego.Shape.Length < l.Center.Length()
}

// onGround reports whether all corners of the ego are on drivable ground.
func (w *World) onGround() bool {
	corners := w.ego.Box().Corners()
	for _, c := range corners {
		if !w.spec.Map.Drivable(c) {
			return false
		}
	}
	return true
}

// checkDirection appends an event when the ego is only on lanes of the opposite
// direction.
func (r *infractions) checkDirection(w *World) {
	lane := road.None
	l := w.track.here()
	turned := math.Cos(w.ego.State.Pose.Yaw-l.Center.At(w.track.s).Yaw) < 0
	if turned || math.Abs(w.track.d) > l.Width/2 {
		lane = w.against(w.ego.Box().Center)
	}
	if lane != road.None && !r.wrongWay {
		w.emit(Event{Kind: WrongWay, Lane: lane, Value: w.ego.State.Speed})
	}
	r.wrongWay = lane != road.None
}

// against returns a lane at p that runs against the ego's heading. It returns
// None if there is no such lane, or if another lane at p runs along the
// heading.
func (w *World) against(p geom.Vec) road.LaneID {
	m := w.spec.Map
	found := road.None
	w.lanes = m.LanesAt(w.lanes[:0], p)
	for _, id := range w.lanes {
		s, _ := m.Lanes[id].Center.Project(p)
		if math.Cos(w.ego.State.Pose.Yaw-m.Lanes[id].Center.At(s).Yaw) >= 0 {
			return road.None
		}
		found = id
	}
	return found
}
