package dataset

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/synth"
	"roadloop/sim/label"
)

// open opens a data set.
func open(t *testing.T, dir string) *Set {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pairs exports frames, reads them back and yields each as generated and as read.
func pairs(t *testing.T, format Format, n int, yield func(i int, made, read *synth.Frame)) {
	t.Helper()
	dir := t.TempDir()
	export(t, dir, Export{Format: format, Frames: n})
	set := open(t, dir)
	if set.Len() != n || set.Format() != format {
		t.Fatalf("%d frames of %s, want %d of %s", set.Len(), set.Format(), n, format)
	}
	r, err := set.Reader(network.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	m, err := synth.NewGenerator(testStream())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		made, err := m.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		read, err := r.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		yield(i, made, read)
	}
}

// wanted returns the objects that must be found.
func wanted(f *synth.Frame) (out []label.Object) {
	for i := range f.Objects {
		if synth.Labeled(&f.Objects[i]) {
			out = append(out, f.Objects[i])
		}
	}
	return out
}

// Pixels, boxes, classes, positions and the camera survive writing and reading.
func TestRoundTrip(t *testing.T) {
	const digits = 2e-4 // of rounded labels
	near := func(a, b float64) bool { return math.Abs(a-b) <= digits }
	for _, format := range []Format{Roadloop, COCO, KITTI} {
		objects := 0
		pairs(t, format, 8, func(i int, made, read *synth.Frame) {
			if !slices.Equal(made.Image.RGB, read.Image.RGB) {
				t.Errorf("%s: frame %d: other pixels", format, i)
			}
			a, b := wanted(made), wanted(read)
			if len(a) != len(b) {
				t.Fatalf("%s: frame %d: %d objects to be found, want %d", format, i, len(b), len(a))
			}
			for k := range a {
				o, p := &a[k], &b[k]
				if synth.Class(o) != synth.Class(p) || !near(o.X0, p.X0) || !near(o.Y0, p.Y0) || !near(o.X1, p.X1) || !near(o.Y1, p.Y1) {
					t.Errorf("%s: frame %d: read %+v, want %+v", format, i, p, o)
				}
				if !near(o.Distance, p.Distance) || !near(math.Cos(o.Heading-p.Heading), 1) || o.Pos.Dist(p.Pos) > 2*digits {
					t.Errorf("%s: frame %d: read at %v, %g m, heading %g; want %v, %g, %g", format, i, p.Pos, p.Distance, p.Heading, o.Pos, o.Distance, o.Heading)
				}
			}
			objects += len(a)
			c, d := made.Actual, read.Actual
			for _, v := range [][2]float64{{c.Fx, d.Fx}, {c.Fy, d.Fy}, {c.Cx, d.Cx}, {c.Cy, d.Cy}, {c.Mount.X, d.Mount.X}, {c.Mount.Y, d.Mount.Y}, {c.Mount.Z, d.Mount.Z},
				{c.Mount.Yaw, d.Mount.Yaw}, {c.Mount.Pitch, d.Mount.Pitch}, {c.Mount.Roll, d.Mount.Roll}} {
				if math.Abs(v[0]-v[1]) > 1e-7 {
					t.Errorf("%s: frame %d: camera %+v, want %+v", format, i, d, c)
				}
			}
		})
		if objects < 20 {
			t.Errorf("%s: only %d objects compared", format, objects)
		}
	}
}

// Boxes of ignored objects are preserved, in any class.
func TestRoundTripOfIgnoredObjects(t *testing.T) {
	for _, format := range []Format{Roadloop, COCO, KITTI} {
		ignored := 0
		pairs(t, format, 8, func(i int, made, read *synth.Frame) {
			for k := range made.Objects {
				o := &made.Objects[k]
				if synth.Labeled(o) {
					continue
				}
				ignored++
				if !slices.ContainsFunc(read.Objects, func(p label.Object) bool {
					return !synth.Labeled(&p) && math.Abs(p.X0-o.X0)+math.Abs(p.Y1-o.Y1) < 1e-3
				}) {
					t.Errorf("%s: frame %d: the ignored object at %.1f, %.1f is gone", format, i, o.X0, o.Y0)
				}
			}
		})
		if ignored == 0 {
			t.Errorf("%s: no object to compare", format)
		}
	}
}

// Targets from roadloop's own format equal those of the stream; targets from other
// formats are the same except for missing labels.
func TestTargetsOfReadFrames(t *testing.T) {
	c := network.DefaultConfig()
	e := synth.NewEncoder(&c)
	image, made, read := make([]float32, c.ImageSize()), make([]float32, c.TargetSize()), make([]float32, c.TargetSize())
	for _, format := range []Format{Roadloop, COCO, KITTI} {
		pairs(t, format, 5, func(i int, a, b *synth.Frame) {
			e.Encode(a, image, made)
			e.Encode(b, image, read)
			for k := range made {
				channel := k % network.TargetChannels
				switch {
				case format != Roadloop && (channel == network.DrivableChannel || channel >= network.LaneChannel && channel < network.HeadChannels):
				case format != Roadloop && (channel == network.IgnoreDrivable || channel == network.IgnoreLanes):
					if read[k] != 1 {
						t.Fatalf("%s: frame %d: channel %d is not masked", format, i, channel)
					}
				case format == KITTI && channel < network.OffsetChannel && read[k] == -1: // no such signals in the folder
				case math.Abs(float64(made[k]-read[k])) > 2e-3:
					t.Fatalf("%s: frame %d: channel %d of cell %d is %g, of the stream %g", format, i, channel, k/network.TargetChannels, read[k], made[k])
				}
			}
			if format != Roadloop {
				return
			}
			for side := range label.NumBoundaries {
				if a.BoundaryVisible(label.Boundary(side)) != b.BoundaryVisible(label.Boundary(side)) {
					t.Errorf("frame %d: boundary %d: required is %v", i, side, b.BoundaryVisible(label.Boundary(side)))
				}
			}
			if d := cmp.Diff(a.Weather(), b.Weather()); d != "" {
				t.Error(d)
			}
		})
	}
}

// A source has every frame of the set once per pass, and all fillers give the same
// batches.
func TestSource(t *testing.T) {
	dir := t.TempDir()
	export(t, dir, Export{Format: COCO, Frames: 5})
	c := network.DefaultConfig()
	s := Source{Set: open(t, dir), Config: c, Seed: 3, Augment: synth.DefaultAugmentation()}
	first, second := filler(t, s), filler(t, s)
	b := training.Batch{Images: make([]float32, 2*c.ImageSize()), Targets: make([]float32, 2*c.TargetSize())}
	var kept []training.Batch
	for i := range int64(5) {
		if err := first(t.Context(), i, &b); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, training.Batch{Images: slices.Clone(b.Images), Targets: slices.Clone(b.Targets)})
	}
	if err := second(t.Context(), 3, &b); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.Images, kept[3].Images) || !slices.Equal(b.Targets, kept[3].Targets) {
		t.Error("batch 3 differs in random access")
	}
	// Ten frames are two passes: every target occurs twice.
	var targets [][]float32
	for i := range kept {
		targets = append(targets, kept[i].Targets[:c.TargetSize()], kept[i].Targets[c.TargetSize():])
	}
	for i, a := range targets {
		n := 0
		for _, b := range targets {
			if slices.Equal(a, b) {
				n++
			}
		}
		if n != 2 {
			t.Errorf("frame %d of ten occurs %d times, want 2", i, n)
		}
	}
	s.Set = s.Set.First(1)
	few := filler(t, s)
	if err := few(t.Context(), 0, &b); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.Targets[:c.TargetSize()], b.Targets[c.TargetSize():]) {
		t.Error("a source of one frame has two")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := few(ctx, 0, &b); err == nil {
		t.Error("filled a batch after the end of its context")
	}
}

func filler(t *testing.T, s Source) training.Filler {
	t.Helper()
	f, err := s.Filler()
	if err != nil {
		t.Fatal(err)
	}
	return f
}
