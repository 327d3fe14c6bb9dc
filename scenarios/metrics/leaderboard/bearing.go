package leaderboard

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
)

// Bearings of a track from the ego's rear axle, rad: ahead up to 30°, behind from 150°.
const (
	aheadBearing  = 30 * math.Pi / 180
	behindBearing = 150 * math.Pi / 180
)

// bearing returns the angle between the ego's heading and the direction from its rear
// axle to p, 0 to π.
func bearing(ego *actor.Actor, p geom.Vec) float64 {
	return math.Abs(ego.State.Pose.ToLocal(p).Angle())
}
