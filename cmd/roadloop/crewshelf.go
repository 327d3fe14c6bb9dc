package main

import (
	"errors"
	"fmt"

	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/trace"
)

// crewShelf makes the crews that a trace names, with one network for all.
type crewShelf struct {
	weights *network.Weights // nil where the trace perceives with an oracle
	crews   []scenarios.Crew
}

// shelfFor returns a shelf for a trace, with the network that drove it: that of a
// model file, or the one that comes along. It fails for any other one.
func shelfFor(h *trace.Header, model string) (*crewShelf, error) {
	w, err := perceptionWeights(&runFlags{perception: h.Perception, model: model})
	if err != nil {
		return nil, err
	}
	sum, err := w.SHA256()
	if err != nil {
		return nil, err
	}
	if sum != h.Model {
		return nil, fmt.Errorf("the trace was made with model %.12s, this one is %.12s", h.Model, sum)
	}
	if h.Perception == scenarios.CNN {
		if err := network.MatchISA(h.ISA); err != nil {
			return nil, err
		}
	}
	return &crewShelf{weights: w}, nil
}

// crew makes a crew, which lasts until the shelf is closed.
func (s *crewShelf) crew(driver, perception string) (scenarios.Crew, error) {
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

func (s *crewShelf) close() error {
	var err error
	for _, c := range s.crews {
		err = errors.Join(err, c.Close())
	}
	return err
}
