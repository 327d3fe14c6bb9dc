package scenarios

import (
	"cmp"

	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// faultsFile holds the faults of the car's sensors.
type faultsFile struct {
	Camera   cameraFile `yaml:"camera"`
	Lidar    faultFile  `yaml:"lidar"`
	Radar    faultFile  `yaml:"radar"`
	Odometry faultFile  `yaml:"odometry"`
	GNSS     faultFile  `yaml:"gnss"`
}

// faultFile holds the faults of one sensor.
type faultFile struct {
	// Blackout is the interval without messages. It lasts to the end of the run if To is
	// not given.
	Blackout *blackoutFile `yaml:"blackout"`
	Latency  quantity      `yaml:"latency"` // replaces the default latency
	Dropout  quantity      `yaml:"dropout"` // share of lost messages
}

// cameraFile holds the faults of the camera.
type cameraFile struct {
	Blackout *blackoutFile `yaml:"blackout"`
	Latency  quantity      `yaml:"latency"`
	Dropout  quantity      `yaml:"dropout"`
	Dirt     quantity      `yaml:"dirt"` // covered share of the lens
}

type blackoutFile struct {
	From quantity `yaml:"from"`
	To   quantity `yaml:"to"`
}

// sensors returns the car's sensors with their faults.
func (k *compiler) sensors() rig.Config {
	c, f := rig.Default(), &k.f.Faults
	camera := faultFile{f.Camera.Blackout, f.Camera.Latency, f.Camera.Dropout}
	k.sensorFault("camera", &camera, &c.Camera.Timing)
	k.sensorFault("lidar", &f.Lidar, &c.Lidar.Timing)
	k.sensorFault("radar", &f.Radar, &c.Radar.Timing)
	k.sensorFault("odometry", &f.Odometry, &c.Odometry.Timing)
	k.sensorFault("gnss", &f.GNSS, &c.GNSS.Timing)
	c.Camera.Dirt = f.Camera.Dirt.or(0)
	return c
}

// longest is the maximum duration of a run, s.
const longest = 3600

// sensorFault applies the faults of one sensor.
func (k *compiler) sensorFault(name string, f *faultFile, t *rig.Timing) {
	if f.Latency.set {
		t.Latency = clock.FromSeconds(f.Latency.si)
	}
	t.Dropout = f.Dropout.or(t.Dropout)
	if b := f.Blackout; b != nil {
		from, to := b.From.or(0), b.To.or(longest)
		if to <= from {
			k.fail("faults."+name+".blackout", "ends at %s, before it begins at %s",
				times.inUnitOf(to, cmp.Or(b.To.text, b.From.text)), times.inUnitOf(from, cmp.Or(b.From.text, b.To.text)))
		}
		t.Blackout = [2]clock.Tick{clock.FromSeconds(from), clock.FromSeconds(to)}
	}
}
