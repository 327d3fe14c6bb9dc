package rig_test

import (
	"bytes"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// A Roll renders, in any order, exactly the frames that the rig delivered: the same
// times, noise, dirt and losses.
func TestRollEqualsRig(t *testing.T) {
	const end clock.Tick = 300
	c := rig.Default()
	c.Camera.Dropout, c.Camera.Dirt, c.Camera.Blackout = .2, .1, [2]clock.Tick{120, 150}
	// moved returns a world in which an actor moves at every tick.
	base := newStill(t, at(actor.Car, 125, 1, 0, 8))
	moved := func(now clock.Tick) *still {
		w := *base
		w.now = now
		w.ego.State.Pose.X = 100 + .05*float64(now)
		return &w
	}
	type delivery struct {
		arrived, taken clock.Tick
		pix            []byte
	}
	r := newRig(t, c, base.m, 7)
	var all []delivery
	for now := clock.Tick(0); now <= end; now++ {
		r.Sample(moved(now))
		if now%clock.DriverPeriod != 0 {
			continue
		}
		for _, f := range r.Observe(now).Frames {
			all = append(all, delivery{now, f.Time, bytes.Clone(f.Pix)})
		}
	}
	roll, err := rig.NewCameraReplay(&c, base.m, 7, end)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(all); n < 30 || n > 50 {
		t.Fatalf("%d frames arrived, want some of 60 lost", n)
	}
	for i := len(all) - 1; i >= 0; i-- { // backwards
		d := &all[i]
		if taken, ok := roll.Latest(d.arrived); !ok || taken != d.taken {
			t.Errorf("at %v the newest frame is of %v (%v), the rig delivered the frame of %v", d.arrived, taken, ok, d.taken)
		}
		if pix, err := roll.Render(nil, moved(d.taken)); err != nil || !bytes.Equal(pix, d.pix) {
			t.Fatalf("the frame of %v has different pixels (%v)", d.taken, err)
		}
	}
	if taken, ok := roll.Latest(all[0].arrived - clock.DriverPeriod); ok {
		t.Errorf("before the first arrival there is a frame of %v", taken)
	}
	if _, err := roll.Render(nil, moved(130)); err == nil {
		t.Error("renders a frame of the blackout")
	}
}

func TestRollWithoutCamera(t *testing.T) {
	c := rig.Off()
	roll, err := rig.NewCameraReplay(&c, newStill(t).m, 1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := roll.Latest(1000); ok {
		t.Error("a camera that is off has a frame")
	}
	c = rig.Default()
	c.Camera.Dirt = 2
	if _, err := rig.NewCameraReplay(&c, newStill(t).m, 1, 1000); err == nil {
		t.Error("accepts a dirt share of 2")
	}
}
