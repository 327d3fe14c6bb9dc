package main

import (
	"errors"
	"fmt"

	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/trace"
)

// driverOpener opens the drivers that a trace names. They share one network.
type driverOpener struct {
	weights *network.Weights // nil if the trace uses oracle perception
	crews   []scenarios.DriverFactory
}

// openerFor returns the opener for a trace. The network is the model file, or the
// bundled network if model is "". It must be the network that the trace names.
func openerFor(h *trace.Header, model string) (*driverOpener, error) {
	w, err := perceptionWeights(&runFlags{perception: h.Perception, model: model})
	if err != nil {
		return nil, err
	}
	sum, err := w.SHA256()
	if err != nil {
		return nil, err
	}
	if sum != h.Model {
		return nil, fmt.Errorf("the trace needs model %.12s, got %.12s", h.Model, sum)
	}
	if h.Perception == scenarios.CNN {
		if err := network.MatchISA(h.ISA); err != nil {
			return nil, err
		}
	}
	return &driverOpener{weights: w}, nil
}

// open opens a driver. It stays open until close.
func (s *driverOpener) open(driver, perception string) (scenarios.DriverFactory, error) {
	w := s.weights
	if w == nil && perception != scenarios.Oracle { // a driver with a camera took over
		var err error
		if w, err = perceptionWeights(&runFlags{perception: perception}); err != nil {
			return nil, err
		}
	}
	c, err := crewOf(driver, perception, w)()
	if err == nil {
		s.crews = append(s.crews, c)
	}
	return c, err
}

func (s *driverOpener) close() error {
	var err error
	for _, c := range s.crews {
		err = errors.Join(err, c.Close())
	}
	return err
}
