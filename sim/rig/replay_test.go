package rig_test

import (
	"bytes"
	"strings"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

// A Roll renders, in any order, exactly the frames that the rig delivered: the same
// times, noise, dirt and losses.
func TestRollEqualsRig(t *testing.T) {
	const end clock.Tick = 300
	c := rig.Default()
	s := named(t, &c, sensor.DefaultCamera)
	s.Dropout, s.Blackout = .2, [2]clock.Tick{120, 150}
	change(t, &c, sensor.DefaultCamera, func(m *rig.Camera) { m.Dirt = .1 })
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
	roll, err := rig.NewCameraReplay(&c, "", base.m, 7, end)
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
	c := rig.Default()
	named(t, &c, sensor.DefaultCamera).Period = 0
	roll, err := rig.NewCameraReplay(&c, "", newStill(t).m, 1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := roll.Latest(1000); ok {
		t.Error("a camera that is off has a frame")
	}
	for want, c := range map[string]rig.Config{
		"camera: dirt 2 is outside 0 to 1": with(t, rig.Default(), sensor.DefaultCamera, func(m *rig.Camera) { m.Dirt = 2 }),
		"the rig has no camera":            rig.Off(),
		`unknown camera "roof": the rig has camera, camera-left, camera-right, camera-rear`: rig.Surround(),
	} {
		name := ""
		if len(c.Sensors) > 5 {
			name = "roof"
		}
		if _, err := rig.NewCameraReplay(&c, name, newStill(t).m, 1, 1000); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
