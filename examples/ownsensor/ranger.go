package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// Name is the name of the sensor.
const Name = "ranger"

// Rear returns a ranger at the rear bumper of the default car, which measures ten times a
// second up to 8 m.
func Rear() rig.Sensor {
	return rig.Sensor{
		Name: Name, Timing: rig.Timing{Period: 10, Latency: 2},
		Model: Ranger{Mount: sensor.Mount{X: -.9, Z: .5, Yaw: math.Pi}, Range: 8, HalfAngle: .4, Std: .02},
	}
}

// Ranger is the model of an ultrasonic sensor.
type Ranger struct {
	Mount     sensor.Mount
	Range     float64 // m
	HalfAngle float64 // of the beam, rad
	Std       float64 // standard deviation of the distance, m
}

// Echo is the message of a ranger: the distance to the nearest object, m, or +Inf.
type Echo float64

// AppendBytes appends the bits of the distance.
func (e Echo) AppendBytes(dst []byte) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(float64(e)))
}

// Clone returns the echo.
func (e Echo) Clone() sensor.Value { return e }

// Check returns an error for the first setting out of range.
func (r Ranger) Check() error {
	if !(r.Range > 0) || !(r.HalfAngle > 0 && r.HalfAngle < math.Pi/2) || !(r.Std >= 0) {
		return fmt.Errorf("ranger %+v is out of range", r)
	}
	return nil
}

// Ideal returns the ranger without noise.
func (r Ranger) Ideal() rig.Model {
	r.Std = 0
	return r
}

// Start returns a ranger in a run.
func (r Ranger) Start(s *rig.Setup) (rig.Device, error) {
	return &device{name: s.Name, model: r, noise: s.Stream("noise")}, nil
}

// device is a ranger in a run.
type device struct {
	name  string
	model Ranger
	noise rng.Stream
	kept  []sensor.Message // oldest first
}

// Measure measures the distance to the nearest actor in the beam.
func (d *device) Measure(w rig.World) {
	m := &d.model.Mount
	at := w.Ego().State.Pose.Compose(geom.Pose{X: m.X, Y: m.Y, Yaw: m.Yaw})
	nearest, noise := math.Inf(1), d.model.Std*d.noise.Norm()
	actors := w.Actors()
	for _, side := range [...]float64{-1, -.5, 0, .5, 1} {
		for i := range actors {
			if r, ok := geom.RayOBB(at.Pos(), at.Yaw+side*d.model.HalfAngle, actors[i].Box()); ok && r < d.model.Range {
				nearest = math.Min(nearest, r+noise)
			}
		}
	}
	d.kept = append(d.kept, sensor.Message{Sensor: d.name, Time: w.Time(), Value: Echo(nearest)})
}

// Deliver appends the oldest message.
func (d *device) Deliver(o *sensor.Observation) {
	o.Other = append(o.Other, d.kept[0])
	d.kept = slices.Delete(d.kept, 0, 1)
}

// Clone returns a device with the same messages in transit.
func (d *device) Clone() rig.Device {
	c := *d
	c.kept = slices.Clone(d.kept)
	return &c
}

// Behind is a Perceiver that adds the object behind the car, which the ranger measures, to
// the scene of another perceiver.
type Behind struct {
	perception.Perceiver

	gap  float64    // m
	seen clock.Tick // time of the measurement
}

// NewBehind returns a perceiver that adds to the scene of p.
func NewBehind(p perception.Perceiver) *Behind { return &Behind{Perceiver: p, gap: math.Inf(1)} }

// trackID is the ID of the track of the ranger; those of other tracks are positive.
const trackID = -1

// Perceive returns the scene with a track for the object behind the car, if there is one.
func (b *Behind) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	scene, err := b.Perceiver.Perceive(ctx, obs)
	if err != nil {
		return nil, err
	}
	for _, m := range obs.Other {
		if e, ok := m.Value.(Echo); ok && m.Sensor == Name {
			b.gap, b.seen = float64(e), m.Time
		}
	}
	if math.IsInf(b.gap, 1) || obs.Now-b.seen > clock.PerSecond/2 {
		return scene, nil
	}
	const length, width, bumper = 4.2, 1.8, .9
	at := scene.Ego.Pose.Compose(geom.Pose{X: -bumper - b.gap - length/2})
	scene.Tracks = slices.Insert(scene.Tracks, 0, perception.Track{
		ID: trackID, Class: perception.Car, Pose: at, Vel: scene.Ego.Pose.Forward().Scale(scene.Ego.Speed),
		Length: length, Width: width, Existence: 1, Seen: b.seen,
	})
	return scene, nil
}

// Clone returns a copy around a copy of the perceiver.
func (b *Behind) Clone() perception.Perceiver {
	c := *b
	c.Perceiver = b.Perceiver.Clone()
	return &c
}
