package experiment

import (
	"errors"
	"fmt"

	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
)

// validationShare is the divisor for the share of a data set used for validation: its
// last frames.
const validationShare = 10

// datasets holds the training and validation frames of a recipe: simulated frames, or
// the parts of a data set.
type datasets struct {
	*Recipe
	set   *dataset.Set // nil for simulated frames
	parts map[synth.Split]*dataset.Set
}

// open opens the frames of a recipe. It records the digest of a data set's labels,
// and returns an error if it differs from the recipe's.
func (r *Recipe) open() (*datasets, error) {
	m := &datasets{Recipe: r}
	d := &r.Data
	if d.Folder == "" {
		return m, nil
	}
	if r.Training.Task != training.Driving || d.RequireClass != "" || len(d.ExcludeClasses) > 0 {
		return nil, errors.New("run: only simulated frames can be selected by class or used without labels")
	}
	set, err := dataset.Open(d.Folder, dataset.Options{SkipUnknown: d.SkipUnknown, Annotations: d.Annotations})
	if err != nil {
		return nil, err
	}
	switch have := set.Digest(); {
	case d.Labels == "":
		d.Labels = have
	case d.Labels != have:
		return nil, fmt.Errorf("run: the labels of %s have changed since the run began", d.Folder)
	}
	held := max(1, set.Len()/validationShare)
	if set.Len() <= held {
		return nil, fmt.Errorf("run: %s has %d frames, but validation needs at least one of them", d.Folder, set.Len())
	}
	m.set = set
	m.parts = map[synth.Split]*dataset.Set{
		synth.Train:      set.Part(0, set.Len()-held),
		synth.Validation: set.Part(set.Len()-held, held),
	}
	if m.parts[synth.Train].Unlabelled() {
		return nil, fmt.Errorf("run: %s: none of the %d training frames has a label", d.Folder, set.Len()-held)
	}
	return m, nil
}

// source returns the batches of a split for the recipe's task.
func (m *datasets) source(split synth.Split) (training.Source, error) {
	if m.parts != nil {
		s := dataset.Source{Set: m.parts[split], Config: m.Training.Network, Seed: m.Data.Seed}
		if split == synth.Train {
			s.Frames, s.Augment = m.Data.Frames, m.Data.Augment
		}
		return s, nil
	}
	s, err := m.stream(split)
	if err != nil || m.Training.Task == training.Driving {
		return s, err
	}
	return synth.Unlabeled{Stream: s, Task: m.Training.Task}, nil
}

// frames returns the frames of a split for evaluation.
func (m *datasets) frames(split synth.Split) (eval.Frames, error) {
	if m.parts != nil {
		return m.parts[split].Reader(m.Training.Network)
	}
	s, err := m.stream(split)
	if err != nil {
		return nil, err
	}
	return synth.NewGenerator(s)
}

// sampleFrames returns the numbers of up to n validation frames at different places.
func (m *datasets) sampleFrames(n int) (out []int64) {
	apart := synth.FramesPerMap
	if m.parts != nil {
		n = m.frameCount(n, synth.Validation)
		apart = max(1, m.parts[synth.Validation].Len()/n)
	}
	for i := range n {
		out = append(out, int64(i*apart))
	}
	return out
}

// frameCount returns n, limited to the number of frames of a split.
func (m *datasets) frameCount(n int, split synth.Split) int {
	if m.parts != nil {
		return min(n, m.parts[split].Len())
	}
	if all := m.Data.Frames; split == synth.Train && all > 0 {
		return int(min(int64(n), all))
	}
	return n
}
