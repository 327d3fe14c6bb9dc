package policy

import "roadloop/sim/geom"

// Sight is an observation for people. Positions are in the vehicle frame, m: x forward, y to
// the left.
type Sight struct {
	Values []SeenValue
	Users  []SeenUser // without the ego
	Lines  [][]geom.Vec
	// Rays are the ends of rays from the ego.
	Rays     []geom.Vec
	Pictures []Picture
}

// SeenValue is a named value of an observation, as scaled for the policy.
type SeenValue struct {
	Name  string
	Value float64
}

// SeenUser is a road user in an observation. Its velocity is relative to the ego, m/s.
type SeenUser struct {
	Pose          geom.Pose // of its center
	Velocity      geom.Vec
	Length, Width float64 // m
}

// Picture is an image in an observation, as RGB bytes, row by row.
type Picture struct {
	Name          string
	RGB           []byte
	Width, Height int
	Drawn         bool // few colors, without the noise of a camera
}

// Sighted is an Env that can show its observations to people.
type Sighted interface {
	// Sight returns an observation of this environment for people. The arrays may be of
	// another episode.
	Sight(obs []Array) Sight
}
