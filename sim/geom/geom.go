// Package geom is the plane geometry of roadloop: vectors, poses, oriented
// boxes and arc-length parametrized polylines.
//
// Lengths are meters and angles radians. Axes follow ISO 8855: x forward, y
// left, yaw counter-clockwise from x. The package does not depend on roads or
// vehicles and never allocates in a query.
package geom

import "math"

// Vec is a point or a free vector in the plane, in meters.
type Vec struct{ X, Y float64 }

// Add returns p + q.
func (p Vec) Add(q Vec) Vec { return Vec{p.X + q.X, p.Y + q.Y} }

// Sub returns p - q.
func (p Vec) Sub(q Vec) Vec { return Vec{p.X - q.X, p.Y - q.Y} }

// Scale returns f·p.
func (p Vec) Scale(f float64) Vec { return Vec{f * p.X, f * p.Y} }

// Dot returns p · q.
func (p Vec) Dot(q Vec) float64 { return p.X*q.X + p.Y*q.Y }

// Cross returns the z component of p × q, positive when q lies to the left of p.
func (p Vec) Cross(q Vec) float64 { return p.X*q.Y - p.Y*q.X }

// Norm returns |p|.
func (p Vec) Norm() float64 { return math.Sqrt(p.X*p.X + p.Y*p.Y) }

// Dist returns |p - q|.
func (p Vec) Dist(q Vec) float64 { return p.Sub(q).Norm() }

// Left returns p turned by +90°.
func (p Vec) Left() Vec { return Vec{-p.Y, p.X} }

// Angle returns the direction of p in (-π, π]; 0 for the zero vector.
func (p Vec) Angle() float64 { return math.Atan2(p.Y, p.X) }

// Lerp returns the point a fraction t of the way from p to q.
func (p Vec) Lerp(q Vec, t float64) Vec { return Vec{p.X + t*(q.X-p.X), p.Y + t*(q.Y-p.Y)} }

// Unit returns the vector of length 1 in direction yaw.
func Unit(yaw float64) Vec {
	s, c := math.Sincos(yaw)
	return Vec{c, s}
}

// WrapAngle returns the angle equal to a modulo 2π that lies in (-π, π].
func WrapAngle(a float64) float64 {
	if a > -math.Pi && a <= math.Pi {
		return a
	}
	a = math.Mod(a, 2*math.Pi)
	switch {
	case a > math.Pi:
		return a - 2*math.Pi
	case a <= -math.Pi:
		return a + 2*math.Pi
	}
	return a
}

// Pose is a position and a heading: a frame of reference in the plane.
type Pose struct {
	X, Y float64 // m
	Yaw  float64 // rad, counter-clockwise from the x axis
}

// Pos returns the position of the pose.
func (a Pose) Pos() Vec { return Vec{a.X, a.Y} }

// Forward returns the unit vector along the heading.
func (a Pose) Forward() Vec { return Unit(a.Yaw) }

// ToWorld maps a point given in the frame of a to the frame that a is given in.
func (a Pose) ToWorld(p Vec) Vec {
	s, c := math.Sincos(a.Yaw)
	return Vec{a.X + c*p.X - s*p.Y, a.Y + s*p.X + c*p.Y}
}

// ToLocal maps a point of the frame that a is given in to the frame of a. It is
// the inverse of ToWorld.
func (a Pose) ToLocal(p Vec) Vec {
	s, c := math.Sincos(a.Yaw)
	dx, dy := p.X-a.X, p.Y-a.Y
	return Vec{c*dx + s*dy, -s*dx + c*dy}
}

// Compose returns the pose b, given in the frame of a, in the frame of a's parent.
func (a Pose) Compose(b Pose) Pose {
	p := a.ToWorld(b.Pos())
	return Pose{p.X, p.Y, WrapAngle(a.Yaw + b.Yaw)}
}

// Relative returns the pose b, given in a's parent frame, in the frame of a.
func (a Pose) Relative(b Pose) Pose {
	p := a.ToLocal(b.Pos())
	return Pose{p.X, p.Y, WrapAngle(b.Yaw - a.Yaw)}
}
