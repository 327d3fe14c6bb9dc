package synth

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"roadloop/perception/network"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// pixels returns the first frames of a stream.
func pixels(t *testing.T, s Stream, n int64) (out [][]byte) {
	t.Helper()
	m, err := NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		f, err := m.Frame(i * FramesPerMap)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, bytes.Clone(f.Image.RGB))
	}
	return out
}

// Every axis changes frames. Frames are the same in every run.
func TestEachAxisChangesFrames(t *testing.T) {
	const n = 12 // the rarest axis, snow, is in 15 % of the frames
	plain := pixels(t, testStream(Train), n)
	for _, a := range Axes() {
		s := testStream(Train)
		s.Axes = []Axis{a}
		got := pixels(t, s, n)
		if slices.EqualFunc(got, plain, bytes.Equal) {
			t.Errorf("axis %s: the frames are those without axes", a)
		}
		if again := pixels(t, s, 2); !slices.EqualFunc(got[:2], again, bytes.Equal) {
			t.Errorf("axis %s: the frames differ in a second run", a)
		}
	}
}

func TestParseAxes(t *testing.T) {
	for _, c := range []struct {
		names, want, err string
	}{
		{"all", AxisNames(Axes()), ""}, {"none", "", ""}, {"road,light", "road, light", ""},
		{"roads", "", `axis "roads" is not one of horizon, vehicles, `}, {"road,road", "", `duplicate axis "road"`}, {"all,road", "", `axis "all"`},
	} {
		got, err := ParseAxes(strings.Split(c.names, ","))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want one with %q", c.names, err, c.err)
			}
		} else if err != nil || AxisNames(got) != c.want {
			t.Errorf("%s: %q, %v, want %q", c.names, AxisNames(got), err, c.want)
		}
	}
}

func TestBadAxesAreRejected(t *testing.T) {
	wide := DefaultCameraRange()
	wide.Focal = 1.5
	low := DefaultCameraRange()
	low.MinHeight = 0
	good := DefaultCameraRange()
	for _, c := range []struct {
		axes []Axis
		in   *CameraRange
		want string
	}{
		{[]Axis{"weather"}, nil, `axis "weather"`}, {[]Axis{RoadAxis, RoadAxis}, nil, "duplicate"},
		{[]Axis{CameraAxis}, &wide, "focal length ±1.5"}, {[]Axis{CameraAxis}, &low, "heights from 0"}, {nil, &good, "no effect"},
	} {
		s := testStream(Train)
		s.Axes, s.CameraRange = c.axes, c.in
		if _, err := NewGenerator(s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want one with %q", c.axes, err, c.want)
		}
	}
}

// Cameras fill their range and do not leave it.
func TestCamerasFillTheirRange(t *testing.T) {
	s := testStream(Train)
	s.Axes = []Axis{CameraAxis}
	s.CameraRange = &CameraRange{Focal: .2, MinHeight: 1, MaxHeight: 3, Pitch: .05, Yaw: .1, Roll: .02}
	nominal := sensor.FrontCamera()
	r := rng.New(1, "test", "cameras")
	lo, hi := [5]float64{9, 9, 9, 9, 9}, [5]float64{-9, -9, -9, -9, -9}
	for range 2000 {
		c := s.randomCamera(&r, &nominal)
		for i, v := range [...]float64{c.Fx / nominal.Fx, c.Mount.Z, c.Mount.Pitch - nominal.Mount.Pitch, c.Mount.Yaw - nominal.Mount.Yaw, c.Mount.Roll - nominal.Mount.Roll} {
			lo[i], hi[i] = math.Min(lo[i], v), math.Max(hi[i], v)
		}
	}
	for i, want := range [][2]float64{{.8, 1.2}, {1, 3}, {-.05, .05}, {-.1, .1}, {-.02, .02}} {
		slack := .01 * (want[1] - want[0])
		if lo[i] < want[0]-1e-9 || hi[i] > want[1]+1e-9 || lo[i] > want[0]+slack || hi[i] < want[1]-slack {
			t.Errorf("value %d: %.3f to %.3f, want %.3f to %.3f", i, lo[i], hi[i], want[0], want[1])
		}
	}
}

// The network's distance of a car is that of the nominal camera: where the car looks as
// large.
func TestDistanceIsNominal(t *testing.T) {
	s := testStream(Train)
	s.Axes = []Axis{CameraAxis}
	m, err := NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	nominal := sensor.FrontCamera()
	image, target := make([]float32, s.Config.ImageSize()), make([]float32, s.Config.TargetSize())
	checked := 0
	for i := range int64(40) {
		f, err := m.Frame(i * FramesPerMap)
		if err != nil {
			t.Fatal(err)
		}
		m.Encode(f, image, target)
		for k := range f.Objects {
			o := &f.Objects[k]
			if !Labeled(o) {
				continue
			}
			w, _ := s.Config.Grid()
			x, y := int((o.X0+o.X1)/2/network.Stride), int((o.Y0+o.Y1)/2/network.Stride)
			cell := target[(y*w+x)*network.TargetChannels:]
			want := math.Log(o.Distance / (f.Camera.Fx / nominal.Fx))
			size := math.Log(o.X1 - o.X0)
			if math.Abs(float64(cell[network.SizeChannel])-size) > 1e-5 { // a nearer object is in the cell
				continue
			}
			if math.Abs(float64(cell[network.DistanceChannel])-want) > 1e-4 {
				t.Errorf("frame %d: distance %.3f, want %.3f", i, cell[network.DistanceChannel], want)
			}
			checked++
		}
	}
	if checked < 20 {
		t.Errorf("only %d objects", checked)
	}
}

// With a share, some maps have an axis and others do not; the frames of a map agree, and an
// axis that a map lacks leaves the frame as it is without axes.
func TestAxisShare(t *testing.T) {
	s := testStream(Train)
	s.Axes, s.AxisShare = []Axis{HorizonAxis, ImagingAxis}, .5
	plain := testStream(Train)
	const maps, drawn = 40, 8
	some, none := pixels(t, s, drawn), pixels(t, plain, drawn)
	var have [2]int
	for group := range int64(maps) {
		axes := s.drawAxes(group)
		for k, a := range s.Axes {
			if slices.Contains(axes, a) {
				have[k]++
			}
		}
		if group < drawn && len(axes) == 0 && !bytes.Equal(some[group], none[group]) {
			t.Errorf("map %d has no axis, and another frame than without axes", group)
		}
	}
	for k, n := range have {
		if n < maps/4 || n > maps*3/4 {
			t.Errorf("axis %s is on %d of %d maps, want about half", s.Axes[k], n, maps)
		}
	}
	s.AxisShare = 1.5
	if err := s.CheckAxes(); err == nil || !strings.Contains(err.Error(), "axis share 1.5, want 0 to 1") {
		t.Errorf("error %v", err)
	}
}
