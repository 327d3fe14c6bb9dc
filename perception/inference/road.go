package inference

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

const (
	// order of the polynomial of the road's centerline; it covers two clothoids to
	// first order
	order = 3
	// unknowns are the coefficients except the constant, and the offset of each
	// boundary
	unknowns = order + perception.NumSides
	// fitRounds is the number of rounds of reweighting; the weights settle within it
	fitRounds = 6
	// anchorStd is the expected error of an anchor across the boundary, px; anchors
	// three times as far off get no weight
	anchorStd = 2.5
	// curvatureStd and curvatureRateStd are the prior standard deviations of the
	// coefficients of (x/boundaryRange)² and (x/boundaryRange)³
	curvatureStd, curvatureRateStd = 30.0, 15.0
	// laneWidth and laneWidthStd are the prior width of a lane and its standard
	// deviation, m; laneDifferenceStd is that of the difference between adjacent
	// lanes
	laneWidth, laneWidthStd, laneDifferenceStd = 3.3, 0.3, 0.05
	// maxAnchors is the number of anchors held without allocation, for images of up
	// to 512 rows
	maxAnchors = perception.NumSides * 128
)

// anchor is a point of a boundary in one row of cells.
type anchor struct {
	at     geom.Vec // vehicle frame
	side   perception.Side
	weight float64 // inverse variance across the boundary, 1/m²
	score  float64
}

// roadModel models the road ahead by parallel boundaries. Boundary b is at y = f(x) +
// offset_b·√(1+f'(x)²): to first order at a constant distance from the curve f.
type roadModel struct {
	c [unknowns]float64 // coefficients of (x/boundaryRange)¹ to (x/boundaryRange)³, then the offsets
}

// fit fits the road to the anchors by iterated least squares with Tukey's biweight of
// the error in pixels, so that a row with a wrong marking does not bend the road. It
// reports whether the anchors determine a road.
func (r *roadModel) fit(anchors []anchor) bool {
	var next roadModel
	for round := range fitRounds {
		var a [unknowns][unknowns + 1]float64
		a[1][1], a[2][2] = 1/(curvatureStd*curvatureStd), 1/(curvatureRateStd*curvatureRateStd)
		for i := range unknowns {
			a[i][i] += 1e-9 // for boundaries without anchors
		}
		expectLanes(&a)
		for i := range anchors {
			p := &anchors[i]
			w := p.weight
			if round > 0 {
				w *= r.biweight(p, round)
			}
			if w > 0 {
				accumulate(&a, r.basis(p), p.at.Y, w)
			}
		}
		if !solve(&a, &next.c) {
			return false
		}
		*r = next
	}
	return true
}

// expectLanes adds the lane priors to the normal equations: the width of a lane, and
// equal widths of the lanes of a road.
func expectLanes(a *[unknowns][unknowns + 1]float64) {
	const farLeft, left, right, farRight = order + int(perception.FarLeft), order + int(perception.Left),
		order + int(perception.Right), order + int(perception.FarRight)
	var wide, alikeLeft, alikeRight [unknowns]float64
	wide[left], wide[right] = 1, -1
	accumulate(a, wide, laneWidth, 1/(laneWidthStd*laneWidthStd))
	alikeLeft[farLeft], alikeLeft[left], alikeLeft[right] = 1, -2, 1
	accumulate(a, alikeLeft, 0, 1/(laneDifferenceStd*laneDifferenceStd))
	alikeRight[left], alikeRight[right], alikeRight[farRight] = 1, -2, 1
	accumulate(a, alikeRight, 0, 1/(laneDifferenceStd*laneDifferenceStd))
}

// biweight returns the biweight of an anchor: 1 on the road model, 0 far from it. The
// limit is wide in the first rounds, so that a bad initial fit does not keep its
// outliers.
func (r *roadModel) biweight(p *anchor, round int) float64 {
	e := (p.at.Y - r.y(p.side, p.at.X)) / 3
	e *= e * p.weight
	if round < fitRounds/2 {
		e /= 4
	}
	if e >= 1 {
		return 0
	}
	return (1 - e) * (1 - e)
}

// basis returns the coefficients of the unknowns at an anchor.
func (r *roadModel) basis(p *anchor) (b [unknowns]float64) {
	t := p.at.X / boundaryRange
	b[0], b[1], b[2] = t, t*t, t*t*t
	b[order+int(p.side)] = r.stretch(t)
	return b
}

// stretch returns √(1+f'²) at t = x/boundaryRange.
func (r *roadModel) stretch(t float64) float64 {
	return math.Hypot(1, (r.c[0]+t*(2*r.c[1]+3*t*r.c[2]))/boundaryRange)
}

// y returns the lateral position of a boundary, to the left of the vehicle's axis, m.
func (r *roadModel) y(side perception.Side, x float64) float64 {
	t := x / boundaryRange
	return t*(r.c[0]+t*(r.c[1]+t*r.c[2])) + r.c[order+int(side)]*r.stretch(t)
}

// anchorWeight returns the inverse variance of an anchor's position, 1/m²: near
// anchors and anchors with a high score weigh more.
func anchorWeight(at geom.Vec, score float64, cal *sensor.Camera) float64 {
	k := cal.Fx / math.Max(at.X-cal.Mount.X, 1) / anchorStd
	return score * k * k
}

// accumulate adds an observation y of Σ bᵢ·cᵢ with weight w to the normal equations.
func accumulate(a *[unknowns][unknowns + 1]float64, b [unknowns]float64, y, w float64) {
	for i := range b {
		for j := range b {
			a[i][j] += w * b[i] * b[j]
		}
		a[i][unknowns] += w * b[i] * y
	}
}

// solve eliminates with partial pivoting. It reports whether the equations have a
// unique solution.
func solve(a *[unknowns][unknowns + 1]float64, c *[unknowns]float64) bool {
	for i := range a {
		p := i
		for r := i + 1; r < len(a); r++ {
			if math.Abs(a[r][i]) > math.Abs(a[p][i]) {
				p = r
			}
		}
		a[i], a[p] = a[p], a[i]
		if math.Abs(a[i][i]) < 1e-12 {
			return false
		}
		for r := range a {
			if r != i {
				f := a[r][i] / a[i][i]
				for k := i; k < len(a[r]); k++ {
					a[r][k] -= f * a[i][k]
				}
			}
		}
	}
	for i := range c {
		c[i] = a[i][unknowns] / a[i][i]
	}
	return true
}
