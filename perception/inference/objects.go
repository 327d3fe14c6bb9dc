package inference

import (
	"cmp"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// maxDetections bounds the detections per image, so that noise cannot exhaust the
// driver; real scenes stay far below.
const maxDetections = 96

// peaks are the highest peaks of a heat map.
type peaks struct {
	at     [maxDetections]peak
	n      int
	lowest int // of at, once it is full
}

type peak struct {
	x, y  int
	class perception.Class
	logit float64
}

// add adds a peak unless the list is full of higher ones.
func (p *peaks) add(q peak) {
	switch {
	case p.n < len(p.at):
		p.at[p.n] = q
		p.n++
	case q.logit > p.at[p.lowest].logit:
		p.at[p.lowest] = q
	default:
		return
	}
	if p.n < len(p.at) {
		return
	}
	for i := range p.at {
		if p.at[i].logit < p.at[p.lowest].logit {
			p.lowest = i
		}
	}
}

// objects appends the highest peaks of the heat map with a logit of at least least.
func (g *grid) objects(dst []perception.Detection, cal *sensor.Camera, least float64) []perception.Detection {
	var highest peaks
	for y := range g.h {
		for x := range g.w {
			for k := range perception.NumClasses {
				if v := g.at(x, y, network.HeatChannel+k); v >= least && g.peak(x, y, network.HeatChannel+k) {
					highest.add(peak{x, y, perception.Class(k), v})
				}
			}
		}
	}
	for _, p := range highest.at[:highest.n] {
		dst = append(dst, g.detection(p.x, p.y, p.class, cal))
	}
	return dst
}

// peak reports whether no neighbor of the cell is higher. Of equal neighbors the
// first is the peak.
func (g *grid) peak(x, y, channel int) bool {
	v := g.at(x, y, channel)
	for ny := max(y-1, 0); ny <= min(y+1, g.h-1); ny++ {
		for nx := max(x-1, 0); nx <= min(x+1, g.w-1); nx++ {
			n := g.at(nx, ny, channel)
			earlier := ny < y || ny == y && nx < x
			if n > v || earlier && n == v {
				return false
			}
		}
	}
	return true
}

// detection decodes the object at a peak. The network's distance is that at which the object
// looks as large in FrontCamera.
func (g *grid) detection(x, y int, class perception.Class, cal *sensor.Camera) perception.Detection {
	cx := (float64(x) + bound(g.at(x, y, network.OffsetChannel), -2, 3)) * network.Stride
	cy := (float64(y) + bound(g.at(x, y, network.OffsetChannel+1), -2, 3)) * network.Stride
	w := detmath.Exp(bound(g.at(x, y, network.SizeChannel), 0, 7))
	h := detmath.Exp(bound(g.at(x, y, network.SizeChannel+1), 0, 7))
	d := perception.Detection{
		Class: class,
		Score: sigmoid(g.at(x, y, network.HeatChannel+int(class))),
		Box: perception.Box{
			X0: math.Max(cx-w/2, 0), Y0: math.Max(cy-h/2, 0),
			X1: math.Min(cx+w/2, float64(cal.Width)), Y1: math.Min(cy+h/2, float64(cal.Height)),
		},
		Distance: g.zoom * detmath.Exp(bound(g.at(x, y, network.DistanceChannel), -0.7, 5.5)),
	}
	relative := math.Atan2(g.at(x, y, network.HeadingChannel), g.at(x, y, network.HeadingChannel+1))
	d.Heading = geom.WrapAngle(relative + cal.Mount.Yaw)
	d.Bearing = bearing(&d, cal)
	refine(&d, cal)
	d.Pos = geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y}.Add(geom.Unit(d.Bearing).Scale(d.Distance))
	return d
}

func bound(v, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, v)) }

// footprint is a typical length and width of each class, m.
var footprint = [perception.NumClasses]geom.Vec{
	{X: 4.2, Y: 1.75}, {X: 9.5, Y: 2.5}, {X: .6, Y: .5}, {X: 1.9, Y: .5}, {X: .4, Y: .4},
	{X: .2, Y: .7}, {X: .2, Y: .7}, {X: .2, Y: .7},
}

// Footprints returns the assumed length and width of objects of each class, m: one
// image does not show them.
func Footprints() [perception.NumClasses]geom.Vec { return footprint }

// bearing returns the direction from the camera to the middle of the object, in the
// vehicle frame. The middle of the box differs from that of the object if its near
// end looks larger than its far end or if the image cuts it off. So bearing searches
// the direction in which an object of typical size fills a box with the same middle.
func bearing(d *perception.Detection, cal *sensor.Camera) float64 {
	cu, cv := (d.Box.X0+d.Box.X1)/2, (d.Box.Y0+d.Box.Y1)/2
	x, y := cal.Ray(cu, cv)
	dx, dy, _ := cal.Mount.ToVehicle(x, y, 1)
	b := math.Atan2(dy, dx)
	if d.Class.IsSignal() {
		return b
	}
	const rounds = 5 // each at least halves the error
	for range rounds {
		u, ok := projectedMiddle(d, cal, b)
		if !ok {
			break
		}
		b += bound((u-cu)/cal.Fx, -.2, .2)
	}
	return b
}

// projectedMiddle returns the column of the middle of the box of a typical object in
// direction b.
func projectedMiddle(d *perception.Detection, cal *sensor.Camera, b float64) (u float64, ok bool) {
	m := &cal.Mount
	at := geom.Vec{X: m.X, Y: m.Y}.Add(geom.Unit(b).Scale(d.Distance))
	frame := geom.Pose{X: at.X, Y: at.Y, Yaw: d.Heading}
	size := footprint[d.Class]
	u0, u1 := math.Inf(1), math.Inf(-1)
	for _, fx := range [...]float64{-.5, .5} {
		for _, fy := range [...]float64{-.5, .5} {
			p := frame.ToWorld(geom.Vec{X: fx * size.X, Y: fy * size.Y})
			x, y, z := m.ToSensor(p.X, p.Y, m.Z/2)
			z = math.Max(z, .2)
			u, _ := cal.Pixel(bound(x/z, -1.2, 1.2), bound(y/z, -1.2, 1.2))
			u0, u1 = math.Min(u0, u), math.Max(u1, u)
		}
	}
	w := float64(cal.Width)
	u0, u1 = math.Max(u0, 0), math.Min(u1, w)
	return (u0 + u1) / 2, u1 > u0
}

// suppress sorts detections by falling score and drops duplicates of better ones:
// boxes with an IoU above 0.55 at about the same distance, or above 0.8. A signal and
// a road user are never duplicates.
func suppress(list []perception.Detection) []perception.Detection {
	slices.SortStableFunc(list, func(a, b perception.Detection) int { return cmp.Compare(b.Score, a.Score) })
	kept := list[:0]
	for i := range list {
		if !duplicate(&list[i], kept) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

func duplicate(d *perception.Detection, better []perception.Detection) bool {
	for i := range better {
		b := &better[i]
		if b.Class.IsSignal() != d.Class.IsSignal() {
			continue
		}
		overlap := b.Box.IoU(d.Box)
		if overlap > .8 || overlap > .55 && math.Abs(math.Log(b.Distance/d.Distance)) < .25 {
			return true
		}
	}
	return false
}
