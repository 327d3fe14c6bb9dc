package dataset

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"roadloop/perception/camera"
	"roadloop/perception/training/synth"
	"roadloop/sim/sensor"
)

// Both readers of calibrated_sensor return the lens that the export wrote.
func TestIntrinsicsOfNuScenes(t *testing.T) {
	const frames = 2
	dir := t.TempDir()
	export(t, dir, Export{Format: NuScenes, Frames: frames})
	path := filepath.Join(dir, nuscenesTables, "calibrated_sensor.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var table []nuscCalibrated
	if err := json.Unmarshal(data, &table); err != nil || len(table) != frames {
		t.Fatalf("%d calibrations of %d frames, %v", len(table), frames, err)
	}
	g, err := synth.NewGenerator(testStream())
	if err != nil {
		t.Fatal(err)
	}
	lens := func(c *sensor.Camera) [4]float64 { return [4]float64{c.Fx, c.Fy, c.Cx, c.Cy} }
	set := open(t, dir)
	for i := range frames {
		f, err := g.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		calibration, err := camera.ReadFile(path + "#" + table[i].Token)
		if err != nil {
			t.Fatal(err)
		}
		want := lens(f.Actual)
		if got := lens(&set.samples[i].camera); got != want {
			t.Errorf("frame %d: the data set has fx, fy, cx, cy %v, want %v", i, got, want)
		}
		if got := [4]float64{calibration.Fx, calibration.Fy, calibration.Cx, calibration.Cy}; got != want {
			t.Errorf("frame %d: the calibration file has fx, fy, cx, cy %v, want %v", i, got, want)
		}
	}
}
