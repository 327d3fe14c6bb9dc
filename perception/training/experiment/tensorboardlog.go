package experiment

import (
	"errors"
	"fmt"
	"math"

	"roadloop/internal/tensorboard"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/synth"
	"roadloop/sim/sensor"
)

// scalarEvery is the number of steps between recorded scalars; pictures is the number
// of validation frames drawn after an epoch.
const (
	scalarEvery = 20
	pictures    = 4
)

// tensorboardLog writes a run's events for TensorBoard.
type tensorboardLog struct {
	w        *tensorboard.Writer
	datasets *datasets
}

func newTensorboardLog(dir string, step int64, m *datasets) (*tensorboardLog, error) {
	w, err := tensorboard.Create(dir, step)
	if err != nil {
		return nil, err
	}
	b := &tensorboardLog{w, m}
	if step > 0 {
		return b, nil
	}
	if err := w.Graph(nodes(&m.Training.Network)); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return b, nil
}

func (b *tensorboardLog) close() error { return b.w.Close() }

// nodes returns the layers of a network.
func nodes(c *network.Config) []tensorboard.Node {
	var out []tensorboard.Node
	for _, l := range c.Layers() {
		out = append(out, tensorboard.Node{Name: l.Name, Op: l.Op, Inputs: l.Inputs, Shape: l.Shape})
	}
	return out
}

// step records every scalarEvery-th step.
func (b *tensorboardLog) step(s *training.Step) error {
	if s.Number%scalarEvery != 0 {
		return nil
	}
	err := b.losses("train/step", s.Number, &s.Losses)
	return errors.Join(err, b.w.Scalar("train/learning rate", s.Number, s.Rate),
		b.w.Scalar("train/gradient norm", s.Number, s.GradientNorm), b.w.Scalar("train/frames per second", s.Number, s.FramesPerSec))
}

// losses records the parts of a loss; a task without parts has only the total.
func (b *tensorboardLog) losses(group string, step int64, l *network.Losses) error {
	err := b.w.Scalar(group+"/loss", step, l.Total)
	if b.datasets.Training.Task != training.Driving {
		return err
	}
	for _, p := range []struct {
		name string
		v    float64
	}{{"heat", l.Heat}, {"offset", l.Offset}, {"size", l.Size}, {"distance", l.Distance},
		{"heading", l.Heading}, {"drivable", l.Drivable}, {"lanes", l.Lanes}} {
		err = errors.Join(err, b.w.Scalar(group+"/loss "+p.name, step, p.v))
	}
	return err
}

// epoch records measures, weights and pictures with predictions.
func (b *tensorboardLog) epoch(e *Epoch, w *network.Weights) error {
	if b.datasets.ValFrames > 0 {
		if err := errors.Join(b.measures("train", e.Step, &e.Train), b.measures("validation", e.Step, &e.Validation)); err != nil {
			return err
		}
	}
	for i := range w.Params {
		if err := b.w.Histogram("weights/"+w.Params[i].Name, e.Step, w.Params[i].Data); err != nil {
			return err
		}
	}
	if b.datasets.Training.Task != training.Driving {
		return nil
	}
	return b.draw(e.Step, w)
}

func (b *tensorboardLog) measures(group string, step int64, m *Measures) error {
	err := b.w.Scalar(group+"/loss", step, m.Loss)
	scalar := func(name string, v *float64) {
		if v != nil {
			err = errors.Join(err, b.w.Scalar(group+"/"+name, step, *v))
		}
	}
	scalar("AP50 mean", m.MeanAP50)
	for c := range perception.NumClasses {
		name := perception.Class(c).String()
		scalar("AP50 "+name, m.AP50[name])
	}
	scalar("lane error at 10 m", m.Lane)
	scalar("drivable IoU", m.Drivable)
	scalar("signals read right", m.Signals)
	return err
}

// draw records validation frames with the network's detections.
func (b *tensorboardLog) draw(step int64, w *network.Weights) error {
	frames, err := b.datasets.frames(synth.Validation, math.MaxInt)
	if err != nil {
		return err
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		return err
	}
	defer engine.Close()
	c := engine.Config()
	image, heads := make([]float32, c.ImageSize()), make([]float32, c.HeadSize())
	var found perception.Image
	for i, n := range b.datasets.sampleFrames(pictures) {
		f, err := frames.Frame(n)
		if err != nil {
			return err
		}
		network.Scale(image, f.Image.RGB)
		if err := engine.Infer(image, heads); err != nil {
			return err
		}
		inference.Decode(heads, f.Camera, &found)
		picture := inference.DrawImage(&sensor.Frame{Cal: f.Camera, Pix: f.Image.RGB}, &found)
		if err := b.w.Image(fmt.Sprintf("validation frame %d", i), step, picture); err != nil {
			return err
		}
	}
	return nil
}
