package scenarios

import (
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// faultsFile says what is wrong with the sensors of the car.
type faultsFile struct {
	Camera   cameraFile `yaml:"camera"`
	Lidar    faultFile  `yaml:"lidar"`
	Radar    faultFile  `yaml:"radar"`
	Odometry faultFile  `yaml:"odometry"`
	GNSS     faultFile  `yaml:"gnss"`
}

// faultFile says what is wrong with a sensor.
type faultFile struct {
	// Blackout is when nothing arrives, to the end of the run if To is not given.
	Blackout *blackoutFile `yaml:"blackout"`
	Latency  quantity      `yaml:"latency"` // instead of the usual one
	Dropout  quantity      `yaml:"dropout"` // share of messages that are lost
}

// cameraFile says what is wrong with the camera.
type cameraFile struct {
	Blackout *blackoutFile `yaml:"blackout"`
	Latency  quantity      `yaml:"latency"`
	Dropout  quantity      `yaml:"dropout"`
	Dirt     quantity      `yaml:"dirt"` // on the lens, share of it
}

type blackoutFile struct {
	From quantity `yaml:"from"`
	To   quantity `yaml:"to"`
}

// sensors returns the sensors of the car with their faults.
func (k *compiler) sensors() rig.Config {
	c, f := rig.Default(), &k.f.Faults
	camera := faultFile{f.Camera.Blackout, f.Camera.Latency, f.Camera.Dropout}
	k.fault("camera", &camera, &c.Camera.Timing)
	k.fault("lidar", &f.Lidar, &c.Lidar.Timing)
	k.fault("radar", &f.Radar, &c.Radar.Timing)
	k.fault("odometry", &f.Odometry, &c.Odometry.Timing)
	k.fault("gnss", &f.GNSS, &c.GNSS.Timing)
	c.Camera.Dirt = f.Camera.Dirt.or(0)
	return c
}

// longest is the longest run, s.
const longest = 3600

// fault applies what is wrong with one sensor.
func (k *compiler) fault(name string, f *faultFile, t *rig.Timing) {
	if f.Latency.set {
		t.Latency = clock.FromSeconds(f.Latency.si)
	}
	t.Dropout = f.Dropout.or(t.Dropout)
	if b := f.Blackout; b != nil {
		from, to := b.From.or(0), b.To.or(longest)
		if to <= from {
			k.fail("faults."+name+".blackout", "ends at %g s, before it begins at %g s", to, from)
		}
		t.Blackout = [2]clock.Tick{clock.FromSeconds(from), clock.FromSeconds(to)}
	}
}
