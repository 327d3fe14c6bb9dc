// Package faults injects known faults into the layers of the modular driver, such as
// flipped signs, stale tracks, wrong calibrations and swapped lights. Faults measure how
// many errors a suite of scenarios catches, and how often layer attribution finds the
// faulty layer.
//
// A fault wraps one layer. Replacing that layer with ground truth removes the fault.
// Faults use the units and frames of the layer's data. The package judges nothing.
package faults

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"roadloop"
	"roadloop/oracle"
	"roadloop/trace"
)

// Fault is a known fault of a driver.
type Fault struct {
	// Name identifies the fault. That of a sensor fault which is not injected into the usual
	// sensor ends in @ and the name of the sensor, as in camera-frozen@camera-left.
	Name  string
	Layer trace.Layer
	// Description describes the fault.
	Description string
	// Likely are the scenarios and families that should catch it, most likely first.
	Likely []string

	plant func(*target) error
}

// All returns the faults in the order of the layers. Sensor faults are injected into the
// sensors of the default rig.
func All() []Fault {
	return slices.Concat(sensorFaults(""), detectionFaults(), trackingFaults(), predictionFaults(), planningFaults(), controlFaults())
}

// Match returns the faults with names that match any of the patterns, as in path.Match.
// Without patterns it returns all faults. A pattern without a match is an error. The
// pattern camera-*@camera-left matches the camera faults, injected into the sensor
// camera-left.
func Match(patterns ...string) ([]Fault, error) {
	all := All()
	var sensors []string
	for _, p := range patterns {
		if _, sensor, ok := strings.Cut(p, "@"); ok && !slices.Contains(sensors, sensor) {
			sensors = append(sensors, sensor)
			all = append(all, sensorFaults(sensor)...)
		}
	}
	if len(patterns) == 0 {
		return all, nil
	}
	chosen := make([]bool, len(all))
	for _, p := range patterns {
		found := false
		for i := range all {
			ok, err := path.Match(p, all[i].Name)
			if err != nil {
				return nil, fmt.Errorf("fault %q: %w", p, err)
			}
			chosen[i], found = chosen[i] || ok, found || ok
		}
		if !found {
			return nil, fmt.Errorf("no fault matches %q; faults: %s", p, strings.Join(names(All()), ", "))
		}
	}
	var out []Fault
	for i := range all {
		if chosen[i] {
			out = append(out, all[i])
		}
	}
	return out, nil
}

func names(faults []Fault) []string {
	out := make([]string, len(faults))
	for i := range faults {
		out[i] = faults[i].Name
	}
	return out
}

// NeedsPipeline reports whether only a driver with a perception pipeline has the layer of
// the fault.
func (f *Fault) NeedsPipeline() bool { return f.Layer < trace.LayerTracking }

// Inject injects the fault into a session with a modular driver. It returns an error for a
// driver without the layer.
func (f *Fault) Inject(s *roadloop.Session) error {
	if !slices.Contains(oracle.Layers(s), f.Layer) {
		return fmt.Errorf("injecting %s: the driver has no layer %s", f.Name, f.Layer)
	}
	if err := f.plant(&target{s, s.Driver().Stack()}); err != nil {
		return fmt.Errorf("injecting %s: %w", f.Name, err)
	}
	return nil
}

// target is the session and the stack that a fault modifies.
type target struct {
	session *roadloop.Session
	stack   *roadloop.Stack
}
