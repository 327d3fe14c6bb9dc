package raster

import "roadloop/sim/scene"

const (
	lampReach = 22.5 // how far a street lamp lights, m: a little more than √lampReach2
	lampCell  = 16.0 // m
	lampCells = 32   // along a side of the grid, around the eye
)

// lampReach2 is the square of the distance at which a street lamp's light ends, m².
const lampReach2 = 500

// lamps are the street lamps of a frame, found by the ground they light: a point
// asks the few of its cell instead of all.
type lamps struct {
	all        []vec
	cells      [lampCells * lampCells][]uint16 // in the order of all
	minX, minY float32                         // corner of the grid
}

// set takes in the lamps of a frame that is seen from an eye.
func (g *lamps) set(eye [2]float32, all []scene.Vec3) {
	g.all = g.all[:0]
	for _, p := range all {
		g.all = append(g.all, fromScene(p))
	}
	g.minX, g.minY = eye[0]-lampCell*lampCells/2, eye[1]-lampCell*lampCells/2
	for i := range g.cells {
		g.cells[i] = g.cells[i][:0]
	}
	for i, p := range g.all {
		x0, x1 := lampSpan(p.x - g.minX)
		y0, y1 := lampSpan(p.y - g.minY)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				g.cells[y*lampCells+x] = append(g.cells[y*lampCells+x], uint16(i))
			}
		}
	}
}

// lampSpan returns the cells along a side that a lamp lights, up to but without hi.
func lampSpan(at float32) (lo, hi int32) {
	return max(floor((at-lampReach)/lampCell), 0), min(floor((at+lampReach)/lampCell)+1, lampCells)
}

// add returns sum and what the lamps light a point with, in their order, so that
// rounding does not depend on the grid.
func (g *lamps) add(sum float32, p vec) float32 {
	x, y := floor((p.x-g.minX)/lampCell), floor((p.y-g.minY)/lampCell)
	if x < 0 || y < 0 || x >= lampCells || y >= lampCells { // so far away are few pixels
		for i := range g.all {
			sum += shine(p, g.all[i])
		}
		return sum
	}
	for _, i := range g.cells[y*lampCells+x] {
		sum += shine(p, g.all[i])
	}
	return sum
}

// shine returns how much a lamp lights a point.
func shine(p, lamp vec) float32 {
	d := p.sub(lamp)
	d2 := d.dot(d)
	if d2 >= lampReach2 {
		return 0
	}
	return 14 / (d2 + 12) * .6
}
