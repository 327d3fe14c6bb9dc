package roadloop

import (
	"fmt"
	"slices"

	"roadloop/perception"
	"roadloop/sim/rig"
)

// Layers returns the layers of the driver that truth can replace, from the sensors
// on: all but the world for a modular driver with senses, those from tracking on for
// one with an oracle, none for other drivers.
func (s *Session) Layers() []Layer {
	stack, ok := s.driver.(*Stack)
	if !ok {
		return nil
	}
	layers := []Layer{LayerTracking, LayerPrediction, LayerPlanning, LayerControl}
	if _, ok := stack.Perceiver.(*Senses); ok {
		layers = append([]Layer{LayerSensor, LayerDetection}, layers...)
	}
	return layers
}

// Replace puts truth in place of layers of a modular driver, from the next decision
// on:
//
//   - sensor: the same sensors without noise, losses, latency and faults;
//   - detection: what the pixels show, labelled, in place of what the network read;
//   - tracking: the true scene, an Oracle; nobody listens to the sensors any more,
//     which are switched off;
//   - prediction: what the others do in a copy of the world, a Prophet;
//   - planning: a planner that sees all and tries its plans out in copies of the
//     world, a Strategist;
//   - control: the controller and the guard of NewStack, for any others.
//
// What is wrong in a layer is gone with the layer, and stays where it is in every
// other one. It fails for a layer that the driver does not have.
func (s *Session) Replace(layers ...Layer) error {
	have := s.Layers()
	for _, l := range layers {
		if !slices.Contains(have, l) {
			return fmt.Errorf("the driver has no layer %s to replace", l)
		}
	}
	for _, l := range layers {
		if err := s.replace(l, s.driver.(*Stack)); err != nil {
			return fmt.Errorf("replacing %s: %w", l, err)
		}
	}
	return nil
}

func (s *Session) replace(l Layer, stack *Stack) (err error) {
	switch l {
	case LayerSensor:
		return s.idealize()
	case LayerDetection:
		if senses, ok := stack.Perceiver.(*Senses); ok {
			seer, err := NewSeer(s.world, &s.drive.Rig.Camera.Calibration)
			senses.Detector = seer
			return err
		}
	case LayerTracking:
		stack.Perceiver = s.oracle(stack.Perceiver)
		s.sensors, err = rig.New(rig.Off(), s.drive.World.Map, s.drive.World.Seed)
	case LayerPrediction:
		stack.Predictor = NewProphet(s.world)
	case LayerPlanning:
		stack.Planner, err = NewStrategist(s.drive, s.world)
	case LayerControl:
		stack.Controller = newController(s.drive)
		stack.Guard, err = newGuard(s.drive)
	}
	return err
}

// oracle returns an oracle in the place of p, which tells of the same silent sensors.
func (s *Session) oracle(p perception.Perceiver) *Oracle {
	o := NewOracle(s.world)
	o.Heed(&s.drive.Rig)
	for p != nil {
		if old, ok := p.(*Oracle); ok {
			o.Heed(&old.rig)
		}
		w, ok := p.(interface{ Unwrap() perception.Perceiver })
		if !ok {
			break
		}
		p = w.Unwrap()
	}
	return o
}

// idealize mounts ideal sensors, which measure the present at once. Messages on
// their way are lost: all of them are older.
func (s *Session) idealize() error {
	r, err := rig.New(s.drive.Rig.Idealized(), s.drive.World.Map, s.drive.World.Seed)
	if err != nil {
		return err
	}
	r.Sample(s.world)
	s.sensors = r
	return nil
}
