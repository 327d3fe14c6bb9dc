package main

import (
	"errors"

	"roadloop/perception/network"
	"roadloop/scenarios"
)

// crewShelf makes the crews that a trace names, with one network for all.
type crewShelf struct {
	weights *network.Weights // nil where the trace perceives with an oracle
	crews   []scenarios.Crew
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
