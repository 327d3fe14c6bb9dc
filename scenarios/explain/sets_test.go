package explain

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop"
)

func TestSetsHoldNoIdleLayers(t *testing.T) {
	const s, d, t0, p, l, c = roadloop.LayerSensor, roadloop.LayerDetection, roadloop.LayerTracking, roadloop.LayerPrediction, roadloop.LayerPlanning, roadloop.LayerControl
	want := [][]roadloop.Layer{
		{s}, {d}, {t0}, {p}, {l}, {c},
		{s, d}, {s, p}, {s, l}, {s, c}, {d, p}, {d, l}, {d, c}, {t0, p}, {t0, l}, {t0, c}, {p, c}, {l, c},
		{t0, l, c},
	}
	if diff := cmp.Diff(want, sets([]roadloop.Layer{s, d, t0, p, l, c})); diff != "" {
		t.Error(diff)
	}
}
