package inference

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// fixedEngine finds the same object in every view.
type fixedEngine struct {
	config network.Config
	x, y   int // cell
	class  perception.Class
	runs   int
}

func (f *fixedEngine) Config() network.Config { return f.config }
func (f *fixedEngine) Close() error           { return nil }

func (f *fixedEngine) Infer(_, heads []float32) error {
	f.runs++
	for i := range heads {
		heads[i] = -9
	}
	w, _ := f.config.Grid()
	cell := heads[(f.y*w+f.x)*network.HeadChannels:]
	cell[network.HeatChannel+int(f.class)] = float32(logit(.8))
	cell[network.OffsetChannel], cell[network.OffsetChannel+1] = .5, .5
	cell[network.SizeChannel], cell[network.SizeChannel+1] = float32(math.Log(24)), float32(math.Log(20))
	cell[network.DistanceChannel] = float32(math.Log(20))
	cell[network.HeadingChannel], cell[network.HeadingChannel+1] = 0, 1
	return nil
}

// highCamera is a camera of 1280×768 px with the network's field of view and a horizon in the
// upper third.
func highCamera() camera.Camera {
	front := sensor.FrontCamera()
	c := camera.New(&front)
	c = c.Scaled(1280, 768)
	c.Mount.Pitch = .15
	return c
}

func detect(t *testing.T, e *fixedEngine, c camera.Camera, tiles bool) Found {
	t.Helper()
	p := NewPictureDetector(e)
	p.Tiles = tiles
	var found Found
	if err := p.Detect(make([]byte, 3*c.Width*c.Height), &c, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// A box of the view ahead is at its place in the picture, and its distance is that of the
// ground there and of the network.
func TestPictureDetectorMapsBack(t *testing.T) {
	e := &fixedEngine{config: network.DefaultConfig(), x: 40, y: 24}
	c := highCamera()
	found := detect(t, e, c, false)
	if len(found.Detections) != 1 || found.Views != 1 || e.runs != 1 {
		t.Fatalf("%+v after %d runs", found.Detections, e.runs)
	}
	d := found.Detections[0]
	// The middle of the cell is (162, 98) in the view; the optical axis is 0.13 rad higher there.
	to := c.Target(320, 192, 1, 0)
	x, y := to.Ray(162, 98)
	px, py, pz := to.Mount.ToVehicle(x, y, 1)
	u, v, ok := c.Project(c.Mount.X+px, c.Mount.Y+py, c.Mount.Z+pz)
	cx, cy := (d.Box.X0+d.Box.X1)/2, (d.Box.Y0+d.Box.Y1)/2
	if !ok || math.Hypot(cx-u, cy-v) > 2 || math.Abs((d.Box.X1-d.Box.X0)-4*24) > 4 {
		t.Errorf("box %+v, want about 96 px wide around %.1f, %.1f", d.Box, u, v)
	}
	ahead := found.Ahead.Detections[0]
	if d.Distance != ahead.Distance || math.Abs(d.Distance-15) > 6 {
		t.Errorf("distance %.1f m, %.1f m in the view", d.Distance, ahead.Distance)
	}
	if found.GridWidth != 80 || len(found.Drivable) != 80*48 {
		t.Errorf("grid of %d columns, %d cells", found.GridWidth, len(found.Drivable))
	}
}

// An object that a longer focal length enlarges is not nearer.
func TestDistanceOfEnlargedViews(t *testing.T) {
	e := &fixedEngine{config: network.DefaultConfig(), x: 40, y: 24}
	heads := make([]float32, e.config.HeadSize())
	if err := e.Infer(nil, heads); err != nil {
		t.Fatal(err)
	}
	cal := sensor.FrontCamera()
	cal.Mount.Pitch = -1 // no ground: the network's distance alone counts
	focal := cal.Fx
	for zoom, want := range map[float64]float64{1: 20, 2: 40, .5: 10} {
		var im perception.Image
		cal.Fx = zoom * focal
		Decode(heads, &cal, &im)
		if got := im.Detections[0].Distance; math.Abs(got-want) > 1e-4 {
			t.Errorf("zoom %g: %.2f m, want %.2f m", zoom, got, want)
		}
	}
}

// Many views are fused: what they find at one place is one object. Here every view finds its
// object elsewhere, so that each has the share of one view of those that show its place.
func TestManyViewsAreFused(t *testing.T) {
	e := &fixedEngine{config: network.DefaultConfig(), x: 40, y: 24}
	c := highCamera()
	found := detect(t, e, c, true)
	if found.Views != 26 || e.runs != 26 {
		t.Fatalf("%d views, %d runs", found.Views, e.runs)
	}
	for _, d := range found.Detections {
		if d.Score > .8+1e-6 || d.Score < DefaultMinScore {
			t.Errorf("score %.3f", d.Score)
		}
		if d.Pos.X < 0 || math.Abs(math.Hypot(d.Pos.X-c.Mount.X, d.Pos.Y-c.Mount.Y)-d.Distance) > 1e-9 {
			t.Errorf("position %v at a distance of %.2f m", d.Pos, d.Distance)
		}
	}
	// Mirrored and unmirrored views of one direction are symmetric.
	left, right := 0, 0
	for _, d := range found.Detections {
		if d.Bearing > .05 {
			left++
		} else if d.Bearing < -.05 {
			right++
		}
	}
	if left != right {
		t.Errorf("%d to the left, %d to the right", left, right)
	}
	small := sensor.FrontCamera()
	e.runs = 0
	if found := detect(t, e, camera.New(&small), true); found.Views != 1 || e.runs != 1 {
		t.Errorf("a picture without more pixels has %d views", found.Views)
	}
}

// A camera that looks back finds road users behind the car, on both sides of its axis.
func TestViewsOfARearCamera(t *testing.T) {
	e := &fixedEngine{config: network.DefaultConfig(), x: 40, y: 24}
	c := highCamera()
	c.Mount.Yaw = math.Pi
	found := detect(t, e, c, true)
	if len(found.Detections) == 0 {
		t.Fatal("nothing found")
	}
	for _, d := range found.Detections {
		if d.Pos.X > 0 || math.Abs(math.Hypot(d.Pos.X-c.Mount.X, d.Pos.Y-c.Mount.Y)-d.Distance) > 1e-9 {
			t.Errorf("position %v at a distance of %.2f m, bearing %.3f", d.Pos, d.Distance, d.Bearing)
		}
	}
}

// Road users stand on the ground, and nothing is found where the picture shows nothing.
func TestImpossibleDetections(t *testing.T) {
	c := highCamera()
	narrow := camera.Camera{Mount: c.Mount, Width: 400, Height: 300, Fx: 1600, Fy: 1600, Cx: 200, Cy: 150}
	narrow.Mount.Pitch = .02
	for name, k := range map[string]struct {
		e    fixedEngine
		c    camera.Camera
		want int
	}{
		"a truck in the sky":          {fixedEngine{x: 40, y: 8, class: perception.Truck}, c, 0},
		"a traffic light in the sky":  {fixedEngine{x: 40, y: 14, class: perception.SignalRed}, highCamera(), 1},
		"outside of a narrow picture": {fixedEngine{x: 5, y: 26}, narrow, 0},
		"inside of a narrow picture":  {fixedEngine{x: 40, y: 22}, narrow, 1},
	} {
		k.e.config = network.DefaultConfig()
		if found := detect(t, &k.e, k.c, false); len(found.Detections) != k.want {
			t.Errorf("%s: %+v", name, found.Detections)
		}
	}
}

func TestPictureOfAnotherSize(t *testing.T) {
	p := NewPictureDetector(&fixedEngine{config: network.DefaultConfig()})
	c := highCamera()
	if err := p.Detect(make([]byte, 30), &c, new(Found)); err == nil {
		t.Error("a picture of 30 bytes was accepted")
	}
	c.Fx = 0
	if err := p.Detect(make([]byte, 3*c.Width*c.Height), &c, new(Found)); err == nil {
		t.Error("a camera without focal length was accepted")
	}
}
