package synth

import (
	"context"
	"fmt"

	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/sim/geom"
	"roadloop/sim/raster"
	"roadloop/sim/rng"
)

// nextDistance is the distance ahead of the target frame of task Next, m.
const nextDistance = 2.0

// Unlabeled is a stream for pretraining. It uses pixels, never labels.
type Unlabeled struct {
	Stream
	Task training.Task // one of training.Tasks
}

var _ training.Source = Unlabeled{}

// Filler returns a function that fills batches for the task, numbered as those of
// Stream.Filler.
func (u Unlabeled) Filler() (training.Filler, error) {
	if u.Task != training.Masked && u.Task != training.Next {
		return nil, fmt.Errorf("stream: task %q needs labels", string(u.Task))
	}
	m, err := NewGenerator(u.Stream)
	if err != nil {
		return nil, err
	}
	s := pretextSource{maker: m, order: u.sampler(), look: NewAugmenter(u.Augment), task: u.Task}
	size := u.Config.ImageSize()
	return func(ctx context.Context, index int64, dst *training.Batch) error {
		n := int64(len(dst.Images) / size)
		targets := len(dst.Targets) / int(n)
		for k := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			image := dst.Images[int(k)*size:][:size]
			if err := s.fill(index*n+k, image, dst.Targets[int(k)*targets:][:targets]); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// pretextSource generates inputs and targets of the tasks without labels.
type pretextSource struct {
	maker *Generator
	look  *Augmenter
	order Sampler
	task  training.Task
	ahead []float32
}

// fill makes the i-th input and target.
func (s *pretextSource) fill(i int64, image, target []float32) error {
	frame := s.order.Frame(i)
	f, err := s.maker.Frame(frame)
	if err != nil {
		return err
	}
	st := &s.maker.stream
	key := name(st.Split, i)
	colors := rng.New(st.Seed, key, "augment")
	later := colors // the same augmentation for both frames
	s.look.Apply(&colors, f.Image.RGB, f.Image.Width)
	network.Scale(image, f.Image.RGB)
	if s.task == training.Masked {
		training.EncodePixels(image, f.Image.Width, target)
		r := rng.New(st.Seed, key, "mask")
		training.MaskPixels(&r, image, f.Image.Width, target)
		return nil
	}
	im := s.maker.renderAhead(frame, nextDistance)
	s.look.Apply(&later, im.RGB, im.Width)
	s.ahead = append(s.ahead[:0], image...)
	network.Scale(s.ahead, im.RGB)
	training.EncodePixels(s.ahead, im.Width, target)
	return nil
}

// renderAhead renders the situation of frame i, which is the last one, from a point farther
// ahead along the ego's heading; all other actors stand still. The camera has the electronics
// of the frame, with other noise. The frame's own image is overwritten.
func (m *Generator) renderAhead(i int64, d float64) *raster.Image {
	e := &m.view.Ego
	*e = e.Compose(geom.Pose{X: d})
	im := m.capture.render(&m.view)
	m.electronics(i, 1, im.RGB)
	return im
}
