package synth

import (
	"math"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Limits of visibility. Objects beyond them are ignored: neither finding nor missing
// them counts.
const (
	MinVisible  = 0.3
	MinHeight   = 4.0  // px
	MaxDistance = 80.0 // m
	MaxVeil     = .93  // share of the contrast lost to fog
)

// Class returns the network's class of a label.
func Class(o *label.Object) perception.Class {
	if !o.IsSignal {
		return perception.ClassOf(o.Kind)
	}
	return perception.SignalClass(o.Signal)
}

// Labeled reports whether the network must find the labelled object.
func Labeled(o *label.Object) bool {
	return o.Visible >= MinVisible && o.Y1-o.Y0 >= MinHeight && o.Distance <= MaxDistance && o.FogLoss <= MaxVeil &&
		o.Truncated < .7 && !(o.IsSignal && o.Signal == road.Off)
}

// BoundaryVisible reports whether enough of a lane boundary is visible to require it: 20 px of
// its course, with at least three tenths painted and unoccluded.
func (f *Frame) BoundaryVisible(side label.Boundary) bool {
	const least = 20.0 // px
	if f.Hidden[side] {
		return false
	}
	length, open := 0.0, 0.0
	var last geom.Vec
	for i, p := range f.Lanes[side] {
		u, v, _, ok := f.Actual.Project(p.X, p.Y, 0)
		at := geom.Vec{X: u, Y: v}
		if ok && i > 0 && u >= 0 && v >= 0 && int(u) < f.Image.Width && int(v) < f.Image.Height {
			step := at.Dist(last)
			length += step
			if f.paintVisible(p, int(u), int(v)) {
				open += step
			}
		}
		last = at
	}
	return length >= least && open >= MinVisible*length
}

// paintVisible reports whether paint at the point p, projected to the pixel (u, v), is
// unoccluded. Without a class channel all of a labelled boundary counts, as in the lane
// benchmarks.
func (f *Frame) paintVisible(p geom.Vec, u, v int) bool {
	if p.X > f.Crossing[0] && p.X < f.Crossing[1] {
		return false
	}
	if f.Image.Class == nil {
		return true
	}
	switch f.Image.Class[v*f.Image.Width+u] {
	case scene.Road, scene.Marking, scene.Sidewalk, scene.Terrain:
		return true
	}
	return false
}

// Encoder writes frames as inputs and targets of a network. It reuses its buffers and
// is not safe for concurrent use.
type Encoder struct {
	w, h int // of the grid
	// confidence is, for each cell, the confidence that it belongs to the object of
	// its regressions.
	confidence []float32
	zoom       float64 // of the frame's camera
}

// NewEncoder returns an encoder for a network.
func NewEncoder(c *network.Config) *Encoder {
	w, h := c.Grid()
	return &Encoder{w: w, h: h, confidence: make([]float32, w*h)}
}

// cell returns the target of a cell.
func (e *Encoder) cell(dst []float32, x, y int) []float32 {
	i := (y*e.w + x) * network.TargetChannels
	return dst[i : i+network.TargetChannels]
}

// Encode writes a frame of the network's size as input, and its labels as target;
// missing labels are masked.
func (e *Encoder) Encode(f *Frame, image, target []float32) {
	network.Scale(image, f.Image.RGB)
	e.encode(target, f.Image, f.Objects, f.Lanes, f.Actual)
	if f.NoLanes {
		mark(target, network.IgnoreLanes, 1)
	}
	if f.Ignore.Drivable {
		mark(target, network.IgnoreDrivable, 1)
	}
	if f.Ignore.Place {
		mark(target, network.IgnorePlace, 1)
	}
	for c, lacking := range f.Ignore.Classes {
		if lacking {
			mark(target, network.HeatChannel+c, -1)
		}
	}
}

// mark sets a channel of all cells.
func mark(target []float32, channel int, v float32) {
	for i := channel; i < len(target); i += network.TargetChannels {
		target[i] = v
	}
}

// encode fills the target of a fully labelled frame.
func (e *Encoder) encode(dst []float32, im *raster.Image, objects []label.Object, lanes [label.NumBoundaries][]geom.Vec, cal *sensor.Camera) {
	e.zoom = cal.Zoom()
	clear(dst)
	clear(e.confidence)
	e.drivable(dst, im)
	for b := range lanes {
		e.boundary(dst, network.LaneChannel+b, lanes[b], cal)
	}
	for i := range objects {
		if !Labeled(&objects[i]) {
			e.ignore(dst, &objects[i])
		}
	}
	for i := range objects {
		if Labeled(&objects[i]) {
			e.object(dst, &objects[i])
		}
	}
}

// drivable marks the cells with mostly road.
func (e *Encoder) drivable(dst []float32, im *raster.Image) {
	if im.Class == nil { // not labelled
		return
	}
	for y := range e.h {
		for x := range e.w {
			if mostlyRoad(im, x, y) {
				e.cell(dst, x, y)[network.DrivableChannel] = 1
			}
		}
	}
}

// boundary draws a lane boundary into a channel: in every row of cells that it
// crosses, a Gaussian along the row around the crossing.
func (e *Encoder) boundary(dst []float32, channel int, pts []geom.Vec, cal *sensor.Camera) {
	const sigma = 0.9 // cells
	for i := range len(pts) - 1 {
		u0, v0, _, ok0 := cal.Project(pts[i].X, pts[i].Y, 0)
		u1, v1, _, ok1 := cal.Project(pts[i+1].X, pts[i+1].Y, 0)
		if !ok0 || !ok1 || v1 >= v0 {
			continue
		}
		first := max(int(math.Ceil(v1/network.Stride-.5)), 0)
		last := min(int(math.Ceil(v0/network.Stride-.5)), e.h)
		for row := first; row < last; row++ {
			t := (v0 - (float64(row)+.5)*network.Stride) / (v0 - v1)
			e.drawGaussian(dst, channel, row, (u0+t*(u1-u0))/network.Stride, sigma)
		}
	}
}

// drawGaussian draws a Gaussian around x, in cells, into a row.
func (e *Encoder) drawGaussian(dst []float32, channel, row int, x, sigma float64) {
	for c := max(int(x-4*sigma), 0); c < min(int(x+4*sigma)+1, e.w); c++ {
		d := (float64(c) + .5 - x) / sigma
		t := e.cell(dst, c, row)
		t[channel] = max(t[channel], float32(math.Exp(-d*d/2)))
	}
}

// ignore masks the heat map in the box of a label.
func (e *Encoder) ignore(dst []float32, o *label.Object) {
	const k = network.Stride
	for y := max(int(o.Y0/k), 0); y < min(int(math.Ceil(o.Y1/k)), e.h); y++ {
		for x := max(int(o.X0/k), 0); x < min(int(math.Ceil(o.X1/k)), e.w); x++ {
			e.cell(dst, x, y)[network.IgnoreHeat] = 1
		}
	}
}

// object draws an object: a peak in the heat map of its class, and regressions in
// the cells around the peak.
func (e *Encoder) object(dst []float32, o *label.Object) {
	const k = network.Stride
	cx, cy := (o.X0+o.X1)/2/k, (o.Y0+o.Y1)/2/k
	w, h := (o.X1-o.X0)/k, (o.Y1-o.Y0)/k
	mx, my := min(int(cx), e.w-1), min(int(cy), e.h-1)
	// Approximate shift at which a box keeps an IoU of 0.7.
	sx, sy := math.Max(.55, w/10), math.Max(.55, h/10)
	class := network.HeatChannel + int(Class(o))
	for y := max(my-int(4*sy)-1, 0); y < min(my+int(4*sy)+2, e.h); y++ {
		for x := max(mx-int(4*sx)-1, 0); x < min(mx+int(4*sx)+2, e.w); x++ {
			dx, dy := float64(x-mx)/sx, float64(y-my)/sy
			heat := float32(math.Exp(-(dx*dx + dy*dy) / 2))
			t := e.cell(dst, x, y)
			t[class] = max(t[class], heat)
			if heat > .4 && heat > e.confidence[y*e.w+x] {
				e.confidence[y*e.w+x] = heat
				t[network.ObjectMask] = heat
				e.regress(t, o, cx-float64(x), cy-float64(y))
			}
		}
	}
	e.cell(dst, mx, my)[network.IgnoreHeat] = 0
}

// regress writes the regression targets of an object.
func (e *Encoder) regress(t []float32, o *label.Object, dx, dy float64) {
	t[network.OffsetChannel], t[network.OffsetChannel+1] = float32(dx), float32(dy)
	t[network.SizeChannel] = float32(math.Log(o.X1 - o.X0))
	t[network.SizeChannel+1] = float32(math.Log(o.Y1 - o.Y0))
	t[network.DistanceChannel] = float32(math.Log(math.Max(o.Distance/e.zoom, .5)))
	s, c := math.Sincos(o.Heading)
	t[network.HeadingChannel], t[network.HeadingChannel+1] = float32(s), float32(c)
}
