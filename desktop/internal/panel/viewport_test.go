package panel

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/geom"
)

// With heading up, a point ahead is at the top and a point to the left is at the left.
func TestViewOfKnownPoints(t *testing.T) {
	v := View{Center: geom.Vec{X: 100, Y: 50}, Up: 0, Scale: 4, Width: 400, Height: 300}
	for _, c := range []struct {
		name string
		p    geom.Vec
		x, y float64
	}{
		{"center", geom.Vec{X: 100, Y: 50}, 200, 150},
		{"ahead", geom.Vec{X: 110, Y: 50}, 200, 110},
		{"left", geom.Vec{X: 100, Y: 60}, 160, 150},
	} {
		if q := v.ToScreen(c.p); q.Dist(ui.Point{X: c.x, Y: c.y}) > 1e-9 {
			t.Errorf("%s is at %v, want (%g, %g)", c.name, q, c.x, c.y)
		}
	}
	if got := v.Turn(0); math.Abs(got+math.Pi/2) > 1e-12 {
		t.Errorf("the heading that is up is at %g rad on the screen, want -π/2", got)
	}
}

func drawView(t *rapid.T) View {
	f := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
	return View{Center: geom.Vec{X: f("cx", -900, 900), Y: f("cy", -900, 900)}, Up: f("up", -3, 3),
		Scale: f("scale", .2, 90), Width: f("w", 50, 2000), Height: f("h", 50, 2000)}
}

// ToMap is the inverse of ToScreen, a zoom keeps the point under the pointer, and both
// mappings agree.
func TestViewProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawView(t)
		q := ui.Point{X: rapid.Float64Range(0, v.Width).Draw(t, "x"), Y: rapid.Float64Range(0, v.Height).Draw(t, "y")}
		p := v.ToMap(q)
		if back := v.ToScreen(p); back.Dist(q) > 1e-6 {
			t.Fatalf("there and back: %v from %v", back, q)
		}
		if !v.Shows(p, 1e-6) {
			t.Fatalf("a point at %v is not shown", q)
		}
		v.Zoom(q, rapid.Float64Range(.3, 3).Draw(t, "factor"))
		if now := v.ToScreen(p); now.Dist(q) > 1e-6 {
			t.Fatalf("zooming moved %v to %v", q, now)
		}
	})
}

// A smooth zoom keeps the point under the pointer at every step, also after a pan.
func TestSmoothZoomKeepsPoint(t *testing.T) {
	g := NewPan(5, .2)
	car := geom.Pose{X: 30, Y: -7, Yaw: .4}
	g.Update(car, 400, 300, .016)
	g.Drag(ui.Point{X: 35, Y: -12})
	v := g.Update(car, 400, 300, .016)
	pointer := ui.Point{X: 310, Y: 70}
	p := v.ToMap(pointer)
	g.Zoom(pointer, 2.5)
	for i := range 60 {
		v = g.Update(car, 400, 300, .016)
		if q := v.ToScreen(p); q.Dist(pointer) > 1e-6 {
			t.Fatalf("step %d moved the point to %v", i, q)
		}
	}
	if math.Abs(v.Scale-12.5) > 1e-9 {
		t.Errorf("the scale ended at %g, want 12.5", v.Scale)
	}
	g.Reset()
	for range 60 {
		v = g.Update(car, 400, 300, .016)
	}
	if q := v.ToScreen(car.Pos()); q.Dist(ui.Point{X: 200, Y: 210}) > .01 || math.Abs(v.Scale-5) > .01 || g.Moved() {
		t.Errorf("at home the car is at %v at scale %g, want (200, 210) at 5", q, v.Scale)
	}
}

// A drag moves the point under the pointer by the pointer's movement.
func TestDrag(t *testing.T) {
	g := NewPan(5, .2)
	car := geom.Pose{Yaw: 2}
	v := g.Update(car, 400, 300, .016)
	p := v.ToMap(ui.Point{X: 100, Y: 100})
	g.Drag(ui.Point{X: 20, Y: 30})
	v = g.Update(car, 400, 300, .016)
	if q := v.ToScreen(p); q.Dist(ui.Point{X: 120, Y: 130}) > 1e-6 {
		t.Errorf("dragged by (20, 30) from (100, 100) to %v", q)
	}
}

// The followed heading turns up gradually; after a seek immediately.
func TestTurning(t *testing.T) {
	g := NewPan(5, 0)
	g.Update(geom.Pose{}, 100, 100, .016)
	v := g.Update(geom.Pose{Yaw: 1}, 100, 100, .016)
	if v.Up <= 0 || v.Up > .2 {
		t.Errorf("after a frame up is %g, want a small part of 1", v.Up)
	}
	if v = g.Update(geom.Pose{X: 100, Yaw: 1}, 100, 100, .016); v.Up != 1 {
		t.Errorf("elsewhere up is %g, want 1", v.Up)
	}
	g.NorthUp = true
	if v = g.Update(geom.Pose{X: 900, Yaw: 1}, 100, 100, .016); v.Up != math.Pi/2 {
		t.Errorf("with north up, up is %g", v.Up)
	}
}
