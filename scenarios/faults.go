package scenarios

import (
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// faultsFile says what is wrong with the sensors of the car.
type faultsFile struct {
	Camera   faultFile `yaml:"camera"`
	Lidar    faultFile `yaml:"lidar"`
	Radar    faultFile `yaml:"radar"`
	Odometry faultFile `yaml:"odometry"`
	GNSS     faultFile `yaml:"gnss"`
}

// faultFile says what is wrong with a sensor.
type faultFile struct {
	// Blackout is when nothing arrives, to the end of the run if To is not given.
	Blackout *blackoutFile `yaml:"blackout"`
	Latency  quantity      `yaml:"latency"` // instead of the usual one
	Dropout  quantity      `yaml:"dropout"` // share of messages that are lost
	Dirt     quantity      `yaml:"dirt"`    // on the lens of the camera, share of it
}

type blackoutFile struct {
	From quantity `yaml:"from"`
	To   quantity `yaml:"to"`
}

// sensors returns the sensors of the car with their faults.
func (k *compiler) sensors() rig.Config {
	c, f := rig.Default(), &k.f.Faults
	k.fault("camera", &f.Camera, &c.Camera.Timing)
	k.fault("lidar", &f.Lidar, &c.Lidar.Timing)
	k.fault("radar", &f.Radar, &c.Radar.Timing)
	k.fault("odometry", &f.Odometry, &c.Odometry.Timing)
	k.fault("gnss", &f.GNSS, &c.GNSS.Timing)
	c.Camera.Dirt = k.bounded("faults.camera.dirt", f.Camera.Dirt, shares, 0, [2]float64{0, 1})
	return c
}

// fault applies what is wrong with one sensor.
func (k *compiler) fault(name string, f *faultFile, t *rig.Timing) {
	at := "faults." + name + "."
	if f.Latency.set {
		t.Latency = clock.FromSeconds(k.bounded(at+"latency", f.Latency, times, 0, [2]float64{0, 1}))
	}
	t.Dropout = k.bounded(at+"dropout", f.Dropout, shares, t.Dropout, [2]float64{0, 1})
	if f.Dirt.set && name != "camera" {
		k.fail(at+"dirt", "only a camera has a lens")
	}
	if b := f.Blackout; b != nil {
		span := [2]float64{0, 3600}
		from, to := k.bounded(at+"blackout.from", b.From, times, 0, span), k.bounded(at+"blackout.to", b.To, times, span[1], span)
		if to <= from {
			k.fail(at+"blackout", "ends at %g s, before it begins at %g s", to, from)
		}
		t.Blackout = [2]clock.Tick{clock.FromSeconds(from), clock.FromSeconds(to)}
	}
}
