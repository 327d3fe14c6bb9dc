package dataset

import (
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

// laneLine is a lane boundary in pixels of its picture, from near to far: rows decrease.
type laneLine []geom.Vec

// newLaneSample returns a sample for a picture in which nothing but lanes is labelled.
func (s *Set) newLaneSample(picture string) (sample, error) {
	sm := sample{picture: picture}
	sm.lacks.Drivable, sm.lacks.Weather, sm.lacks.Place = true, true, true
	w, h, err := s.size(&sm)
	if err != nil {
		return sm, err
	}
	sm.camera, sm.guessed = guessCamera(w, h), true
	for c := range sm.lacks.Classes {
		sm.lacks.Classes[c] = true
	}
	return sm, nil
}

// newLaneLine returns a line from points in any order. Points in one row are joined.
func newLaneLine(points []geom.Vec) laneLine {
	line := laneLine(slices.Clone(points))
	slices.SortStableFunc(line, func(a, b geom.Vec) int {
		switch {
		case a.Y > b.Y:
			return -1
		case a.Y < b.Y:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(line, func(a, b geom.Vec) bool { return a.Y == b.Y })
}

// nearest returns column and slope, columns per row, of the straight line through the
// nearer half of the points, by least squares.
func (l laneLine) nearest() (u0, slope float64) {
	near := l[:max(2, (len(l)+1)/2)]
	var n, sv, su, svv, suv float64
	for _, p := range near {
		n, sv, su, svv, suv = n+1, sv+p.Y, su+p.X, svv+p.Y*p.Y, suv+p.X*p.Y
	}
	d := n*svv - sv*sv
	if d == 0 {
		return su / n, 0
	}
	slope = (n*suv - su*sv) / d
	return (su - slope*sv) / n, slope
}

// at returns the column where the straight line crosses a row.
func (l laneLine) at(row float64) float64 {
	u0, slope := l.nearest()
	return u0 + slope*row
}

// addLanes adds pictures with lane boundaries to the set. The pitch of their camera follows
// from the point where the labelled boundaries meet, the median over all pictures of one size.
func (s *Set) addLanes(samples []sample) {
	type size struct{ w, h int }
	rows := make(map[size][]float64)
	for i := range samples {
		c := &samples[i].camera
		key := size{c.Width, c.Height}
		rows[key] = append(rows[key], vanishingRows(samples[i].lines, c)...)
	}
	for i := range samples {
		sm := &samples[i]
		if found := rows[size{sm.camera.Width, sm.camera.Height}]; len(found) > 0 {
			slices.Sort(found)
			sm.camera.Mount.Pitch = math.Atan((sm.camera.Cy - found[len(found)/2]) / sm.camera.Fy)
			sm.guessed = false
		}
		s.samples = append(s.samples, *sm)
	}
}

// vanishingRows returns the rows in which pairs of neighboring lines meet, within the
// picture. Pairs that are almost parallel in the picture do not determine a row.
func vanishingRows(lines []laneLine, c *sensor.Camera) (rows []float64) {
	const least = .3 // difference of the slopes
	for i := range max(0, len(lines)-1) {
		u0, a := lines[i].nearest()
		u1, b := lines[i+1].nearest()
		if math.Abs(a-b) < least {
			continue
		}
		if row := (u1 - u0) / (a - b); row > 0 && row < float64(c.Height) {
			rows = append(rows, row)
		}
	}
	return rows
}

// placeLanes stores the lines as boundaries on the ground in front of the resolved camera, so
// that they can be projected to the network's. The height of the camera scales the ground and
// does not move a boundary in the image.
func (sm *sample) placeLanes() {
	sides := sm.sides
	if sides == nil {
		sides = sidesOf(sm.lines, &sm.camera)
	}
	for i, line := range sm.lines {
		if sides[i] >= label.NumBoundaries {
			continue
		}
		var points []geom.Vec
		for _, p := range line {
			if x, y, ok := sm.resolved.Ground(p.X, p.Y); ok && x < maxFar {
				points = append(points, geom.Vec{X: x, Y: y})
			}
		}
		if len(points) > 1 {
			sm.lanes[sides[i]] = points
		}
	}
}

// sidesOf returns the side of each line by its column at the lower edge of the picture,
// relative to the middle: two to the left and two to the right, NumBoundaries for lines
// farther out.
func sidesOf(lines []laneLine, c *sensor.Camera) []label.Boundary {
	order := make([]int, len(lines))
	columns := make([]float64, len(lines))
	for i := range lines {
		order[i], columns[i] = i, lines[i].at(float64(c.Height))
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case columns[a] < columns[b]:
			return -1
		case columns[a] > columns[b]:
			return 1
		}
		return 0
	})
	right := 0 // first line to the right
	for right < len(order) && columns[order[right]] < c.Cx {
		right++
	}
	sides := make([]label.Boundary, len(lines))
	for k, i := range order {
		sides[i] = label.NumBoundaries
		if side := int(label.Right) + k - right; side >= 0 && side < label.NumBoundaries {
			sides[i] = label.Boundary(side)
		}
	}
	return sides
}

// checkPixel returns an error for a point of a boundary far outside of the picture. Labels
// extend lines a little beyond its edges.
func checkPixel(name string, v float64, most int) error {
	if beyond := float64(most); !(v >= -beyond && v <= 2*beyond) {
		return fmt.Errorf("%s: %g is far outside of the picture, 0 to %d px", name, v, most)
	}
	return nil
}

// Compile-time check: lanes have the sides of the network.
var _ = [1]struct{}{}[int(label.NumBoundaries)-int(perception.NumSides)]
