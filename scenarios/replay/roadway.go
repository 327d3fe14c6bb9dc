package replay

import (
	"encoding/json"
	"math"
	"slices"

	"roadloop/internal/palette"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/topview"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

const (
	// areaMargin is the margin of the map around the ego's path, m.
	areaMargin = 90
	// lineTolerance is the largest distance of a simplified line from the map's, m.
	lineTolerance = .05
)

// roadway is the part of the map around a drive. Shapes are rings or lines of points, with
// columns of x and y in cm.
type roadway struct {
	Surfaces []shape `json:"surfaces"`
	Marks    []shape `json:"marks"`
	Props    []shape `json:"props"`
}

// shape is a part of the map. Kind selects how to draw it; Width is the width of a line or the
// diameter of a tree, m.
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
	v := drivenArea(l)
	var w roadway
	for _, s := range topview.NewMap(l.Map).Shapes {
		if !v.shows(s.Points...) {
			continue
		}
		switch s.Kind {
		case topview.Area:
			left, right := s.Edges(nil)
			ring := simplify(left, lineTolerance)
			for _, p := range slices.Backward(simplify(right, lineTolerance)) {
				ring = append(ring, p)
			}
			w.Surfaces = append(w.Surfaces, newShape(s.Tone, 0, ring))
		case topview.Line:
			if name := markName(&s); name != "" {
				w.Marks = append(w.Marks, newShape(name, s.Width, simplify(s.Points, lineTolerance)))
			}
		case topview.Polygon:
			w.Props = append(w.Props, newShape(s.Tone, 0, s.Points))
		case topview.Oval:
			if s.Tone == palette.Tree.Name {
				w.Props = append(w.Props, newShape(s.Tone, 2*s.A, s.Points))
			}
		}
	}
	return w
}

// markName returns the kind of a marking, "" for other lines. The page leaves out curbs.
func markName(s *topview.Shape) string {
	name := "solid"
	switch {
	case s.Tone != palette.Paint.Name && s.Tone != palette.PaintYellow.Name:
		return ""
	case s.Dash[0] > 0 && s.Width > s.Dash[0]:
		return "zebra"
	case s.Dash[0] > 0:
		name = "dashed"
	}
	if s.Tone == palette.PaintYellow.Name {
		name += " yellow"
	}
	return name
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
