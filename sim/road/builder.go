package road

import (
	"fmt"

	"roadloop/sim/geom"
)

// section is the cross-section of a road: lanes to the right of the reference
// line run along it, lanes to the left run against it.
type section struct {
	forward, backward int     // lanes
	width             float64 // of a lane, m
	limit             float64 // m/s
	center            Marking // between the directions, or the left edge of a one-way road
	divider           Marking // between lanes of one direction
	edge              Marking
	shoulder          float64 // paved width beyond the outer lanes, m
	sidewalk          float64 // width of the sidewalks, m; 0 in rural areas
}

// half returns the distances from the reference line to the paved edges.
func (s *section) half() (left, right float64) {
	left, right = s.shoulder, s.shoulder+float64(s.forward)*s.width
	if s.backward > 0 {
		left = s.shoulder + float64(s.backward)*s.width
	}
	return left, right
}

// roadway is a section of road between junctions.
type roadway struct {
	ref     geom.Polyline
	section section
	// forward and backward hold the lanes of each direction from right to left
	// in driving direction.
	forward, backward []LaneID
}

// builder assembles a map. It keeps the first error; finish returns it.
type builder struct {
	m   Map
	err error
}

func (b *builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(format, args...)
	}
}

// newLane appends a lane through pts and returns its ID.
func (b *builder) newLane(pts []geom.Vec, width, limit float64) LaneID {
	id := LaneID(len(b.m.Lanes))
	center, err := geom.NewPolyline(pts)
	if err != nil {
		b.fail("lane %d: %w", id, err)
		center, _ = geom.NewPolyline([]geom.Vec{{}, {X: 1}}) // placeholder, so that the builder can continue until finish
	}
	b.m.Lanes = append(b.m.Lanes, Lane{
		ID: id, Center: center, Width: width, SpeedLimit: limit,
		Left: None, Right: None, Opposite: None, Junction: -1, Signal: NoSignal, StopS: center.Length(),
	})
	return id
}

func (b *builder) lane(id LaneID) *Lane { return &b.m.Lanes[id] }

// link makes to a successor of from.
func (b *builder) link(from, to LaneID) {
	b.lane(from).Next = append(b.lane(from).Next, to)
	b.lane(to).Prev = append(b.lane(to).Prev, from)
}

// offsetLine returns the line d meters to the left of ref.
func offsetLine(ref *geom.Polyline, d float64) []geom.Vec {
	pts := make([]geom.Vec, 0, len(ref.Points()))
	s := 0.0
	for i, p := range ref.Points() {
		if i > 0 {
			s += p.Dist(ref.Points()[i-1])
		}
		pts = append(pts, ref.Offset(s, d).Pos())
	}
	return pts
}

// reversed returns pts in opposite order.
func reversed(pts []geom.Vec) []geom.Vec {
	out := make([]geom.Vec, len(pts))
	for i, p := range pts {
		out[len(pts)-1-i] = p
	}
	return out
}

// addRoad builds a road along the reference line through pts.
func (b *builder) addRoad(pts []geom.Vec, sec section) roadway {
	ref, err := geom.NewPolyline(pts)
	if err != nil {
		b.fail("road: %w", err)
		ref, _ = geom.NewPolyline([]geom.Vec{{}, {X: 1}})
	}
	r := roadway{ref: ref, section: sec}
	for i := sec.forward - 1; i >= 0; i-- {
		r.forward = append(r.forward, b.newLane(offsetLine(&ref, -(float64(i)+0.5)*sec.width), sec.width, sec.limit))
	}
	for i := sec.backward - 1; i >= 0; i-- {
		r.backward = append(r.backward, b.newLane(reversed(offsetLine(&ref, (float64(i)+0.5)*sec.width)), sec.width, sec.limit))
	}
	b.markLanes(r.forward, sec)
	b.markLanes(r.backward, sec)
	if sec.forward > 0 && sec.backward > 0 {
		f, w := r.forward[len(r.forward)-1], r.backward[len(r.backward)-1]
		b.lane(f).Opposite, b.lane(w).Opposite = w, f
	}
	b.pave(&r)
	return r
}

// markLanes sets neighbors and markings of the lanes of one direction, given
// from right to left.
func (b *builder) markLanes(lanes []LaneID, sec section) {
	for i, id := range lanes {
		l := b.lane(id)
		l.LeftMark, l.RightMark = sec.divider, sec.divider
		if i > 0 {
			l.Right = lanes[i-1]
		} else {
			l.RightMark = sec.edge
		}
		if i < len(lanes)-1 {
			l.Left = lanes[i+1]
		} else {
			l.LeftMark = sec.center
		}
	}
}

// pave lays asphalt under a road and sidewalks along it.
func (b *builder) pave(r *roadway) {
	left, right := r.section.half()
	urban := r.section.sidewalk > 0
	b.m.Surfaces = append(b.m.Surfaces, Surface{
		Kind: Asphalt, Left: offsetLine(&r.ref, left), Right: offsetLine(&r.ref, -right),
		CurbLeft: urban, CurbRight: urban,
	})
	if !urban {
		return
	}
	w := r.section.sidewalk
	b.m.Surfaces = append(b.m.Surfaces,
		Surface{Kind: Sidewalk, Left: offsetLine(&r.ref, left+w), Right: offsetLine(&r.ref, left)},
		Surface{Kind: Sidewalk, Left: offsetLine(&r.ref, -right), Right: offsetLine(&r.ref, -right-w)})
}

// finish indexes and validates the map.
func (b *builder) finish(name string) (*Map, error) {
	if b.err != nil {
		return nil, fmt.Errorf("map %s: %w", name, b.err)
	}
	b.m.Name = name
	b.m.buildIndex()
	if err := b.m.Validate(); err != nil {
		return nil, fmt.Errorf("map %s: %w", name, err)
	}
	return &b.m, nil
}
