package inference

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// blank returns heads without a confident output.
func blank(cal *sensor.Camera) []float32 {
	heads := make([]float32, cal.Width/network.Stride*(cal.Height/network.Stride)*network.HeadChannels)
	for i := range heads {
		switch k := i % network.HeadChannels; {
		case k < perception.NumClasses || k >= network.DrivableChannel:
			heads[i] = -9
		}
	}
	return heads
}

// thing is an object to write into heads.
type thing struct {
	class             perception.Class
	box               perception.Box
	distance, heading float64
	logit             float32
}

// put writes a thing into the cell of its center.
func put(heads []float32, cal *sensor.Camera, o thing) {
	cx, cy := (o.box.X0+o.box.X1)/2/network.Stride, (o.box.Y0+o.box.Y1)/2/network.Stride
	x, y := math.Floor(cx), math.Floor(cy)
	h := heads[(int(y)*(cal.Width/network.Stride)+int(x))*network.HeadChannels:]
	h[network.HeatChannel+int(o.class)] = o.logit
	h[network.OffsetChannel], h[network.OffsetChannel+1] = float32(cx-x), float32(cy-y)
	h[network.SizeChannel], h[network.SizeChannel+1] = float32(math.Log(o.box.X1-o.box.X0)), float32(math.Log(o.box.Y1-o.box.Y0))
	h[network.DistanceChannel] = float32(math.Log(o.distance))
	s, c := math.Sincos(o.heading)
	h[network.HeadingChannel], h[network.HeadingChannel+1] = float32(s), float32(c)
}

// seen projects an object of the usual size of its class that stands at pos: a box that
// is drawn in towards the ground, where it touches only contact. The image cuts it.
func seen(cal *sensor.Camera, class perception.Class, pos geom.Vec, yaw, height float64) thing {
	frame := geom.Pose{X: pos.X, Y: pos.Y, Yaw: yaw}
	b := perception.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for i := range 8 {
		fx, fy := float64(i&1)-.5, float64(i>>1&1)-.5
		wide := frame.ToWorld(geom.Vec{X: fx * footprint[class].X, Y: fy * footprint[class].Y})
		u, top, _, _ := cal.Project(wide.X, wide.Y, height*float64(1+(i>>2))/2)
		ground := frame.ToWorld(geom.Vec{X: fx * contact[class].X, Y: fy * contact[class].Y})
		_, bottom, _, _ := cal.Project(ground.X, ground.Y, 0)
		b.X0, b.X1, b.Y0, b.Y1 = math.Min(b.X0, u), math.Max(b.X1, u), math.Min(b.Y0, top), math.Max(b.Y1, bottom)
	}
	b.X0, b.X1 = math.Max(b.X0, 0), math.Min(b.X1, float64(cal.Width))
	camera := geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y}
	return thing{class, b, pos.Dist(camera), yaw - cal.Mount.Yaw, 4}
}

// An object of the usual size is found where it is, whatever the camera's mount
// and distortion.
func TestDecodeFindsObjectsWhereTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cal := sensor.FrontCamera()
		cal.Mount.Yaw = rapid.Float64Range(-.1, .1).Draw(t, "mount yaw")
		cal.Mount.Y = rapid.Float64Range(-.4, .4).Draw(t, "mount y")
		cal.K1 = rapid.Float64Range(-.15, .1).Draw(t, "k1")
		class := perception.Class(rapid.IntRange(0, int(perception.Cone)).Draw(t, "class"))
		distance := rapid.Float64Range(12, 50).Draw(t, "x")
		pos := geom.Vec{X: distance, Y: distance * rapid.Float64Range(-.25, .25).Draw(t, "y/x")}
		o := seen(&cal, class, pos, rapid.Float64Range(-3, 3).Draw(t, "yaw"), 1)
		heads := blank(&cal)
		put(heads, &cal, o)
		var im perception.Image
		Decode(heads, &cal, &im)
		if len(im.Detections) != 1 {
			t.Fatalf("%d detections, want 1", len(im.Detections))
		}
		d := &im.Detections[0]
		if d.Class != class || d.Box.IoU(o.box) < .999 {
			t.Errorf("found a %v at %+v, want a %v at %+v", d.Class, d.Box, class, o.box)
		}
		if e := math.Abs(geom.WrapAngle(d.Heading - (o.heading + cal.Mount.Yaw))); e > 1e-5 {
			t.Errorf("heading is off by %g", e)
		}
		// The search for the bearing ends before the last centimeters, which long
		// objects close by would need.
		if e := d.Pos.Dist(pos); e > .02*distance+.1+.03*footprint[class].X {
			t.Errorf("found at %v, is at %v", d.Pos, pos)
		}
	})
}

func TestDecodeKeepsTheBestOfOne(t *testing.T) {
	cal := sensor.FrontCamera()
	box := perception.Box{X0: 100, Y0: 80, X1: 140, Y1: 110}
	shifted := perception.Box{X0: 104, Y0: 80, X1: 144, Y1: 110}
	behind := perception.Box{X0: 100, Y0: 72, X1: 140, Y1: 102}
	heads := blank(&cal)
	put(heads, &cal, thing{perception.Car, box, 18, 0, 2})
	put(heads, &cal, thing{perception.Truck, shifted, 19, 0, 1}) // the same object, taken for another class
	put(heads, &cal, thing{perception.Car, behind, 40, 0, 1})    // another one behind it
	put(heads, &cal, thing{perception.SignalRed, perception.Box{X0: 200, Y0: 40, X1: 206, Y1: 54}, 30, 0, 3})
	put(heads, &cal, thing{perception.Cone, perception.Box{X0: 250, Y0: 100, X1: 260, Y1: 116}, 12, 0, -2}) // too unsure
	var im perception.Image
	Decode(heads, &cal, &im)
	var got []perception.Class
	for _, d := range im.Detections {
		got = append(got, d.Class)
	}
	if len(got) != 3 || got[0] != perception.SignalRed || got[1] != perception.Car || got[2] != perception.Car {
		t.Errorf("found %v, want a red signal and two cars, best first", got)
	}
}

// Equal neighbors are one peak, as on a plateau of saturated values.
func TestPeaksOfAPlateau(t *testing.T) {
	cal := sensor.FrontCamera()
	heads := blank(&cal)
	for _, x := range []float64{100, 104, 108} {
		put(heads, &cal, thing{perception.Car, perception.Box{X0: x, Y0: 80, X1: x + 8, Y1: 90}, 30, 0, 3})
	}
	g := grid{heads: heads, w: 80, h: 48}
	if got := g.objects(nil, &cal, 0); len(got) != 1 {
		t.Errorf("%d peaks, want 1", len(got))
	}
}

// paintBoundary says that a straight boundary runs along y in the vehicle frame.
func paintBoundary(heads []float32, cal *sensor.Camera, side perception.Side, y float64) {
	w := cal.Width / network.Stride
	for row := range cal.Height / network.Stride {
		v := (float64(row) + .5) * network.Stride
		if at, ok := cal.Ground(cal.Cx, v); !ok || at.X > 60 {
			continue
		}
		// The column at which the ground in this row is y to the left.
		lo, hi := -2000., 2000.
		for range 60 {
			mid := (lo + hi) / 2
			if at, _ := cal.Ground(mid, v); at.Y > y {
				lo = mid
			} else {
				hi = mid
			}
		}
		for c := range w {
			d := (float64(c) + .5 - lo/network.Stride) / .9
			p := bound(math.Exp(-d*d/2), 1e-4, 1-1e-4)
			heads[(row*w+c)*network.HeadChannels+network.LaneChannel+int(side)] = float32(logit(p))
		}
	}
}

func TestDecodeFollowsBoundaries(t *testing.T) {
	cal := sensor.FrontCamera()
	cal.Mount.Yaw, cal.Mount.Roll = .02, .01
	heads := blank(&cal)
	want := map[perception.Side]float64{perception.Left: 1.6, perception.Right: -1.9, perception.FarLeft: 5.1}
	for side, y := range want {
		paintBoundary(heads, &cal, side, y)
	}
	var im perception.Image
	Decode(heads, &cal, &im)
	if len(im.Boundaries) != 3 {
		t.Fatalf("%d boundaries, want 3", len(im.Boundaries))
	}
	for i := range im.Boundaries {
		b := &im.Boundaries[i]
		if i > 0 && b.Side <= im.Boundaries[i-1].Side {
			t.Errorf("%v comes after %v", b.Side, im.Boundaries[i-1].Side)
		}
		for k, p := range b.Points {
			if k > 0 && p.X <= b.Points[k-1].X {
				t.Fatalf("side %v: point %d at %v is not farther than %v", b.Side, k, p, b.Points[k-1])
			}
			// A tenth of a cell at the point's distance.
			if e := math.Abs(p.Y - want[b.Side]); e > .4*p.X/cal.Fx+.01 {
				t.Errorf("side %v: %v is off by %.3f m", b.Side, p, e)
			}
		}
		if last := b.Points[len(b.Points)-1]; last.X < 30 {
			t.Errorf("side %v ends at %.0f m, want at least 30", b.Side, last.X)
		}
	}
}

func TestDecodeDrivable(t *testing.T) {
	cal := sensor.FrontCamera()
	heads := blank(&cal)
	heads[(30*80+7)*network.HeadChannels+network.DrivableChannel] = 0
	var im perception.Image
	Decode(heads, &cal, &im)
	if im.GridWidth != 80 || len(im.Drivable) != 80*48 {
		t.Fatalf("grid of %d columns and %d cells, want 80 and 3840", im.GridWidth, len(im.Drivable))
	}
	if p := im.Drivable[30*80+7]; p != .5 {
		t.Errorf("probability %g at a logit of 0, want 0.5", p)
	}
}

func TestDecodeRefusesOtherSizes(t *testing.T) {
	cal := sensor.FrontCamera()
	im := perception.Image{Detections: make([]perception.Detection, 3), Drivable: make([]float32, 5)}
	Decode(make([]float32, 100), &cal, &im)
	if len(im.Detections)+len(im.Boundaries)+len(im.Drivable) != 0 {
		t.Errorf("heads of another size were read: %+v", im)
	}
}

// Whatever the network says, decoding neither fails nor gives what is not finite.
func TestDecodeSurvivesAnything(t *testing.T) {
	cal := sensor.FrontCamera()
	var im perception.Image
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		scale := rapid.SampledFrom([]float32{1, 30, 1e30}).Draw(t, "scale")
		heads := blank(&cal)
		for i := range heads {
			seed = seed*6364136223846793005 + 1442695040888963407
			heads[i] = (float32(seed>>40)/(1<<23) - 1) * scale
		}
		Decode(heads, &cal, &im)
		for _, d := range im.Detections {
			for _, v := range []float64{d.Distance, d.DistanceStd, d.Bearing, d.Heading, d.Pos.X, d.Pos.Y, d.Box.X0, d.Box.Y1} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("detection %+v", d)
				}
			}
		}
	})
}

func TestDecodeAllocatesNothing(t *testing.T) {
	cal := sensor.FrontCamera()
	heads := blank(&cal)
	put(heads, &cal, seen(&cal, perception.Car, geom.Vec{X: 20}, 0, 1.5))
	paintBoundary(heads, &cal, perception.Left, 1.7)
	var im perception.Image
	Decode(heads, &cal, &im)
	if n := testing.AllocsPerRun(20, func() { Decode(heads, &cal, &im) }); n != 0 {
		t.Errorf("%v allocations per image, want none", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	cal := sensor.FrontCamera()
	heads := blank(&cal)
	for i := range 10 {
		put(heads, &cal, seen(&cal, perception.Car, geom.Vec{X: 20 + 3*float64(i), Y: float64(i) - 5}, 0, 1.5))
	}
	paintBoundary(heads, &cal, perception.Left, 1.7)
	var im perception.Image
	for b.Loop() {
		Decode(heads, &cal, &im)
	}
}
