package oracle

import (
	"fmt"
	"slices"

	"roadloop"
	"roadloop/sim/rig"
	"roadloop/trace"
)

// Layers returns the layers of the driver of a session that truth can replace, from the
// sensors on: all but the world for a modular driver that senses, those from tracking on
// for one with ground truth, none for other drivers.
func Layers(s *roadloop.Session) []trace.Layer {
	stack := s.Driver().Stack()
	if stack == nil {
		return nil
	}
	layers := []trace.Layer{trace.LayerTracking, trace.LayerPrediction, trace.LayerPlanning, trace.LayerControl}
	if stack.Perceiver.Pipeline() != nil {
		layers = append([]trace.Layer{trace.LayerSensor, trace.LayerDetection}, layers...)
	}
	return layers
}

// Substitute puts truth in place of layers of a modular driver, from the next decision
// on:
//
//   - sensor: the same sensors without noise, losses, latency and faults;
//   - detection: what the pixels show, by their labels, a Detector;
//   - tracking: the true scene, a Perceiver; the sensors, which are not needed any more,
//     are switched off;
//   - prediction: what the others do in a copy of the world, a Predictor;
//   - planning: plans that are simulated in copies of the world, a Planner;
//   - control: the controller and the guard of roadloop.NewStack.
//
// Errors in a replaced layer are gone, and errors in every other layer stay. It fails for
// a layer that the driver does not have.
func Substitute(s *roadloop.Session, layers ...trace.Layer) error {
	have := Layers(s)
	for _, l := range layers {
		if !slices.Contains(have, l) {
			return fmt.Errorf("the driver has no layer %s to replace", l)
		}
	}
	for _, l := range layers {
		if err := substitute(s, l); err != nil {
			return fmt.Errorf("replacing %s: %w", l, err)
		}
	}
	return nil
}

func substitute(s *roadloop.Session, l trace.Layer) (err error) {
	c, stack := s.Case(), s.Driver().Stack()
	switch l {
	case trace.LayerSensor:
		return idealize(s)
	case trace.LayerDetection:
		if p := stack.Perceiver.Pipeline(); p != nil { // not after true tracking
			p.Detector, err = NewDetector(c.World.Map, &c.Rig)
		}
	case trace.LayerTracking:
		stack.Perceiver = NewPerceiver(&c.Rig)
		return setSensors(s, rig.Off())
	case trace.LayerPrediction:
		stack.Predictor = NewPredictor(c.World.Map)
	case trace.LayerPlanning:
		stack.Planner, err = NewPlanner(c)
	case trace.LayerControl:
		stack.Controller = roadloop.NewController(c)
		stack.Guard, err = roadloop.NewGuard(c)
	}
	return err
}

// idealize replaces the sensors by ideal ones, which measure the present at once. Messages
// on their way are lost: all of them are older.
func idealize(s *roadloop.Session) error {
	return setSensors(s, s.Case().Rig.Idealized())
}

// setSensors replaces the sensors by others, which measure the present.
func setSensors(s *roadloop.Session, c rig.Config) error {
	r, err := rig.New(c, s.Case().World.Map, s.Case().World.Seed)
	if err != nil {
		return err
	}
	r.Sample(s.World())
	s.WrapSensors(func(rig.Sensors) rig.Sensors { return r })
	return nil
}
