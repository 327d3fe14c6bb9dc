package inference

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

const (
	// order is that of the polynomial that the road follows: a clothoid to first
	// order, with freedom for two of them.
	order = 3
	// unknowns are the coefficients but the constant, and the offset of every boundary.
	unknowns = order + perception.NumSides
	// fits is the number of rounds of reweighting, enough for the weights to settle.
	fits = 6
	// spread is the error of an anchor across the boundary, in px, that is still
	// taken for noise; anchors three times as far off do not count at all.
	spread = 2.5
	// bend and sway are the deviations that curvature and its change have before any
	// anchor is seen, as coefficients of (x/boundaryRange)² and of its cube.
	bend, sway = 30.0, 15.0
	// width and narrower are the width that a lane has before any anchor is seen, and
	// its deviation, m; uneven is that of the difference between lanes side by side.
	width, narrower, uneven = 3.3, 0.3, 0.05
	// rows is the number of anchors that are held without allocating, for images of up to 512 rows.
	rows = perception.NumSides * 128
)

// anchor is where the network saw a boundary in a row of cells.
type anchor struct {
	at     geom.Vec // vehicle frame
	side   perception.Side
	weight float64 // inverse variance across the boundary, 1/m²
	score  float64
}

// course is the road ahead: boundaries that run parallel to each other. Boundary b
// is at y = f(x) + offset_b·√(1+f'(x)²), which is to first order as far from the
// curve f everywhere.
type course struct {
	c [unknowns]float64 // of (x/boundaryRange)¹…³, then the offsets
}

// fit finds the course that most anchors agree with: iterated least squares,
// weighed by Tukey's biweight of the error in pixels, so that a row in which the
// network saw another line does not bend the road. It reports whether the anchors
// determine one.
func (r *course) fit(anchors []anchor) bool {
	var next course
	for round := range fits {
		var a [unknowns][unknowns + 1]float64
		a[1][1], a[2][2] = 1/(bend*bend), 1/(sway*sway)
		for i := range unknowns {
			a[i][i] += 1e-9 // for boundaries that were not seen
		}
		expectLanes(&a)
		for i := range anchors {
			p := &anchors[i]
			w := p.weight
			if round > 0 {
				w *= r.agrees(p, round)
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

// expectLanes adds to the normal equations what is known of lanes without looking:
// about how wide they are, and that those of a road are alike.
func expectLanes(a *[unknowns][unknowns + 1]float64) {
	const farLeft, left, right, farRight = order + int(perception.FarLeft), order + int(perception.Left),
		order + int(perception.Right), order + int(perception.FarRight)
	var wide, alikeLeft, alikeRight [unknowns]float64
	wide[left], wide[right] = 1, -1
	accumulate(a, wide, width, 1/(narrower*narrower))
	alikeLeft[farLeft], alikeLeft[left], alikeLeft[right] = 1, -2, 1
	accumulate(a, alikeLeft, 0, 1/(uneven*uneven))
	alikeRight[left], alikeRight[right], alikeRight[farRight] = 1, -2, 1
	accumulate(a, alikeRight, 0, 1/(uneven*uneven))
}

// agrees returns the biweight of an anchor: 1 on the course, 0 far off it. The
// limit is wide in the first rounds, lest a bad start keeps its outliers.
func (r *course) agrees(p *anchor, round int) float64 {
	e := (p.at.Y - r.y(p.side, p.at.X)) / 3
	e *= e * p.weight
	if round < fits/2 {
		e /= 4
	}
	if e >= 1 {
		return 0
	}
	return (1 - e) * (1 - e)
}

// basis returns the factors of the unknowns at an anchor.
func (r *course) basis(p *anchor) (b [unknowns]float64) {
	t := p.at.X / boundaryRange
	b[0], b[1], b[2] = t, t*t, t*t*t
	b[order+int(p.side)] = r.stretch(t)
	return b
}

// stretch returns √(1+f'²) at t = x/boundaryRange.
func (r *course) stretch(t float64) float64 {
	return math.Hypot(1, (r.c[0]+t*(2*r.c[1]+3*t*r.c[2]))/boundaryRange)
}

// y returns how far left of the vehicle's axis a boundary is.
func (r *course) y(side perception.Side, x float64) float64 {
	t := x / boundaryRange
	return t*(r.c[0]+t*(r.c[1]+t*r.c[2])) + r.c[order+int(side)]*r.stretch(t)
}

// across returns the inverse variance of an anchor's place, 1/m²: a pixel spans the
// less, the nearer the anchor is, and what the network is less sure of counts less.
func across(at geom.Vec, score float64, cal *sensor.Camera) float64 {
	k := cal.Fx / math.Max(at.X-cal.Mount.X, 1) / spread
	return score * k * k
}

// accumulate adds an observation y of Σ bᵢ·cᵢ to the normal equations.
func accumulate(a *[unknowns][unknowns + 1]float64, b [unknowns]float64, y, w float64) {
	for i := range b {
		for j := range b {
			a[i][j] += w * b[i] * b[j]
		}
		a[i][unknowns] += w * b[i] * y
	}
}

// solve eliminates with partial pivoting; false tells that the equations have no
// single solution.
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
