package runner

import (
	"cmp"

	"roadloop/scenarios"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// sensors returns the car's sensors with their faults.
func (k *compiler) sensors() rig.Config {
	c, f := rig.Default(), &k.f.Faults
	camera := scenarios.SensorFaultSection{Blackout: f.Camera.Blackout, Latency: f.Camera.Latency, Dropout: f.Camera.Dropout}
	k.sensorFault("camera", &camera, &c.Camera.Timing)
	k.sensorFault("lidar", &f.Lidar, &c.Lidar.Timing)
	k.sensorFault("radar", &f.Radar, &c.Radar.Timing)
	k.sensorFault("odometry", &f.Odometry, &c.Odometry.Timing)
	k.sensorFault("gnss", &f.GNSS, &c.GNSS.Timing)
	c.Camera.Dirt = f.Camera.Dirt.Or(0)
	return c
}

// longest is the maximum duration of a run, s.
const longest = 3600

// sensorFault applies the faults of one sensor.
func (k *compiler) sensorFault(name string, f *scenarios.SensorFaultSection, t *rig.Timing) {
	if f.Latency.Set {
		t.Latency = clock.FromSeconds(f.Latency.SI)
	}
	t.Dropout = f.Dropout.Or(t.Dropout)
	if b := f.Blackout; b != nil {
		from, to := b.From.Or(0), b.To.Or(longest)
		if to <= from {
			k.fail("faults."+name+".blackout", "ends at %s, before it begins at %s",
				scenarios.Times.InUnitOf(to, cmp.Or(b.To.Text, b.From.Text)), scenarios.Times.InUnitOf(from, cmp.Or(b.From.Text, b.To.Text)))
		}
		t.Blackout = [2]clock.Tick{clock.FromSeconds(from), clock.FromSeconds(to)}
	}
}
