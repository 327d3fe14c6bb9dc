package fusion

import (
	"testing"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

var defaults = DefaultParams()

// The zero Params are the defaults, and others are applied: with a high NewScore no
// detection starts a track.
func TestParamsApply(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Length: 200})
	if err != nil {
		t.Fatal(err)
	}
	strict := defaults
	strict.NewScore = 0.95
	for _, c := range []struct {
		params Params
		tracks int
	}{{Params{}, 1}, {defaults, 1}, {strict, 0}} {
		f, err := New(Config{Map: m, Params: c.params})
		if err != nil {
			t.Fatal(err)
		}
		ego := m.Lanes[0].Center.At(20)
		d := perception.Detection{Class: perception.Car, Score: 0.9, Pos: geom.Vec{X: 20}}
		f.updateObjects(&cameraUpdate{image: &perception.Image{Detections: []perception.Detection{d}}, ego: ego})
		if len(f.tracks) != c.tracks {
			t.Errorf("NewScore %g: %d tracks, want %d", c.params.NewScore, len(f.tracks), c.tracks)
		}
	}
}
