package road

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// scenery adds roadside objects to a finished map.
type scenery struct {
	m      *Map
	random rng.Stream
	urban  bool
}

// furnish adds objects along every road: houses, lamps and trees in towns;
// trees, bushes, fences and guard rails in rural areas.
func (s *scenery) furnish(roads []roadway) {
	for i := range roads {
		r := &roads[i]
		left, right := r.section.half()
		walk := r.section.sidewalk
		for _, side := range [...]float64{left + walk, -right - walk} {
			if s.urban {
				s.houses(r, side)
				s.row(r, side, 28, Prop{Kind: LampPost, Length: 0.2, Width: 0.2, Height: 6}, 0.6)
				s.scatter(r, side, Tree, 0.015, 0.8)
			} else {
				s.countryside(r, side)
			}
			s.row(r, side, 110, Prop{Kind: SignPost, Length: 0.1, Width: 0.7, Height: 2.4}, 0.5)
		}
	}
}

// place adds p unless it would be on a road, overlap another object, or be a
// building on a sidewalk.
func (s *scenery) place(p Prop) bool {
	box := p.Box()
	if s.covers(box.Inflate(0.2, 0.2), p.Kind) {
		return false
	}
	for i := range s.m.Props {
		q := &s.m.Props[i]
		if geom.Overlap(box, q.Box()) {
			return false
		}
	}
	p.Variant = uint32(s.random.Uint64())
	s.m.Props = append(s.m.Props, p)
	return true
}

// covers reports whether a footprint overlaps ground that must stay free.
func (s *scenery) covers(box geom.OBB, kind PropKind) bool {
	frame := geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw}
	nx, ny := int(math.Ceil(box.Length/2))+1, int(math.Ceil(box.Width/2))+1
	for i := range nx + 1 {
		for j := range ny + 1 {
			p := frame.ToWorld(geom.Vec{
				X: box.Length * (float64(i)/float64(nx) - 0.5),
				Y: box.Width * (float64(j)/float64(ny) - 0.5),
			})
			if s.m.Drivable(p) || kind == Building && s.m.On(p, Sidewalk) {
				return true
			}
		}
	}
	return false
}

// roadsidePose returns the pose at s along the road, out meters beyond the line that
// is side meters to its left, with the heading of the road.
func roadsidePose(r *roadway, s, side, out float64) geom.Pose {
	return r.ref.Offset(s, side+math.Copysign(out, side))
}

// houses adds buildings along a road.
func (s *scenery) houses(r *roadway, side float64) {
	for at := s.random.Range(0, 10); at < r.ref.Length(); {
		length, depth := s.random.Range(8, 22), s.random.Range(8, 14)
		setback := s.random.Range(0.3, 4)
		s.place(Prop{
			Kind: Building, Pose: roadsidePose(r, at+length/2, side, setback+depth/2),
			Length: length, Width: depth, Height: 3 * float64(2+s.random.IntN(4)),
		})
		at += length + s.random.Range(0.5, 9)
	}
}

// row adds p at regular distances, out meters beyond the edge.
func (s *scenery) row(r *roadway, side, every float64, p Prop, out float64) {
	for at := s.random.Range(5, every); at < r.ref.Length(); at += every {
		p.Pose = roadsidePose(r, at, side, out)
		s.place(p)
	}
}

// scatter adds plants at the given density per meter.
func (s *scenery) scatter(r *roadway, side float64, kind PropKind, density, out float64) {
	n := int(density * r.ref.Length())
	for range n {
		p := Prop{Kind: kind, Pose: roadsidePose(r, s.random.Range(0, r.ref.Length()), side, out)}
		s.place(s.plant(p))
	}
}

// plant draws the size of a tree or bush.
func (s *scenery) plant(p Prop) Prop {
	p.Height = s.random.Range(4, 10)
	p.Length, p.Width = 0.4, 0.4
	if p.Kind == Bush {
		p.Height = s.random.Range(0.6, 2)
		p.Length = p.Height * s.random.Range(0.9, 1.6)
		p.Width = p.Length
	}
	return p
}

// countryside adds vegetation along a road, and some fences, guard rails and houses.
func (s *scenery) countryside(r *roadway, side float64) {
	length := r.ref.Length()
	for range int(length / 9) {
		p := Prop{Kind: Tree, Pose: roadsidePose(r, s.random.Range(0, length), side, 2.5+40*s.random.Float64()*s.random.Float64())}
		if s.random.Chance(0.35) {
			p.Kind = Bush
		}
		s.place(s.plant(p))
	}
	switch s.random.IntN(3) {
	case 0:
		s.addRail(r, side, Prop{Kind: Barrier, Length: 4, Width: 0.25, Height: 0.75}, 0.6)
	case 1:
		s.addRail(r, side, Prop{Kind: Fence, Length: 3, Width: 0.1, Height: 1.1}, 5)
	}
	for range int(length / 150) {
		s.place(Prop{
			Kind: Building, Pose: roadsidePose(r, s.random.Range(0, length), side, s.random.Range(14, 40)),
			Length: s.random.Range(8, 16), Width: s.random.Range(7, 11), Height: s.random.Range(4, 8),
		})
	}
}

// addRail adds a continuous row of rail or fence pieces.
func (s *scenery) addRail(r *roadway, side float64, p Prop, out float64) {
	for at := p.Length / 2; at < r.ref.Length(); at += p.Length {
		p.Pose = roadsidePose(r, at, side, out)
		s.place(p)
	}
}
