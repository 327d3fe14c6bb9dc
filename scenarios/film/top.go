package film

import (
	"image/color"

	"roadloop/scenarios/tape"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

var (
	meadow  = color.RGBA{35, 44, 38, 255}
	asphalt = color.RGBA{62, 66, 71, 255}
	edge    = color.RGBA{112, 118, 124, 255}
	truth   = color.RGBA{176, 182, 188, 255}
)

// above maps the road to a view from above: the ego looks up, from the lower third.
type above struct {
	*canvas
	ego    geom.Pose
	scale  float64 // px/m
	across float64
	down   float64
}

func (v *above) at(p geom.Vec) geom.Vec {
	q := v.ego.ToLocal(p)
	return geom.Vec{X: v.across - q.Y*v.scale, Y: v.down - q.X*v.scale}
}

func (v *above) corners(b geom.OBB) []geom.Vec {
	var out []geom.Vec
	for _, p := range b.Corners() {
		out = append(out, v.at(p))
	}
	return out
}

// drawTop shows the road from above: who is there, who is believed to be, the plan.
func (a *Artist) drawTop(c *canvas, f *tape.Frame) {
	w, h := c.size()
	ego := f.World.Ego()
	v := &above{canvas: c, ego: ego.State.Pose, scale: max(h, w*.6) / 85, across: w / 2, down: h * .72}
	c.rect(0, 0, w, h, meadow)
	v.drawRoad(f.World.Map(), f.World.Signals())
	actors := f.World.Actors()
	for i := range actors {
		c.fill(truth, v.corners(actors[i].Box())...)
	}
	if a.shows("plan") && f.Plan != nil {
		var way []geom.Vec
		for _, p := range f.Plan.Waypoints {
			way = append(way, v.at(p.Pose.Pos()))
		}
		c.line(4, green, way...)
	}
	c.fill(orange, v.corners(ego.Box())...)
	if a.shows("tracks") && f.Scene != nil {
		for i := range f.Scene.Tracks {
			t := &f.Scene.Tracks[i]
			c.outline(2.5, sky, v.corners(t.Box())...)
			c.line(2, sky, v.at(t.Pose.Pos()), v.at(t.Pose.Pos().Add(t.Vel)))
		}
	}
	a.drawLegend(c)
}

// drawRoad draws lanes, their borders and signals.
func (v *above) drawRoad(m *road.Map, signals []road.SignalState) {
	const step, reach = 3.0, 130
	for _, border := range [...]bool{false, true} {
		for i := range m.Lanes {
			l := &m.Lanes[i]
			if border && l.Junction >= 0 {
				continue
			}
			length := l.Center.Length()
			for s := 0.0; s < length; s += step {
				if l.Center.At(s).Pos().Dist(v.ego.Pos()) > reach {
					continue
				}
				v.drawLane(l, s, min(s+step, length), border)
			}
		}
	}
	lights := map[road.SignalState]color.RGBA{road.Red: vermilion, road.Amber: yellow, road.Green: green}
	for i, state := range signals {
		if c, ok := lights[state]; ok && i < len(m.Signals) {
			p := v.at(m.Signals[i].Pos)
			const r = .9
			v.fill(c, p.Add(geom.Vec{X: -r * v.scale}), p.Add(geom.Vec{Y: -r * v.scale}), p.Add(geom.Vec{X: r * v.scale}), p.Add(geom.Vec{Y: r * v.scale}))
		}
	}
}

// drawLane draws a piece of a lane, or of its borders.
func (v *above) drawLane(l *road.Lane, from, to float64, border bool) {
	side := func(s, d float64) geom.Vec { return v.at(l.Center.Offset(s, d).Pos()) }
	w := l.Width / 2
	if border {
		v.line(1, edge, side(from, w), side(to, w))
		v.line(1, edge, side(from, -w), side(to, -w))
		return
	}
	const seam = .05 // m by which pieces overlap, so that no gap shows
	v.fill(asphalt, side(from-seam, w), side(to+seam, w), side(to+seam, -w), side(from-seam, -w))
}

// drawLegend says what the colors mean.
func (a *Artist) drawLegend(c *canvas) {
	x, y := 14*c.scale, 24*c.scale
	put := func(with color.RGBA, text string) {
		c.rect(x, y-10*c.scale, x+10*c.scale, y, with)
		c.text(x+16*c.scale, y, 13, ink, text)
		y += 20 * c.scale
	}
	put(orange, "ego")
	put(truth, "truth")
	if a.shows("tracks") {
		put(sky, "tracks")
	}
	if a.shows("plan") {
		put(green, "plan")
	}
}
