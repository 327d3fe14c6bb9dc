package inference_test

import (
	"testing"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/timeline"
	"roadloop/sim/sensor"
)

// firstDetection returns the network, a frame one second into a drive behind a car,
// and the detection of that car.
func firstDetection(t testing.TB) (perception.Detector, *sensor.Frame, perception.Detection) {
	t.Helper()
	eyes := drivetest.Detector(t)
	p := drivetest.Plan(t, "braking-lead/1")
	tp, err := timeline.New(p, drivetest.Driver(eyes))
	if err != nil {
		t.Fatal(err)
	}
	for tp.Len() < 20 {
		if _, err := tp.Step(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	f := tp.StepAt(19)
	var car perception.Detection
	for _, d := range f.Images[0].Detections {
		if d.Class == perception.Car && d.Score > car.Score {
			car = d
		}
	}
	if car.Score < .5 {
		t.Fatalf("the car ahead is not clear: %+v", f.Images[0].Detections)
	}
	return eyes, f.Camera, car
}

// A clear detection of a car depends on the car: covering road, sky or roadside far
// from it does not lower the score.
func TestSaliencyPeaksOnCar(t *testing.T) {
	eyes, frame, car := firstDetection(t)
	m, err := inference.Saliency(t.Context(), eyes, frame, car, inference.SaliencyConfig{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	u, v, drop := m.Peak()
	b := car.Box
	if u < b.X0 || u > b.X1 || v < b.Y0 || v > b.Y1 || drop < .2 {
		t.Errorf("the greatest drop is %.2f at (%.0f, %.0f); the car is in %+v", drop, u, v, b)
	}
	for _, p := range [][2]float64{{5, 5}, {315, 5}, {160, 5}} {
		if d := m.At(p[0], p[1]); d > drop/4 {
			t.Errorf("covering (%.0f, %.0f) in the sky takes %.2f of %.2f away", p[0], p[1], d, m.Score)
		}
	}
}

// BenchmarkSaliency measures the map of a car in a frame of 320×192 px.
func BenchmarkSaliency(b *testing.B) {
	eyes, frame, car := firstDetection(b)
	looks := 0
	for b.Loop() {
		m, err := inference.Saliency(b.Context(), eyes, frame, car, inference.SaliencyConfig{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		looks = m.Runs
	}
	b.ReportMetric(float64(looks), "looks/op")
}
