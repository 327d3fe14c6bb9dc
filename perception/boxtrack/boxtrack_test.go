package boxtrack

import (
	"math"
	"testing"

	"roadloop/perception"
)

func car(x, y, size, score float64) perception.Detection {
	return perception.Detection{Class: perception.Car, Score: score, Box: perception.Box{X0: x - size/2, Y0: y - size/2, X1: x + size/2, Y1: y + size/2}}
}

// Two cars that pass each other keep their ids, also with a class that flickers.
func TestCrossingCarsKeepTheirIDs(t *testing.T) {
	k := New(Config{})
	var last []Track
	for i := range 30 {
		x := float64(i) * 8
		found := []perception.Detection{car(20+x, 100, 40, .8), car(280-x, 112, 44, .7)}
		if i%5 == 3 {
			found[1].Class = perception.Truck
		}
		if i%2 == 1 {
			found[0], found[1] = found[1], found[0]
		}
		last = k.Update(float64(i)/20, found)
		if i > 0 && len(last) != 2 {
			t.Fatalf("frame %d: %d tracks", i, len(last))
		}
	}
	if last[0].ID != 1 || math.Abs(last[0].Box.X0+20-252) > 6 || last[1].ID != 2 || last[1].Class != perception.Car {
		t.Errorf("%+v", last)
	}
}

// A track survives a gap and detections of low scores, and ends after it has been lost.
func TestGap(t *testing.T) {
	k := New(Config{})
	at := func(i int, score float64) []Track {
		var found []perception.Detection
		if score > 0 {
			found = append(found, car(100+3*float64(i), 80, 30, score))
		}
		return k.Update(float64(i)/10, found)
	}
	at(0, .9)
	at(1, .9)
	at(2, 0)
	at(3, 0)
	if got := at(4, .2); len(got) != 1 || got[0].ID != 1 {
		t.Errorf("after a gap: %+v", got)
	}
	if got := at(5, .1); len(got) != 0 {
		t.Errorf("a detection below the least score: %+v", got)
	}
	at(20, .9)
	if got := at(21, .9); len(got) != 1 || got[0].ID == 1 {
		t.Errorf("after it was lost: %+v", got)
	}
}

// A single false detection gives no track, and low scores start none.
func TestFalseAlarms(t *testing.T) {
	k := New(Config{})
	for i := range 10 {
		found := []perception.Detection{car(50, 50, 20, .2)}
		if i == 4 {
			found = append(found, car(200, 50, 20, .9))
		}
		if got := k.Update(float64(i), found); len(got) != 0 {
			t.Errorf("frame %d: %+v", i, got)
		}
	}
}

// The filter finds the velocity of a box that moves and grows.
func TestFilter(t *testing.T) {
	const dt = .05
	box := func(i float64) perception.Box {
		h := 40 + i
		return perception.Box{X0: 100 + 2*i, Y0: 50, X1: 150 + 2*i, Y1: 50 + h}
	}
	f := newFilter(box(0))
	for i := 1; i <= 60; i++ {
		f.predict(dt)
		f.correct(box(float64(i)))
	}
	if v := f.axis[0].v; math.Abs(v-40) > 1 {
		t.Errorf("velocity %.2f px/s, want 40", v)
	}
	f.predict(5 * dt)
	got, want := f.box(), box(65)
	if math.Abs(got.X0-want.X0) > 1 || math.Abs(got.Y1-want.Y1) > 1 {
		t.Errorf("predicted %+v, want %+v", got, want)
	}
}
