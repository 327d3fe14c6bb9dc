package scoring_test

import (
	"math"
	"testing"

	"roadloop/perception/scoring"
	"roadloop/sim/geom"
)

func spot(id int, x float64) scoring.TrackPoint {
	return scoring.TrackPoint{ID: id, Pos: geom.Vec{X: x}}
}

func checkTracking(t *testing.T, name string, tr *scoring.Tracking, want scoring.TrackingReport) {
	t.Helper()
	got, ok := tr.Report()
	far := func(a, b float64) bool { return math.Abs(a-b) > 1e-9 }
	if !ok || far(got.HOTA, want.HOTA) || far(got.DetA, want.DetA) || far(got.AssA, want.AssA) ||
		far(got.MOTA, want.MOTA) || far(got.IDF1, want.IDF1) || got.Switches != want.Switches {
		t.Errorf("%s: %+v, want %+v", name, got, want)
	}
}

func TestTrackingByHand(t *testing.T) {
	var perfect, nothing, switched, offset, ghost scoring.Tracking
	for f := range 10 {
		x := float64(f)
		truths := []scoring.TrackPoint{spot(1, x), spot(2, x+50)}
		perfect.Add(truths, []scoring.TrackPoint{spot(7, x), spot(8, x+50)})
		nothing.Add(truths, nil)
		// One object; its track changes ID after half of the time.
		switched.Add(truths[:1], []scoring.TrackPoint{spot(7+f/5, x)})
		// 1 m off: similarity 0.75, which 15 of the 19 levels accept.
		offset.Add(truths[:1], []scoring.TrackPoint{spot(7, x+1)})
		// A second, false track.
		ghost.Add(truths[:1], []scoring.TrackPoint{spot(7, x), spot(9, x+90)})
	}
	checkTracking(t, "perfect", &perfect, scoring.TrackingReport{HOTA: 1, DetA: 1, AssA: 1, MOTA: 1, IDF1: 1})
	checkTracking(t, "nothing found", &nothing, scoring.TrackingReport{})
	// Each track has 5 of the object's 10 frames: TPA 5, FNA 5, FPA 0. IDTP is 5 of 10 + 10.
	checkTracking(t, "switched", &switched, scoring.TrackingReport{HOTA: math.Sqrt(0.5), DetA: 1, AssA: 0.5, MOTA: 0.9, IDF1: 0.5, Switches: 1})
	checkTracking(t, "1 m off", &offset, scoring.TrackingReport{HOTA: 15. / 19, DetA: 15. / 19, AssA: 15. / 19, MOTA: 1, IDF1: 1})
	// TP 10, FP 10: DetA one half; MOTA 1 − 10/10; IDF1 20/30.
	checkTracking(t, "ghost", &ghost, scoring.TrackingReport{HOTA: math.Sqrt(0.5), DetA: 0.5, AssA: 1, MOTA: 0, IDF1: 2. / 3})
}

func TestTrackingWithoutObjects(t *testing.T) {
	var tr scoring.Tracking
	tr.Add(nil, []scoring.TrackPoint{spot(1, 0)})
	if r, ok := tr.Report(); ok {
		t.Errorf("no objects, but got %+v", r)
	}
}

// Two objects pass each other and their tracks keep their IDs; matching by position
// alone would swap them at the crossing.
func TestTrackingCrossingTracks(t *testing.T) {
	var tr scoring.Tracking
	for f := range 21 {
		x := float64(f) - 10
		tr.Add([]scoring.TrackPoint{spot(1, x), spot(2, -x)}, []scoring.TrackPoint{spot(5, x+0.2), spot(6, -x+0.2)})
	}
	r, _ := tr.Report()
	if r.Switches != 0 || r.IDF1 != 1 || math.Abs(r.AssA-r.DetA) > 1e-9 {
		t.Errorf("crossing: %+v", r)
	}
}
