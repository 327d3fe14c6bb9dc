package rig

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// Radar is the model of a radar.
type Radar struct {
	Mount       sensor.Mount
	Range       float64 // m
	HalfAngle   float64 // rad
	RangeStd    float64 // m
	AzimuthStd  float64 // rad
	DopplerStd  float64 // m/s
	Detection   float64 // probability of detecting a near car
	FalseAlarms float64 // expected number per measurement
	// Clutter scales the echo probability of roadside objects; 1 is normal.
	Clutter float64
}

// Check returns an error for the first setting out of range.
func (c Radar) Check() error {
	return checkAll(c.RangeStd, c.AzimuthStd, c.DopplerStd, c.Detection, c.FalseAlarms, c.Clutter)
}

// Ideal returns the radar without noise, misses, clutter and false alarms.
func (c Radar) Ideal() Model {
	return Radar{Mount: c.Mount, Range: c.Range, HalfAngle: c.HalfAngle, Detection: 1}
}

// Start returns a radar in a run.
func (c Radar) Start(s *Setup) (Device, error) {
	return &radarDevice{name: s.Name, model: &c, noise: s.Stream("noise"), clutter: s.Stream("clutter")}, nil
}

// radarDevice is a radar in a run.
type radarDevice struct {
	name           string
	model          *Radar // constant
	noise, clutter rng.Stream
	scans          queue[sensor.RadarScan]
}

// crossSection returns the typical radar cross section of a kind in dBsm.
func crossSection(k actor.Kind) float64 {
	switch k {
	case actor.Truck, actor.Bus:
		return 20
	case actor.Motorcycle, actor.Cyclist:
		return 0
	case actor.Pedestrian, actor.Child, actor.Animal: // of similar mass
		return -5
	case actor.Cone, actor.Box:
		return -12
	}
	return 10
}

// Measure measures one radar cycle: at most one return per actor in view, roadside
// clutter, and false alarms.
func (r *radarDevice) Measure(w World) {
	c := r.model
	ego := w.Ego()
	frame := frameOf(ego, &c.Mount)
	// The velocity of the radar includes the car's rotation.
	ahead := ego.State.Pose.Forward()
	turn := ahead.Left().Scale(ego.State.YawRate * c.Mount.X).Sub(ahead.Scale(ego.State.YawRate * c.Mount.Y))
	own := ego.Velocity().Add(turn)
	s := r.scans.next()
	s.Sensor, s.Time, s.Mount, s.HalfAngle, s.Targets = r.name, w.Time(), c.Mount, c.HalfAngle, s.Targets[:0]
	actors := w.Actors()
	for i := range actors {
		if t, ok := r.target(frame, own, &actors[i], actors); ok {
			s.Targets = append(s.Targets, t)
		}
	}
	s.Targets = r.roadside(s.Targets, frame, own, w)
	for r.noise.Chance(c.FalseAlarms / (1 + c.FalseAlarms)) {
		s.Targets = append(s.Targets, sensor.RadarTarget{
			Range: r.noise.Range(3, c.Range), Azimuth: r.noise.Range(-c.HalfAngle, c.HalfAngle),
			RangeRate: r.noise.Range(-30, 10), RCS: r.noise.Range(-15, 5),
		})
	}
	r.scans.send(s)
}

// Deliver appends the oldest scan.
func (r *radarDevice) Deliver(o *sensor.Observation) {
	o.Radars = append(o.Radars, r.scans.take(o.Now, sensor.RadarScan.Clone))
}

// Clone returns a device with the same scans in transit.
func (r *radarDevice) Clone() Device {
	return &radarDevice{name: r.name, model: r.model, noise: r.noise, clutter: r.clutter, scans: r.scans.clone()}
}

// target returns the radar return of an actor, if it is detected. Each actor
// draws the same count of random numbers, whether it is detected or not.
func (r *radarDevice) target(frame geom.Pose, own geom.Vec, a *actor.Actor, all []actor.Actor) (sensor.RadarTarget, bool) {
	c := r.model
	luck := r.noise.Float64()
	n1, n2, n3 := r.noise.Norm(), r.noise.Norm(), r.noise.Norm()
	box := a.Box()
	local := frame.ToLocal(box.Center)
	azimuth := local.Angle()
	if math.Abs(azimuth) > c.HalfAngle || local.X < 0 {
		return sensor.RadarTarget{}, false
	}
	distance, ok := geom.RayOBB(frame.Pos(), frame.Yaw+azimuth, box)
	if !ok || distance > c.Range || distance < .3 {
		return sensor.RadarTarget{}, false
	}
	rcs := crossSection(a.Kind)
	p := c.Detection
	if p < 1 { // an ideal radar detects all actors in view
		p *= math.Min(1, detmath.Exp(math.Ln10*(rcs+25)/40)*40/math.Max(distance, 20))
	}
	if hidden(frame.Pos(), frame.Yaw+azimuth, distance, a.ID, all) {
		p *= .15 // multipath under and around the occluding car
		if c.Detection == 1 {
			p = 0
		}
	}
	if luck >= p {
		return sensor.RadarTarget{}, false
	}
	sight := geom.Unit(frame.Yaw + azimuth)
	return sensor.RadarTarget{
		Range:     distance + c.RangeStd*n1,
		Azimuth:   azimuth + c.AzimuthStd*n2,
		RangeRate: a.Velocity().Sub(own).Dot(sight) + c.DopplerStd*n3,
		RCS:       rcs,
	}, true
}

// echoChance returns the probability of a roadside object's echo that is
// distinguishable from the ground: high for metal, low for wood.
func echoChance(k road.PropKind) float64 {
	switch k {
	case road.Building, road.Barrier:
		return .25
	case road.LampPost, road.SignPost:
		return .35
	}
	return .08
}

// roadside appends the echoes of roadside objects.
func (r *radarDevice) roadside(dst []sensor.RadarTarget, frame geom.Pose, own geom.Vec, w World) []sensor.RadarTarget {
	c := r.model
	if c.Clutter == 0 {
		return dst
	}
	props := w.Map().Props
	for i := range props {
		p := &props[i]
		local := frame.ToLocal(p.Pose.Pos())
		azimuth := local.Angle()
		if math.Abs(azimuth) > c.HalfAngle || local.Norm() > c.Range || !r.clutter.Chance(c.Clutter*echoChance(p.Kind)) {
			continue
		}
		distance, ok := geom.RayOBB(frame.Pos(), frame.Yaw+azimuth, p.Box())
		if !ok || distance < 1 {
			continue
		}
		dst = append(dst, sensor.RadarTarget{
			Range:     distance + c.RangeStd*r.clutter.Norm(),
			Azimuth:   azimuth + c.AzimuthStd*r.clutter.Norm(),
			RangeRate: -own.Dot(geom.Unit(frame.Yaw+azimuth)) + c.DopplerStd*r.clutter.Norm(),
			RCS:       r.clutter.Range(-5, 15),
		})
	}
	return dst
}

// hidden reports whether another actor blocks the line of sight.
func hidden(from geom.Vec, yaw, distance float64, self actor.ID, all []actor.Actor) bool {
	for i := range all {
		if all[i].ID == self {
			continue
		}
		if t, ok := geom.RayOBB(from, yaw, all[i].Box()); ok && t < distance {
			return true
		}
	}
	return false
}
