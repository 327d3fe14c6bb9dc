package panel

import (
	"math"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Chart draws a road map from above: ground, lanes with markings, crosswalks, stop lines,
// signals, and roadside objects. The geometry is computed once; a chart is read-only after NewChart.
type Chart struct {
	m       *road.Map
	strips  [numGrounds][]strip
	edges   []chartLine // edges of the asphalt
	paint   [numPaints][]chartLine
	dashes  [numPaints][]chartLine
	zebras  []chartBox
	stops   []chartLine
	props   []prop
	signals []signalHead
}

// disc is a bounding circle for culling.
type disc struct {
	mid    geom.Vec
	radius float64
}

func discAround(pts ...geom.Vec) disc {
	lo, hi := pts[0], pts[0]
	for _, p := range pts[1:] {
		lo = geom.Vec{X: math.Min(lo.X, p.X), Y: math.Min(lo.Y, p.Y)}
		hi = geom.Vec{X: math.Max(hi.X, p.X), Y: math.Max(hi.Y, p.Y)}
	}
	return disc{lo.Lerp(hi, .5), lo.Dist(hi) / 2}
}

// strip is a piece of ground between two edges.
type strip struct {
	disc
	left, right []geom.Vec
}

// line is a piece of a line.
type chartLine struct {
	disc
	pts []geom.Vec
}

// chartBox is a rectangle on the ground.
type chartBox struct {
	disc
	corners [4]geom.Vec
}

// prop is a roadside object.
type prop struct {
	chartBox
	kind road.PropKind
}

// grounds are the surfaces, bottom first.
var grounds = [...]road.SurfaceKind{road.Grass, road.Gravel, road.Sidewalk, road.Asphalt}

const numGrounds = len(grounds)

// Colors of paint.
const (
	white = iota
	yellow
	numPaints
)

// NewChart prepares a map.
func NewChart(m *road.Map) *Chart {
	c := &Chart{m: m}
	for i := range m.Surfaces {
		c.addSurface(&m.Surfaces[i])
	}
	for i := range m.Lanes {
		c.addLane(&m.Lanes[i])
	}
	for i := range m.Crosswalks {
		c.addZebra(&m.Crosswalks[i])
	}
	for i := range m.Props {
		p := &m.Props[i]
		b := geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width}.Corners()
		c.props = append(c.props, prop{chartBox{discAround(b[:]...), b}, p.Kind})
	}
	for i := range m.Signals {
		c.addSignal(&m.Signals[i])
	}
	return c
}

// chartPiece is the number of edge points per strip.
const chartPiece = 12

func (c *Chart) addSurface(f *road.Surface) {
	layer := 0
	for k, g := range grounds {
		if g == f.Kind {
			layer = k
		}
	}
	for i := 0; i+1 < len(f.Left); i += chartPiece {
		j := min(i+chartPiece+1, len(f.Left))
		left, right := f.Left[i:j], f.Right[i:j]
		d := discAround(append(append([]geom.Vec(nil), left...), right...)...)
		c.strips[layer] = append(c.strips[layer], strip{d, left, right})
	}
	if f.Kind == road.Asphalt {
		c.addEdge(f.Left, f.Right)
		c.addEdge(f.Right, f.Left)
	}
}

// addEdge adds the parts of an asphalt edge that do not border other asphalt. The other
// edge defines the outside.
func (c *Chart) addEdge(edge, other []geom.Vec) {
	const beyond = .25 // m
	var run []geom.Vec
	flush := func() {
		if len(run) > 1 {
			c.edges = append(c.edges, chartLine{discAround(run...), run})
		}
		run = nil
	}
	for i := range len(edge) - 1 {
		mid := edge[i].Lerp(edge[i+1], .5)
		out := mid.Sub(other[i].Lerp(other[i+1], .5))
		if n := out.Norm(); n < 1e-6 || c.m.Drivable(mid.Add(out.Scale(beyond/n))) {
			flush()
			continue
		}
		if len(run) == 0 {
			run = append(run, edge[i])
		}
		if run = append(run, edge[i+1]); len(run) > chartPiece {
			flush()
		}
	}
	flush()
}

// Sizes of paint, m.
const (
	dashLength = 3.0
	dashPeriod = 9.0
	doubleGap  = .26 // between the centers of two lines
	stopWidth  = .45
	stripe     = .5
	markStep   = 3.0 // between points along a line
)

func (c *Chart) addLane(l *road.Lane) {
	if l.Junction < 0 {
		c.addMark(l, l.LeftMark, 1, l.Opposite != road.None)
		if l.Right == road.None || l.RightMark != c.m.Lanes[l.Right].LeftMark { // otherwise the neighbor paints it
			c.addMark(l, l.RightMark, -1, false)
		}
	}
	if l.Control != road.Free {
		h := l.Width/2 - .1
		a, b := l.Center.Offset(l.StopS-stopWidth/2, h).Pos(), l.Center.Offset(l.StopS-stopWidth/2, -h).Pos()
		c.stops = append(c.stops, chartLine{discAround(a, b), []geom.Vec{a, b}})
	}
}

// addMark adds the marking of a side of a lane, 1 for its left.
func (c *Chart) addMark(l *road.Lane, m road.Marking, side float64, opposed bool) {
	color := white
	if m.Yellow {
		color = yellow
	}
	d := side * l.Width / 2
	switch m.Kind {
	case road.MarkDashed:
		for s := 1.0; s < l.Center.Length(); s += dashPeriod {
			pts := beside(l, d, s, math.Min(s+dashLength, l.Center.Length()))
			c.dashes[color] = append(c.dashes[color], chartLine{discAround(pts...), pts})
		}
	case road.MarkSolid:
		c.addSolid(l, d, color)
	case road.MarkDouble:
		c.addSolid(l, d-side*doubleGap/2, color)
		if !opposed {
			c.addSolid(l, d+side*doubleGap/2, color)
		}
	}
}

func (c *Chart) addSolid(l *road.Lane, d float64, color int) {
	const long = 36.0
	for s := 0.0; s < l.Center.Length(); s += long {
		pts := beside(l, d, s, math.Min(s+long, l.Center.Length()))
		c.paint[color] = append(c.paint[color], chartLine{discAround(pts...), pts})
	}
}

// beside returns a part of the lane's line at an offset d to the left of the center.
func beside(l *road.Lane, d, s0, s1 float64) []geom.Vec {
	n := max(1, int(math.Ceil((s1-s0)/markStep)))
	pts := make([]geom.Vec, n+1)
	for i := range pts {
		pts[i] = l.Center.Offset(s0+(s1-s0)*float64(i)/float64(n), d).Pos()
	}
	return pts
}

func (c *Chart) addZebra(z *road.Crosswalk) {
	across := z.B.Sub(z.A)
	length := across.Norm()
	u := across.Scale(1 / length)
	n := u.Left().Scale(z.Width / 2)
	for s := .3; s+stripe < length; s += 2 * stripe {
		p, q := z.A.Add(u.Scale(s)), z.A.Add(u.Scale(s+stripe))
		b := [4]geom.Vec{p.Sub(n), q.Sub(n), q.Add(n), p.Add(n)}
		c.zebras = append(c.zebras, chartBox{discAround(b[:]...), b})
	}
}

// pen draws map geometry on a canvas.
type pen struct {
	c    *ui.Canvas
	v    *View
	m    Mapper
	a, b []ui.Point // scratch
}

func (p *pen) at(q geom.Vec) ui.Point { return p.m.Point(q) }

func (p *pen) points(dst []ui.Point, pts []geom.Vec) []ui.Point {
	for _, q := range pts {
		dst = append(dst, p.m.Point(q))
	}
	return dst
}
