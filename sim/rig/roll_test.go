package rig_test

import (
	"bytes"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// What a roll develops, in whatever order, is what the rig delivered: the same pictures
// at the same times, with their noise, dirt and losses.
func TestRollIsWhatTheRigDelivers(t *testing.T) {
	const end clock.Tick = 300
	c := rig.Default()
	c.Camera.Dropout, c.Camera.Dirt, c.Camera.Blackout = .2, .1, [2]clock.Tick{120, 150}
	// moved returns a world in which somebody is elsewhere at every tick.
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
	roll, err := rig.NewRoll(&c, base.m, 7, end)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(all); n < 30 || n > 50 {
		t.Fatalf("%d pictures arrived, want some of 60 lost", n)
	}
	for i := len(all) - 1; i >= 0; i-- { // backwards
		d := &all[i]
		if taken, ok := roll.Newest(d.arrived); !ok || taken != d.taken {
			t.Errorf("at %v the newest is of %v (%v), the rig delivered that of %v", d.arrived, taken, ok, d.taken)
		}
		if pix, err := roll.Develop(nil, moved(d.taken)); err != nil || !bytes.Equal(pix, d.pix) {
			t.Fatalf("the picture of %v has other pixels (%v)", d.taken, err)
		}
	}
	if taken, ok := roll.Newest(all[0].arrived - clock.DriverPeriod); ok {
		t.Errorf("before the first arrived there is one of %v", taken)
	}
	if _, err := roll.Develop(nil, moved(130)); err == nil {
		t.Error("develops a picture of the blackout")
	}
}

func TestRollOfNoCamera(t *testing.T) {
	c := rig.Off()
	roll, err := rig.NewRoll(&c, newStill(t).m, 1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := roll.Newest(1000); ok {
		t.Error("a camera that is off took a picture")
	}
	c = rig.Default()
	c.Camera.Dirt = 2
	if _, err := rig.NewRoll(&c, newStill(t).m, 1, 1000); err == nil {
		t.Error("takes a lens that is covered twice")
	}
}
