package synth

import (
	"slices"
	"testing"

	"roadloop/perception/training"
	"roadloop/sim/imaging"
	"roadloop/sim/rng"
)

// unlabeled fills a batch of two frames for a task.
func unlabeled(t *testing.T, task training.Task, index int64) training.Batch {
	t.Helper()
	u := Unlabeled{Stream: testStream(Train), Task: task}
	u.Augment = DefaultAugmentation()
	fill, err := u.Filler()
	if err != nil {
		t.Fatal(err)
	}
	w, h := u.Config.Grid()
	b := training.Batch{Images: make([]float32, 2*u.Config.ImageSize()), Targets: make([]float32, 2*w*h*training.PixelTargets)}
	if err := fill(t.Context(), index, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// Outside of the blank patches, a masked frame equals its target.
func TestMaskedFrames(t *testing.T) {
	b := unlabeled(t, training.Masked, 3)
	blank := 0
	for cell := range 80 * 48 {
		x, y := cell%80*4, cell/80*4
		shown, asked := b.Images[3*(y*320+x)], b.Targets[cell*training.PixelTargets]
		if b.Targets[cell*training.PixelTargets+training.PixelHeads] == 1 {
			blank++
		} else if shown != asked {
			t.Fatalf("cell %d is %g, the target %g", cell, shown, asked)
		}
	}
	if blank < 1000 || blank > 3200 {
		t.Errorf("%d of 3840 cells have weight", blank)
	}
}

// The frame ahead is different, but has the same sky: the mean of its top rows hardly
// changes.
func TestNextFrames(t *testing.T) {
	b := unlabeled(t, training.Next, 3)
	same, sky, diff := 0, 0.0, 0.0
	for cell := range 80 * 48 {
		x, y := cell%80*4, cell/80*4
		shown, asked := b.Images[3*(y*320+x)], b.Targets[cell*training.PixelTargets]
		if shown == asked {
			same++
		}
		if y < 16 {
			sky++
			diff += float64(shown - asked)
		}
	}
	if same > 3000 {
		t.Errorf("%d of 3840 cells are the same two meters ahead", same)
	}
	if d := diff / sky; d > .25 || d < -.25 {
		t.Errorf("the sky changed by %.2f deviations", d)
	}
}

// From the same place, the frame ahead differs from the input in the noise of the camera alone.
func TestFrameAheadHasTheCameraOfTheInput(t *testing.T) {
	s := testStream(Train)
	s.Axes = []Axis{ImagingAxis}
	m, err := NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	noisy := 0
	for i := range int64(8) {
		f, err := m.Frame(i)
		if err != nil {
			t.Fatal(err)
		}
		input := slices.Clone(f.Image.RGB)
		ahead := m.renderAhead(i, 0).RGB
		draw := rng.New(s.Seed, name(s.Split, i), "imaging")
		cam := imaging.Random(&draw)
		noise := cam.Noise > .5 || cam.ChromaNoise > .5
		if noise {
			noisy++
		}
		if same := slices.Equal(input, ahead); same && noise || !same && cam.Noise == 0 && cam.ChromaNoise == 0 {
			t.Errorf("frame %d: the frame ahead equals the input: %v, the camera is %+v", i, same, cam)
		}
		for c := range 3 {
			sum := 0
			for k := c; k < len(input); k += 3 {
				sum += int(input[k]) - int(ahead[k])
			}
			if mean := float64(sum) / float64(len(input)/3); mean > .5 || mean < -.5 {
				t.Errorf("frame %d: color %d is %.2f levels brighter in the input, the camera is %+v", i, c, mean, cam)
			}
		}
	}
	if noisy < 2 || noisy > 6 {
		t.Errorf("%d of 8 cameras are noisy", noisy)
	}
}

func TestUnlabeledIsRepeatable(t *testing.T) {
	for _, task := range training.Tasks() {
		a, b := unlabeled(t, task, 2), unlabeled(t, task, 2)
		if !slices.Equal(a.Images, b.Images) || !slices.Equal(a.Targets, b.Targets) {
			t.Errorf("%s: two runs differ", task)
		}
	}
	u := Unlabeled{Stream: testStream(Train), Task: training.Driving}
	if _, err := u.Filler(); err == nil {
		t.Error("accepted driving without labels")
	}
}
