package careful

import "math"

// Human is the competent and careful human driver of UN R157, annex 4, appendix
// 3. It sees someone cut in when the sides are Notice apart, judges by the time to
// collision, coasts while it reacts and then brakes ever harder.
type Human struct {
	Notice   float64 // m
	Critical float64 // time to collision from which it reacts, s
	Behind   float64 // time headway at which it follows, s
}

// NewHuman returns the driver as the comparison of models published with UN R157
// has it: it notices another when the two would overlap.
func NewHuman() Human {
	return Human{Critical: 2, Behind: 2}
}

const (
	wander  = 0.375 // how far a car strays in its lane without meaning anything, m
	weighed = 0.72  // way sideways while a human weighs a cut-in for 0.4 s, m
)

// NoticeAt returns how far apart the sides are when a human notices that a car of
// the given width leaves the middle of the next lane (UN R157, annex 4, appendix
// 3): after wandering zone and risk evaluation. edge is the room from the own side
// to the lane marking, all m.
func NoticeAt(laneWidth, width, edge float64) float64 {
	return edge + (laneWidth-width)/2 - weighed - wander
}

// Name returns cc, for competent and careful.
func (Human) Name() string { return "cc" }

// Assess weighs the time to collision with someone who is in the way.
func (h Human) Assess(s *Situation) Assessment {
	brake := Assessment{Unsafe: true, Urge: hardest}
	switch {
	case s.Manifest:
		return brake
	case s.Behind || s.Side > h.Notice:
		return Assessment{}
	case math.Abs(s.Gap/s.approach()) > h.Critical:
		return Assessment{Dismissed: true}
	}
	return brake
}

// Manner returns a reaction without the accelerator, then growing braking.
func (Human) Manner() Manner { return Manner{Reaction: 0.75, Coast: 0.4, Jerk: pedal} }

// Headway returns the gap of two seconds.
func (h Human) Headway(speed float64) float64 { return h.Behind * speed }
