package replay

import (
	"encoding/json"
	"math"

	"roadloop/scenarios/metrics"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

const (
	// areaMargin is the margin of the map around the ego's path, m.
	areaMargin = 90
	// lineTolerance is the largest distance of a simplified line from the map's, m.
	lineTolerance = .05
	// markStep is the distance between points of a lane marking, m.
	markStep = 2
)

// roadway is the part of the map around a drive. Shapes are rings or lines of points, with
// columns of x and y in cm.
type roadway struct {
	Surfaces []shape `json:"surfaces"`
	Marks    []shape `json:"marks"`
	Props    []shape `json:"props"`
}

// shape is a part of the map. Kind selects how to draw it; Width is the width of a line, m.
type shape struct {
	Kind  string          `json:"k"`
	Width float64         `json:"w,omitempty"`
	X     json.RawMessage `json:"x"`
	Y     json.RawMessage `json:"y"`
}

func newShape(kind string, width float64, pts []geom.Vec) shape {
	return shape{Kind: kind, Width: rounded(width),
		X: column(len(pts), centi, func(i int) float64 { return pts[i].X }),
		Y: column(len(pts), centi, func(i int) float64 { return pts[i].Y }),
	}
}

// area is a rectangle of the map.
type area struct{ lo, hi geom.Vec }

// drivenArea returns the area around a drive.
func drivenArea(l *metrics.DriveLog) area {
	inf := math.Inf(1)
	v := area{geom.Vec{X: inf, Y: inf}, geom.Vec{X: -inf, Y: -inf}}
	for i := range l.Steps {
		p := l.Steps[i].States[0].Pose
		v.lo = geom.Vec{X: math.Min(v.lo.X, p.X), Y: math.Min(v.lo.Y, p.Y)}
		v.hi = geom.Vec{X: math.Max(v.hi.X, p.X), Y: math.Max(v.hi.Y, p.Y)}
	}
	margin := geom.Vec{X: areaMargin, Y: areaMargin}
	return area{v.lo.Sub(margin), v.hi.Add(margin)}
}

// shows reports whether the bounding box of points intersects the area.
func (v area) shows(pts ...geom.Vec) bool {
	inf := math.Inf(1)
	lo, hi := geom.Vec{X: inf, Y: inf}, geom.Vec{X: -inf, Y: -inf}
	for _, p := range pts {
		lo = geom.Vec{X: math.Min(lo.X, p.X), Y: math.Min(lo.Y, p.Y)}
		hi = geom.Vec{X: math.Max(hi.X, p.X), Y: math.Max(hi.Y, p.Y)}
	}
	return lo.X < v.hi.X && hi.X > v.lo.X && lo.Y < v.hi.Y && hi.Y > v.lo.Y
}

// newRoadway returns surfaces, markings and props around a drive.
func newRoadway(l *metrics.DriveLog) roadway {
	v, m := drivenArea(l), l.Map
	w := roadway{Surfaces: v.surfaces(m), Marks: v.markings(m)}
	for i := range m.Props {
		p := &m.Props[i]
		box := geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width}.Corners()
		kind := map[road.PropKind]string{road.Building: "building", road.Barrier: "barrier", road.Tree: "tree"}[p.Kind]
		if kind != "" && v.shows(box[:]...) {
			w.Props = append(w.Props, newShape(kind, 0, box[:]))
		}
	}
	return w
}

// surfaces returns the surfaces in drawing order: gravel, sidewalks, asphalt.
func (v area) surfaces(m *road.Map) []shape {
	var out []shape
	for _, kind := range [...]road.SurfaceKind{road.Gravel, road.Sidewalk, road.Asphalt} {
		name := map[road.SurfaceKind]string{road.Gravel: "gravel", road.Sidewalk: "sidewalk", road.Asphalt: "asphalt"}[kind]
		for i := range m.Surfaces {
			s := &m.Surfaces[i]
			if s.Kind != kind || !v.shows(s.Left...) && !v.shows(s.Right...) {
				continue
			}
			ring := simplify(s.Left, lineTolerance)
			right := simplify(s.Right, lineTolerance)
			for k := len(right) - 1; k >= 0; k-- {
				ring = append(ring, right[k])
			}
			out = append(out, newShape(name, 0, ring))
		}
	}
	return out
}

// markings returns lane markings and crosswalks.
func (v area) markings(m *road.Map) []shape {
	var out []shape
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.Junction >= 0 || !v.shows(l.Center.Points()...) {
			continue
		}
		for i, mark := range [...]road.Marking{l.LeftMark, l.RightMark} {
			if mark.Kind != road.MarkNone {
				out = append(out, newShape(markName(mark), 0, simplify(offsetLine(l, (.5-float64(i))*l.Width), lineTolerance)))
			}
		}
	}
	for _, c := range m.Crosswalks {
		if v.shows(c.A, c.B) {
			out = append(out, newShape("zebra", c.Width, []geom.Vec{c.A, c.B}))
		}
	}
	return out
}

func markName(m road.Marking) string {
	name := map[road.MarkKind]string{road.MarkSolid: "solid", road.MarkDashed: "dashed", road.MarkDouble: "double"}[m.Kind]
	if m.Yellow {
		return name + " yellow"
	}
	return name
}

// offsetLine returns the line at a distance d to the left of the center of a lane.
func offsetLine(l *road.Lane, d float64) []geom.Vec {
	var pts []geom.Vec
	for s := 0.0; s < l.Center.Length(); s += markStep {
		pts = append(pts, l.Center.Offset(s, d).Pos())
	}
	return append(pts, l.Center.Offset(l.Center.Length(), d).Pos())
}

// simplify drops points within a distance of the simplified line (Ramer 1972, Douglas and
// Peucker 1973).
func simplify(pts []geom.Vec, within float64) []geom.Vec {
	n := len(pts)
	if n < 3 {
		return append([]geom.Vec(nil), pts...)
	}
	farthest, maxOffset := 0, within
	for i := 1; i < n-1; i++ {
		if d := offChord(pts[i], pts[0], pts[n-1]); d > maxOffset {
			farthest, maxOffset = i, d
		}
	}
	if farthest == 0 {
		return []geom.Vec{pts[0], pts[n-1]}
	}
	return append(simplify(pts[:farthest+1], within), simplify(pts[farthest:], within)[1:]...)
}

// offChord returns the distance of p from the segment from a to b.
func offChord(p, a, b geom.Vec) float64 {
	ab := b.Sub(a)
	t := 0.0
	if n := ab.Dot(ab); n > 0 {
		t = math.Max(0, math.Min(1, p.Sub(a).Dot(ab)/n))
	}
	return p.Dist(a.Lerp(b, t))
}

// signalLine is the stop line of a signal and its phases.
type signalLine struct {
	X     json.RawMessage `json:"x"` // of the line's two ends, cm
	Y     json.RawMessage `json:"y"`
	Phase []phase         `json:"phases"`
}

// phase is a light and its start time.
type phase struct {
	From  clock.Tick `json:"from"`
	State string     `json:"state"`
}

// signalLines returns the stop lines of the signals around a drive.
func signalLines(l *metrics.DriveLog) []signalLine {
	var out []signalLine
	v := drivenArea(l)
	for i := range l.Map.Signals {
		phases := phasesOf(l, i)
		for _, id := range l.Map.Signals[i].Lanes {
			lane := &l.Map.Lanes[id]
			ends := []geom.Vec{lane.Center.Offset(lane.StopS, lane.Width/2).Pos(), lane.Center.Offset(lane.StopS, -lane.Width/2).Pos()}
			if v.shows(ends...) {
				s := newShape("", 0, ends)
				out = append(out, signalLine{X: s.X, Y: s.Y, Phase: phases})
			}
		}
	}
	return out
}

// phasesOf returns the phases of a signal.
func phasesOf(l *metrics.DriveLog, signal int) []phase {
	var out []phase
	for i := range l.Steps {
		s := &l.Steps[i]
		if state := s.Signals[signal].String(); len(out) == 0 || out[len(out)-1].State != state {
			out = append(out, phase{s.Time, state})
		}
	}
	return out
}
