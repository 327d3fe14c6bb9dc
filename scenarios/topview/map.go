package topview

import (
	"image/color"
	"math"
	"slices"

	"roadloop/internal/palette"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Sizes of paint, m.
const (
	paintWidth = .15
	dashLength = 3.0
	dashPeriod = 9.0
	dashStart  = 1.0
	doubleGap  = .26 // between the centers of two lines
	stopWidth  = .45
	stripe     = .5
	markStep   = 2.0 // between points along a line
)

// Least scales for details, points per meter.
const (
	dashDetail = 1.6
	propDetail = 1.2
)

// Map is a road map from above. It is read-only after NewMap.
type Map struct {
	// Shapes are the surfaces, the curbs, the paint and the roadside objects, each as a whole;
	// see Pieces.
	Shapes  []Shape
	signals []signal

	of *road.Map
}

// Background is the color outside of the surfaces.
var Background = tone(palette.Grass)

func tone(t palette.Tone) color.NRGBA { return color.NRGBA(t.Dark) }

// NewMap returns the view of a map.
func NewMap(m *road.Map) *Map {
	v := &Map{of: m}
	v.addSurfaces()
	for i := range m.Crosswalks {
		v.addZebra(&m.Crosswalks[i])
	}
	for i := range m.Lanes {
		v.addLane(&m.Lanes[i])
	}
	for i := range m.Props {
		v.addProp(&m.Props[i])
	}
	for i := range m.Signals {
		v.addSignal(&m.Signals[i])
	}
	return v
}

func (v *Map) add(s Shape) {
	s.bound()
	v.Shapes = append(v.Shapes, s)
}

// surfaces are the kinds of surfaces that differ from the background, bottom first.
var surfaces = [...]struct {
	Kind road.SurfaceKind
	Tone palette.Tone
}{{road.Gravel, palette.Gravel}, {road.Sidewalk, palette.Sidewalk}, {road.Asphalt, palette.Asphalt}}

func (v *Map) addSurfaces() {
	for _, k := range surfaces {
		for i := range v.of.Surfaces {
			f := &v.of.Surfaces[i]
			if f.Kind != k.Kind {
				continue
			}
			ring := slices.Clone(f.Left)
			for _, p := range slices.Backward(f.Right) {
				ring = append(ring, p)
			}
			v.add(Shape{Kind: Area, Points: ring, Color: tone(k.Tone), Tone: k.Tone.Name})
		}
	}
	for i := range v.of.Surfaces {
		if f := &v.of.Surfaces[i]; f.Kind == road.Asphalt {
			v.addCurb(f.Left, f.Right)
			v.addCurb(f.Right, f.Left)
		}
	}
}

// addCurb adds the parts of an asphalt edge that do not border other asphalt. The other
// edge defines the outside.
func (v *Map) addCurb(edge, other []geom.Vec) {
	const beyond = .25 // m
	var run []geom.Vec
	flush := func() {
		if len(run) > 1 {
			v.add(Shape{Kind: Line, Points: run, Width: .12, Least: 1, Color: tone(palette.Curb), Tone: palette.Curb.Name})
		}
		run = nil
	}
	for i := range len(edge) - 1 {
		mid := edge[i].Lerp(edge[i+1], .5)
		out := mid.Sub(other[i].Lerp(other[i+1], .5))
		if n := out.Norm(); n < 1e-6 || v.of.Drivable(mid.Add(out.Scale(beyond/n))) {
			flush()
			continue
		}
		if len(run) == 0 {
			run = append(run, edge[i])
		}
		run = append(run, edge[i+1])
	}
	flush()
}

func (v *Map) addLane(l *road.Lane) {
	if l.Junction < 0 {
		if l.Opposite == road.None || l.ID < l.Opposite || l.LeftMark.Kind == road.MarkDouble || v.of.Lanes[l.Opposite].LeftMark != l.LeftMark {
			v.addMark(l, l.LeftMark, 1, l.Opposite != road.None)
		}
		if l.Right == road.None || l.RightMark != v.of.Lanes[l.Right].LeftMark { // otherwise the neighbor paints it
			v.addMark(l, l.RightMark, -1, false)
		}
	}
	if l.Control != road.Free {
		a, b := stopLine(l, -stopWidth/2)
		v.add(Shape{Kind: Line, Points: []geom.Vec{a, b}, Width: stopWidth, Least: 1.5, Color: tone(palette.Paint), Tone: palette.Paint.Name})
	}
}

// stopLine returns the ends of a lane's stop line, moved along the lane by a distance.
func stopLine(l *road.Lane, by float64) (left, right geom.Vec) {
	half := l.Width/2 - .1
	return l.Center.Offset(l.StopS+by, half).Pos(), l.Center.Offset(l.StopS+by, -half).Pos()
}

// addMark adds the marking of a side of a lane, 1 for its left. opposed means that the lane
// beyond paints the other line of a double one.
func (v *Map) addMark(l *road.Lane, m road.Marking, side float64, opposed bool) {
	paint := palette.Paint
	if m.Yellow {
		paint = palette.PaintYellow
	}
	d := side * l.Width / 2
	add := func(d float64) {
		s := Shape{Kind: Line, Points: laneLine(l, d), Width: paintWidth, Least: 1, Color: tone(paint), Tone: paint.Name}
		if m.Kind == road.MarkDashed {
			s.Dash, s.Detail = [2]float64{dashLength, dashPeriod - dashLength}, dashDetail
		}
		v.add(s)
	}
	switch m.Kind {
	case road.MarkDashed, road.MarkSolid:
		add(d)
	case road.MarkDouble:
		add(d - side*doubleGap/2)
		if !opposed {
			add(d + side*doubleGap/2)
		}
	}
}

// laneLine returns the line at a distance d to the left of the center of a lane.
func laneLine(l *road.Lane, d float64) []geom.Vec {
	length := l.Center.Length()
	n := max(1, int(math.Ceil(length/markStep)))
	pts := make([]geom.Vec, n+1)
	for i := range pts {
		pts[i] = l.Center.Offset(length*float64(i)/float64(n), d).Pos()
	}
	return pts
}

// addZebra adds the stripes of a crosswalk, as one wide dashed line across the road.
func (v *Map) addZebra(z *road.Crosswalk) {
	v.add(Shape{Kind: Line, Points: []geom.Vec{z.A, z.B}, Width: z.Width, Dash: [2]float64{stripe, stripe}, Color: tone(palette.Paint), Tone: palette.Paint.Name})
}

// addProp adds a roadside object.
func (v *Map) addProp(p *road.Prop) {
	box := p.Box()
	ring := box.Corners()
	s := Shape{Kind: Polygon, Points: ring[:], Detail: propDetail, Color: tone(palette.Furniture), Tone: palette.Furniture.Name}
	switch p.Kind {
	case road.Tree, road.Bush:
		r := .35 * math.Hypot(p.Length, p.Width)
		v.add(Shape{Kind: Oval, Points: []geom.Vec{box.Center}, A: r, B: r, Detail: propDetail, Color: tone(palette.Tree), Tone: palette.Tree.Name})
		lit := box.Center.Add(geom.Vec{X: -.22 * r, Y: .22 * r})
		s = Shape{Kind: Oval, Points: []geom.Vec{lit}, A: .55 * r, B: .55 * r, Detail: propDetail, Color: mixed(tone(palette.Tree), color.NRGBA{R: 120, G: 160, B: 120, A: 255}, .16)}
	case road.LampPost, road.SignPost:
		s = Shape{Kind: Oval, Points: []geom.Vec{box.Center}, A: .18, B: .18, Detail: propDetail, Color: tone(palette.Furniture), Tone: palette.Furniture.Name}
	case road.Building:
		s.Color, s.Tone = tone(palette.Building), palette.Building.Name
		v.add(s)
		s = Shape{Kind: Line, Points: append(ring[:], ring[0]), Least: 1, Detail: propDetail, Color: mixed(s.Color, tone(palette.Curb), .47)}
	}
	v.add(s)
}

// Pieces returns the shapes of the map cut into pieces of at most a length in meters, of which
// outputs skip those outside of their view. Dashes are pieces. The pieces of areas overlap by a
// few centimeters, so that no seam is visible.
func (v *Map) Pieces(length float64) []Shape {
	var out []Shape
	for i := range v.Shapes {
		switch s := &v.Shapes[i]; {
		case s.Kind == Area:
			out = s.cutArea(out, length)
		case s.Dash != [2]float64{}:
			out = s.Dashes(out)
		case s.Kind == Line:
			out = s.cutLine(out, length, 0)
		default:
			out = append(out, *s)
		}
	}
	return out
}

// overlap is the overlap of the pieces of an area, m.
const overlap = .06

func (s *Shape) cutArea(to []Shape, length float64) []Shape {
	left, right := s.Edges(nil)
	for from := 0; from < len(left)-1; {
		end, sum := from+1, left[from].Dist(left[from+1])
		for end < len(left)-1 && sum < length {
			sum += left[end].Dist(left[end+1])
			end++
		}
		piece := *s
		piece.Points = extended(left[from : end+1])
		for _, p := range slices.Backward(extended(right[from : end+1])) {
			piece.Points = append(piece.Points, p)
		}
		piece.bound()
		to, from = append(to, piece), end
	}
	return to
}

// extended returns a copy of a line, longer by overlap at both ends.
func extended(line []geom.Vec) []geom.Vec {
	out := slices.Clone(line)
	n := len(out)
	extend := func(end, inner geom.Vec) geom.Vec {
		d := end.Sub(inner)
		if d.Norm() < 1e-6 {
			return end
		}
		return end.Add(d.Scale(overlap / d.Norm()))
	}
	out[0], out[n-1] = extend(line[0], line[1]), extend(line[n-1], line[n-2])
	return out
}

// Dashes appends the dashes of a line, as polygons if they are wider than long.
func (s *Shape) Dashes(to []Shape) []Shape { return s.cutLine(to, s.Dash[0], s.Dash[1]) }

// cutLine appends the parts of a line of length on, with gaps of length off between them. The
// first part begins after dashStart, or half a gap if that is less.
func (s *Shape) cutLine(to []Shape, on, off float64) []Shape {
	line, err := geom.NewPolyline(s.Points)
	if err != nil {
		return to
	}
	for from := math.Min(off/2, dashStart); from < line.Length(); from += on + off {
		piece := *s
		piece.Dash = [2]float64{}
		piece.Points = part(&line, from, math.Min(from+on, line.Length()))
		if s.Width > on {
			piece.widen()
		}
		piece.bound()
		to = append(to, piece)
	}
	return to
}

// part returns the part of a line between two arc lengths.
func part(line *geom.Polyline, from, to float64) []geom.Vec {
	out := []geom.Vec{line.At(from).Pos()}
	pts, s := line.Points(), 0.0
	for i := 1; i < len(pts)-1; i++ {
		if s += pts[i].Dist(pts[i-1]); s > from && s < to {
			out = append(out, pts[i])
		}
	}
	return append(out, line.At(to).Pos())
}

// widen makes a straight line a polygon of its width.
func (s *Shape) widen() {
	a, b := s.Points[0], s.Points[len(s.Points)-1]
	side := geom.Unit(b.Sub(a).Angle()).Left().Scale(s.Width / 2)
	s.Kind, s.Width, s.Points = Polygon, 0, []geom.Vec{a.Add(side), b.Add(side), b.Sub(side), a.Sub(side)}
}
