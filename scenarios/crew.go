package scenarios

import (
	"fmt"
	"io"
	"strings"

	"roadloop"
	"roadloop/perception"
	"roadloop/planning/careful"
	"roadloop/sim"
	"roadloop/sim/rig"
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

// Driver returns the maker of a case's driver. A driver with an oracle has no use
// for sensors: they are switched off, but the oracle tells when they are silent.
func (c *stackCrew) Driver(p *Plan) func(*sim.World) (roadloop.Driver, error) {
	sensors := p.Drive.Rig
	if c.eyes == nil {
		p.Drive.Rig = rig.Off()
	}
	return func(w *sim.World) (roadloop.Driver, error) {
		if c.eyes == nil {
			oracle := roadloop.NewOracle(w)
			if c.model != nil {
				return roadloop.NewReference(&p.Drive, &roadloop.Sight{Perceiver: oracle}, c.model)
			}
			oracle.Heed(&sensors)
			return roadloop.NewStack(&p.Drive, oracle)
		}
		senses, err := roadloop.NewSenses(&p.Drive, c.eyes)
		if err != nil {
			return nil, err
		}
		if c.model != nil {
			return roadloop.NewReference(&p.Drive, senses, c.model)
		}
		return roadloop.NewStack(&p.Drive, senses)
	}
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
func RecordedCase(h *roadloop.Header) (*Case, error) {
	s, err := read(h.Scenario, []byte(h.Source))
	if err != nil {
		return nil, fmt.Errorf("the scenario in the trace: %w", err)
	}
	if h.Case == "" {
		return s.Case(h.Seed)
	}
	return s.CaseLabeled(h.Case)
}
