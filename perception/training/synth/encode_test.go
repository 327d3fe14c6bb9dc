package synth

import (
	"math"
	"testing"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// encodeTest encodes objects and boundaries on an empty image.
func encodeTest(objects []label.Object, lanes [label.NumBoundaries][]geom.Vec) (*Encoder, []float32) {
	c := network.DefaultConfig()
	cal := sensor.FrontCamera()
	e := NewEncoder(&c)
	im := raster.Image{Width: cal.Width, Height: cal.Height, Class: make([]scene.Class, cal.Width*cal.Height)}
	for i := range im.Class {
		if i >= 100*cal.Width {
			im.Class[i] = scene.Road
		}
	}
	dst := make([]float32, c.TargetSize())
	e.encode(dst, &im, objects, lanes, &cal)
	return e, dst
}

func carLabel() label.Object {
	return label.Object{Kind: actor.Car, X0: 100, Y0: 80, X1: 141, Y1: 112, Visible: 1, Distance: 15, Heading: .5}
}

func TestEncodeObject(t *testing.T) {
	o := carLabel()
	e, dst := encodeTest([]label.Object{o}, [label.NumBoundaries][]geom.Vec{})
	cell := e.cell(dst, 30, 24) // the middle is (120.5, 96)
	want := map[int]float64{
		network.HeatChannel + int(perception.Car): 1,
		network.OffsetChannel:                     .125, network.OffsetChannel + 1: 0,
		network.SizeChannel: math.Log(41), network.SizeChannel + 1: math.Log(32),
		network.DistanceChannel: math.Log(15),
		network.HeadingChannel:  math.Sin(.5), network.HeadingChannel + 1: math.Cos(.5),
		network.ObjectMask: 1, network.IgnoreHeat: 0,
	}
	for k, v := range want {
		if math.Abs(float64(cell[k])-v) > 1e-6 {
			t.Errorf("channel %d is %g, want %g", k, cell[k], v)
		}
	}
	ones := 0
	for i := network.HeatChannel; i < len(dst); i += network.TargetChannels {
		if dst[i] == 1 {
			ones++
		}
	}
	if ones != 1 {
		t.Errorf("%d peaks, want 1", ones)
	}
}

// Objects that are too hidden, small, far or cut off are ignored.
func TestEncodeIgnores(t *testing.T) {
	for name, change := range map[string]func(*label.Object){
		"hidden": func(o *label.Object) { o.Visible = .1 },
		"small":  func(o *label.Object) { o.Y1 = o.Y0 + 3 },
		"in fog": func(o *label.Object) { o.FogLoss = .95 },
		"far":    func(o *label.Object) { o.Distance = 90 },
		"cut":    func(o *label.Object) { o.Truncated = .9 },
		"unlit":  func(o *label.Object) { o.IsSignal, o.Signal = true, road.Off },
	} {
		o := carLabel()
		change(&o)
		e, dst := encodeTest([]label.Object{o}, [label.NumBoundaries][]geom.Vec{})
		cell := e.cell(dst, 30, int((o.Y0+o.Y1)/2/network.Stride))
		if cell[network.IgnoreHeat] != 1 || cell[network.ObjectMask] != 0 || cell[network.HeatChannel] != 0 {
			t.Errorf("%s: ignored %g, mask %g, heat %g; want 1, 0, 0", name, cell[network.IgnoreHeat], cell[network.ObjectMask], cell[network.HeatChannel])
		}
	}
}

// An object in front of an ignored one is still required inside the ignored box.
func TestEncodeKeepsObjectsInIgnoredBoxes(t *testing.T) {
	hidden, front := carLabel(), carLabel()
	hidden.Visible = 0
	e, dst := encodeTest([]label.Object{hidden, front}, [label.NumBoundaries][]geom.Vec{})
	if cell := e.cell(dst, 30, 24); cell[network.IgnoreHeat] != 0 || cell[network.HeatChannel] != 1 {
		t.Errorf("ignored %g with heat %g, want 0 and 1", cell[network.IgnoreHeat], cell[network.HeatChannel])
	}
}

func TestEncodeSignalsByState(t *testing.T) {
	for light, class := range map[road.SignalState]perception.Class{
		road.Red: perception.SignalRed, road.Amber: perception.SignalAmber, road.Green: perception.SignalGreen,
	} {
		o := carLabel()
		o.IsSignal, o.Signal = true, light
		e, dst := encodeTest([]label.Object{o}, [label.NumBoundaries][]geom.Vec{})
		if got := e.cell(dst, 30, 24)[network.HeatChannel+int(class)]; got != 1 {
			t.Errorf("%v: heat %g in the channel of %v, want 1", light, got, class)
		}
	}
}

func TestEncodeDrivable(t *testing.T) {
	e, dst := encodeTest(nil, [label.NumBoundaries][]geom.Vec{})
	for y, want := range map[int]float32{24: 0, 25: 1, 47: 1} {
		if got := e.cell(dst, 3, y)[network.DrivableChannel]; got != want {
			t.Errorf("row %d: %g, want %g", y, got, want)
		}
	}
}

// In every row that a boundary crosses, the middle of its Gaussian is the point where
// the ground ray of the row's middle meets the boundary.
func TestEncodeBoundary(t *testing.T) {
	cal := sensor.FrontCamera()
	var lanes [label.NumBoundaries][]geom.Vec
	for x := 0.; x < 60; x += .5 {
		lanes[label.Left] = append(lanes[label.Left], geom.Vec{X: x, Y: 1.75})
	}
	e, dst := encodeTest(nil, lanes)
	rows := 0
	for y := range e.h {
		sum, moment := 0., 0.
		for x := range e.w {
			v := float64(e.cell(dst, x, y)[network.LaneChannel+int(label.Left)])
			sum += v
			moment += v * (float64(x) + .5)
		}
		if sum < 1.5 {
			continue // no boundary, or cut by the edge of the image
		}
		rows++
		at, ok := cal.Ground(moment/sum*network.Stride, (float64(y)+.5)*network.Stride)
		if !ok || math.Abs(at.Y-1.75) > .005+.001*at.X {
			t.Errorf("row %d: the boundary is at %v, want 1.75 m left", y, at)
		}
	}
	if rows < 15 {
		t.Errorf("the boundary crosses %d rows, want at least 15", rows)
	}
}

// Missing labels are masked in the target, and nothing else changes.
func TestEncodeMarksMissingLabels(t *testing.T) {
	m, err := NewGenerator(testStream(Train))
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Frame(3)
	if err != nil {
		t.Fatal(err)
	}
	c := network.DefaultConfig()
	image, full, part := make([]float32, c.ImageSize()), make([]float32, c.TargetSize()), make([]float32, c.TargetSize())
	m.Encode(f, image, full)
	f.Ignore = Ignore{Drivable: true, Place: true}
	f.Ignore.Classes[perception.Cone] = true
	m.Encode(f, image, part)
	want := map[int]float32{network.IgnoreDrivable: 1, network.IgnorePlace: 1, network.HeatChannel + int(perception.Cone): -1}
	for i, v := range part {
		k := i % network.TargetChannels
		if w, ok := want[k]; ok && v != w || !ok && v != full[i] {
			t.Fatalf("channel %d is %g, was %g", k, v, full[i])
		}
		if (k == network.IgnoreDrivable || k == network.IgnorePlace) && full[i] != 0 {
			t.Fatalf("channel %d of a labelled frame is %g", k, full[i])
		}
	}
}
