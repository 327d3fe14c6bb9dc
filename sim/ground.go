package sim

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// departure is how far the ego's side may be beyond a line before it counts, and
// returned how far inside it must be again before the next departure, m.
const departure, returned = 0.3, 0.1

// judgeLane reports that the ego leaves its lane where it must not.
func (w *World) judgeLane() {
	l := &w.spec.Map.Lanes[w.track.lane]
	over := w.overLine(l)
	if l.Junction >= 0 {
		over = 0
	}
	if over > departure && !w.referee.departed {
		w.referee.departed = true
		w.events = append(w.events, Event{Time: w.now, Kind: LaneDeparture, Lane: l.ID, Value: over})
	}
	if over < returned {
		w.referee.departed = false
	}
}

// overLine returns how far the ego's side is beyond an edge of lane l that must
// not be crossed, m; negative inside.
func (w *World) overLine(l *road.Lane) float64 {
	left, right := w.reach(l)
	over := math.Inf(-1)
	if !crossable(l.Left, l.LeftMark) {
		over = left - l.Width/2
	}
	if !crossable(l.Right, l.RightMark) {
		over = math.Max(over, right-l.Width/2)
	}
	return over
}

// reach returns how far the ego's box extends to the left and to the right of
// the middle of lane l.
func (w *World) reach(l *road.Lane) (left, right float64) {
	shape := &w.ego.Shape
	sin, cos := math.Sincos(w.ego.State.Pose.Yaw - l.Center.At(w.track.s).Yaw)
	mid := w.track.d + sin*shape.RearToCenter
	half := (math.Abs(sin)*shape.Length + math.Abs(cos)*shape.Width) / 2
	return half + mid, half - mid
}

func crossable(to road.LaneID, mark road.Marking) bool {
	return to != road.None && mark.Kind != road.MarkSolid && mark.Kind != road.MarkDouble
}

// judgeGround reports that a corner of the ego leaves the drivable area.
func (w *World) judgeGround() {
	off := !w.wellInside() && !w.onGround()
	if off && !w.referee.offRoad {
		w.events = append(w.events, Event{Time: w.now, Kind: OffRoad, Lane: road.None, Value: w.ego.State.Speed})
	}
	w.referee.offRoad = off
}

// wellInside reports whether the ego is within its lane with room to spare, so
// that its corners need no test of their own.
func (w *World) wellInside() bool {
	const room = 0.3 // m, more than the lane bends away along a car's length
	l := &w.spec.Map.Lanes[w.track.lane]
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

// judgeDirection reports that the ego is on lanes of the other direction only.
func (w *World) judgeDirection() {
	lane := road.None
	l := &w.spec.Map.Lanes[w.track.lane]
	turned := math.Cos(w.ego.State.Pose.Yaw-l.Center.At(w.track.s).Yaw) < 0
	if turned || math.Abs(w.track.d) > l.Width/2 {
		lane = w.against(w.ego.Box().Center)
	}
	if lane != road.None && !w.referee.wrongWay {
		w.events = append(w.events, Event{Time: w.now, Kind: WrongWay, Lane: lane, Value: w.ego.State.Speed})
	}
	w.referee.wrongWay = lane != road.None
}

// against returns a lane at p whose direction the ego drives against, or None
// where there is none or also one of its own direction.
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
