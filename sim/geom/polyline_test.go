package geom

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"
)

// randomCurve returns a winding line with even or uneven points.
func randomCurve(t *testing.T, r *rand.Rand) Polyline {
	t.Helper()
	step := func() float64 { return 2 }
	if r.IntN(2) == 0 {
		step = func() float64 { return .01 + 10*r.Float64()*r.Float64() }
	}
	at, turn := Pose{}, 0.0
	var pts []Vec
	for range 2 + r.IntN(300) {
		pts = append(pts, at.Pos())
		turn = .9*turn + .05*r.NormFloat64()
		at.Yaw += turn
		at = at.Compose(Pose{X: step()})
	}
	l, err := NewPolyline(pts)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Queries leave out what is far and guess where to begin, without any change of a result.
func TestShortcutsOfAPolylineAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		l := randomCurve(t, r)
		for range 60 {
			s := (1.4*r.Float64() - .2) * l.Length()
			if r.IntN(3) == 0 {
				s = l.s[r.IntN(len(l.s))]
			}
			want := max(0, min(sort.SearchFloat64s(l.s, s)-1, len(l.s)-2))
			if got, _ := l.segment(s); got != want {
				t.Fatalf("segment %d at %g m, want %d", got, s, want)
			}
			p := l.Offset(s, 60*r.NormFloat64()*r.Float64()).Pos()
			s0, s1 := 0.0, l.Length()
			if r.IntN(2) == 0 {
				s0, s1 = s-100*r.Float64(), s+100*r.Float64()
			}
			gotS, gotD := l.ProjectNear(p, s0, s1)
			wantS, wantD := projectAll(&l, p, s0, s1)
			if gotS != wantS || gotD != wantD {
				t.Fatalf("%v is at %g, %g between %g and %g m, want %g, %g", p, gotS, gotD, s0, s1, wantS, wantD)
			}
		}
	}
}

// projectAll is ProjectNear over all segments.
func projectAll(l *Polyline, p Vec, s0, s1 float64) (s, d float64) {
	first, _ := l.segment(s0)
	last, _ := l.segment(s1)
	best := math.Inf(1)
	for i := first; i <= last; i++ {
		a, b := l.pts[i], l.pts[i+1]
		ab := b.Sub(a)
		t := p.Sub(a).Dot(ab) / ab.Dot(ab)
		if i > 0 {
			t = math.Max(0, t)
		}
		if i < len(l.pts)-2 {
			t = math.Min(1, t)
		}
		if dist := p.Dist(a.Lerp(b, t)); dist < best {
			best, s, d = dist, l.s[i]+t*(l.s[i+1]-l.s[i]), math.Copysign(dist, ab.Cross(p.Sub(a)))
		}
	}
	return s, d
}
