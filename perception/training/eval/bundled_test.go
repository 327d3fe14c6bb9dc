package eval

import (
	"testing"

	"roadloop/assets"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
)

// The bundled networks reach the project's goals on maps and in weather that training
// never had; the limits allow for the variance of 150 frames.
func TestBundledNetworks(t *testing.T) {
	for _, c := range []struct {
		name      string
		load      func() (*network.Weights, error)
		ap50      map[string]float64
		laneF1    float64
		lane, ece float64
	}{
		{"default", assets.Model, map[string]float64{"car": .78, "pedestrian": .72, "cyclist": .58}, .92, .08, .05},
		{"small", assets.SmallModel, map[string]float64{"car": .65, "pedestrian": .55, "cyclist": .35}, .88, .12, .06},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := c.load()
			if err != nil {
				t.Fatal(err)
			}
			engine, err := inference.NewOneDNN(w)
			if err != nil {
				t.Fatal(err)
			}
			defer engine.Close()
			r, err := Evaluate(t.Context(), engine, synth.Stream{Config: w.Config, Seed: 77, Split: synth.HeldOut}, 150)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range r.Classes {
				if want := c.ap50[k.Class]; k.AP50 == nil || *k.AP50 < want {
					t.Errorf("%s up to %g m: AP50 %s, want %.2f", k.Class, k.Range.Far, number(k.AP50), want)
				}
			}
			for _, l := range r.OwnLane {
				if l.Ahead == 10 && (l.MeanError == nil || *l.MeanError > c.lane) {
					t.Errorf("own lane at 10 m: off by %s m, want at most %g m", number(l.MeanError), c.lane)
				}
			}
			if *r.LaneF1 < c.laneF1 || *r.Calibration.ECE > c.ece {
				t.Errorf("lane F1 %s, calibration error %s; want at least %g and at most %g",
					number(r.LaneF1), number(r.Calibration.ECE), c.laneF1, c.ece)
			}
			// With few signals in few frames, one may be wrong.
			if a := r.Signals.Accuracy; a == nil || *a < .9 {
				t.Errorf("signals within 40 m: %s correct, want 0.9", number(a))
			}
		})
	}
}
