package analysis

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/trace"
)

func TestSetsHaveNoIdleLayers(t *testing.T) {
	const s, d, t0, p, l, c = trace.LayerSensor, trace.LayerDetection, trace.LayerTracking, trace.LayerPrediction, trace.LayerPlanning, trace.LayerControl
	want := [][]trace.Layer{
		{s}, {d}, {t0}, {p}, {l}, {c},
		{s, d}, {s, p}, {s, l}, {s, c}, {d, p}, {d, l}, {d, c}, {t0, p}, {t0, l}, {t0, c}, {p, c}, {l, c},
		{t0, l, c},
	}
	if diff := cmp.Diff(want, sets([]trace.Layer{s, d, t0, p, l, c})); diff != "" {
		t.Error(diff)
	}
}
