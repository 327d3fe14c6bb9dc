package scoring

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/sim/geom"
)

var sizes = [perception.NumClasses]geom.Vec{perception.Car: {X: 4, Y: 2}, perception.Pedestrian: {X: .6, Y: .6}}

// at returns a car of 4 m × 2 m at a position.
func at(x, y, yaw float64) Truth {
	return Truth{Class: perception.Car, Box: square(0), Distance: x, Pos: geom.Vec{X: x, Y: y}, Heading: yaw, Length: 4, Width: 2, Visible: 1}
}

func seen(x, y, yaw, score float64) perception.Detection {
	return perception.Detection{Class: perception.Car, Box: square(0), Score: score, Distance: x, Pos: geom.Vec{X: x, Y: y}, Heading: yaw}
}

func TestNDSByHand(t *testing.T) {
	t.Run("perfect", func(t *testing.T) {
		n := NewNDS(sizes)
		n.Add([]Truth{at(10, 0, 0)}, []perception.Detection{seen(10, 0, 0, .9)})
		// Velocity and attributes are not measured: (5·1 + 3)/10.
		r, _ := n.Report()
		near(t, "mAP", r.MAP, 1)
		near(t, "NDS", r.NDS, .8)
		near(t, "errors", r.ATE+r.ASE+r.AOE, 0)
	})
	t.Run("off by 1.5 m and 0.2 rad", func(t *testing.T) {
		n := NewNDS(sizes)
		n.Add([]Truth{at(10, 0, 0)}, []perception.Detection{seen(11.5, 0, .2, .9)})
		r, _ := n.Report()
		// Found within 2 m and 4 m, not within 0.5 m and 1 m.
		near(t, "mAP", r.MAP, .5)
		near(t, "ATE", r.ATE, 1.5)
		near(t, "AOE", r.AOE, .2)
		near(t, "NDS", r.NDS, (5*.5+0+1+.8)/10)
	})
	t.Run("another size", func(t *testing.T) {
		n := NewNDS(sizes)
		long := at(10, 0, 0)
		long.Length = 5 // 4·2 of 5·2 m²
		n.Add([]Truth{long}, []perception.Detection{seen(10, 0, 0, .9)})
		r, _ := n.Report()
		near(t, "ASE", r.ASE, .2)
	})
	t.Run("half found", func(t *testing.T) {
		n := NewNDS(sizes)
		n.Add([]Truth{at(10, 0, 0), at(20, 0, 0)}, []perception.Detection{seen(10, 0, 0, .9)})
		// Precision 1 for the recalls 0.11 to 0.50: 40 of 90.
		r, _ := n.Report()
		near(t, "mAP", r.MAP, 40./90)
	})
	t.Run("a false one between", func(t *testing.T) {
		n := NewNDS(sizes)
		n.Add([]Truth{at(10, 0, 0), at(20, 0, 0)}, []perception.Detection{seen(10, 0, 0, .9), seen(40, 0, 0, .8), seen(20, 0, 0, .7)})
		// 1 below recall 0.5, where the false one drops it to 1/2, from where it rises
		// to 2/3 in a line.
		want := 39 * .9
		for r := 50; r <= 100; r++ {
			want += .5 + float64(r-50)/50*(2./3-.5) - .1
		}
		r, _ := n.Report()
		near(t, "mAP", r.MAP, want/90/.9)
	})
	t.Run("out of range", func(t *testing.T) {
		n := NewNDS(sizes)
		n.Add([]Truth{at(10, 0, 0), at(60, 0, 0)}, []perception.Detection{seen(10, 0, 0, .5), seen(60, 0, 0, .9), seen(70, 0, 0, .8)})
		r, _ := n.Report()
		near(t, "mAP", r.MAP, 1)
	})
	t.Run("nothing there", func(t *testing.T) {
		if r, ok := NewNDS(sizes).Report(); ok {
			t.Errorf("%+v without objects", r)
		}
	})
	t.Run("classes are averaged", func(t *testing.T) {
		n := NewNDS(sizes)
		walker := Truth{Class: perception.Pedestrian, Pos: geom.Vec{X: 5}, Length: .6, Width: .6}
		n.Add([]Truth{at(10, 0, 0), walker}, []perception.Detection{seen(10, 0, 0, .9)})
		r, _ := n.Report()
		near(t, "mAP", r.MAP, .5)
		near(t, "ATE", r.ATE, .5) // 0 for cars, 1 for pedestrians, of which none is found
	})
}

func TestBirdsEyeByHand(t *testing.T) {
	for _, c := range []struct {
		name  string
		truth Truth
		det   perception.Detection
		iou   float64
		want  float64
	}{
		{"the same", at(10, 0, .3), seen(10, 0, .3, .9), .7, 1},
		{"turned by half a circle", at(10, 0, .3), seen(10, 0, .3+math.Pi, .9), .7, 1},
		// 0.5 m along: 3.5/4.5 = 0.78; 1 m: 3/5.
		{"0.5 m off", at(10, 0, 0), seen(10.5, 0, 0, .9), .7, 1},
		{"1 m off", at(10, 0, 0), seen(11, 0, 0, .9), .7, 0},
		{"1 m off, by half", at(10, 0, 0), seen(11, 0, 0, .9), .5, 1},
		// At a right angle 2×2 m are common: 4/12.
		{"across", at(10, 0, 0), seen(10, 0, math.Pi/2, .9), .5, 0},
	} {
		b := KITTI{Class: perception.Car, IoU: c.iou, Ground: true, Size: sizes[perception.Car], Difficulty: Difficulty{Height: 5, Visible: .5, Truncated: .3}}
		for range 41 { // the fewest objects that reach 1
			b.Add([]Truth{c.truth}, []perception.Detection{c.det}, 1)
		}
		near(t, c.name, b.AP(), c.want)
	}
}

// Objects beyond the difficulty are neither missed nor wrong.
func TestBirdsEyeDifficulties(t *testing.T) {
	hidden := at(20, 0, 0)
	hidden.Visible = .4
	for i, want := range []int{1, 1, 2} {
		d := Difficulties()[i] // heights of 40, 25 and 25 px
		b := KITTI{Class: perception.Car, IoU: .7, Ground: true, Size: sizes[perception.Car], Difficulty: d}
		for range 41 {
			b.Add([]Truth{at(10, 0, 0), hidden}, []perception.Detection{seen(20, 0, 0, .9), seen(10, 0, 0, .8)}, .2) // boxes are 10 px high
		}
		if b.Truths() != 41*want || b.AP() != 1 {
			t.Errorf("%s: %d to be found with AP %g, want %d and 1", d.Name, b.Truths(), b.AP(), 41*want)
		}
	}
}

// slant returns a line that deviates from the vertical by dx over the height of 720
// px.
func slant(x, dx float64) []geom.Vec { return []geom.Vec{{X: x, Y: 720}, {X: x + dx, Y: 0}} }

func TestTuSimpleByHand(t *testing.T) {
	for _, c := range []struct {
		name                     string
		truths, found            [][]geom.Vec
		unseen                   int
		accuracy, positive, miss float64
	}{
		{"the same", [][]geom.Vec{slant(400, 200)}, [][]geom.Vec{slant(400, 200)}, 0, 1, 0, 0},
		{"19 px off", [][]geom.Vec{slant(400, 0)}, [][]geom.Vec{slant(419, 0)}, 0, 1, 0, 0},
		{"21 px off", [][]geom.Vec{slant(400, 0)}, [][]geom.Vec{slant(421, 0)}, 0, 0, 1, 1},
		// Slanted by 45°: 20/cos 45° = 28 px.
		{"27 px off a slant", [][]geom.Vec{slant(300, 720)}, [][]geom.Vec{slant(327, 720)}, 0, 1, 0, 0},
		// 36 of 72 rows are right, too few for a match.
		{"half of it", [][]geom.Vec{slant(400, 0)}, [][]geom.Vec{{{X: 400, Y: 720}, {X: 400, Y: 360}}}, 0, .5, 1, 1},
		{"one of two", [][]geom.Vec{slant(400, 0), slant(900, 0)}, [][]geom.Vec{slant(400, 0)}, 0, .5, 0, .5},
		{"one too many", [][]geom.Vec{slant(400, 0)}, [][]geom.Vec{slant(400, 0), slant(900, 0)}, 0, 1, .5, 0},
		{"one excused", [][]geom.Vec{slant(400, 0)}, [][]geom.Vec{slant(400, 0), slant(900, 0)}, 1, 1, 0, 0},
		{"nothing there", nil, nil, 0, nan, nan, nan},
	} {
		s := TuSimple{Width: 1280, Height: 720}
		s.Add(c.truths, c.found, c.unseen)
		near(t, c.name+": accuracy", s.Accuracy(), c.accuracy)
		near(t, c.name+": false positives", s.FalsePositives(), c.positive)
		near(t, c.name+": false negatives", s.FalseNegatives(), c.miss)
	}
}

func TestMeanIoU(t *testing.T) {
	var a Area
	for i := range 10 {
		a.Add(i < 6, i < 4) // both 4, either 6; the rest both 4, either 6
	}
	near(t, "mean IoU", a.MeanIoU(), 4./6)
	var b Area
	b.Add(true, true)
	b.Add(false, true)
	a.Merge(b) // both 5, either 8; the rest 4 of 7
	near(t, "merged", a.MeanIoU(), (5./8+4./7)/2)
}

// Boxes are counted by their height where heights are given.
func TestPrecisionByHeight(t *testing.T) {
	tall := Truth{Class: perception.Car, Box: perception.Box{X1: 10, Y1: 40}, Distance: 10}
	p := Precision{Class: perception.Car, Heights: Range{Near: 20, Far: 100}}
	p.Add([]Truth{tall, car(50, 10)}, []perception.Detection{{Class: perception.Car, Box: tall.Box, Score: .5}, found(50, .9, 10), found(200, .9, 10)})
	if p.Truths() != 1 || p.AP50() != 1 || p.AP75() != 1 {
		t.Errorf("%d truths, AP50 %g, want 1 and 1", p.Truths(), p.AP50())
	}
}
