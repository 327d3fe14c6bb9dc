package panel

import (
	"roadloop/desktop/internal/ui"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// signalHead is a drawn signal with its stop lines.
type signalHead struct {
	disc
	stops []chartLine
	lamps geom.Vec // position of the lamps, right of the stop line
}

// besideLane is the distance of the lamps from the right edge of the lane, m.
const besideLane = 1.3

func (c *Chart) addSignal(s *road.Signal) {
	h := signalHead{disc: disc{s.Pos, 8}, lamps: s.Pos}
	for i, id := range s.Lanes {
		l := &c.m.Lanes[id]
		a, b := l.Center.Offset(l.StopS, l.Width/2-.1).Pos(), l.Center.Offset(l.StopS, .1-l.Width/2).Pos()
		h.stops = append(h.stops, chartLine{discAround(a, b), []geom.Vec{a, b}})
		if i == 0 {
			h.lamps = l.Center.Offset(l.StopS, -l.Width/2-besideLane).Pos()
			h.disc = disc{h.lamps, 12}
		}
	}
	c.signals = append(c.signals, h)
}

// lampColors are the colors of lit lamps, from the top.
var lampColors = [...]struct {
	state road.SignalState
	color ui.Color
}{
	{road.Red, ui.Color{R: 240, G: 84, B: 46, A: 255}},
	{road.Amber, ui.Color{R: 245, G: 185, B: 66, A: 255}},
	{road.Green, ui.Color{R: 46, G: 204, B: 150, A: 255}},
}

// SignalColor returns the color of a signal state, gray for off.
func SignalColor(s road.SignalState) ui.Color {
	for _, l := range lampColors {
		if l.state == s {
			return l.color
		}
	}
	return ui.Color{R: 110, G: 116, B: 124, A: 255}
}

// Signals draws stop lines in the color of their signal, and next to them the three
// lamps. The position of the lit lamp also shows the state.
func (c *Chart) Signals(dst *ui.Canvas, v *View, states []road.SignalState) {
	p := &pen{c: dst, v: v, m: v.Mapper()}
	for i := range c.signals {
		h := &c.signals[i]
		if i >= len(states) || !v.Shows(h.mid, h.radius) {
			continue
		}
		p.lines(h.stops, max(2, stopWidth*v.Scale), SignalColor(states[i]))
		if v.Scale >= dashScale {
			Lamps(dst, p.at(h.lamps), max(4, min(9, 1.1*v.Scale)), states[i])
		}
	}
}

// Lamps draws a signal head around a point, with lamps of the given diameter.
func Lamps(dst *ui.Canvas, at ui.Point, size float64, state road.SignalState) {
	w, h := size+4, 3*size+8
	box := ui.Rect{X: at.X - w/2, Y: at.Y - h/2, W: w, H: h}
	dst.Plate(box, 3, ui.Color{R: 12, G: 14, B: 16, A: 235}, ui.Color{R: 84, G: 90, B: 98, A: 255})
	for k, l := range lampColors {
		q := ui.Point{X: at.X, Y: box.Y + 2 + size/2 + float64(k)*(size+2)}
		if l.state == state {
			dst.Circle(q, size*.95, ui.Alpha(l.color, .3))
			dst.Circle(q, size/2, l.color)
		} else {
			dst.Circle(q, size/2, ui.Alpha(l.color, .16))
		}
	}
}
