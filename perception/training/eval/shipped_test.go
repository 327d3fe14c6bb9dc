package eval

import (
	"testing"

	"roadloop/assets"
	"roadloop/perception/inference"
	"roadloop/perception/training/stream"
)

// The shipped network reaches what the project promises, on maps and in weather
// that training never saw.
func TestShippedNetwork(t *testing.T) {
	w, err := assets.Model()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := inference.NewNative(w)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	r, err := Evaluate(t.Context(), engine, stream.Stream{Config: w.Config, Seed: 77, Split: stream.HeldOut}, 150)
	if err != nil {
		t.Fatal(err)
	}
	least := map[string]float64{"car": .60, "pedestrian": .40, "cyclist": .40}
	for _, c := range r.Classes {
		if want := least[c.Class]; c.AP50 == nil || *c.AP50 < want {
			t.Errorf("%s up to %g m: AP50 %s, want %.2f", c.Class, c.Range.Far, number(c.AP50), want)
		}
	}
	for _, l := range r.OwnLane {
		if l.Ahead == 10 && (l.MeanError == nil || *l.MeanError > .15) {
			t.Errorf("own lane at 10 m: off by %s m, want at most 0.15 m", number(l.MeanError))
		}
	}
	// Of the few signals in so few frames one may be misread.
	if a := r.Signals.Accuracy; a == nil || *a < .9 {
		t.Errorf("signals within 40 m: %s read right, want 0.9", number(a))
	}
}
