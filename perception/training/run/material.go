package run

import (
	"errors"
	"fmt"

	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/stream"
)

// heldShare is one over the share of a data set that judges instead of teaching: the
// last of its frames.
const heldShare = 10

// material is what a recipe learns from and is judged on: simulated frames, or the
// parts of a data set.
type material struct {
	*Recipe
	set   *dataset.Set // nil for simulated frames
	parts map[stream.Split]*dataset.Set
}

// open finds the frames of a recipe. It notes what the labels of a data set are, and
// fails if they are no longer those of the recipe.
func (r *Recipe) open() (*material, error) {
	m := &material{Recipe: r}
	d := &r.Data
	if d.Folder == "" {
		return m, nil
	}
	if r.Training.Task != training.Driving || d.Show != "" || len(d.Without) > 0 {
		return nil, errors.New("run: only simulated frames can be chosen by what they show, or learned from without labels")
	}
	set, err := dataset.Open(d.Folder, dataset.Options{SkipUnknown: d.SkipUnknown, Annotations: d.Annotations})
	if err != nil {
		return nil, err
	}
	switch have := set.Digest(); {
	case d.Labels == "":
		d.Labels = have
	case d.Labels != have:
		return nil, fmt.Errorf("run: the labels of %s are no longer those that the run began with", d.Folder)
	}
	held := max(1, set.Len()/heldShare)
	if set.Len() <= held {
		return nil, fmt.Errorf("run: %s has %d frames, of which at least one has to judge", d.Folder, set.Len())
	}
	m.set = set
	m.parts = map[stream.Split]*dataset.Set{
		stream.Train:      set.Part(0, set.Len()-held),
		stream.Validation: set.Part(set.Len()-held, held),
	}
	if m.parts[stream.Train].Unlabelled() {
		return nil, fmt.Errorf("run: %s: none of the %d frames to learn from has a label: a network would learn to find nothing", d.Folder, set.Len()-held)
	}
	return m, nil
}

// source returns the batches of a split for the recipe's task.
func (m *material) source(split stream.Split) (training.Source, error) {
	if m.parts != nil {
		s := dataset.Source{Set: m.parts[split], Config: m.Training.Network, Seed: m.Data.Seed}
		if split == stream.Train {
			s.Frames, s.Augment = m.Data.Frames, m.Data.Augment
		}
		return s, nil
	}
	s, err := m.stream(split)
	if err != nil || m.Training.Task == training.Driving {
		return s, err
	}
	return stream.Unlabeled{Stream: s, Task: m.Training.Task}, nil
}

// frames returns the frames of a split one by one, as they are judged.
func (m *material) frames(split stream.Split) (eval.Frames, error) {
	if m.parts != nil {
		return m.parts[split].Reader(m.Training.Network)
	}
	s, err := m.stream(split)
	if err != nil {
		return nil, err
	}
	return stream.NewMaker(s)
}

// samples returns the numbers of up to n validation frames that show different places.
func (m *material) samples(n int) (out []int64) {
	apart := stream.FramesPerMap
	if m.parts != nil {
		n = m.atMost(n, stream.Validation)
		apart = max(1, m.parts[stream.Validation].Len()/n)
	}
	for i := range n {
		out = append(out, int64(i*apart))
	}
	return out
}

// atMost returns how many of n frames of a split there are to judge.
func (m *material) atMost(n int, split stream.Split) int {
	if m.parts != nil {
		return min(n, m.parts[split].Len())
	}
	if all := m.Data.Frames; split == stream.Train && all > 0 {
		return int(min(int64(n), all))
	}
	return n
}
