package perception_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/sim/geom"
)

// newScene returns a scene with something in every list.
func newScene() *perception.Scene {
	lane := func() []perception.Boundary {
		return []perception.Boundary{{Side: perception.Left, Score: 1, Points: []geom.Vec{{X: 5, Y: 2}, {X: 9, Y: 2}}}}
	}
	return &perception.Scene{
		Tracks: []perception.Track{{ID: 1}}, Signals: []perception.Signal{{ID: 2}}, Boundaries: lane(),
		Images: []perception.Image{{Detections: []perception.Detection{{Score: 0.5}}, Boundaries: lane(), Drivable: []float32{1}, GridWidth: 1}},
	}
}

// A clone equals its original and shares no memory with it.
func TestSceneClone(t *testing.T) {
	s := newScene()
	c := s.Clone()
	if d := cmp.Diff(newScene(), c); d != "" {
		t.Errorf("the clone differs: %s", d)
	}
	im := &s.Images[0]
	s.Tracks[0].ID, s.Signals[0].ID, s.Boundaries[0].Points[0].X = 9, 9, 9
	im.Detections[0].Score, im.Boundaries[0].Points[0].X, im.Drivable[0] = 9, 9, 9
	if d := cmp.Diff(newScene(), c); d != "" {
		t.Errorf("a change of the original shows in the clone: %s", d)
	}
	if (*perception.Scene)(nil).Clone() != nil {
		t.Error("the clone of no scene is a scene")
	}
}

// CopyBoundaries reuses the memory of a longer list and leaves the source alone.
func TestCopyBoundariesReusesMemory(t *testing.T) {
	src := newScene().Boundaries
	dst := perception.CopyBoundaries(nil, append(newScene().Boundaries, newScene().Boundaries...))
	kept := &dst[0].Points[0]
	dst = perception.CopyBoundaries(dst, src)
	if d := cmp.Diff(src, dst); d != "" || &dst[0].Points[0] != kept {
		t.Errorf("new memory, or not equal: %s", d)
	}
	dst[0].Points[0].X = 9
	if src[0].Points[0].X == 9 {
		t.Error("the copy shares points with the source")
	}
}
