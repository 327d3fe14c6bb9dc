package experiment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
)

// validationShare is the divisor for the share of a data set used for validation: its
// last frames.
const validationShare = 10

// Fine-tuning on few frames forgets what they do not show. Rehearsal is the share of data
// sets in a batch that protects from it, FewFrames the number of training frames up to which
// it is used by default.
const (
	Rehearsal = .5
	FewFrames = 500
)

// datasets holds the training and validation frames of a recipe: simulated frames, or
// the parts of data sets.
type datasets struct {
	*Recipe
	sets  []*dataset.Set // all of the frames; none for simulated frames
	parts map[synth.Split]*dataset.Set
	cache *dataset.Cache // of the pictures in training; may be nil
}

// open opens the frames of a recipe. It records the digests of the data sets' labels,
// and returns an error if they differ from the recipe's.
func (r *Recipe) open() (*datasets, error) {
	m := &datasets{Recipe: r}
	d := &r.Data
	if len(d.Sets) == 0 {
		return m, nil
	}
	if r.Training.Task != training.Driving || d.RequireClass != "" || len(d.ExcludeClasses) > 0 {
		return nil, errors.New("run: only simulated frames can be selected by class or used without labels")
	}
	d.Sets = slices.Clone(d.Sets) // those of the caller do not change
	var train, validation []*dataset.Set
	for i := range d.Sets {
		a, b, err := d.Sets[i].open(m)
		if err != nil {
			return nil, err
		}
		train, validation = append(train, a), append(validation, b)
	}
	m.parts = map[synth.Split]*dataset.Set{synth.Train: dataset.Join(train...), synth.Validation: dataset.Join(validation...)}
	if m.parts[synth.Train].Unlabelled() {
		return nil, fmt.Errorf("run: %s: none of the %d training frames has a label", d.Sets[0].Path, m.parts[synth.Train].Len())
	}
	return m, nil
}

// open opens the parts for training and for validation, and adds the sets that it reads to m.
func (d *DataSet) open(m *datasets) (train, validation *dataset.Set, err error) {
	o := dataset.Options{SkipUnknown: d.SkipUnknown, SkipBad: d.SkipBad, Annotations: d.Annotations, Channel: d.Channel}
	splits, err := dataset.Splits(d.Path, o)
	if err != nil {
		return nil, nil, err
	}
	digest := ""
	for _, split := range append(splits, "") {
		if split == synth.HeldOut || split == "" && len(splits) > 0 {
			continue
		}
		o.Split = split
		set, err := dataset.Open(d.Path, o)
		if err != nil {
			return nil, nil, err
		}
		m.sets = append(m.sets, set)
		digest += set.Digest()
		if split == synth.Validation {
			validation = set
		} else {
			train = set
		}
	}
	if validation != nil {
		digest = dataset.Join(train, validation).Digest()
	}
	switch {
	case d.Labels == "":
		d.Labels = digest
	case d.Labels != digest:
		return nil, nil, fmt.Errorf("run: the labels of %s have changed since the run began", d.Path)
	}
	if validation != nil {
		return train, validation, nil
	}
	held := max(1, train.Len()/validationShare)
	if train.Len() <= held {
		return nil, nil, fmt.Errorf("run: %s has %d frames, but validation needs at least one of them", d.Path, train.Len())
	}
	return train.Part(0, train.Len()-held), train.Part(train.Len()-held, held), nil
}

// protect chooses the share of simulated frames if the recipe does not: fine-tuning the
// whole network on few frames rehearses simulated ones.
func (r *Recipe) protect(m *datasets, initial bool) {
	if len(r.Data.Sets) == 0 || r.Data.Mix > 0 {
		return
	}
	r.Data.Mix = 1
	c := &r.Training
	if initial && c.Tune == training.TuneAll && c.L2SP == 0 && m.trainingFrames() <= FewFrames {
		r.Data.Mix = Rehearsal
	}
}

// trainingFrames returns the number of frames of data sets that are trained on.
func (m *datasets) trainingFrames() int {
	n := m.parts[synth.Train].Len()
	if all := m.Data.Frames; all > 0 {
		n = int(min(int64(n), all))
	}
	return n
}

// prepare connects the data sets with the cache. It reads all pictures of sets of which
// invalid frames are left out, so that the number of frames is known.
func (m *datasets) prepare(ctx context.Context, c *dataset.Cache, done func(n, total int)) error {
	m.cache = c
	skips, total, n := false, 0, 0
	for i := range m.Data.Sets {
		skips = skips || m.Data.Sets[i].SkipBad
	}
	for _, part := range m.parts {
		total += part.Len()
	}
	if !skips {
		return nil
	}
	for _, split := range []synth.Split{synth.Train, synth.Validation} {
		err := m.parts[split].Prepare(ctx, m.Training.Network, m.Training.Replicas, m.cache, func() {
			if n++; done != nil {
				done(n, total)
			}
		})
		if err != nil {
			return err
		}
		if m.parts[split].Len() == 0 {
			return fmt.Errorf("run: no picture for %s can be read", split)
		}
	}
	return nil
}

// source returns the batches of a split for the recipe's task.
func (m *datasets) source(split synth.Split) (training.Source, error) {
	c := &m.Training.Network
	var recorded training.Source
	if m.parts != nil {
		s := dataset.Source{Set: m.parts[split], Config: *c, Seed: m.Data.Seed, Cache: m.cache}
		if split == synth.Train {
			s.Set, s.Augment = s.Set.First(m.trainingFrames()), m.Data.Augment
		}
		if split != synth.Train || !m.Data.simulates() {
			return s, nil
		}
		recorded = s
	}
	s, err := m.stream(split)
	if err != nil {
		return nil, err
	}
	if recorded != nil {
		s.Frames = 0 // --frames limits the frames of the data sets
		return training.Mix{First: recorded, Second: s, Share: m.Data.Mix, Image: c.ImageSize(), Target: c.TargetSize()}, nil
	}
	if m.Training.Task == training.Driving {
		return s, nil
	}
	return synth.Unlabeled{Stream: s, Task: m.Training.Task}, nil
}

// recordedSource returns the batches of a split without simulated frames, if there are data
// sets.
func (m *datasets) recordedSource(split synth.Split) (training.Source, error) {
	only := *m
	recipe := *m.Recipe
	recipe.Data.Mix, only.Recipe = 1, &recipe
	return only.source(split)
}

// frames returns n frames of a split for evaluation, or all of data sets with fewer frames.
func (m *datasets) frames(split synth.Split, n int) (eval.Frames, error) {
	if set := m.parts[split]; set != nil {
		return set.First(n).Reader(m.Training.Network)
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
