package label_test

import (
	"math"
	"slices"
	"testing"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// set is a map with a camera on it.
type set struct {
	m     *road.Map
	stage *scene.Builder
	view  scene.FrameState
	list  scene.List
	im    *raster.Image
}

// renderScene renders actors with poses in the frame of an ego at s on the first
// lane of the map.
func renderScene(t testing.TB, p road.Params, s float64, actors []actor.Actor, lights []road.SignalState) *set {
	t.Helper()
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	st, err := scene.NewBuilder(m)
	if err != nil {
		t.Fatal(err)
	}
	cal := sensor.FrontCamera()
	out := &set{m: m, stage: st}
	out.view = scene.FrameState{
		View:       scene.View{Cal: &cal, Ego: m.Lanes[0].Center.At(s)},
		Conditions: scene.Conditions{SunElevation: .8}, Signals: lights,
	}
	for i, a := range actors {
		a.ID = actor.ID(i + 1)
		a.State.Pose = out.view.Ego.Compose(a.State.Pose)
		out.view.Actors = append(out.view.Actors, a)
	}
	st.Build(&out.list, &out.view)
	out.im = raster.New(&cal, raster.AllChannels).Render(&out.list)
	return out
}

// at returns an actor of the default shape with its center at (x, y).
func at(kind actor.Kind, x, y, yaw float64) actor.Actor {
	a := actor.Actor{Kind: kind, Shape: actor.DefaultShape(kind)}
	back := geom.Unit(yaw).Scale(-a.Shape.RearToCenter)
	a.State.Pose = geom.Pose{X: x + back.X, Y: y + back.Y, Yaw: yaw}
	return a
}

var straight = road.Params{Kind: road.KindStraight, Seed: 3}

func (s *set) objects() []label.Object {
	var l label.Labeler
	return l.Objects(s.im, &s.list, s.m, &s.view)
}

// The label box of an object that is not occluded contains every pixel of the
// instance and is not larger than necessary.
func TestBoxesContainPixels(t *testing.T) {
	for i := range actor.Kinds() {
		kind := actor.Kind(i)
		for _, pose := range []geom.Pose{{X: 14, Y: 1}, {X: 22, Y: -3, Yaw: 1}, {X: 30, Y: 4, Yaw: math.Pi}, {X: 17, Y: 4.5, Yaw: -.7}} {
			s := renderScene(t, straight, 100, []actor.Actor{at(kind, pose.X, pose.Y, pose.Yaw)}, nil)
			objects := s.objects()
			if len(objects) != 1 {
				t.Errorf("%v at %v: %d labels, want 1", kind, pose, len(objects))
				continue
			}
			o := &objects[0]
			x0, y0, x1, y1 := extent(s.im, o.ID)
			const slack = 2 // px: mirrors and lamps may exceed the box, and pixels are discrete
			if x0 < o.X0-slack || y0 < o.Y0-slack || x1 > o.X1+slack || y1 > o.Y1+slack {
				t.Errorf("%v at %v: pixels %g..%g × %g..%g stick out of the box %.1f..%.1f × %.1f..%.1f", kind, pose, x0, x1, y0, y1, o.X0, o.X1, o.Y0, o.Y1)
			}
			if h := o.Y1 - o.Y0; y1-y0 < .75*h-2*slack {
				t.Errorf("%v at %v: pixels are %g high, the box %.1f", kind, pose, y1-y0, h)
			}
			least := .65
			if kind == actor.Child || kind == actor.Cone {
				least = .4 // it covers few pixels
			}
			if o.Visible < least {
				t.Errorf("%v at %v: not occluded, but only %.2f is visible", kind, pose, o.Visible)
			}
		}
	}
}

// extent returns the bounds of the pixels of an instance.
func extent(im *raster.Image, id uint16) (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i, v := range im.Instance {
		if v == id {
			x, y := float64(i%im.Width), float64(i/im.Width)
			x0, y0, x1, y1 = math.Min(x0, x), math.Min(y0, y), math.Max(x1, x+1), math.Max(y1, y+1)
		}
	}
	return x0, y0, x1, y1
}

func TestDistanceAndHeading(t *testing.T) {
	s := renderScene(t, straight, 100, []actor.Actor{at(actor.Car, 20, 3, 2)}, nil)
	o := s.objects()[0]
	mount := s.view.Cal.Mount
	if want := math.Hypot(20-mount.X, 3); math.Abs(o.Distance-want) > 1e-6 {
		t.Errorf("distance %g, want %g", o.Distance, want)
	}
	if o.Pos.Dist(geom.Vec{X: 20, Y: 3}) > 1e-6 {
		t.Errorf("position %v, want (20, 3)", o.Pos)
	}
	if math.Abs(geom.WrapAngle(o.Heading-(2-mount.Yaw))) > 1e-6 {
		t.Errorf("heading %g, want 2", o.Heading)
	}
}

// At the visibility distance fog leaves 5 % of the contrast; at half of it, the square
// root of that.
func TestFogReducesContrast(t *testing.T) {
	for _, c := range []struct{ visibility, want float64 }{{0, 0}, {18, .95}, {36, 1 - math.Sqrt(.05)}} {
		s := renderScene(t, straight, 100, []actor.Actor{at(actor.Car, 20, 0, 0)}, nil)
		s.view.Conditions.Visibility = c.visibility * (20 - s.view.Cal.Mount.X) / 18
		if o := s.objects()[0]; math.Abs(o.FogLoss-c.want) > 1e-9 {
			t.Errorf("visibility %g m: veil %.4f, want %.4f", s.view.Conditions.Visibility, o.FogLoss, c.want)
		}
	}
}

func TestHiddenObjects(t *testing.T) {
	half := renderScene(t, straight, 100, []actor.Actor{at(actor.Truck, 15, 0, 0), at(actor.Car, 30, 4, 0)}, nil).objects()
	if len(half) != 2 {
		t.Fatalf("%d labels, want 2", len(half))
	}
	if v := half[1].Visible; v < .1 || v > .8 {
		t.Errorf("%.2f of the car behind the truck's corner is visible, want some", v)
	}
	hidden := renderScene(t, straight, 100, []actor.Actor{at(actor.Truck, 15, 0, 0), at(actor.Car, 30, 0, 0)}, nil).objects()
	if len(hidden) != 1 {
		t.Errorf("%d labels, want 1: the car is behind the truck", len(hidden))
	}
}

func TestTruncation(t *testing.T) {
	whole := renderScene(t, straight, 100, []actor.Actor{at(actor.Car, 20, 0, 0)}, nil).objects()[0]
	cut := renderScene(t, straight, 100, []actor.Actor{at(actor.Car, 6.5, 3.6, 0)}, nil).objects()[0]
	if whole.Truncated != 0 {
		t.Errorf("%g of a car in the middle is outside the image", whole.Truncated)
	}
	if cut.Truncated < .2 || cut.X0 != 0 {
		t.Errorf("%.2f of a car at the edge is outside the image, its box begins at %g", cut.Truncated, cut.X0)
	}
	if cut.Visible < .7 {
		t.Errorf("%.2f of the part inside the image is visible, want all", cut.Visible)
	}
}

func TestSignals(t *testing.T) {
	p := road.Params{Kind: road.KindFourWay, Control: road.SignalControl, Seed: 2}
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	lights := make([]road.SignalState, len(m.Signals))
	for i := range lights {
		lights[i] = road.Green
	}
	mine := m.Lanes[0].Signal
	lights[mine] = road.Red
	s := renderScene(t, p, m.Lanes[0].StopS-25, nil, lights)
	found := false
	for _, o := range s.objects() {
		if !o.IsSignal {
			t.Errorf("label of a %v on an empty road", o.Kind)
			continue
		}
		id := road.SignalID(o.ID - scene.FirstSignal)
		if o.Signal != lights[id] {
			t.Errorf("signal %d is labelled %v, is %v", id, o.Signal, lights[id])
		}
		toCamera := s.view.Ego.Pos().Sub(m.Signals[id].Pos)
		if toCamera.Dot(geom.Unit(m.Signals[id].Yaw)) <= 0 {
			t.Errorf("signal %d shows its back and is labelled", id)
		}
		found = found || id == mine
	}
	if !found {
		t.Error("the signal of the lane is not labelled")
	}
}

// The points of a boundary lie on the edges of the ego lane.
func TestLanes(t *testing.T) {
	p := road.Params{Kind: road.KindCurve, Lanes: 2, Radius: 80, Seed: 5}
	m, err := road.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	lane := &m.Lanes[0]
	ego := lane.Center.Offset(80, .4)
	ego.Yaw += .03
	var l label.Labeler
	got, ok := l.Lanes(m, ego)
	if !ok {
		t.Fatal("no boundaries on a lane")
	}
	for side, want := range map[label.Boundary]float64{label.FarLeft: 1.5, label.Left: .5, label.Right: -.5} {
		pts := got[side]
		if len(pts) < 80 {
			t.Errorf("boundary %d has %d points, want about 120", side, len(pts))
		}
		for _, q := range pts {
			_, d := lane.Center.Project(ego.ToWorld(q))
			if math.Abs(d-want*lane.Width) > .05 {
				t.Fatalf("boundary %d: %v is %.2f m left of the lane's middle, want %.2f", side, q, d, want*lane.Width)
			}
		}
	}
	if n := len(got[label.FarRight]); n != 0 {
		t.Errorf("the rightmost lane has %d points of a boundary on its far right", n)
	}
}

// Boundaries continue straight across a junction, and there are none while turning.
func TestLanesAcrossJunctions(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	lane := &m.Lanes[0]
	var l label.Labeler
	check := func(from string, ego geom.Pose) {
		for side, want := range map[label.Boundary]float64{label.Left: lane.Width / 2, label.Right: -lane.Width / 2} {
			all, _ := l.Lanes(m, ego)
			pts := all[side]
			if len(pts) != 100 {
				t.Errorf("%s: boundary %d has %d points, want one every half meter for 50 m", from, side, len(pts))
			}
			for _, q := range pts {
				if math.Abs(q.Y-want) > .01 {
					t.Fatalf("%s: boundary %d at %v, want %.2f m to the left", from, side, q, want)
				}
			}
		}
	}
	check("before", lane.Center.At(lane.Center.Length()-20))
	for _, id := range lane.Next {
		inside := &m.Lanes[id]
		ego := inside.Center.At(inside.Center.Length() / 2)
		if inside.Turn == road.Straight {
			check("inside", ego)
			continue
		}
		if _, ok := l.Lanes(m, ego); ok {
			t.Error("boundaries while turning")
		}
	}
}

// Boundaries end where the road does not continue straight.
func TestLanesEnd(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindTee, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Lanes {
		lane := &m.Lanes[i]
		if lane.Junction >= 0 || len(lane.Next) == 0 || slices.ContainsFunc(lane.Next, func(id road.LaneID) bool { return m.Lanes[id].Turn == road.Straight }) {
			continue
		}
		var l label.Labeler
		all, _ := l.Lanes(m, lane.Center.At(lane.Center.Length()-20))
		for _, pts := range all {
			for _, q := range pts {
				if q.X > 20.5 {
					t.Fatalf("lane %d: %v lies past its end, 20 m ahead", i, q)
				}
			}
		}
		return
	}
	t.Fatal("the tee has no stem")
}

// The paint of a lane's edge is at the labeled position.
func TestLanesLieOnPaint(t *testing.T) {
	s := renderScene(t, road.Params{Kind: road.KindStraight, Lanes: 2, OneWay: true, Seed: 3}, 100, nil, nil)
	var l label.Labeler
	lanes, _ := l.Lanes(s.m, s.view.Ego)
	right := lanes[label.Right] // solid: the edge of the road
	hits, all := 0, 0
	for _, q := range right {
		if q.X < 6 || q.X > 20 {
			continue
		}
		u, v, _, ok := s.view.Cal.Project(q.X, q.Y, 0)
		if !ok {
			t.Fatalf("%v is behind the camera", q)
		}
		all++
		for du := -5; du <= 5; du++ { // the line is painted just inside the edge
			x, y := int(u)+du, int(v)
			if x >= 0 && x < s.im.Width && s.im.Marking[y*s.im.Width+x] == scene.LaneLine {
				hits++
				break
			}
		}
	}
	if all == 0 || hits < all*9/10 {
		t.Errorf("paint at %d of %d points of the right boundary", hits, all)
	}
}

func TestObjectsAllocateNothing(t *testing.T) {
	s := renderScene(t, straight, 100, []actor.Actor{at(actor.Car, 20, 0, 0), at(actor.Pedestrian, 12, 2, 1)}, nil)
	var l label.Labeler
	l.Objects(s.im, &s.list, s.m, &s.view)
	if n := testing.AllocsPerRun(10, func() { l.Objects(s.im, &s.list, s.m, &s.view) }); n != 0 {
		t.Errorf("%v allocations per frame, want none", n)
	}
}

// The unpainted section begins and ends with the junction.
func TestCrossing(t *testing.T) {
	m, err := road.Generate(road.Params{Kind: road.KindFourWay, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	lane := &m.Lanes[0]
	var l label.Labeler
	for _, id := range lane.Next {
		inside := &m.Lanes[id]
		if inside.Turn != road.Straight {
			continue
		}
		length := inside.Center.Length()
		for _, c := range []struct {
			name     string
			ego      geom.Pose
			from, to float64
		}{
			{"20 m before", lane.Center.At(lane.Center.Length() - 20), 20, 20 + length},
			{"in the middle", inside.Center.At(length / 2), 0, length / 2},
			{"far before", lane.Center.At(lane.Center.Length() - 60), 0, 0},
		} {
			if from, to := l.UnpaintedSection(m, c.ego); math.Abs(from-c.from) > .01 || math.Abs(to-c.to) > .01 {
				t.Errorf("%s: from %.2f m to %.2f m, want %.2f m to %.2f m", c.name, from, to, c.from, c.to)
			}
		}
		return
	}
	t.Fatal("no way straight on")
}

// On a marked road all boundaries are painted. On an unmarked road all are
// unpainted: three around the first lane of a road with two lanes in each direction,
// and four around the second.
func TestUnpainted(t *testing.T) {
	for _, unmarked := range []bool{false, true} {
		m, err := road.Generate(road.Params{Kind: road.KindStraight, Lanes: 2, Unmarked: unmarked})
		if err != nil {
			t.Fatal(err)
		}
		var l label.Labeler
		for lane, exists := range [...][label.NumBoundaries]bool{{true, true, true, false}, {true, true, true, true}} {
			want := [label.NumBoundaries]bool{}
			if unmarked {
				want = exists
			}
			if got := l.UnpaintedBoundaries(m, m.Lanes[lane].Center.At(50)); got != want {
				t.Errorf("lane %d, unmarked %v: unpainted %v, want %v", lane, unmarked, got, want)
			}
		}
	}
}
