package desktop

import (
	"errors"
	"fmt"

	"roadloop/assets"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// driverPool caches the opened drivers with their networks. Only the window's goroutine uses
// it.
type driverPool struct {
	made map[timeline.DriverID]scenarios.DriverFactory
}

// small is the perception with the smaller bundled network.
const small = "small"

func perceptions() []string { return []string{scenarios.CNN, small, scenarios.Oracle} }

// get returns a driver with a perception, and its identity for the trace.
func (c *driverPool) get(driver, perception string) (scenarios.DriverFactory, timeline.DriverID, error) {
	who := timeline.DriverID{Name: driver, Perception: perception}
	var w *network.Weights
	var err error
	switch perception {
	case scenarios.Oracle:
	case small:
		w, err = assets.SmallModel()
		who.Perception = scenarios.CNN
	default:
		w, err = assets.Model()
	}
	if err == nil && w != nil {
		who.Model, err = w.SHA256()
		who.ISA = network.ISA()
	}
	if err != nil {
		return nil, who, fmt.Errorf("loading the network: %w", err)
	}
	if got, ok := c.made[who]; ok {
		return got, who, nil
	}
	crew, err := newCrew(who, w)
	if err != nil {
		return nil, who, err
	}
	if c.made == nil {
		c.made = make(map[timeline.DriverID]scenarios.DriverFactory)
	}
	c.made[who] = crew
	return crew, who, nil
}

func newCrew(who timeline.DriverID, w *network.Weights) (scenarios.DriverFactory, error) {
	if w == nil {
		return scenarios.NewDriverFactory(who.Name, nil)
	}
	eyes, err := inference.Open(who.Perception, w)
	if err != nil {
		return nil, fmt.Errorf("opening the network: %w", err)
	}
	return scenarios.NewDriverFactory(who.Name, eyes)
}

// ofTrace returns the driver factory of a trace, with the network and the instruction
// set that the trace names.
func (c *driverPool) ofTrace(h *trace.Header) timeline.OpenDriver {
	return func(driver, perception string) (scenarios.DriverFactory, error) {
		if perception == scenarios.CNN {
			if err := network.MatchISA(h.ISA); err != nil {
				return nil, err
			}
		}
		model := h.Model
		crew, who, err := c.get(driver, perception)
		if err == nil && perception == scenarios.CNN && who.Model != model {
			crew, who, err = c.get(driver, small)
		}
		if err == nil && who.Model != "" && who.Model != model {
			err = fmt.Errorf("the trace needs a network that is not available (%.12s…)", model)
		}
		return crew, err
	}
}

func (c *driverPool) close() (err error) {
	for _, crew := range c.made {
		err = errors.Join(err, crew.Close())
	}
	c.made = nil
	return err
}
