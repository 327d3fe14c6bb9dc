package scenarios

import (
	"fmt"
	"io"
	"strings"

	"roadloop"
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/planning/careful"
	"roadloop/sim/rig"
	"roadloop/trace"
)

// stackCrew drives with the modular stack, or a reference driver. It keeps a network
// from case to case.
type stackCrew struct {
	eyes  perception.Detector // nil for the oracle
	model careful.Model       // nil for the stack
}

// Stack is the name of the modular driver; those of the reference drivers are the
// names of their models.
const Stack = "stack"

// Drivers lists the names of all drivers.
func Drivers() []string {
	names := []string{Stack}
	for _, m := range careful.Models() {
		names = append(names, m.Name())
	}
	return names
}

// Ways to perceive.
const (
	CNN       = "cnn"        // the network on the operators that it was trained with
	CNNOpenCV = "cnn-opencv" // the network as ONNX on OpenCV's DNN
	Oracle    = "oracle"     // ground truth
)

// NewCrew returns a crew for the named driver, an empty name standing for the stack.
// It sees with the eyes of a detector, which it closes in the end if that is an
// io.Closer, or, where that is nil, with an oracle. A reference driver with an oracle
// does not see through cars.
func NewCrew(driver string, eyes perception.Detector) (Crew, error) {
	if driver == Stack || driver == "" {
		return &stackCrew{eyes: eyes}, nil
	}
	model, err := careful.Find(driver)
	if err != nil {
		return nil, fmt.Errorf("driver %q: want one of %s", driver, strings.Join(Drivers(), ", "))
	}
	return &stackCrew{eyes: eyes, model: model}, nil
}

// OracleCrew returns the crew of the stack under ground truth.
func OracleCrew() (Crew, error) { return NewCrew(Stack, nil) }

// Driver returns a driver for a case. One with ground truth needs no sensors.
func (c *stackCrew) Driver(drive *roadloop.Case) (d roadloop.Driver, blind bool, err error) {
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
	return stack, c.eyes == nil, err
}

// perceiver returns the perceiver of the driver.
func (c *stackCrew) perceiver(drive *roadloop.Case) (perception.Perceiver, error) {
	switch {
	case c.eyes != nil:
		return roadloop.NewPerception(drive, c.eyes)
	case c.model != nil:
		return newUnoccluded(), nil
	}
	return oracle.NewPerceiver(&drive.Rig), nil
}

// newUnoccluded returns the perceiver of a reference driver: exact, but not through
// cars, and without faults of sensors.
func newUnoccluded() perception.Perceiver {
	return &oracle.OcclusionFilter{Perceiver: oracle.NewPerceiver(new(rig.Config))}
}

// Close frees the network.
func (c *stackCrew) Close() error {
	if eyes, ok := c.eyes.(io.Closer); ok {
		return eyes.Close()
	}
	return nil
}

// RecordedCase returns the case that a trace recorded. Traces from before there
// were grids name the seed alone. Of the scenario's other cases it makes none.
func RecordedCase(h *trace.Header) (*Case, error) {
	s, err := read(h.Scenario, []byte(h.Source))
	if err != nil {
		return nil, fmt.Errorf("the scenario in the trace: %w", err)
	}
	if h.Case == "" {
		return s.Case(h.Seed)
	}
	return s.CaseLabeled(h.Case)
}
