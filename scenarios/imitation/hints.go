package imitation

import (
	"math"

	"roadloop"
	"roadloop/planning/route"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// hinter computes hints from the route.
type hinter struct {
	route *route.Route
	m     *road.Map
}

func newHinter(c *roadloop.Case) (*hinter, error) {
	r, err := route.New(c.World.Map, c.Route)
	return &hinter{r, c.World.Map}, err
}

// hintRange is the largest distance to a maneuver in a hint, m.
const hintRange = 60

// hint returns the hint at a pose of the car.
func (g *hinter) hint(at geom.Pose) Hint {
	line, s := g.line(at)
	h := Hint{Go: "follow"}
	for _, d := range [...]float64{5, 10, 15, 20, 30, 50} {
		p := at.ToLocal(line.At(s + d).Pose.Pos())
		h.Ahead = append(h.Ahead, [2]float64{millimeters(p.X), millimeters(p.Y)})
	}
	for i := range line.Pieces {
		p := &line.Pieces[i]
		word := g.turn(p.Lane)
		if word == "" || p.End < s || p.Start > s+hintRange {
			continue
		}
		h.Go, h.In = word, millimeters(math.Max(0, p.Start-s))
		break
	}
	if line.Rank < g.route.Last && line.End < s+hintRange && (h.Go == "follow" || line.End < s+h.In) {
		h.Go, h.In = "change", millimeters(math.Max(0, line.End-s))
	}
	return h
}

// turn returns the name of a lane's maneuver in a junction, "" for a lane outside
// junctions.
func (g *hinter) turn(id road.LaneID) string {
	l := &g.m.Lanes[id]
	switch {
	case l.Junction < 0:
		return ""
	case l.Turn == road.LeftTurn:
		return "left"
	case l.Turn == road.RightTurn:
		return "right"
	}
	return "straight"
}

// line returns the nearest line of the route and the car's s on it. Of overlapping lines
// it returns the one with the highest rank.
func (g *hinter) line(at geom.Pose) (*route.Line, float64) {
	best, least, from := 0, math.Inf(1), 0.0
	for i := range g.route.Lines {
		l := &g.route.Lines[i]
		if l.Side {
			continue
		}
		s, d := l.Project(at.Pos(), 0, l.Length())
		off := math.Abs(d) + math.Max(0, s-l.End) + math.Max(0, -s)
		if off < least+.5 && (off < least-.5 || l.Rank > g.route.Lines[best].Rank) || math.IsInf(least, 1) {
			best, least, from = i, off, s
		}
	}
	return &g.route.Lines[best], from
}

// millimeters rounds a length in m to millimeters.
func millimeters(x float64) float64 { return math.Round(1000*x) / 1000 }
