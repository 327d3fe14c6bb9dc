package actor

import "roadloop/sim/geom"

// Interpolate interpolates linearly between the states s (share 0) and t (share 1):
// position, heading, speed, steering and gait. Lamps, acceleration and yaw rate are
// those of s.
func (s State) Interpolate(t *State, share float64) State {
	p := s.Pose.Pos().Lerp(t.Pose.Pos(), share)
	s.Pose = geom.Pose{X: p.X, Y: p.Y, Yaw: lerpAngle(s.Pose.Yaw, t.Pose.Yaw, share)}
	s.Speed += share * (t.Speed - s.Speed)
	s.Steer += share * (t.Steer - s.Steer)
	s.Gait = lerpAngle(s.Gait, t.Gait, share)
	return s
}

// lerpAngle interpolates between two angles along the shorter arc, rad.
func lerpAngle(from, to, share float64) float64 {
	return geom.WrapAngle(from + share*geom.WrapAngle(to-from))
}
