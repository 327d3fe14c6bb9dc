package scene

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// roadStyle is the look of the roads of a map.
type roadStyle struct {
	surface    RGB
	line       float64 // width of lines, m
	dash, gap  float64 // of dashed lines, m
	dots       bool    // raised dots instead of dashes
	yellowLeft bool    // the left edge line of a carriageway is yellow
	paint      RGB
	wear       float64 // added to all markings
}

// plainRoads is the look without Appearance.Road.
func plainRoads() roadStyle {
	return roadStyle{surface: asphalt, line: lineWidth, dash: dash, gap: dashPeriod - dash, paint: white}
}

// randomRoads returns a random look.
func randomRoads(r *rng.Stream) roadStyle {
	s := plainRoads()
	s.surface = tint(r, pick(r, []RGB{asphalt, {.17, .17, .18}, {.22, .22, .23}, {.34, .335, .33}, {.29, .27, .25}, {.47, .455, .43}, {.40, .39, .375}}), .12, .02)
	s.line = r.Range(.10, .25)
	pattern := pick(r, [][2]float64{{3, 6}, {3, 9}, {6, 12}, {4, 8}, {2, 4}, {6, 3}, {1.5, 4.5}, {4, 12}})
	s.dash, s.gap = pattern[0], pattern[1]
	s.dots = r.Chance(.12)
	s.yellowLeft = r.Chance(.4)
	s.paint = tint(r, white, .12, .02)
	if r.Chance(.4) {
		s.wear = r.Range(0, .5)
	}
	return s
}

// Shares of the road's brightness under wear.
const (
	sealed   = .55 // bitumen in cracks
	newPatch = .72
	oldPatch = 1.22
	oil      = .70
	rubberOn = .78
)

// scaled returns a color times a factor.
func scaled(c RGB, f float64) RGB {
	for i := range c {
		c[i] = float32(math.Min(1, f*float64(c[i])))
	}
	return c
}

// wear adds cracks, patches, stains, tracks and arrows to the lanes of a map.
type wear struct {
	*grid
	m *road.Map
	r *rng.Stream
}

// spots adds them to all lanes outside junctions.
func (w *wear) spots() {
	r := w.r
	cracked, patched, stained := r.Float64()*r.Float64(), r.Float64()*r.Float64(), r.Float64()
	tracked, arrows, joints := r.Chance(.5), r.Chance(.5), r.Chance(.4)
	for i := range w.m.Lanes {
		l := &w.m.Lanes[i]
		if l.Junction >= 0 || l.Center.Length() < 12 {
			continue
		}
		if tracked {
			w.tracks(l)
		}
		if joints {
			w.joint(l)
		}
		for s := r.Range(2, 12); s < l.Center.Length()-8; s += r.Range(5, 20) {
			switch {
			case r.Chance(.55 * cracked):
				w.crack(l, s)
			case r.Chance(.45 * patched):
				w.patch(l, s)
			case r.Chance(.5 * stained):
				w.stain(l, s)
			case r.Chance(.06):
				w.skid(l, s)
			}
		}
		if arrows && (l.Control != road.Free || r.Chance(.25)) {
			w.arrow(l, math.Max(6, l.StopS-r.Range(8, 22)))
		}
	}
}

// worn returns the material of the road with its brightness changed.
func (w *wear) worn(f float64) Material {
	return Material{Color: scaled(w.roads.surface, f), Texture: Asphalt, Class: Road}
}

// strip paints the part from a to b of a strip along a lane, between two offsets.
func (w *wear) strip(m Material, l *road.Lane, a, b, d0, d1 float64) {
	c := &l.Center
	w.paint(layerWear, m, c.Offset(a, d0).Pos(), c.Offset(b, d0).Pos(), c.Offset(b, d1).Pos(), c.Offset(a, d1).Pos())
}

// tracks adds what tires leave in both wheel tracks, and the oil between them.
func (w *wear) tracks(l *road.Lane) {
	track, middle := w.worn(w.r.Range(.84, 1.12)), w.worn(w.r.Range(.82, .97))
	width := w.r.Range(.3, .7)
	const piece = 10.0
	for s := 0.0; s+piece <= l.Center.Length(); s += piece {
		for _, d := range [...]float64{-.78, .78} {
			w.strip(track, l, s, s+piece, d-width/2, d+width/2)
		}
		if w.r.Chance(.8) {
			w.strip(middle, l, s, s+piece, -.25, .25)
		}
	}
}

// joint adds the seam between two lanes' surfaces, off the marking.
func (w *wear) joint(l *road.Lane) {
	m := w.worn(sealed)
	d := -l.Width/2 + w.r.Range(.15, .5)
	const piece = 8.0
	for s := 0.0; s+piece <= l.Center.Length(); s += piece {
		w.strip(m, l, s, s+piece, d-.03, d+.03)
	}
}

// crack adds a zigzag across or along a lane, open or sealed.
func (w *wear) crack(l *road.Lane, s float64) {
	r := w.r
	m := w.worn(r.Range(sealed, .8))
	half := r.Range(.015, .05)
	d := r.Range(-l.Width/2, l.Width/2)
	across := r.Chance(.5)
	if across {
		d = -l.Width / 2
	}
	p := l.Center.Offset(s, d).Pos()
	for range 4 + r.IntN(6) {
		if across {
			s, d = s+r.Range(-.4, .4), d+r.Range(.3, .8)
		} else {
			s, d = s+r.Range(.5, 1.5), d+r.Range(-.3, .3)
		}
		if s < 0 || s > l.Center.Length() || math.Abs(d) > l.Width/2 {
			return
		}
		q := l.Center.Offset(s, d).Pos()
		if p.Dist(q) < .05 {
			continue
		}
		n := q.Sub(p).Left().Scale(half / p.Dist(q))
		w.paint(layerWear, m, p.Sub(n), q.Sub(n), q.Add(n), p.Add(n))
		p = q
	}
}

// patch adds a repaired rectangle with sealed edges.
func (w *wear) patch(l *road.Lane, s float64) {
	r := w.r
	m := w.worn(pick(r, []float64{newPatch, .82, oldPatch, 1.1}))
	length := r.Range(.6, 7)
	d0 := r.Range(-l.Width/2, l.Width/2-.5)
	d1 := math.Min(d0+r.Range(.4, 3.4), l.Width/2)
	if r.Chance(.5) {
		seam := w.worn(sealed)
		w.strip(seam, l, s-.06, s+length+.06, d0-.05, d1+.05)
	}
	w.strip(m, l, s, s+length, d0, d1)
}

// stain adds a dark spot of oil or water, or a manhole cover.
func (w *wear) stain(l *road.Lane, s float64) {
	r := w.r
	m, radius, long := w.worn(r.Range(oil, .92)), r.Range(.15, .8), r.Range(1, 3)
	if r.Chance(.2) {
		m, radius, long = Material{Color: scaled(cladding, 1.2), Texture: Asphalt, Class: Road}, .33, 1
	}
	d := r.Range(-l.Width/2+radius, l.Width/2-radius)
	at := l.Center.Offset(s, d)
	var pts [8]geom.Vec
	for i := range pts {
		u := geom.Unit(float64(i) * math.Pi / 4)
		pts[i] = at.ToWorld(geom.Vec{X: radius * long * u.X, Y: radius * u.Y})
	}
	w.paint(layerWear, m, pts[:]...)
}

// skid adds two dark curved marks of locked tires.
func (w *wear) skid(l *road.Lane, s float64) {
	r := w.r
	m := w.worn(r.Range(.6, rubberOn))
	bend := r.Range(-.004, .004)
	d, length := r.Range(-.4, .4), r.Range(6, 24)
	for _, side := range [...]float64{-.75, .75} {
		for x := 0.0; x < length && s+x+2 < l.Center.Length(); x += 2 {
			a, b := d+side+bend*x*x, d+side+bend*(x+2)*(x+2)
			c := &l.Center
			w.paint(layerWear, m, c.Offset(s+x, a-.09).Pos(), c.Offset(s+x+2, b-.09).Pos(), c.Offset(s+x+2, b+.09).Pos(), c.Offset(s+x, a+.09).Pos())
		}
	}
}

// arrow paints an arrow in the middle of a lane: straight on, to the left or to the right.
func (w *wear) arrow(l *road.Lane, s float64) {
	m := Material{Color: w.roads.paint, Texture: Paint, Class: Marking, Mark: Arrow, Wear: float32(w.roads.wear)}
	pose := l.Center.At(s)
	put := func(pts ...geom.Vec) {
		for i := range pts {
			pts[i] = pose.ToWorld(pts[i])
		}
		w.paint(layerPaint, m, pts...)
	}
	put(geom.Vec{X: 0, Y: -.08}, geom.Vec{X: 3, Y: -.08}, geom.Vec{X: 3, Y: .08}, geom.Vec{X: 0, Y: .08})
	if turn := w.r.IntN(3) - 1; turn != 0 {
		y := float64(turn)
		put(geom.Vec{X: 2.2, Y: .08 * y}, geom.Vec{X: 2.9, Y: .6 * y}, geom.Vec{X: 3.2, Y: .6 * y}, geom.Vec{X: 3, Y: -.08 * y})
		put(geom.Vec{X: 2.5, Y: .55 * y}, geom.Vec{X: 3.05, Y: 1.0 * y}, geom.Vec{X: 3.6, Y: .55 * y})
		return
	}
	put(geom.Vec{X: 3, Y: -.32}, geom.Vec{X: 5, Y: 0}, geom.Vec{X: 3, Y: .32})
}
