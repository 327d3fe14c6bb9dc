// Package mutant plants known faults in the layers of the modular driver: signs
// flipped, stale tracks, wrong calibrations, lights mixed up. A suite of scenarios is
// as good as the faults that it catches, and a search for causes as good as the
// planted ones that it finds.
//
// A fault sits in one layer, as a decorator around whatever fills it: putting truth
// in the place of that layer removes it. Faults are in the units and frames of what
// they disturb. The package judges nothing.
package mutant

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"roadloop/oracle"
	"roadloop/trace"

	"roadloop"
)

// Fault is a known fault of a driver.
type Fault struct {
	Name  string
	Layer trace.Layer
	// Means says what is wrong.
	Means string
	// Likely are scenarios and families that should catch it, most likely first.
	Likely []string

	plant func(*site) error
}

// All returns the faults in the order of the layers.
func All() []Fault {
	return slices.Concat(sensorFaults(), detectionFaults(), trackingFaults(), predictionFaults(), planningFaults(), controlFaults())
}

// Match returns the faults whose names match any of the patterns, as in path.Match;
// all of them without a pattern. It fails for a pattern that matches none.
func Match(patterns ...string) ([]Fault, error) {
	all := All()
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
			return nil, fmt.Errorf("no fault is named %q; there are %s", p, strings.Join(names(all), ", "))
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

// NeedsSenses tells that only a driver with senses has the layer of the fault.
func (f *Fault) NeedsSenses() bool { return f.Layer < trace.LayerTracking }

// Plant puts the fault into a session with a modular driver. It fails for a driver
// that does not have the layer.
func (f *Fault) Plant(s *roadloop.Session) error {
	if !slices.Contains(oracle.Layers(s), f.Layer) {
		return fmt.Errorf("planting %s: the driver has no layer %s", f.Name, f.Layer)
	}
	if err := f.plant(&site{s, s.Driver().Stack()}); err != nil {
		return fmt.Errorf("planting %s: %w", f.Name, err)
	}
	return nil
}

// site is where a fault is planted.
type site struct {
	session *roadloop.Session
	stack   *roadloop.Stack
}
