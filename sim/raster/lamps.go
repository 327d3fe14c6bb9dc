package raster

import (
	"math/bits"
	"slices"

	"roadloop/sim/scene"
)

const (
	lampReach = 22.5 // range of a street lamp, m: slightly more than √lampReach2
	lampCell  = 16.0 // m
	lampCells = 32   // along a side of the grid, around the eye
)

// lampReach2 is the square of the range of a street lamp, m².
const lampReach2 = 500

// lamps are the street lamps of a frame in a grid by the ground that they light,
// so that a point needs only the few lamps of its cell.
type lamps struct {
	all        []vec
	sets       []uint64 // the lamps of each cell as a set of bits, in several words
	words      int      // of a set
	minX, minY float32  // corner of the grid
}

// set stores the lamps of a frame with the camera at eye.
func (g *lamps) set(eye [2]float32, all []scene.Vec3) {
	g.all = g.all[:0]
	for _, p := range all {
		g.all = append(g.all, fromScene(p))
	}
	g.minX, g.minY = eye[0]-lampCell*lampCells/2, eye[1]-lampCell*lampCells/2
	g.words = (len(all) + 63) / 64
	g.sets = slices.Grow(g.sets[:0], g.words*lampCells*lampCells)[:g.words*lampCells*lampCells]
	clear(g.sets)
	for i, p := range g.all {
		x0, x1 := lampSpan(p.x - g.minX)
		y0, y1 := lampSpan(p.y - g.minY)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				g.sets[int(y*lampCells+x)*g.words+i/64] |= 1 << (i % 64)
			}
		}
	}
}

// set64 returns word w of the set of a cell: lamps 64·w to 64·w+63.
func (g *lamps) set64(cell uint32, w int) uint64 { return g.sets[int(cell)*g.words+w] }

// lampSpan returns the cells along one axis that a lamp lights, from lo to hi-1.
func lampSpan(at float32) (lo, hi int32) {
	return max(floor((at-lampReach)/lampCell), 0), min(floor((at+lampReach)/lampCell)+1, lampCells)
}

// add returns sum plus the light of the lamps at a point. It adds them in lamp
// order, so that rounding does not depend on the grid.
func (g *lamps) add(sum float32, p vec) float32 {
	x, y := floor((p.x-g.minX)/lampCell), floor((p.y-g.minY)/lampCell)
	if x < 0 || y < 0 || x >= lampCells || y >= lampCells { // distant points cover few pixels
		for i := range g.all {
			sum += lampLight(p, g.all[i])
		}
		return sum
	}
	for w := range g.words {
		for set := g.set64(uint32(y*lampCells+x), w); set != 0; set &= set - 1 {
			sum += lampLight(p, g.all[64*w+bits.TrailingZeros64(set)])
		}
	}
	return sum
}

// lampLight returns the light of a lamp at a point.
func lampLight(p, lamp vec) float32 {
	d := p.sub(lamp)
	d2 := d.dot(d)
	if d2 >= lampReach2 {
		return 0
	}
	return float32(14 / (d2 + 12) * .6)
}
