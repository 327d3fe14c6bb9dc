package rig

import (
	"math"

	"roadloop/sim/clock"
	"roadloop/sim/detmath"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// sampleOdometry measures odometry: wheels, steering and inertial sensors.
func (r *Rig) sampleOdometry(w World, arrives clock.Tick) {
	c := &r.config.Odometry
	s := &w.Ego().State
	m := sensor.Odometry{
		Time:    w.Time(),
		Speed:   math.Max(0, s.Speed*r.speedScale),
		YawRate: s.YawRate + r.yawBias + c.YawRateStd*r.odometry.Norm(),
		Accel:   s.Accel + c.AccelStd*r.odometry.Norm(),
		Steer:   s.Steer,
	}
	if s.Speed > .05 { // standing wheels have no speed noise
		m.Speed = math.Max(0, m.Speed+c.SpeedStd*r.odometry.Norm())
	}
	r.odos.send(m, arrives)
}

// driftTime is the time constant of the slow error of satellite positions, s.
const driftTime = 40

// sampleGNSS measures a satellite position. Its slow error is a Gauss-Markov process.
func (r *Rig) sampleGNSS(w World, arrives clock.Tick) {
	c := &r.config.GNSS
	keep := detmath.Exp(-float64(c.Period) * clock.Step / driftTime)
	fresh := c.Drift * math.Sqrt(1-keep*keep)
	r.drift = r.drift.Scale(keep).Add(geom.Vec{X: fresh * r.gnss.Norm(), Y: fresh * r.gnss.Norm()})
	p := w.Ego().State.Pose
	if w.Time() == 0 {
		arrives = 0 // the receiver has a position when the run begins
	}
	r.positions.send(sensor.GNSS{
		Time: w.Time(),
		Pose: geom.Pose{
			X:   p.X + r.drift.X + c.PosStd*r.gnss.Norm(),
			Y:   p.Y + r.drift.Y + c.PosStd*r.gnss.Norm(),
			Yaw: geom.WrapAngle(p.Yaw + c.YawStd*r.gnss.Norm()),
		},
		StdPos: math.Hypot(c.PosStd, c.Drift), StdYaw: c.YawStd,
	}, arrives)
}
