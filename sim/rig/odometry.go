package rig

import (
	"math"

	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// Odometry is the model of wheel speed, steering angle and inertial sensors.
type Odometry struct {
	SpeedScale, SpeedStd    float64 // standard deviations: of the constant relative error, and m/s
	YawRateBias, YawRateStd float64 // rad/s
	AccelStd                float64 // m/s²
}

// Check returns an error for the first setting out of range.
func (c Odometry) Check() error {
	return checkAll(c.SpeedScale, c.SpeedStd, c.YawRateBias, c.YawRateStd, c.AccelStd)
}

// Ideal returns odometry without errors.
func (c Odometry) Ideal() Model { return Odometry{} }

// Start returns odometry in a run. It draws the constant errors.
func (c Odometry) Start(s *Setup) (Device, error) {
	d := &odometryDevice{name: s.Name, model: c, noise: s.Stream("noise")}
	d.speedScale = 1 + c.SpeedScale*d.noise.Norm()
	d.yawBias = c.YawRateBias * d.noise.Norm()
	return d, nil
}

// odometryDevice is odometry in a run.
type odometryDevice struct {
	name                string
	model               Odometry
	noise               rng.Stream
	speedScale, yawBias float64
	messages            queue[sensor.Odometry]
}

// Measure measures speed, yaw rate, acceleration and steering.
func (d *odometryDevice) Measure(w World) {
	c, s := &d.model, &w.Ego().State
	m := sensor.Odometry{
		Sensor:  d.name,
		Time:    w.Time(),
		Speed:   math.Max(0, s.Speed*d.speedScale),
		YawRate: s.YawRate + d.yawBias + c.YawRateStd*d.noise.Norm(),
		Accel:   s.Accel + c.AccelStd*d.noise.Norm(),
		Steer:   s.Steer,
	}
	if s.Speed > .05 { // standing wheels have no speed noise
		m.Speed = math.Max(0, m.Speed+c.SpeedStd*d.noise.Norm())
	}
	d.messages.send(m)
}

// Deliver appends the oldest message.
func (d *odometryDevice) Deliver(o *sensor.Observation) {
	o.Odometry = append(o.Odometry, d.messages.take(o.Now, copyValue))
}

// Clone returns a device with the same messages in transit.
func (d *odometryDevice) Clone() Device {
	c := *d
	c.messages = d.messages.clone()
	return &c
}
