package leaderboard

import (
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/sim/geom"
)

// inSeveralLanes reports whether the ego is in several lanes or off the drivable area at
// a step.
func (r *run) inSeveralLanes(i int) bool {
	if r.wellInside(i) {
		return false
	}
	lanes, drivable := metrics.LaneOccupancy(r.log.Map, r.boxes[i])
	return lanes != 1 || !drivable
}

// wellInside reports whether the ego's box is within its lane with a margin, so that its
// corners need no check.
func (r *run) wellInside(i int) bool {
	const room = 0.3 // m, more than a lane curves away along a car's length
	s, l := &r.log.Steps[i], r.lane(i)
	box := &r.boxes[i]
	sin, cos := math.Sincos(box.Yaw - l.Center.At(s.S).Yaw)
	mid := s.D + sin*r.log.Actors[0].Shape.RearToCenter
	half := (math.Abs(sin)*box.Length + math.Abs(cos)*box.Width) / 2
	return math.Abs(mid)+half < l.Width/2-room && s.S > 2 && s.S+box.Length < l.Center.Length()
}

// offRoad returns the first step at which a corner of the ego is farther than tolerance
// (m) from the drivable area, -1 for none, and for each step 1 if one is, else 0.
func (r *run) offRoad(tolerance float64) (int, []float64) {
	first, series := -1, make([]float64, r.steps())
	r.ticks(func(i int) {
		if r.wellInside(i) {
			return
		}
		for _, c := range r.boxes[i].Corners() {
			if !r.near(c, tolerance) {
				series[i] = 1
				if first < 0 {
					first = i
				}
			}
		}
	})
	for i := range series {
		series[i] = series[i/stride*stride]
	}
	return first, series
}

// near reports whether drivable ground lies within tolerance of p.
func (r *run) near(p geom.Vec, tolerance float64) bool {
	if r.log.Map.Drivable(p) {
		return true
	}
	const around = 16 // directions; the error is below 2 % of tolerance at a straight edge
	for k := range around {
		if tolerance > 0 && r.log.Map.Drivable(p.Add(geom.Unit(2*math.Pi*float64(k)/around).Scale(tolerance))) {
			return true
		}
	}
	return false
}

// groundFaults returns the term of the drivable area: 0 once a corner leaves it by more
// than tolerance, m.
func (r *run) groundFaults(tolerance float64) (Term, []fault) {
	first, series := r.offRoad(tolerance)
	t := Term{Name: "drivable_area", Series: series, Unit: "a corner is off the road"}
	if first < 0 {
		return t, nil
	}
	return t, []fault{{r.time(first), 0, "a corner left the drivable area"}}
}

// direction returns the heading of the lane at the ego's center: of its own lane if it
// is inside, else of the lane there that it is most aligned with. ok is false without a
// lane.
func (r *run) direction(i int) (yaw float64, ok bool) {
	s, l := &r.log.Steps[i], r.lane(i)
	yaw = l.Center.At(s.S).Yaw
	if math.Abs(s.D) <= l.Width/2 {
		return yaw, true
	}
	best := math.Inf(-1)
	for _, id := range r.log.Map.LanesAt(nil, r.boxes[i].Center) {
		c := &r.log.Map.Lanes[id].Center
		at, _ := c.Project(r.boxes[i].Center)
		h := c.At(at).Yaw
		if a := math.Cos(h - r.boxes[i].Yaw); a > best {
			best, yaw, ok = a, h, true
		}
	}
	return yaw, ok
}

// against returns for each tick the ego's motion against the direction of its lane in
// the last second, m. Motion with the direction is subtracted. skipJunctions leaves out
// motion inside junctions.
func (r *run) against(skipJunctions bool) []float64 {
	const window = 10 // ticks
	var moved []float64
	prev := 0
	r.ticks(func(i int) {
		d := 0.0
		if yaw, ok := r.direction(i); i > 0 && ok && !(skipJunctions && r.inJunction(i)) {
			d = r.boxes[i].Center.Sub(r.boxes[prev].Center).Dot(geom.Unit(yaw))
		}
		moved = append(moved, d)
		prev = i
	})
	out := make([]float64, len(moved))
	for k := range moved {
		for _, d := range moved[max(0, k-window) : k+1] {
			out[k] -= d
		}
		out[k] = math.Max(0, out[k])
	}
	return out
}

// directionFaults returns the term of the driving direction: within a second, less than
// 2 m against it are free, less than 6 m cost half, more cost all.
func (r *run) directionFaults(skipJunctions bool) (Term, []fault) {
	const forgiven, tolerated = 2, 6
	back := r.against(skipJunctions)
	t := Term{Name: "driving_direction", Series: r.hold(back), Unit: "m against the lane in 1 s"}
	worst := slices.Max(back)
	amount := 0.0
	switch {
	case worst < forgiven:
		return t, nil
	case worst < tolerated:
		amount = 0.5
	}
	at := r.time(slices.Index(back, worst) * stride)
	return t, []fault{{at, amount, fmt.Sprintf("drove %.1f m against the lane's direction within 1 s", worst)}}
}

// limit returns the speed limit at a step, in junctions the highest limit of the lane,
// its predecessors and its successors; 0 for none.
func (r *run) limit(i int) float64 {
	l := r.lane(i)
	v := l.SpeedLimit
	if l.Junction >= 0 {
		for _, id := range slices.Concat(l.Prev, l.Next) {
			v = math.Max(v, r.log.Map.Lanes[id].SpeedLimit)
		}
	}
	return v
}
