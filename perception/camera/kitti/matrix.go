package kitti

import (
	"errors"
	"math"
)

// Vec3 and Mat3 are a vector and a matrix by rows.
type (
	Vec3 [3]float64
	Mat3 [3]Vec3
)

func (a Vec3) dot(b Vec3) float64   { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func (a Vec3) Scale(f float64) Vec3 { return Vec3{f * a[0], f * a[1], f * a[2]} }
func (a Vec3) Add(b Vec3) Vec3      { return Vec3{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }
func (a Vec3) Sub(b Vec3) Vec3      { return a.Add(b.Scale(-1)) }
func (a Vec3) norm() float64        { return math.Sqrt(a.dot(a)) }
func (a Vec3) cross(b Vec3) Vec3 {
	return Vec3{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}
func (m Mat3) Mul(v Vec3) Vec3       { return Vec3{m[0].dot(v), m[1].dot(v), m[2].dot(v)} }
func (m Mat3) Transpose() (out Mat3) { return m.columns(func(c Vec3) Vec3 { return c }) }
func (m Mat3) Times(n Mat3) Mat3     { return n.columns(m.Mul).Transpose() }
func (m Mat3) Column(j int) Vec3     { return Vec3{m[0][j], m[1][j], m[2][j]} }
func (m Mat3) columns(f func(Vec3) Vec3) Mat3 {
	return Mat3{f(m.Column(0)), f(m.Column(1)), f(m.Column(2))}
}

// decompose splits a projection, with a unit vector as last row, into an upper
// triangular K with K[2][2] = 1 and a rotation, by Gram–Schmidt from the last row up.
func decompose(p Mat3) (k, r Mat3, err error) {
	u, v := p[0], p[1]
	r[2] = p[2]
	k[2][2], k[1][2], k[0][2] = 1, v.dot(r[2]), u.dot(r[2])
	v = v.Sub(r[2].Scale(k[1][2]))
	k[1][1] = v.norm()
	r[1] = v.Scale(1 / k[1][1])
	k[0][1] = u.dot(r[1])
	u = u.Sub(r[1].Scale(k[0][1])).Sub(r[2].Scale(k[0][2]))
	k[0][0] = u.norm()
	r[0] = u.Scale(1 / k[0][0])
	if !rotates(r) || !(k[0][0] > 0 && k[1][1] > 0) {
		return k, r, errors.New("it is not the projection of a camera")
	}
	return k, r, nil
}

// rotates reports whether a matrix is approximately a rotation.
func rotates(m Mat3) bool {
	const most = 1e-3
	for i := range 3 {
		if math.Abs(m[i].norm()-1) > most || math.Abs(m[i].dot(m[(i+1)%3])) > most {
			return false
		}
	}
	return m[0].cross(m[1]).dot(m[2]) > 0
}

// solve returns k⁻¹·b of an upper triangular k.
func solve(k Mat3, b Vec3) (x Vec3) {
	x[2] = b[2] / k[2][2]
	x[1] = (b[1] - k[1][2]*x[2]) / k[1][1]
	x[0] = (b[0] - k[0][1]*x[1] - k[0][2]*x[2]) / k[0][0]
	return x
}
