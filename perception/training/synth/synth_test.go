package synth

import (
	"context"
	"errors"
	"slices"
	"testing"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/rng"
	"roadloop/sim/scene"
)

var _ training.Source = Stream{}

func testStream(split Split) Stream {
	return Stream{Config: network.DefaultConfig(), Seed: 1, Split: split}
}

func newBatch(c *network.Config, n int) *training.Batch {
	return &training.Batch{Images: make([]float32, n*c.ImageSize()), Targets: make([]float32, n*c.TargetSize())}
}

// fill returns the batch with the last index, of n frames, from one filler that makes
// all indices.
func fill(t *testing.T, s Stream, n int, indices ...int64) *training.Batch {
	t.Helper()
	f, err := s.Filler()
	if err != nil {
		t.Fatal(err)
	}
	b := newBatch(&s.Config, n)
	for _, i := range indices {
		if err := f(t.Context(), i, b); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// A batch depends only on its number, not on earlier batches.
func TestBatchDependsOnItsNumberOnly(t *testing.T) {
	s := testStream(Train)
	alone := fill(t, s, 3, 7)
	after := fill(t, s, 3, 2, 8, 7)
	if !slices.Equal(alone.Images, after.Images) || !slices.Equal(alone.Targets, after.Targets) {
		t.Error("the same batch differs")
	}
	other := fill(t, s, 3, 6)
	if slices.Equal(alone.Images, other.Images) {
		t.Error("different batches are the same")
	}
}

func TestSplitsAndSeedsDiffer(t *testing.T) {
	base := fill(t, testStream(Train), 1, 0)
	for _, s := range []Stream{testStream(Validation), testStream(HeldOut), {Config: network.DefaultConfig(), Seed: 2, Split: Train}} {
		if slices.Equal(base.Images, fill(t, s, 1, 0).Images) {
			t.Errorf("split %s, seed %d equals split train, seed 1", s.Split, s.Seed)
		}
	}
}

// Training never has held-out weather; half of the held-out split has it.
func TestHeldOutWeather(t *testing.T) {
	unseen := func(c *scene.Conditions) bool {
		dusk, night := c.SunElevation >= -.06 && c.SunElevation < .12, c.SunElevation < -.1
		return dusk && c.Rain > 0 || night && c.Visibility > 0
	}
	count := func(split Split) (n int) {
		for i := range 400 {
			r := rng.New(1, name(split, int64(i)), "situation")
			c := randomConditions(&r, split == HeldOut)
			if unseen(&c) {
				n++
			}
		}
		return n
	}
	if n := count(Train); n != 0 {
		t.Errorf("%d of 400 training frames have held-out weather", n)
	}
	if n := count(HeldOut); n < 150 || n > 260 {
		t.Errorf("%d of 400 held-out frames have held-out weather, want about 200", n)
	}
}

// The situations of the scenarios are common in training.
func TestScenarioSituationsAreCommon(t *testing.T) {
	m, err := NewGenerator(testStream(Train))
	if err != nil {
		t.Fatal(err)
	}
	const n = 200
	seen := make(map[string]int)
	for i := range n {
		f, err := m.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		for name := range situationsOf(f) {
			seen[name]++
		}
	}
	for name, least := range map[string]float64{
		"vehicle ahead in lane": .2, "pedestrian on the road": .1, "cyclist": .15, "truck": .1,
		"signal": .05, "obstacle": .05, "lane": .5, "junction": .05, "night": .1, "rain": .1,
	} {
		if share := float64(seen[name]) / n; share < least {
			t.Errorf("%s: in %.0f %% of the frames, want %.0f %%", name, 100*share, 100*least)
		}
	}
}

// situationsOf returns the names of the situations in a frame.
func situationsOf(f *Frame) map[string]bool {
	out := map[string]bool{
		"night": f.Conditions.SunElevation < -.1, "rain": f.Conditions.Rain > 0,
		"lane": len(f.Lanes[perception.Left]) > 0, "junction": len(f.Lanes[perception.Left]) == 0,
	}
	for i := range f.Objects {
		o := &f.Objects[i]
		if !Labeled(o) {
			continue
		}
		near := o.Pos.X < 40 && o.Pos.Y > -1.5 && o.Pos.Y < 1.5
		switch {
		case o.IsSignal:
			out["signal"] = true
		case o.Kind.OnFoot():
			out["pedestrian on the road"] = out["pedestrian on the road"] || near
		case o.Kind.Vulnerable():
			out["cyclist"] = true
		case o.Kind.Obstacle():
			out["obstacle"] = true
		default:
			out["vehicle ahead in lane"] = out["vehicle ahead in lane"] || near
			out["truck"] = out["truck"] || Class(o) == perception.Truck
		}
	}
	for k, v := range out {
		if !v {
			delete(out, k)
		}
	}
	return out
}

// Actors overlap neither each other nor the ego.
func TestActorsDoNotOverlap(t *testing.T) {
	m, err := NewGenerator(testStream(Train))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		if _, err := m.Frame(int64(i)); err != nil {
			t.Fatal(err)
		}
		ego := actor.Actor{Shape: actor.DefaultShape(actor.Car), State: actor.State{Pose: m.view.Ego}}
		boxes := []geom.OBB{ego.Box()}
		for k := range m.view.Actors {
			b := m.view.Actors[k].Box()
			for _, other := range boxes {
				if geom.Overlap(b, other) {
					t.Fatalf("frame %d: actor %d overlaps another one", i, k)
				}
			}
			boxes = append(boxes, b)
		}
	}
}

func TestFillerStopsOnCanceledContext(t *testing.T) {
	f, err := testStream(Train).Filler()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f(ctx, 0, newBatch(&network.Config{Width: 320, Height: 192}, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestNewGeneratorRejectsOtherSizes(t *testing.T) {
	s := testStream(Train)
	s.Config.Width = 640
	if _, err := NewGenerator(s); err == nil {
		t.Error("a network of another size than the camera's was accepted")
	}
}

// BenchmarkStream measures complete training frames on one core: map, situation,
// image, labels and target.
func BenchmarkStream(b *testing.B) {
	s := testStream(Train)
	m, err := NewGenerator(s)
	if err != nil {
		b.Fatal(err)
	}
	image, target := make([]float32, s.Config.ImageSize()), make([]float32, s.Config.TargetSize())
	n := int64(0)
	for b.Loop() {
		f, err := m.Frame(n)
		if err != nil {
			b.Fatal(err)
		}
		m.Encode(f, image, target)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
}

// Augmentation changes images, not targets.
func TestAugmentationKeepsTargets(t *testing.T) {
	s := testStream(Train)
	plain := fill(t, s, 4, 0)
	s.Augment = Augmentation{Color: 1}
	changed := fill(t, s, 4, 0)
	if slices.Equal(plain.Images, changed.Images) {
		t.Error("the images are the same")
	}
	if !slices.Equal(plain.Targets, changed.Targets) {
		t.Error("the targets differ")
	}
}

// A stream of few frames has each frame once per pass, in a new order each time.
func TestFewFramesRepeatInNewOrder(t *testing.T) {
	s := Stream{Seed: 1, Split: Train, Frames: 5}
	d := s.sampler()
	var passes [3][]int64
	for i := range int64(15) {
		passes[i/5] = append(passes[i/5], d.Frame(i))
	}
	for _, p := range passes {
		if !slices.Equal(slices.Sorted(slices.Values(p)), []int64{0, 1, 2, 3, 4}) {
			t.Errorf("a pass shows %v", p)
		}
	}
	if slices.Equal(passes[0], passes[1]) && slices.Equal(passes[1], passes[2]) {
		t.Error("every pass has the same order")
	}
	late := s.sampler()
	if got := late.Frame(12); got != passes[2][2] {
		t.Errorf("frame 12 is %d in random access, %d in order", got, passes[2][2])
	}
	s.Frames = 0
	endless := s.sampler()
	if got := endless.Frame(1 << 40); got != 1<<40 {
		t.Errorf("an endless stream shows frame %d as number %d", got, 1<<40)
	}
}

func TestWithoutClass(t *testing.T) {
	s := testStream(Train)
	s.ExcludeClasses = []perception.Class{perception.Cyclist, perception.Cone}
	forEachFrame(t, s, 60, func(f *Frame) {
		for i := range f.Objects {
			if c := Class(&f.Objects[i]); c == perception.Cyclist || c == perception.Cone {
				t.Errorf("a %v is there", c)
			}
		}
	})
}

func TestEveryFrameShowsRequiredClass(t *testing.T) {
	s := testStream(Train)
	cone := perception.Cone
	s.RequireClass = &cone
	forEachFrame(t, s, 12, func(f *Frame) {
		if !slices.ContainsFunc(f.Objects, func(o label.Object) bool { return Labeled(&o) && Class(&o) == cone }) {
			t.Error("a frame shows no cone")
		}
	})
}

func forEachFrame(t *testing.T, s Stream, n int64, f func(*Frame)) {
	t.Helper()
	m, err := NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		frame, err := m.Frame(i)
		if err != nil {
			t.Fatal(err)
		}
		f(frame)
	}
}
