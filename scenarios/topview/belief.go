package topview

import (
	"image/color"
	"math"

	"roadloop/internal/palette"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// TrackColor returns the color of a track's class.
func TrackColor(k perception.Class) color.NRGBA {
	switch k {
	case perception.Pedestrian:
		return tone(palette.Pedestrian)
	case perception.Cyclist:
		return tone(palette.Cyclist)
	case perception.Cone:
		return tone(palette.Cone)
	}
	return tone(palette.Belief)
}

// sigmas is the size of a track's ellipse in standard deviations.
const sigmas = 2

// Ellipse returns the half axes of the 2σ ellipse of a position covariance, in meters,
// and the heading of the first axis on the map.
func Ellipse(cov *[4][4]float64) (a, b, heading float64) {
	xx, xy, yy := cov[0][0], (cov[0][1]+cov[1][0])/2, cov[1][1]
	mean, half := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
	heading = math.Atan2(2*xy, xx-yy) / 2
	return sigmas * math.Sqrt(math.Max(0, mean+half)), sigmas * math.Sqrt(math.Max(0, mean-half)), heading
}

// minArrowSpeed is the least speed with an arrow, m/s.
const minArrowSpeed = .4

// Track adds a track: its uncertainty, its dashed box, and the distance covered in one second.
func (l *List) Track(t *perception.Track) {
	c := faded(TrackColor(t.Class), .35+.65*t.Existence)
	a, b, yaw := Ellipse(&t.Cov)
	oval := Shape{Kind: Oval, Points: l.copied(t.Pose.Pos()), A: a, B: b, Yaw: yaw, Color: faded(c, .14)}
	if a > 0 {
		l.add(oval)
		ring := oval.Ring(nil, 40)
		l.line(1, faded(c, .6), append(ring, ring[0])...)
	}
	l.Box(t.Box(), Shape{Least: 1.8, Dash: l.dash(4, 3), Color: c})
	if t.Vel.Norm() >= minArrowSpeed {
		l.arrow(t.Pose.Pos(), t.Pose.Pos().Add(t.Vel), 1.5, 6, c)
	}
}

// Box outlines a box with the style of a line. The box has a visible least size.
func (l *List) Box(b geom.OBB, style Shape) {
	b.Length, b.Width = math.Max(b.Length, 6/l.Scale), math.Max(b.Width, 4/l.Scale)
	corners := b.Corners()
	style.Kind, style.Points = Line, l.copied(append(corners[:], corners[0])...)
	l.add(style)
}

// Patch fills a box.
func (l *List) Patch(b geom.OBB, c color.NRGBA) {
	corners := b.Corners()
	l.add(Shape{Kind: Polygon, Points: l.copied(corners[:]...), Color: c})
}

// arrow adds a line with an arrowhead. width and size are in points.
func (l *List) arrow(from, to geom.Vec, width, size float64, c color.NRGBA) {
	d := to.Sub(from)
	length := d.Norm()
	if length == 0 {
		return
	}
	d = d.Scale(1 / length)
	head := size / l.Scale
	neck := to.Sub(d.Scale(math.Min(head, length)))
	side := d.Left().Scale(.45 * head)
	l.line(width, c, from, neck)
	l.add(Shape{Kind: Polygon, Points: l.copied(to, neck.Add(side), neck.Sub(side)), Color: c})
}

// Forecast adds the predicted motion of a track: a line for each mode, fainter if it is less
// likely, with a dot for each second.
func (l *List) Forecast(t *perception.Track, f *planning.Forecast) {
	for i := range f.Modes {
		mode := &f.Modes[i]
		c := faded(TrackColor(t.Class), .12+.68*mode.Probability)
		way := []geom.Vec{t.Pose.Pos()}
		const second = 5 // of poses
		for k := range mode.Poses {
			if k%2 == 0 || k == planning.Horizon-1 {
				way = append(way, mode.Poses[k].Pos())
			}
		}
		l.line(2, c, way...)
		for k := second - 1; k < planning.Horizon; k += second {
			l.dot(mode.Poses[k].Pos(), 2.2, c)
		}
	}
}

// Plan adds a planned trajectory, with a dot for each second. The color is that of a failure
// during an emergency.
func (l *List) Plan(p *planning.Plan) {
	c := tone(palette.Plan)
	if p.Emergency {
		c = tone(palette.Failure)
	}
	l.way(p.Waypoints, 2, 3.2, c)
	for i := range p.Waypoints {
		if t := p.Waypoints[i].Time; t > 0 && t%100 == 0 {
			l.dot(p.Waypoints[i].Pose.Pos(), 3.4, c)
		}
	}
}

// Proposals adds the trajectories that were considered, except for the chosen one.
func (l *List) Proposals(p *planning.Plan) {
	for i := range p.Proposals {
		q := &p.Proposals[i]
		c := faded(tone(palette.Caution), .16+.34*math.Max(0, math.Min(1, q.Score)))
		if q.Score < .01 {
			c = faded(tone(palette.Failure), .5)
		}
		if i != p.Chosen {
			l.way(q.Waypoints, 5, 1.1, c)
		}
	}
}

// way adds every every-th point of a trajectory as a line with a width in points.
func (l *List) way(way []planning.Waypoint, every int, width float64, c color.NRGBA) {
	n := len(l.points)
	for i := 0; i < len(way); i += every {
		l.points = append(l.points, way[i].Pose.Pos())
	}
	if last := len(way) - 1; last >= 0 && last%every != 0 {
		l.points = append(l.points, way[last].Pose.Pos())
	}
	if pts := l.points[n:len(l.points):len(l.points)]; len(pts) > 1 {
		l.add(Shape{Kind: Line, Points: pts, Least: width, Color: c})
	}
}

// signal is the part of a signal that its state colors.
type signal struct {
	stops [][2]geom.Vec
	lamps geom.Vec // right of the stop line
}

// lampOffset is the distance of the lamps from the right edge of the lane, m.
const lampOffset = 1.3

func (v *Map) addSignal(s *road.Signal) {
	h := signal{lamps: s.Pos}
	for i, id := range s.Lanes {
		l := &v.of.Lanes[id]
		a, b := stopLine(l, 0)
		h.stops = append(h.stops, [2]geom.Vec{a, b})
		if i == 0 {
			h.lamps = l.Center.Offset(l.StopS, -l.Width/2-lampOffset).Pos()
		}
	}
	v.signals = append(v.signals, h)
}

// lights are the lamps of a signal head, from the top.
var lights = [...]struct {
	state road.SignalState
	tone  palette.Tone
}{{road.Red, palette.SignalRed}, {road.Amber, palette.SignalAmber}, {road.Green, palette.SignalGreen}}

// SignalColor returns the color of a signal state.
func SignalColor(s road.SignalState) color.NRGBA {
	for _, l := range lights {
		if l.state == s {
			return tone(l.tone)
		}
	}
	return tone(palette.SignalOff)
}

// Signals adds the stop lines of signals in the color of their state, and next to them the
// three lamps. The position of the lit lamp also shows the state.
func (l *List) Signals(v *Map, states []road.SignalState) {
	for i := range v.signals {
		if i >= len(states) {
			return
		}
		s := &v.signals[i]
		for _, stop := range s.stops {
			l.add(Shape{Kind: Line, Points: l.copied(stop[:]...), Width: stopWidth, Least: 2, Color: SignalColor(states[i])})
		}
		if l.Scale >= dashDetail {
			l.head(s.lamps, math.Max(4, math.Min(9, 1.1*l.Scale)), states[i])
		}
	}
}

// head adds a signal head around a point, upright on the output, with lamps of a diameter in points.
func (l *List) head(at geom.Vec, size float64, state road.SignalState) {
	place := func(x, y float64) geom.Vec { // points to the right and up on the output
		up := geom.Unit(l.Up)
		return at.Add(up.Scale(y / l.Scale)).Sub(up.Left().Scale(x / l.Scale))
	}
	w, h := (size+4)/2, (3*size+8)/2
	l.add(Shape{Kind: Polygon, Points: l.copied(place(-w, h), place(w, h), place(w, -h), place(-w, -h)), Color: dark})
	for k, lamp := range lights {
		p := place(0, h-2-size/2-float64(k)*(size+2))
		if lamp.state != state {
			l.dot(p, size/2, faded(tone(lamp.tone), .16))
			continue
		}
		l.dot(p, .95*size, faded(tone(lamp.tone), .3))
		l.dot(p, size/2, tone(lamp.tone))
	}
}
