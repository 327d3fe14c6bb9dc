package rig

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// GNSS is the model of a satellite receiver.
type GNSS struct {
	PosStd float64 // white, per axis, m
	Drift  float64 // slow error, per axis, m
	YawStd float64 // rad
}

// Check returns an error for the first setting out of range.
func (c GNSS) Check() error { return checkAll(c.PosStd, c.Drift, c.YawStd) }

// Ideal returns a receiver without errors.
func (c GNSS) Ideal() Model { return GNSS{} }

// driftTime is the time constant of the slow error of satellite positions, s.
const driftTime = 40

// Start returns a receiver in a run. It draws the initial slow error.
func (c GNSS) Start(s *Setup) (Device, error) {
	d := &gnssDevice{name: s.Name, model: c, noise: s.Stream("noise"), keep: detmath.Exp(-float64(s.Period) * clock.Step / driftTime)}
	d.drift = geom.Vec{X: c.Drift * d.noise.Norm(), Y: c.Drift * d.noise.Norm()}
	return d, nil
}

// gnssDevice is a satellite receiver in a run.
type gnssDevice struct {
	name     string
	model    GNSS
	noise    rng.Stream
	keep     float64 // share of the slow error that remains after a period
	drift    geom.Vec
	messages queue[sensor.GNSS]
}

// Measure measures a position. Its slow error is a Gauss-Markov process.
func (d *gnssDevice) Measure(w World) {
	c := &d.model
	fresh := c.Drift * math.Sqrt(1-d.keep*d.keep)
	d.drift = d.drift.Scale(d.keep).Add(geom.Vec{X: fresh * d.noise.Norm(), Y: fresh * d.noise.Norm()})
	p := w.Ego().State.Pose
	d.messages.send(sensor.GNSS{
		Sensor: d.name,
		Time:   w.Time(),
		Pose: geom.Pose{
			X:   p.X + d.drift.X + c.PosStd*d.noise.Norm(),
			Y:   p.Y + d.drift.Y + c.PosStd*d.noise.Norm(),
			Yaw: geom.WrapAngle(p.Yaw + c.YawStd*d.noise.Norm()),
		},
		StdPos: math.Hypot(c.PosStd, c.Drift), StdYaw: c.YawStd,
	})
}

// Deliver appends the oldest position.
func (d *gnssDevice) Deliver(o *sensor.Observation) {
	o.GNSS = append(o.GNSS, d.messages.take(o.Now, copyValue))
}

// Clone returns a device with the same messages in transit.
func (d *gnssDevice) Clone() Device {
	c := *d
	c.messages = d.messages.clone()
	return &c
}
