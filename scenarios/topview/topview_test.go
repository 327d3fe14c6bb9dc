package topview

import (
	"math"
	"testing"

	"roadloop/internal/palette"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// The ellipse of a rotated covariance keeps its axes and rotates its heading.
func TestEllipseOfKnownCovariance(t *testing.T) {
	const sa, sb = 3.0, 1.0
	for _, turn := range []float64{0, .5, -1.2} {
		s, c := math.Sincos(turn)
		var cov [4][4]float64
		cov[0][0] = sa*sa*c*c + sb*sb*s*s
		cov[1][1] = sa*sa*s*s + sb*sb*c*c
		cov[0][1] = (sa*sa - sb*sb) * s * c
		cov[1][0] = cov[0][1]
		a, b, heading := Ellipse(&cov)
		if math.Abs(a-2*sa)+math.Abs(b-2*sb) > 1e-9 || math.Abs(math.Sin(heading-turn)) > 1e-9 {
			t.Errorf("turned by %g: half axes %g and %g at %g, want 6 and 2", turn, a, b, heading)
		}
	}
}

// straight returns a road of two lanes in opposite directions.
func straight(t *testing.T) *road.Map {
	t.Helper()
	m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 1, Length: 200})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// length returns the length of the lines of a tone.
func length(shapes []Shape, name string) (sum float64) {
	for i := range shapes {
		if s := &shapes[i]; s.Kind == Line && s.Tone == name {
			for k := 1; k < len(s.Points); k++ {
				sum += s.Points[k].Dist(s.Points[k-1])
			}
		}
	}
	return sum
}

// Pieces of a map have the length of its lines, and a dashed line has dashes for a third of it.
// Every piece lies in its bounding circle.
func TestPiecesKeepTheLines(t *testing.T) {
	v := NewMap(straight(t))
	pieces := v.Pieces(10)
	if whole, cut := length(v.Shapes, palette.Curb.Name), length(pieces, palette.Curb.Name); whole < 390 || math.Abs(whole-cut) > 1e-6 {
		t.Errorf("curbs of %.3f m are cut into %.3f m", whole, cut)
	}
	for i := range pieces {
		s := &pieces[i]
		if s.Dash != [2]float64{} {
			t.Fatalf("piece %d is dashed", i)
		}
		for _, p := range s.Points {
			if p.Dist(s.Center) > s.Radius+1e-9 {
				t.Fatalf("piece %d leaves its circle", i)
			}
		}
	}
	dashed := Shape{Kind: Line, Points: []geom.Vec{{}, {X: 90}}, Width: .15, Dash: [2]float64{3, 6}}
	if n := len(dashed.Dashes(nil)); n != 10 {
		t.Errorf("%d dashes on 90 m", n)
	}
}

// Two lanes share the marking between them: it is painted once.
func TestSharedMarkingIsPaintedOnce(t *testing.T) {
	m := straight(t)
	between := 0
	for _, s := range NewMap(m).Shapes {
		if s.Kind != Line || s.Tone != palette.Paint.Name && s.Tone != palette.PaintYellow.Name || len(s.Points) < 3 {
			continue
		}
		l := &m.Lanes[0]
		if at, d := l.Center.Project(s.Points[len(s.Points)/2]); at > 1 && math.Abs(d-l.Width/2) < .01 {
			between++
		}
	}
	if between != 1 {
		t.Errorf("the marking is painted %d times", between)
	}
}

// A small road user is drawn with a visible size, and parts of the ego have its color.
func TestUserHasVisibleSize(t *testing.T) {
	a := actor.Actor{ID: actor.Ego, Kind: actor.Car, Shape: actor.DefaultShape(actor.Car)}
	for _, scale := range []float64{.2, 8} {
		var l List
		l.Reset(scale, 0)
		l.User(&a, 0)
		largest, ego := 0.0, false
		for i := range l.Shapes {
			largest = math.Max(largest, 2*l.Shapes[i].Radius*scale)
			ego = ego || l.Shapes[i].Color == UserColor(&a)
		}
		if largest < 7 || !ego {
			t.Errorf("at %g points per meter it has %.1f points, in its color: %v", scale, largest, ego)
		}
	}
}
