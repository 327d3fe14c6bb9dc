package scenarios

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"roadloop"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/planning/careful"
	"roadloop/sim"
	"roadloop/sim/rig"
)

// stackCrew drives with the modular stack, or a reference driver. It keeps a network
// from case to case.
type stackCrew struct {
	engine inference.Engine // nil for the oracle
	model  careful.Model    // nil for the stack
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

// NewDriverCrew returns a crew for the named driver that perceives in the named
// way, with the given network unless that is the oracle's. An empty name stands for
// the stack. A reference driver with an oracle does not see through cars.
func NewDriverCrew(driver, perception string, w *network.Weights) (Crew, error) {
	var model careful.Model
	if driver != Stack && driver != "" {
		var err error
		if model, err = careful.Find(driver); err != nil {
			return nil, fmt.Errorf("driver %q: want one of %s", driver, strings.Join(Drivers(), ", "))
		}
	}
	crew, err := NewCrew(perception, w)
	if err != nil {
		return nil, err
	}
	crew.(*stackCrew).model = model
	return crew, nil
}

// Ways to perceive.
const (
	CNN       = "cnn"        // the network on the operators that it was trained with
	CNNOpenCV = "cnn-opencv" // the network as ONNX on OpenCV's DNN
	Oracle    = "oracle"     // ground truth
)

// NewCrew returns a crew for the modular driver that perceives in the named way,
// with the given network unless that is the oracle's.
func NewCrew(perception string, w *network.Weights) (Crew, error) {
	switch perception {
	case Oracle:
		return NewStackCrew(nil)
	case CNN:
		return NewStackCrew(w)
	case CNNOpenCV:
		onnx, err := w.ONNX()
		if err != nil {
			return nil, err
		}
		e, err := inference.NewOpenCV(onnx, w.Config)
		if err != nil {
			return nil, err
		}
		return &stackCrew{engine: e}, nil
	}
	return nil, fmt.Errorf("perception %q: want %s, %s or %s", perception, CNN, CNNOpenCV, Oracle)
}

// NewStackCrew returns a crew for the modular driver that sees with the given
// network, or, where that is nil, with an oracle.
func NewStackCrew(w *network.Weights) (Crew, error) {
	if w == nil {
		return &stackCrew{}, nil
	}
	e, err := inference.NewNative(w)
	if err != nil {
		return nil, err
	}
	return &stackCrew{engine: e}, nil
}

// Driver returns the maker of a case's driver. A driver with an oracle has no use
// for sensors: they are switched off, but the oracle tells when they are silent.
func (c *stackCrew) Driver(p *Plan) func(*sim.World) (roadloop.Driver, error) {
	sensors := p.Drive.Rig
	if c.engine == nil {
		p.Drive.Rig = rig.Off()
	}
	return func(w *sim.World) (roadloop.Driver, error) {
		if c.engine == nil {
			oracle := roadloop.NewOracle(w)
			if c.model != nil {
				return roadloop.NewReference(&p.Drive, &roadloop.Sight{Perceiver: oracle}, c.model)
			}
			oracle.Heed(&sensors)
			return roadloop.NewStack(&p.Drive, oracle)
		}
		senses, err := roadloop.NewSenses(&p.Drive, c.engine)
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
	if c.engine == nil {
		return nil
	}
	return c.engine.Close()
}

// ModelSHA256 identifies a network by its weights, in hexadecimal; none has "".
func ModelSHA256(w *network.Weights) (string, error) {
	if w == nil {
		return "", nil
	}
	data, err := w.Encode(network.Meta{})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// RecordedCase returns the case that a trace recorded. Traces from before there
// were grids name the seed alone.
func RecordedCase(h *roadloop.Header) (*Case, error) {
	s, err := Parse(h.Scenario, []byte(h.Source))
	if err != nil {
		return nil, fmt.Errorf("the scenario in the trace: %w", err)
	}
	if h.Case == "" {
		return s.Case(h.Seed)
	}
	return s.CaseLabeled(h.Case)
}

// Verify drives the case of a trace again and returns where the two differ.
func Verify(ctx context.Context, t *roadloop.Trace, w *network.Weights) (roadloop.Difference, bool, error) {
	h := &t.Header
	model, err := ModelSHA256(w)
	if err != nil {
		return roadloop.Difference{}, false, err
	}
	if h.Model != model {
		return roadloop.Difference{}, false, fmt.Errorf("the trace was made with model %.12s, this one is %.12s", h.Model, model)
	}
	c, err := RecordedCase(h)
	if err != nil {
		return roadloop.Difference{}, false, err
	}
	o := Options{Timeout: h.Timeout, Driver: h.Driver, Perception: h.Perception, Model: model, Crew: func() (Crew, error) { return NewDriverCrew(h.Driver, h.Perception, w) }}
	var again *roadloop.Trace
	err = Run(ctx, []*Case{c}, o, func(out *Outcome) error {
		again = out.Trace
		return out.Err
	})
	if err != nil {
		return roadloop.Difference{}, false, err
	}
	d, differ := roadloop.Compare(t, again)
	return d, differ, nil
}
