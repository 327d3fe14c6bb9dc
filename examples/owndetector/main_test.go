package main

import (
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"roadloop/layertest"
	"roadloop/perception"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim"
	"roadloop/sim/rig"
	"roadloop/sim/sensor"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"owndetector": main})
}

// The commands drive with the detector.
func TestCommands(t *testing.T) { testscript.Run(t, testscript.Params{Dir: "testdata"}) }

// frame returns the first frame of a case.
func frame(t *testing.T, id string) sensor.Frame {
	t.Helper()
	c, err := scenarios.FindCase(id)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	w, err := sim.New(spec.Drive.World)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rig.New(spec.Drive.Rig.Idealized(), spec.Drive.World.Map, 1)
	if err != nil {
		t.Fatal(err)
	}
	r.Sample(w)
	return r.Observe(0).Frames[0]
}

// The detector keeps the contract of all detectors, and reads another picture than the
// network alone.
func TestDetector(t *testing.T) {
	d, err := openBrightened()
	if err != nil {
		t.Fatal(err)
	}
	defer d.(*brightened).Close()
	night := frame(t, "night-rain/1")
	pixels := slices.Clone(night.Pix)
	layertest.Detector(t, d, []sensor.Frame{night, frame(t, "red-light/1")})
	if !slices.Equal(night.Pix, pixels) {
		t.Error("the frame was changed")
	}
	var plain, bright perception.Image
	for im, d := range map[*perception.Image]perception.Detector{&plain: drivetest.Detector(t), &bright: d} {
		if err := d.Detect(&night, im); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Equal(plain.Drivable, bright.Drivable) {
		t.Error("brightening changes nothing")
	}
}
