package fusion

import (
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// line is a straight fit to the near part of a lane boundary, y = at + slope·x in
// the vehicle frame.
type line struct {
	ok        bool
	at, slope float64
	mid       float64 // mean x of the points
}

// updateLane applies the lane boundaries: they give the offset in the lane and,
// compared with the map, correct the position across the road.
func (f *Fusion) updateLane(w *cameraUpdate) {
	f.scene.Boundaries = perception.CopyBoundaries(f.scene.Boundaries, w.image.Boundaries)
	f.lines = [perception.NumSides]line{}
	f.scene.LaneSeen = false
	id, s, d, ok := f.c.Map.NearestAligned(w.ego)
	if !ok || f.c.Map.Lanes[id].Junction >= 0 { // the map does not describe markings in junctions
		return
	}
	lane := &f.c.Map.Lanes[id]
	reach := math.Min(f.c.Params.LineReach, lane.Center.Length()-s)
	for i := range w.image.Boundaries {
		b := &w.image.Boundaries[i]
		if b.Score >= f.c.Params.LineScore && int(b.Side) < len(f.lines) {
			f.lines[b.Side] = fitLine(b.Points, reach)
		}
	}
	l, r := f.lines[perception.Left], f.lines[perception.Right]
	if !l.ok && !r.ok {
		return
	}
	seen := laneMiddle(l, r, lane.Width)
	// Compare the measured middle of the lane with the map's, which includes the
	// curvature.
	p := w.ego.ToWorld(geom.Vec{X: seen.mid, Y: seen.at + seen.slope*seen.mid})
	_, off := lane.Center.ProjectNear(p, s-5, s+seen.mid+5)
	f.scene.LaneOffset, f.scene.LaneSeen = d-off, true
	if math.Abs(off) < f.c.Params.LaneMismatch {
		left := geom.Unit(lane.Center.At(s + seen.mid).Yaw).Left()
		f.localizer.correctLateral(p, left, -off, square(f.c.Params.LaneStd))
	}
}

// laneMiddle returns the middle between the boundaries, or half a width from the only
// boundary that was found.
func laneMiddle(l, r line, width float64) line {
	switch {
	case l.ok && r.ok:
		return line{true, (l.at + r.at) / 2, (l.slope + r.slope) / 2, (l.mid + r.mid) / 2}
	case l.ok:
		l.at -= width / 2
		return l
	}
	r.at += width / 2
	return r
}

// fitLine fits the points within reach by least squares; it needs three points over
// at least 2 m.
func fitLine(pts []geom.Vec, reach float64) line {
	var n, sx, sy, sxx, sxy float64
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range pts {
		if p.X > reach {
			break
		}
		n++
		sx, sy, sxx, sxy = sx+p.X, sy+p.Y, sxx+p.X*p.X, sxy+p.X*p.Y
		lo, hi = math.Min(lo, p.X), math.Max(hi, p.X)
	}
	if n < 3 || hi-lo < 2 {
		return line{}
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	return line{true, (sy - slope*sx) / n, slope, sx / n}
}
