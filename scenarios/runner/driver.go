package runner

import (
	"io"

	"roadloop"
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/planning/refdriver"
	"roadloop/sim/rig"
)

// Stack is the name of the modular driver. Reference drivers have the names of their
// models.
const Stack = "stack"

// Kinds of perception.
const (
	CNN       = "cnn"        // the network on the operators that it was trained with
	CNNOpenCV = "cnn-opencv" // the network as ONNX in OpenCV's DNN module
	Oracle    = "oracle"     // ground truth
)

// BuildFunc creates a driver for a case. The driver perceives with p. c is a copy: the
// driver may add sensors of its own to c.Rig, and the car then has them. With ground truth in
// place of perception the car has no sensors at all.
type BuildFunc func(c *roadloop.Case, p perception.Perceiver) (roadloop.Driver, error)

// factory is the DriverFactory of a BuildFunc. It keeps the detector between cases.
type factory struct {
	build    BuildFunc
	detector perception.Detector // nil for ground truth
	// reference is the model of a reference driver, nil for others. Its ground truth is without
	// occluded road users and sensor faults.
	reference refdriver.Model
}

// NewDriverFactory returns a factory for the drivers that build creates. They perceive
// with the detector, or with ground truth if the detector is nil. Close closes a detector
// that is an io.Closer.
func NewDriverFactory(build BuildFunc, detector perception.Detector) DriverFactory {
	return &factory{build: build, detector: detector}
}

// NewStackFactory returns the factory of the modular driver.
func NewStackFactory(detector perception.Detector) DriverFactory {
	return NewDriverFactory(func(c *roadloop.Case, p perception.Perceiver) (roadloop.Driver, error) {
		return roadloop.NewStack(c, p)
	}, detector)
}

// NewReferenceFactory returns the factory of a reference driver. With ground truth, it
// perceives no occluded road users and no sensor faults.
func NewReferenceFactory(m refdriver.Model, detector perception.Detector) DriverFactory {
	build := func(c *roadloop.Case, p perception.Perceiver) (roadloop.Driver, error) {
		return roadloop.NewReference(c, p, m)
	}
	return &factory{build: build, detector: detector, reference: m}
}

// NewOracleFactory returns the factory of the stack with ground truth.
func NewOracleFactory() (DriverFactory, error) { return NewStackFactory(nil), nil }

// Driver returns a driver for a case. A driver with ground truth needs no sensors.
func (f *factory) Driver(c *roadloop.Case) (d roadloop.Driver, blind bool, err error) {
	p, err := f.perceiver(c)
	if err != nil {
		return nil, false, err
	}
	d, err = f.build(c, p)
	return d, f.detector == nil, err
}

// perceiver returns the perceiver of the driver. The ground truth of all but the reference
// drivers includes the sensor health of the case.
func (f *factory) perceiver(c *roadloop.Case) (perception.Perceiver, error) {
	switch {
	case f.detector != nil:
		return roadloop.NewPerception(c, f.detector)
	case f.reference != nil:
		return newUnoccluded(), nil
	}
	return oracle.NewPerceiver(&c.Rig), nil
}

// newUnoccluded returns ground truth without occluded road users and without sensor faults.
func newUnoccluded() perception.Perceiver {
	return &oracle.OcclusionFilter{Perceiver: oracle.NewPerceiver(new(rig.Config))}
}

// Close frees the detector.
func (f *factory) Close() error {
	if closer, ok := f.detector.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
