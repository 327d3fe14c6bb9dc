package scenarios

import (
	"fmt"
	"io"
	"strings"

	"roadloop"
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/planning/refdriver/models"
	"roadloop/sim/rig"
	"roadloop/trace"
)

// stackFactory creates drivers with the modular stack, or with a reference driver. It
// keeps the network between cases.
type stackFactory struct {
	detector perception.Detector // nil for ground truth
	model    models.Model        // nil for the stack
}

// Stack is the name of the modular driver. Reference drivers have the names of their
// models.
const Stack = "stack"

// Drivers returns the names of all drivers.
func Drivers() []string {
	names := []string{Stack}
	for _, m := range models.Models() {
		names = append(names, m.Name())
	}
	return names
}

// Kinds of perception.
const (
	CNN       = "cnn"        // the network on the operators that it was trained with
	CNNOpenCV = "cnn-opencv" // the network as ONNX in OpenCV's DNN module
	Oracle    = "oracle"     // ground truth
)

// NewDriverFactory returns a factory for the named driver; an empty name is the stack. The driver
// perceives with the detector, or with ground truth if the detector is nil. Close closes
// a detector that is an io.Closer. A reference driver with ground truth perceives no
// occluded road users.
func NewDriverFactory(driver string, detector perception.Detector) (DriverFactory, error) {
	if driver == Stack || driver == "" {
		return &stackFactory{detector: detector}, nil
	}
	model, err := models.Find(driver)
	if err != nil {
		return nil, fmt.Errorf("driver %q: want one of %s", driver, strings.Join(Drivers(), ", "))
	}
	return &stackFactory{detector: detector, model: model}, nil
}

// NewOracleFactory returns the factory of the stack with ground truth.
func NewOracleFactory() (DriverFactory, error) { return NewDriverFactory(Stack, nil) }

// Driver returns a driver for a case. A driver with ground truth needs no sensors.
func (c *stackFactory) Driver(drive *roadloop.Case) (d roadloop.Driver, blind bool, err error) {
	p, err := c.perceiver(drive)
	if err != nil {
		return nil, false, err
	}
	var stack *roadloop.Stack
	if c.model != nil {
		stack, err = roadloop.NewReference(drive, p, c.model)
	} else {
		stack, err = roadloop.NewStack(drive, p)
	}
	return stack, c.detector == nil, err
}

// perceiver returns the perceiver of the driver. With ground truth, only the stack gets the
// sensor faults of the case, for its sensor health.
func (c *stackFactory) perceiver(drive *roadloop.Case) (perception.Perceiver, error) {
	switch {
	case c.detector != nil:
		return roadloop.NewPerception(drive, c.detector)
	case c.model != nil:
		return newUnoccluded(), nil
	}
	return oracle.NewPerceiver(&drive.Rig), nil
}

// newUnoccluded returns the perceiver of a reference driver: ground truth without
// occluded road users and without sensor faults.
func newUnoccluded() perception.Perceiver {
	return &oracle.OcclusionFilter{Perceiver: oracle.NewPerceiver(new(rig.Config))}
}

// Close frees the network.
func (c *stackFactory) Close() error {
	if closer, ok := c.detector.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// RecordedCase returns the case that a trace recorded. Old traces, from before grids,
// contain only the seed. RecordedCase does not compile the scenario's other cases.
func RecordedCase(h *trace.Header) (*Case, error) {
	s, err := Read(h.Scenario, []byte(h.Source))
	if err != nil {
		return nil, fmt.Errorf("the scenario in the trace: %w", err)
	}
	if h.Case == "" {
		return s.Case(h.Seed)
	}
	return s.CaseByLabel(h.Case)
}
