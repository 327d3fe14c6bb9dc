// Package label derives ground truth for camera frames: boxes with their visible
// fraction and truncation, distance and heading of every object, signal states,
// and the boundaries of the lane. Visibility is read from the rendered channels,
// so that labels agree with the pixels by construction.
//
// An object has three boxes. The amodal box in the image bounds the mesh that is drawn,
// with swinging limbs, mirrors and lamps, as if nothing hid it. The modal box bounds the
// pixels that show the object. The box in space has the nominal length, width and height
// of the actor, as collisions and planners use them; a limb can stick out of it.
//
// Boxes in the image are in pixels, positions in the frame of the camera's vehicle
// (origin at the rear axle on the ground, x forward, y left).
package label

import (
	"image"
	"math"
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Object is a labelled road user or signal.
type Object struct {
	ID       uint16           // in the instance channel
	Kind     actor.Kind       // of an actor
	Signal   road.SignalState // of a signal, Off for actors
	IsSignal bool
	// X0, Y0, X1, Y1 bound what is drawn of the object inside the image, hidden parts
	// included: the amodal box.
	X0, Y0, X1, Y1 float64
	// Modal bounds the pixels that show the object.
	Modal image.Rectangle
	// Visible is the fraction of the object inside the image that nothing hides.
	Visible float64
	// Truncated is the fraction of the projection's bounds outside the image, of the
	// nominal box in space.
	Truncated float64
	Pixels    int      // of the object that are visible
	Pos       geom.Vec // center of the object, vehicle frame
	Distance  float64  // from the camera along the ground to Pos, m
	Heading   float64  // relative to the camera's axis, rad
	// Length and Width are the size of the nominal box in space, Bottom and Top its heights
	// above the ground, m.
	Length, Width, Bottom, Top float64
	FogLoss                    float64 // fraction of contrast lost to fog
}

// box3D is a 3D box in the vehicle frame.
type box3D struct {
	pos           geom.Vec
	yaw           float64
	length, width float64
	z0, z1        float64
}

// Labeler labels frames. It reuses its buffers and is not safe for concurrent use.
type Labeler struct {
	objects []Object
	tallies map[uint16]tally
	shape   shape

	// Of the current frame:
	list       *scene.List
	visibility float64 // as in its Conditions
}

// Objects returns the labels of all objects with at least one pixel in the
// image, actors first. Signals are labeled only if their lamps face the camera.
// The image must have an instance channel and show the list, which must be composed from
// the view. The next call overwrites the result.
func (l *Labeler) Objects(im *raster.Image, list *scene.List, m *road.Map, v *scene.FrameState) []Object {
	l.count(im)
	l.shape.look(v.Cal)
	l.objects, l.list = l.objects[:0], list
	l.visibility = v.Conditions.Visibility
	for i := range v.Actors {
		a := &v.Actors[i]
		if t := l.tallies[uint16(a.ID)+1]; t.pixels > 0 {
			box := a.Box()
			p := v.Ego.Relative(geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw})
			s := box3D{p.Pos(), p.Yaw, box.Length, box.Width, 0, a.Shape.Height}
			o := Object{ID: uint16(a.ID) + 1, Kind: a.Kind, Pixels: t.pixels, Modal: t.bounds}
			l.add(o, s, v)
		}
	}
	for i := range m.Signals {
		l.signal(&m.Signals[i], v)
	}
	return l.objects
}

// signal labels a signal head that faces the camera.
func (l *Labeler) signal(s *road.Signal, v *scene.FrameState) {
	id := scene.FirstSignal + uint16(s.ID)
	t := l.tallies[id]
	if t.pixels == 0 || int(s.ID) >= len(v.Signals) {
		return
	}
	p := v.Ego.Relative(geom.Pose{X: s.Pos.X, Y: s.Pos.Y, Yaw: s.Yaw})
	toCamera := geom.Vec{X: v.Cal.Mount.X, Y: v.Cal.Mount.Y}.Sub(p.Pos())
	if toCamera.Dot(geom.Unit(p.Yaw)) < .25*toCamera.Norm() {
		return
	}
	box := box3D{p.Pos(), p.Yaw, .2, scene.SignalWidth, s.Height - scene.SignalHeight/2, s.Height + scene.SignalHeight/2}
	l.add(Object{ID: id, IsSignal: true, Signal: v.Signals[s.ID], Pixels: t.pixels, Modal: t.bounds}, box, v)
}

// add completes a label from the mesh that is drawn of the object and from the
// projection of its box in space.
func (l *Labeler) add(o Object, s box3D, v *scene.FrameState) {
	at := slices.IndexFunc(l.list.Instances, func(in scene.Instance) bool { return in.ID == o.ID })
	if at < 0 {
		return
	}
	box, pixels, ok := l.shape.project(&l.list.Instances[at], v.Ego, o.Modal)
	if !ok {
		return
	}
	o.X0, o.Y0, o.X1, o.Y1 = box.x0, box.y0, box.x1, box.y1
	o.Visible = math.Min(1, float64(o.Pixels)/math.Max(1, float64(pixels)))
	cal := v.Cal
	o.Truncated = truncated(&s, cal)
	o.Pos, o.Length, o.Width, o.Bottom, o.Top = s.pos, s.length, s.width, s.z0, s.z1
	camera := geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y}
	o.Distance = s.pos.Dist(camera)
	o.Heading = geom.WrapAngle(s.yaw - cal.Mount.Yaw)
	if l.visibility > 0 { // Koschmieder's law, 5 % left at the meteorological visibility
		o.FogLoss = 1 - math.Pow(.05, o.Distance/l.visibility)
	}
	l.objects = append(l.objects, o)
}

// truncated returns the fraction of the bounds of a projected box that is outside the
// image. Corners behind the camera are moved to just in front of it.
func truncated(s *box3D, cal *sensor.Camera) float64 {
	bounds := nowhere
	frame := geom.Pose{X: s.pos.X, Y: s.pos.Y, Yaw: s.yaw}
	for _, fx := range [...]float64{-.5, .5} {
		for _, fy := range [...]float64{-.5, .5} {
			p := frame.ToWorld(geom.Vec{X: fx * s.length, Y: fy * s.width})
			for _, z := range [...]float64{s.z0, s.z1} {
				x, y, depth := cal.Mount.ToSensor(p.X, p.Y, z)
				depth = math.Max(depth, .2)
				u, v := cal.Pixel(clampRay(x/depth), clampRay(y/depth))
				bounds.add(geom.Vec{X: u, Y: v})
			}
		}
	}
	width := math.Min(bounds.x1, float64(cal.Width)) - math.Max(bounds.x0, 0)
	height := math.Min(bounds.y1, float64(cal.Height)) - math.Max(bounds.y0, 0)
	all := (bounds.x1 - bounds.x0) * (bounds.y1 - bounds.y0)
	return 1 - math.Max(0, width)*math.Max(0, height)/all
}

// clampRay limits directions far outside the view, where the distortion
// polynomial is not monotonic.
func clampRay(v float64) float64 { return math.Max(-1.2, math.Min(1.2, v)) }
