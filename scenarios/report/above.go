package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// fromAbove draws the map around the drive, the way of the ego, and where
// everyone else began.
func fromAbove(out *scenarios.Outcome) template.HTML {
	d := drawing{}
	for i := range out.Samples {
		d.include(out.Samples[i].Pose.Pos())
	}
	d.lo, d.hi = d.lo.Sub(geom.Vec{X: 25, Y: 18}), d.hi.Add(geom.Vec{X: 25, Y: 18})
	w, h := d.hi.X-d.lo.X, d.hi.Y-d.lo.Y
	fmt.Fprintf(&d.b, `<svg class="above" viewBox="%.1f %.1f %.1f %.1f" xmlns="http://www.w3.org/2000/svg"><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#7d9a62"/>`,
		d.lo.X, -d.hi.Y, w, h, d.lo.X, -d.hi.Y, w, h)
	spec := out.Plan.Drive.World
	d.road(spec.Map)
	for i := range spec.Actors {
		d.actor(spec.Map, &spec.Actors[i])
	}
	var way []geom.Vec
	for i := range out.Samples {
		way = append(way, out.Samples[i].Pose.Pos())
	}
	d.line(way, "#d55e00", .9, "")
	if n := len(way); n > 0 {
		fmt.Fprintf(&d.b, `<circle cx="%.1f" cy="%.1f" r="1.6" fill="#d55e00"/>`, way[n-1].X, -way[n-1].Y)
	}
	d.b.WriteString("</svg>")
	return template.HTML(d.b.String())
}

// drawing is an SVG picture in the making, y pointing up.
type drawing struct {
	b      strings.Builder
	lo, hi geom.Vec
	any    bool
}

func (d *drawing) include(p geom.Vec) {
	if !d.any {
		d.lo, d.hi, d.any = p, p, true
	}
	d.lo = geom.Vec{X: math.Min(d.lo.X, p.X), Y: math.Min(d.lo.Y, p.Y)}
	d.hi = geom.Vec{X: math.Max(d.hi.X, p.X), Y: math.Max(d.hi.Y, p.Y)}
}

// near reports whether any of the points lies in the picture.
func (d *drawing) near(pts []geom.Vec) bool {
	for _, p := range pts {
		if p.X > d.lo.X-20 && p.X < d.hi.X+20 && p.Y > d.lo.Y-20 && p.Y < d.hi.Y+20 {
			return true
		}
	}
	return false
}

func (d *drawing) points(pts []geom.Vec) {
	for _, p := range pts {
		fmt.Fprintf(&d.b, "%.1f,%.1f ", p.X, -p.Y)
	}
}

func (d *drawing) polygon(pts []geom.Vec, fill string) {
	d.b.WriteString(`<polygon points="`)
	d.points(pts)
	fmt.Fprintf(&d.b, `" fill="%s"/>`, fill)
}

func (d *drawing) line(pts []geom.Vec, stroke string, width float64, dash string) {
	d.b.WriteString(`<polyline points="`)
	d.points(pts)
	fmt.Fprintf(&d.b, `" fill="none" stroke="%s" stroke-width="%.2f" stroke-dasharray="%s"/>`, stroke, width, dash)
}

// road draws surfaces, markings, crosswalks and what stands beside the road.
func (d *drawing) road(m *road.Map) {
	for _, kind := range [...]road.SurfaceKind{road.Sidewalk, road.Asphalt} {
		for i := range m.Surfaces {
			s := &m.Surfaces[i]
			if s.Kind != kind || !d.near(s.Left) && !d.near(s.Right) {
				continue
			}
			outline := append([]geom.Vec(nil), s.Left...)
			for k := len(s.Right) - 1; k >= 0; k-- {
				outline = append(outline, s.Right[k])
			}
			d.polygon(outline, map[road.SurfaceKind]string{road.Sidewalk: "#b8b4ac", road.Asphalt: "#5a5a5e"}[kind])
		}
	}
	for i := range m.Lanes {
		if l := &m.Lanes[i]; l.Junction < 0 && d.near(l.Center.Points()) {
			d.mark(l, l.Width/2, l.LeftMark)
			d.mark(l, -l.Width/2, l.RightMark)
		}
	}
	for _, c := range m.Crosswalks {
		if d.near([]geom.Vec{c.A, c.B}) {
			d.line([]geom.Vec{c.A, c.B}, "#eee", c.Width, ".5 .5")
		}
	}
	for i := range m.Props {
		p := &m.Props[i]
		if p.Kind == road.Building && d.near([]geom.Vec{p.Pose.Pos()}) {
			box := geom.OBB{Center: p.Pose.Pos(), Yaw: p.Pose.Yaw, Length: p.Length, Width: p.Width}.Corners()
			d.polygon(box[:], "#9c8f83")
		}
	}
}

func (d *drawing) mark(l *road.Lane, offset float64, mark road.Marking) {
	if mark.Kind == road.MarkNone {
		return
	}
	dash := ""
	if mark.Kind == road.MarkDashed {
		dash = "3 6"
	}
	color := "#eee"
	if mark.Yellow {
		color = "#e8b820"
	}
	var pts []geom.Vec
	for s := 0.0; s < l.Center.Length(); s += 3 {
		pts = append(pts, l.Center.Offset(s, offset).Pos())
	}
	d.line(append(pts, l.Center.Offset(l.Center.Length(), offset).Pos()), color, .18, dash)
}

// actor marks where an actor begins.
func (d *drawing) actor(m *road.Map, a *sim.ActorSpec) {
	p := m.Lanes[a.Start.Lane].Center.Offset(a.Start.S, a.Start.D).Pos()
	if a.Start.Pose != nil {
		p = a.Start.Pose.Pos()
	}
	if w, ok := a.Behavior.(sim.Walk); ok {
		p = w.Path[0]
		d.line(w.Path, "#e69f00", .3, "1 1")
	}
	fmt.Fprintf(&d.b, `<circle cx="%.1f" cy="%.1f" r="1.3" fill="#56b4e9"><title>%s</title></circle>`, p.X, -p.Y, template.HTMLEscapeString(a.Name))
}
