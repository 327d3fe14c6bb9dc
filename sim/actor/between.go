package actor

import "roadloop/sim/geom"

// Between returns the state a share of the way from s, 0, to t, 1: place, heading,
// speed, steering and gait by straight interpolation. Lamps, acceleration and yaw rate
// are those of s.
func (s State) Between(t *State, share float64) State {
	p := s.Pose.Pos().Lerp(t.Pose.Pos(), share)
	s.Pose = geom.Pose{X: p.X, Y: p.Y, Yaw: turned(s.Pose.Yaw, t.Pose.Yaw, share)}
	s.Speed += share * (t.Speed - s.Speed)
	s.Steer += share * (t.Steer - s.Steer)
	s.Gait = turned(s.Gait, t.Gait, share)
	return s
}

// turned returns an angle a share of the shorter way from one to another, rad.
func turned(from, to, share float64) float64 {
	return geom.WrapAngle(from + share*geom.WrapAngle(to-from))
}
