package refdriver

import "math"

// Human is the competent and careful human driver of UN R157, annex 4, appendix 3.
// It notices a cut-in at the lateral distance Notice, decides by the time to
// collision, coasts during the reaction time and then brakes with growing
// deceleration.
type Human struct {
	Notice   float64 // m
	Critical float64 // time to collision from which it reacts, s
	Behind   float64 // time headway at which it follows, s
}

// NewHuman returns the driver as in the model comparison published with UN R157:
// it notices another road user when the two overlap laterally.
func NewHuman() Human {
	return Human{Critical: 2, Behind: 2}
}

const (
	wanderingZone  = 0.375 // wandering zone of a car in its lane, m
	riskEvaluation = 0.72  // lateral distance during the risk evaluation of 0.4 s, m
)

// NoticeAt returns the lateral distance at which a human notices that a car of the
// given width leaves the center of the adjacent lane (UN R157, annex 4, appendix
// 3): after the wandering zone and the risk evaluation. edge is the distance from
// the ego's side to the lane marking. All are in m.
func NoticeAt(laneWidth, width, edge float64) float64 {
	return edge + (laneWidth-width)/2 - riskEvaluation - wanderingZone
}

// Name returns cc, for competent and careful.
func (Human) Name() string { return "cc" }

// Assess evaluates the time to collision with a road user in the path.
func (h Human) Assess(s *Situation) Assessment {
	brake := Assessment{Unsafe: true, Decel: maxBrake}
	switch {
	case s.Evident:
		return brake
	case s.Behind || s.Side > h.Notice:
		return Assessment{}
	case math.Abs(s.Gap/s.approach()) > h.Critical:
		return Assessment{Uncritical: true}
	}
	return brake
}

// Response returns coasting during the reaction time, then growing braking.
func (Human) Response() Response { return Response{Reaction: 0.75, Coast: 0.4, Jerk: brakeJerk} }

// Headway returns the gap of two seconds.
func (h Human) Headway(speed float64) float64 { return h.Behind * speed }
