package route

import (
	"fmt"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// seam is the distance below which the end of a lane and the start of the next
// count as one point, m. Gaps in maps are smaller; a segment across such a gap
// would have an arbitrary direction.
const seam = 0.1

// newPath returns the path along lanes, which must be successors. The path must
// be left by the end of the first must lanes; the rest is only for look-ahead.
func newPath(m *road.Map, lanes []road.LaneID, must int) (*Path, error) {
	var pts []geom.Vec
	for _, id := range lanes {
		next := m.Lanes[id].Center.Points()
		if n := len(pts); n > 1 && pts[n-1].Dist(next[0]) < seam {
			pts = pts[:n-1]
		}
		pts = append(pts, next...)
	}
	line, err := geom.NewPolyline(pts)
	if err != nil {
		return nil, fmt.Errorf("path along lanes %v: %w", lanes, err)
	}
	p := &Path{}
	p.layPieces(m, lanes)
	p.End = p.Pieces[must-1].End
	p.sample(m, &line)
	p.annotate(m)
	return p, nil
}

// layPieces finds the section of each lane on the path.
func (p *Path) layPieces(m *road.Map, lanes []road.LaneID) {
	s := 0.0
	for _, id := range lanes {
		length := m.Lanes[id].Center.Length()
		p.Pieces = append(p.Pieces, Piece{Lane: id, Start: s, End: s + length})
		s += length
	}
}

// sample samples the line at even spacing.
func (p *Path) sample(m *road.Map, line *geom.Polyline) {
	n := max(2, int(line.Length()/Spacing)+1)
	p.samples = make([]Sample, n)
	piece := 0
	for i := range p.samples {
		s := float64(i) * Spacing
		for piece < len(p.Pieces)-1 && s >= p.Pieces[piece].End {
			piece++
		}
		at := &p.samples[i]
		at.Pose = line.At(s)
		at.Curvature = bend(line, s)
		at.setRoom(m, p.Pieces[piece].Lane)
	}
}

// bend returns the mean curvature of the line around s.
func bend(line *geom.Polyline, s float64) float64 {
	a, b := max(0, s-bendWindow), min(line.Length(), s+bendWindow)
	if b-a < bendWindow {
		return 0
	}
	return geom.WrapAngle(line.At(b).Yaw-line.At(a).Yaw) / (b - a)
}

// junctionRoom is the distance by which a car in a junction may leave its lane, m.
const junctionRoom = 1.0

// setRoom sets the speed limit and the lateral room of a sample on lane id.
func (at *Sample) setRoom(m *road.Map, id road.LaneID) {
	l := &m.Lanes[id]
	at.Limit = l.SpeedLimit
	at.Left, at.Right = l.Width/2, l.Width/2
	if l.Junction >= 0 {
		at.Left, at.Right = at.Left+junctionRoom, at.Right+junctionRoom
		at.LeftRoad = at.Left
		return
	}
	left := l
	for n := 0; left.Left != road.None && n < 8; n++ {
		left = &m.Lanes[left.Left]
		at.Left += left.Width
	}
	for n, right := 0, l; right.Right != road.None && n < 8; n++ {
		right = &m.Lanes[right.Right]
		at.Right += right.Width
	}
	at.LeftRoad = at.Left
	if left.Opposite != road.None {
		at.LeftRoad += m.Lanes[left.Opposite].Width
	}
}

// annotate collects stop lines, crosswalks and conflicts along the path.
func (p *Path) annotate(m *road.Map) {
	line := Conflict{Line: -1, Signal: road.NoSignal}
	for _, piece := range p.Pieces {
		l := &m.Lanes[piece.Lane]
		if l.Junction >= 0 {
			p.addConflicts(l, piece.Start, line)
		} else {
			line = Conflict{Line: -1, Signal: road.NoSignal}
		}
		if l.Control != road.Free {
			s := piece.Start + l.StopS
			p.Stops = append(p.Stops, Stop{S: s, Exit: piece.End, Lane: l.ID, Control: l.Control, Signal: l.Signal})
			line = Conflict{Line: s, Control: l.Control, Signal: l.Signal}
		}
		p.addCrosswalks(m, piece)
	}
}

func (p *Path) addConflicts(l *road.Lane, start float64, before Conflict) {
	for _, c := range l.Conflicts {
		entry := before
		entry.Lane, entry.Conflict = l.ID, c
		entry.Start, entry.End = start+c.Start, start+c.End
		p.Conflicts = append(p.Conflicts, entry)
	}
}

func (p *Path) addCrosswalks(m *road.Map, piece Piece) {
	for i := range m.Crosswalks {
		for _, span := range m.Crosswalks[i].Spans {
			if span.Lane == piece.Lane {
				p.Crosswalks = append(p.Crosswalks,
					Crosswalk{Start: piece.Start + span.Start, End: piece.Start + span.End, Index: i})
			}
		}
	}
}
