// Package experiment runs a training from a recipe to a model in a folder: training data by
// seed, validation on other maps and weather, early stopping, event files for
// TensorBoard, checkpoints that resume to the same weights.
//
// The folder of a run contains recipe.json; checkpoint; model.rlm and model.onnx, the
// averaged weights at the end; best.rlm, the weights of the best epoch by validation;
// epochs.json, the measures; and TensorBoard's event files.
//
// A Study measures the data that a network needs for training: the number of labels with
// and without pretraining, and the number of examples of a new class (few-shot). It is a
// list of trainings, its arms, each a run in its own folder; an interrupted study can be
// resumed. Every evaluated arm is scored on the held-out split.
package experiment

import (
	"fmt"
	"path/filepath"
	"strings"

	"roadloop/perception"
	"roadloop/perception/training"
	"roadloop/perception/training/synth"
)

// Recipe holds everything that determines the weights of a run.
type Recipe struct {
	Training  training.Config `json:"training"`
	Data      Data            `json:"data"`
	Epoch     int64           `json:"epoch"` // steps
	ValFrames int             `json:"judge"` // frames evaluated after an epoch, of training and of validation; 0 means none
	// Patience is the maximum number of consecutive epochs without a better
	// validation before the training stops; 0 means no limit.
	Patience int `json:"patience,omitempty"`
	// Initial is the SHA-256 of the initial model.
	Initial string `json:"initial,omitempty"`
}

// Data selects the training frames.
type Data struct {
	Seed           uint64             `json:"seed"`
	Frames         int64              `json:"frames,omitempty"` // number of frames, which repeat; 0 means that no frame repeats
	Augment        synth.Augmentation `json:"augment"`
	ExcludeClasses []string           `json:"without,omitempty"` // excluded classes
	RequireClass   string             `json:"show,omitempty"`    // class that every frame must show
	// Axes are the axes of domain randomization of training and validation frames;
	// CameraRange is the range of the axis of cameras, nil for the default.
	Axes        []synth.Axis       `json:"axes,omitempty"`
	AxisShare   float64            `json:"axis_share,omitempty"` // see synth.Stream
	CameraRange *synth.CameraRange `json:"camera_range,omitempty"`
	// Sets are data sets to train on, with their labels; none means simulated frames.
	Sets []DataSet `json:"sets,omitempty"`
	// Mix is the share of frames of Sets in every batch; the others are simulated. 1 means
	// no simulated frames. 0 chooses: 1, or Rehearsal for fine-tuning on few frames.
	Mix float64 `json:"mix,omitempty"`

	// The only data set of recipes of earlier versions. Reading a recipe moves it to Sets.
	Folder      string `json:"folder,omitempty"`
	Labels      string `json:"labels_sha256,omitempty"`
	SkipUnknown bool   `json:"skip_unknown,omitempty"`
	Annotations string `json:"annotations,omitempty"`
}

// DataSet is a data set to train on. If its files separate a part for validation, that part
// is for validation, else its last tenth is.
type DataSet struct {
	Path        string `json:"path"`                   // of the folder, or of a label file; see dataset.Open
	Labels      string `json:"labels_sha256"`          // of the labels, set when the run starts
	Annotations string `json:"annotations,omitempty"`  // as in dataset.Options
	Channel     string `json:"channel,omitempty"`      // as in dataset.Options
	SkipUnknown bool   `json:"skip_unknown,omitempty"` // leave out labels of unknown classes
	SkipBad     bool   `json:"skip_bad,omitempty"`     // leave out invalid labels and frames
}

// migrate moves the data set of an earlier version's recipe to Sets.
func (d *Data) migrate() {
	if d.Folder == "" {
		return
	}
	d.Sets = append(d.Sets, DataSet{Path: d.Folder, Labels: d.Labels, SkipUnknown: d.SkipUnknown, Annotations: d.Annotations})
	d.Folder, d.Labels, d.SkipUnknown, d.Annotations, d.Mix = "", "", false, "", 1
}

// String describes the frames, as stored in model files.
func (d *Data) String() string {
	simulated := fmt.Sprintf("simulated frames, split train, seed %d", d.Seed)
	if len(d.Axes) > 0 {
		simulated += ", axes " + synth.AxisNames(d.Axes)
		if d.AxisShare > 0 {
			simulated += fmt.Sprintf(", each on %g %% of the maps", 100*d.AxisShare)
		}
	}
	if len(d.Sets) == 0 {
		return simulated
	}
	var parts []string
	for _, s := range d.Sets {
		parts = append(parts, fmt.Sprintf("data set %s, labels with SHA-256 %s", filepath.Base(s.Path), s.Labels))
	}
	if d.simulates() {
		parts = append(parts, fmt.Sprintf("%.0f %% %s", 100*(1-d.Mix), simulated))
	}
	return strings.Join(parts, "; ")
}

// simulates reports whether batches contain simulated frames, once Mix is chosen.
func (d *Data) simulates() bool { return len(d.Sets) == 0 || d.Mix > 0 && d.Mix < 1 }

// DefaultRecipe returns the recipe of the bundled network for the given number of
// steps.
func DefaultRecipe(steps int64) Recipe {
	return Recipe{
		Training: training.DefaultConfig(steps),
		Data:     Data{Seed: 1, Augment: synth.DefaultAugmentation(), Axes: synth.Axes(), AxisShare: synth.DefaultAxisShare},
		Epoch:    500, ValFrames: 150,
	}
}

// check returns an error for an invalid recipe; the trainer checks its part.
func (r *Recipe) check() error {
	switch {
	case r.Epoch < 1:
		return fmt.Errorf("run: an epoch of %d steps", r.Epoch)
	case r.ValFrames < 0 || r.Patience < 0 || r.Data.Frames < 0:
		return fmt.Errorf("run: %d validation frames, patience %d, %d frames of data: want none below 0", r.ValFrames, r.Patience, r.Data.Frames)
	case r.Patience > 0 && r.ValFrames == 0:
		return fmt.Errorf("run: patience %d needs validation frames", r.Patience)
	case !(r.Data.Mix >= 0 && r.Data.Mix <= 1):
		return fmt.Errorf("run: a share of %g frames of data sets, want 0 to 1", r.Data.Mix)
	}
	_, err := r.stream(synth.Train)
	return err
}

// stream returns the frames of a split. Frames for evaluation contain every class, do
// not repeat and are not augmented.
func (r *Recipe) stream(split synth.Split) (synth.Stream, error) {
	s := synth.Stream{Config: r.Training.Network, Seed: r.Data.Seed, Split: split, Axes: r.Data.Axes, AxisShare: r.Data.AxisShare, CameraRange: r.Data.CameraRange}
	if err := s.CheckAxes(); err != nil {
		return s, fmt.Errorf("run: %w", err)
	}
	if split != synth.Train {
		return s, nil
	}
	s.Augment, s.Frames = r.Data.Augment, r.Data.Frames
	for _, name := range r.Data.ExcludeClasses {
		c, err := perception.ParseClass(name)
		if err != nil {
			return s, fmt.Errorf("run: excluded classes: %w", err)
		}
		s.ExcludeClasses = append(s.ExcludeClasses, c)
	}
	if r.Data.RequireClass != "" {
		c, err := perception.ParseClass(r.Data.RequireClass)
		if err != nil {
			return s, fmt.Errorf("run: showing: %w", err)
		}
		s.RequireClass = &c
	}
	return s, nil
}

// sizes returns the number of values in an image, its heads and its targets.
func sizes(c *training.Config) (image, heads, targets int) {
	n := c.Network
	h, t := c.Objective().Channels()
	w, rows := n.Grid()
	return n.ImageSize(), w * rows * h, w * rows * t
}
