package runner

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"roadloop/scenarios"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// sensors returns the car's sensors with their faults.
func (k *compiler) sensors() rig.Config {
	name := cmp.Or(k.f.Sensors.Rig, rig.DefaultName)
	c, err := rig.Named(name)
	if err != nil {
		k.fail("sensors.rig", "%w", err)
	}
	for _, sensor := range slices.Sorted(maps.Keys(k.f.Faults)) {
		f := k.f.Faults[sensor]
		s, err := c.Sensor(sensor)
		if err != nil {
			k.fail("faults."+sensor, "the rig %s has no sensor %s; it has %s", name, sensor, strings.Join(c.Names(), ", "))
			continue
		}
		k.sensorFault(f, s)
		if f.Dirt.Set {
			if err := rig.Change(&c, sensor, func(m *rig.Camera) { m.Dirt = f.Dirt.SI }); err != nil {
				k.fail("faults."+sensor+".dirt", "%w", err)
			}
		}
	}
	return c
}

// longest is the maximum duration of a run, s.
const longest = 3600

// sensorFault applies the faults of one sensor.
func (k *compiler) sensorFault(f *scenarios.SensorFaultSection, s *rig.Sensor) {
	t := &s.Timing
	if f.Latency.Set {
		t.Latency = clock.FromSeconds(f.Latency.SI)
	}
	t.Dropout = f.Dropout.Or(t.Dropout)
	if b := f.Blackout; b != nil {
		from, to := b.From.Or(0), b.To.Or(longest)
		if to <= from {
			k.fail("faults."+s.Name+".blackout", "ends at %s, before it begins at %s",
				scenarios.Times.InUnitOf(to, cmp.Or(b.To.Text, b.From.Text)), scenarios.Times.InUnitOf(from, cmp.Or(b.From.Text, b.To.Text)))
		}
		t.Blackout = [2]clock.Tick{clock.FromSeconds(from), clock.FromSeconds(to)}
	}
}
