package drive

import (
	"math"

	"roadloop/sim/actor"
)

// Bounds of comfort of nuPlan (Caesar et al. 2021), SI. nuPlan takes derivatives from a fit
// over past and future samples; here they are differences over the last comfortTime.
const (
	minLongitudinal  = -4.05
	maxLongitudinal  = 2.40
	maxLateral       = 4.89
	maxYawRate       = .95
	maxYawAccel      = 1.93
	maxLongJerk      = 4.13
	maxJerk          = 8.37
	comfortTime      = .5 // s
	maxComfortWindow = 50 // decisions
)

// motion is a sample of the ego's motion.
type motion struct{ long, lateral, yawRate float64 }

func motionOf(s *actor.State) motion { return motion{s.Accel, s.Speed * s.YawRate, s.YawRate} }

// comfort remembers the last samples of the motion.
type comfort struct {
	window int     // decisions
	dt     float64 // of the window, s
	ring   [maxComfortWindow]motion
	at     int
}

func (c *comfort) begin(s *actor.State) {
	for i := range c.ring {
		c.ring[i] = motionOf(s)
	}
	c.at = 0
}

// observe adds a sample and reports whether the motion is within all bounds.
func (c *comfort) observe(s *actor.State) bool {
	now, past := motionOf(s), c.ring[c.at]
	c.ring[c.at] = now
	c.at = (c.at + 1) % c.window
	jerk := func(a, b float64) float64 { return math.Abs(a-b) / c.dt }
	return now.long > minLongitudinal && now.long < maxLongitudinal && math.Abs(now.lateral) < maxLateral &&
		math.Abs(now.yawRate) < maxYawRate && jerk(now.yawRate, past.yawRate) < maxYawAccel &&
		jerk(now.long, past.long) < maxLongJerk &&
		jerk(math.Hypot(now.long, now.lateral), math.Hypot(past.long, past.lateral)) < maxJerk
}
