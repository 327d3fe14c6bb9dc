// Package perception defines the driving stack's estimate of its surroundings. It
// holds types and the assignment of measurements to tracks; the network, its training and inference, fusion and scoring are
// in subpackages.
//
// The stack knows the road map (as a car with an HD map does) and its sensor
// messages, never the world. Positions are in the map frame unless a name says
// otherwise.
package perception

import (
	"context"
	"fmt"
	"strings"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// Class is an object class of the camera network. The order is that of the network's
// heat-map channels.
type Class uint8

// Classes of detections. Car includes vans, Truck includes buses, Pedestrian includes
// children, Cyclist includes motorcycles, Cone includes other debris and animals.
const (
	Car Class = iota
	Truck
	Pedestrian
	Cyclist
	Cone
	SignalRed
	SignalAmber
	SignalGreen
	NumClasses = iota
)

var classNames = [NumClasses]string{"car", "truck", "pedestrian", "cyclist", "cone", "signal red", "signal amber", "signal green"}

// String returns the name of the class.
func (c Class) String() string {
	if int(c) < NumClasses {
		return classNames[c]
	}
	return "unknown"
}

// ParseClass returns the class with the given name.
func ParseClass(name string) (Class, error) {
	for i, n := range classNames {
		if n == name {
			return Class(i), nil
		}
	}
	return 0, fmt.Errorf("class %q is not one of %s", name, strings.Join(classNames[:], ", "))
}

// ClassOf returns the class of a kind of actor: vans are cars, buses trucks, children
// pedestrians, motorcycles cyclists, and all obstacles cones.
func ClassOf(k actor.Kind) Class {
	switch k {
	case actor.Truck, actor.Bus:
		return Truck
	case actor.Pedestrian, actor.Child:
		return Pedestrian
	case actor.Cyclist, actor.Motorcycle:
		return Cyclist
	case actor.Cone, actor.Box, actor.Animal:
		return Cone
	}
	return Car
}

// SignalClass returns the class of a traffic light by its state: red, amber, or green
// for any other state.
func SignalClass(s road.SignalState) Class {
	switch s {
	case road.Red:
		return SignalRed
	case road.Amber:
		return SignalAmber
	}
	return SignalGreen
}

// SignalState returns the state of a signal of this class, Off for other classes.
func (c Class) SignalState() road.SignalState {
	switch c {
	case SignalRed:
		return road.Red
	case SignalAmber:
		return road.Amber
	case SignalGreen:
		return road.Green
	}
	return road.Off
}

// IsSignal reports whether the class is a traffic light.
func (c Class) IsSignal() bool { return c >= SignalRed && c <= SignalGreen }

// Box is an axis-aligned box in an image, in pixels; X grows right, Y down.
type Box struct{ X0, Y0, X1, Y1 float64 }

// Detection is an object that the camera network found in one image.
type Detection struct {
	Class Class
	Score float64 // 0..1
	Box   Box
	// Distance from the camera to the middle of the object along the ground, m,
	// and its standard deviation.
	Distance, DistanceStd float64
	// Bearing of the object's middle from the vehicle's x axis, rad, positive left.
	Bearing float64
	// Heading of the object relative to the vehicle's x axis, rad.
	Heading float64
	// Pos is the middle of the object in the vehicle frame at the time of the image.
	Pos geom.Vec
}

// Side identifies a lane boundary by its position relative to the ego lane.
type Side uint8

// Lane boundaries from left to right; FarLeft bounds the next lane to the left.
const (
	FarLeft Side = iota
	Left
	Right
	FarRight
	NumSides = iota
)

// Boundary is a lane boundary that the camera network found, in the vehicle frame.
type Boundary struct {
	Side   Side
	Score  float64
	Points []geom.Vec // nearest first, m
}

// Image is the network's output for one camera frame.
type Image struct {
	Sensor     string // the camera's name in the rig
	Time       clock.Tick
	Cal        *sensor.Camera
	Detections []Detection
	Boundaries []Boundary
	// Drivable is the probability that the ground is drivable, on a grid of
	// GridWidth columns over the image, row by row.
	Drivable  []float32
	GridWidth int
}

// NewestImage returns the newest of the images of a camera, nil if there is none.
func NewestImage(images []Image, camera string) *Image {
	for i := len(images) - 1; i >= 0; i-- {
		if images[i].Sensor == camera {
			return &images[i]
		}
	}
	return nil
}

// Ego is the estimate of the own vehicle's state.
type Ego struct {
	Pose    geom.Pose // rear axle
	Speed   float64   // m/s
	Accel   float64   // m/s²
	YawRate float64   // rad/s
	Steer   float64   // road wheel angle, rad
	PosStd  float64   // standard deviation of the position per axis, m
}

// Track is an object that the stack tracks.
type Track struct {
	ID    int32
	Class Class
	// Pose is the middle of the object and its heading; Vel its velocity.
	Pose geom.Pose
	Vel  geom.Vec
	// Cov is the covariance of (x, y, vx, vy).
	Cov           [4][4]float64
	Length, Width float64 // m
	// Existence is the probability that the object is real, 0..1.
	Existence float64
	Age       clock.Tick // since the track began
	Seen      clock.Tick // time of the last measurement that supported it
}

// Box returns the footprint of the track.
func (t *Track) Box() geom.OBB {
	return geom.OBB{Center: t.Pose.Pos(), Yaw: t.Pose.Yaw, Length: t.Length, Width: t.Width}
}

// Signal is the estimated state of one traffic light of the map.
type Signal struct {
	ID         road.SignalID
	State      road.SignalState // Off if never seen, or not seen for too long
	Confidence float64          // 0..1
	Seen       clock.Tick       // time of the last image that showed it
}

// Health reports the ages of the last messages, from measurement on.
type Health struct {
	// Ages of what planning and the guard rely on. CameraAge is that of the last frame of a
	// camera that looks forward: it shows the road ahead, its lanes and signals.
	// RadarAge, LidarAge and LocalizationAge are those of the last message of any radar, any
	// lidar and any GNSS receiver.
	CameraAge, RadarAge, LidarAge, LocalizationAge clock.Tick
	// Sensors holds the age of each sensor of the rig, in its order.
	Sensors []SensorAge
}

// SensorAge is the age of the last message of a sensor.
type SensorAge struct {
	Sensor string
	Age    clock.Tick
}

// Age returns the age of the last message of a sensor; ok is false for an unknown one.
func (h *Health) Age(sensor string) (age clock.Tick, ok bool) {
	for _, s := range h.Sensors {
		if s.Sensor == sensor {
			return s.Age, true
		}
	}
	return 0, false
}

// Scene is the estimate of the ego and its surroundings at one time. Its slices
// belong to the perceiver and are overwritten by the next call.
type Scene struct {
	Time   clock.Tick
	Ego    Ego
	Tracks []Track // confirmed, ordered by ID
	// Signals holds one entry for each signal of the map, in the map's order.
	Signals []Signal
	// Boundaries of the ego lane in the last image, in the vehicle frame.
	Boundaries []Boundary
	// LaneOffset is the measured distance of the ego to the left of the middle of
	// its lane, valid if LaneSeen.
	LaneOffset float64
	LaneSeen   bool
	Health     Health
	// Images are what was read from the frames that arrived since the scene before.
	Images []Image
}

// Detector finds objects, lane boundaries and drivable ground in a camera frame. The result
// depends on the frame alone, so that it can be cached.
type Detector interface {
	// Detect fills every field of the image except its sensor and time, and reuses the
	// image's buffers.
	Detect(f *sensor.Frame, im *Image) error
	// Clone returns a detector for another drive. It may share an engine with the
	// original: the two must take turns.
	Clone() Detector
}

// Tracker fuses the messages of the sensors, and what was read from their frames, into a
// scene. It keeps state between calls, which must come in order of time.
type Tracker interface {
	// Update returns the scene. Its field Images is images. The next call overwrites it.
	Update(obs *sensor.Observation, images []Image) *Scene
	// Clone returns a tracker that goes on exactly as the original would.
	Clone() Tracker
}

// Perceiver estimates a scene from observations. It keeps state between calls, which must
// come in order of time.
type Perceiver interface {
	// Perceive returns the scene. The next call overwrites it.
	Perceive(ctx context.Context, obs *sensor.Observation) (*Scene, error)
	// Clone returns a perceiver that goes on exactly as the original would.
	Clone() Perceiver
	// Pipeline returns the pipeline that perceives, and that of the wrapped perceiver for a
	// wrapper. It is nil where nothing is sensed, as with ground truth. Its layers can be
	// replaced.
	Pipeline() *Pipeline
}
