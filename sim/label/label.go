// Package label derives ground truth for camera frames: boxes with their visible
// fraction and truncation, distance and heading of every object, signal states,
// and the boundaries of the lane. Visibility is read from the rendered channels,
// so that labels agree with the pixels by construction.
//
// Boxes are in pixels, positions in the frame of the camera's vehicle (origin
// at the rear axle on the ground, x forward, y left).
package label

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// Object is a labelled road user or signal.
type Object struct {
	ID       uint16           // in the instance channel
	Kind     actor.Kind       // of an actor
	Signal   road.SignalState // of a signal, Off for actors
	IsSignal bool
	// X0, Y0, X1, Y1 are the bounds of the projected 3D box, occluded parts
	// included, clipped to the image.
	X0, Y0, X1, Y1 float64
	// Visible is the fraction of the object inside the image that is not occluded.
	Visible float64
	// Truncated is the fraction of the projected box outside the image.
	Truncated float64
	Pixels    int      // of the object that are visible
	Pos       geom.Vec // center of the object, vehicle frame
	Distance  float64  // from the camera along the ground to Pos, m
	Heading   float64  // relative to the camera's axis, rad
	// Length and Width are the size of the object's box, Bottom and Top its heights above
	// the ground, m.
	Length, Width, Bottom, Top float64
	Veil                       float64 // fraction of contrast lost to fog
}

// box3D is a 3D box in the vehicle frame.
type box3D struct {
	pos           geom.Vec
	yaw           float64
	length, width float64
	z0, z1        float64
}

// fillShare is the share of the hull of its projected box that an unoccluded
// object covers, by kind, as the mean over headings.
var fillShare = [...]float64{
	actor.Car: .75, actor.Van: .8, actor.Truck: .83, actor.Bus: .9, actor.Motorcycle: .47,
	actor.Cyclist: .36, actor.Pedestrian: .48, actor.Child: .37, actor.Cone: .37, actor.Box: .98, actor.Animal: .4,
}

// Labeler labels frames. It reuses its buffers and is not safe for concurrent use.
type Labeler struct {
	objects []Object
	pixels  map[uint16]int
	hull    []geom.Vec
	sorted  []geom.Vec

	visibility float64 // of the current frame, as in its Conditions
}

// Objects returns the labels of all objects with at least one pixel in the
// image, actors first. Signals are labeled only if their lamps face the camera.
// The image must have an instance channel. The next call overwrites the result.
func (l *Labeler) Objects(im *raster.Image, m *road.Map, v *stage.View) []Object {
	l.count(im)
	l.objects = l.objects[:0]
	l.visibility = v.Conditions.Visibility
	for i := range v.Actors {
		a := &v.Actors[i]
		if n := l.pixels[uint16(a.ID)+1]; n > 0 {
			box := a.Box()
			p := v.Ego.Relative(geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw})
			s := box3D{p.Pos(), p.Yaw, box.Length, box.Width, 0, a.Shape.Height}
			o := Object{ID: uint16(a.ID) + 1, Kind: a.Kind, Pixels: n}
			l.add(o, s, v.Cal, fillShare[a.Kind])
		}
	}
	for i := range m.Signals {
		l.signal(&m.Signals[i], v)
	}
	return l.objects
}

// signal labels a signal head that faces the camera.
func (l *Labeler) signal(s *road.Signal, v *stage.View) {
	id := scene.FirstSignal + uint16(s.ID)
	n := l.pixels[id]
	if n == 0 || int(s.ID) >= len(v.Signals) {
		return
	}
	p := v.Ego.Relative(geom.Pose{X: s.Pos.X, Y: s.Pos.Y, Yaw: s.Yaw})
	toCamera := geom.Vec{X: v.Cal.Mount.X, Y: v.Cal.Mount.Y}.Sub(p.Pos())
	if toCamera.Dot(geom.Unit(p.Yaw)) < .25*toCamera.Norm() {
		return
	}
	box := box3D{p.Pos(), p.Yaw, .2, stage.SignalWidth, s.Height - stage.SignalHeight/2, s.Height + stage.SignalHeight/2}
	l.add(Object{ID: id, IsSignal: true, Signal: v.Signals[s.ID], Pixels: n}, box, v.Cal, 1)
}

// count counts the pixels of every instance.
func (l *Labeler) count(im *raster.Image) {
	if l.pixels == nil {
		l.pixels = make(map[uint16]int)
	}
	clear(l.pixels)
	for _, id := range im.Instance {
		if id != 0 {
			l.pixels[id]++
		}
	}
}

// add completes a label by the projection of the object's box and appends it.
func (l *Labeler) add(o Object, s box3D, cal *sensor.Camera, full float64) {
	l.project(&s, cal)
	if len(l.sorted) < 3 {
		return
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range l.sorted {
		x0, y0, x1, y1 = math.Min(x0, p.X), math.Min(y0, p.Y), math.Max(x1, p.X), math.Max(y1, p.Y)
	}
	w, h := float64(cal.Width), float64(cal.Height)
	o.X0, o.Y0, o.X1, o.Y1 = math.Max(x0, 0), math.Max(y0, 0), math.Min(x1, w), math.Min(y1, h)
	if o.X1 <= o.X0 || o.Y1 <= o.Y0 {
		return
	}
	o.Truncated = 1 - (o.X1-o.X0)*(o.Y1-o.Y0)/((x1-x0)*(y1-y0))
	l.hull = geom.AppendHull(l.hull[:0], l.sorted)
	area := geom.ClippedArea(l.hull, 0, 0, w, h)
	o.Visible = math.Min(1, float64(o.Pixels)/math.Max(1, area*full))
	o.Pos, o.Length, o.Width, o.Bottom, o.Top = s.pos, s.length, s.width, s.z0, s.z1
	camera := geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y}
	o.Distance = s.pos.Dist(camera)
	o.Heading = geom.WrapAngle(s.yaw - cal.Mount.Yaw)
	if l.visibility > 0 { // Koschmieder's law, 5 % left at the meteorological visibility
		o.Veil = 1 - math.Pow(.05, o.Distance/l.visibility)
	}
	l.objects = append(l.objects, o)
}

// project sets sorted to the pixels of the corners of a box. Corners behind the
// camera are moved to just in front of it.
func (l *Labeler) project(s *box3D, cal *sensor.Camera) {
	l.sorted = l.sorted[:0]
	frame := geom.Pose{X: s.pos.X, Y: s.pos.Y, Yaw: s.yaw}
	for _, fx := range [...]float64{-.5, .5} {
		for _, fy := range [...]float64{-.5, .5} {
			p := frame.ToWorld(geom.Vec{X: fx * s.length, Y: fy * s.width})
			for _, z := range [...]float64{s.z0, s.z1} {
				x, y, depth := cal.Mount.ToSensor(p.X, p.Y, z)
				depth = math.Max(depth, .2)
				u, v := cal.Pixel(clampRay(x/depth), clampRay(y/depth))
				l.sorted = append(l.sorted, geom.Vec{X: u, Y: v})
			}
		}
	}
}

// clampRay limits directions far outside the view, where the distortion
// polynomial is not monotonic.
func clampRay(v float64) float64 { return math.Max(-1.2, math.Min(1.2, v)) }
