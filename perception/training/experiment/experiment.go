package experiment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"roadloop/internal/fileio"
	"roadloop/perception/network"
	"roadloop/perception/scoring"
	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
)

// Names of the files of a run.
const (
	RecipeFile     = "recipe.json"
	CheckpointFile = "checkpoint"
	ModelFile      = "model.rlm"
	BestFile       = "best.rlm"
	ONNXFile       = "model.onnx"
	EpochsFile     = "epochs.json"
)

// Epoch reports one epoch.
type Epoch struct {
	Number     int64          `json:"number"` // from 1
	Step       int64          `json:"step"`   // last step
	Losses     network.Losses `json:"losses"` // mean over its training steps
	Train      Measures       `json:"train"`
	Validation Measures       `json:"validation"`
	Best       bool           `json:"best"` // so far, by validation
}

// Callbacks holds callbacks for the progress of a training. Each function may be nil.
type Callbacks struct {
	Data  func(*DataSets) // the data sets, before the first step
	Step  func(*training.Step)
	Epoch func(*Epoch)
	// Prepared is called after each picture that is read ahead of the first step, with
	// the number of pictures so far and of all.
	Prepared func(n, total int)
}

// DataSets describes the data sets of a run.
type DataSets struct {
	Sets     []*dataset.Set
	Training int // number of frames that are trained on
	Recipe   Recipe
}

// Experiment is a training with its folder.
type Experiment struct {
	// Cache stores the decoded pictures of data sets; nil means none. It does not change
	// results.
	Cache *dataset.Cache

	dir      string
	recipe   Recipe
	trainer  *training.Trainer
	datasets *datasets // set by Train
	journal  journal
	saved    time.Time
}

// journal is the state of a run in the trainer's checkpoints.
type journal struct {
	Epochs []Epoch
	Sum    network.Losses // over the steps of the current epoch
	Steps  float64
	Worse  int // epochs since the best
	Best   float64
}

// saveEvery is the time between checkpoints.
const saveEvery = 2 * time.Minute

// errPatience ends a training early.
var errPatience = errors.New("no improvement within the patience")

// Initial holds the weights that a training starts with.
type Initial struct {
	Weights *network.Weights
	SHA256  string // of the model file
}

// ReadInitial reads the weights of a model file.
func ReadInitial(path string) (*Initial, error) {
	data, err := fileio.ReadFile(path, network.MaxFile)
	if err != nil {
		return nil, err
	}
	w, _, err := network.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	sum := sha256.Sum256(data)
	return &Initial{w, hex.EncodeToString(sum[:])}, nil
}

// Start starts a run in a folder that must not contain one. The initial weights are random
// if initial is nil.
func Start(dir string, r Recipe, initial *Initial) (*Experiment, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	checkpoint := filepath.Join(dir, CheckpointFile)
	if _, err := os.Stat(checkpoint); err == nil {
		return nil, fmt.Errorf("%s exists: resume it, or choose another folder", checkpoint)
	}
	m, err := r.open() // before any file is written, and for the digest of the labels
	if err != nil {
		return nil, err
	}
	r.protect(m, initial != nil)
	t, err := newTrainer(&r, initial)
	if err != nil {
		return nil, err
	}
	r.Training = t.Config()
	run := &Experiment{dir: dir, recipe: r, trainer: t, saved: time.Now()}
	if err := run.begin(); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return run, nil
}

// newTrainer returns the trainer of a recipe and records the hash of the initial
// weights.
func newTrainer(r *Recipe, initial *Initial) (*training.Trainer, error) {
	if initial == nil {
		return training.New(r.Training)
	}
	r.Initial = initial.SHA256
	return training.NewFrom(r.Training, initial.Weights)
}

// begin writes the first files of the folder. Once the checkpoint exists, a killed
// run can be resumed.
func (r *Experiment) begin() error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return fmt.Errorf("folder of the run: %w", err)
	}
	if err := r.writeJSON(RecipeFile, &r.recipe); err != nil {
		return err
	}
	return r.save()
}

// Resume continues the run in a folder from its last checkpoint. It ends with the
// same weights as without the interruption.
func Resume(dir string) (*Experiment, error) {
	r := &Experiment{dir: dir, saved: time.Now()}
	var err error
	if r.recipe, err = readRecipe(filepath.Join(dir, RecipeFile)); err != nil {
		return nil, err
	}
	if err := fileio.RemoveTemporary(dir); err != nil {
		return nil, fmt.Errorf("resuming: %w", err)
	}
	if r.trainer, err = training.Resume(filepath.Join(dir, CheckpointFile)); err != nil {
		return nil, err
	}
	if r.trainer.Config() != r.recipe.Training {
		err = fmt.Errorf("%s: the recipe differs from that of the checkpoint", filepath.Join(dir, RecipeFile))
	} else if err = json.Unmarshal(r.trainer.Journal, &r.journal); err != nil {
		err = fmt.Errorf("%s: the journal: %w", filepath.Join(dir, CheckpointFile), err)
	}
	if err != nil {
		return nil, errors.Join(err, r.trainer.Close())
	}
	return r, nil
}

// Read returns the recipe of the run in a folder, and its epochs so far.
func Read(dir string) (Recipe, []Epoch, error) {
	r, err := readRecipe(filepath.Join(dir, RecipeFile))
	if err != nil {
		return r, nil, err
	}
	path := filepath.Join(dir, EpochsFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil, nil
	}
	if err != nil {
		return r, nil, fmt.Errorf("epochs of a run: %w", err)
	}
	var epochs []Epoch
	if err := json.Unmarshal(data, &epochs); err != nil {
		return r, nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, epochs, nil
}

func readRecipe(path string) (Recipe, error) {
	var r Recipe
	data, err := os.ReadFile(path)
	if err != nil {
		return r, fmt.Errorf("recipe of a run: %w", err)
	}
	if err = fileio.DecodeJSON(data, &r); err == nil {
		r.Data.migrate()
		err = r.check()
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Recipe returns the recipe.
func (r *Experiment) Recipe() Recipe { return r.recipe }

// Epochs returns the epochs so far.
func (r *Experiment) Epochs() []Epoch { return r.journal.Epochs }

// Close frees the network.
func (r *Experiment) Close() error { return r.trainer.Close() }

// Train trains until the end of the schedule or of the patience and writes the model.
// If ctx ends before, it saves a checkpoint and writes no model.
func (r *Experiment) Train(ctx context.Context, watch Callbacks) error {
	var err error
	if r.datasets, err = r.recipe.open(); err != nil {
		return err
	}
	if len(r.datasets.sets) > 0 {
		if err := r.datasets.prepare(ctx, r.Cache, watch.Prepared); err != nil {
			return err
		}
		if watch.Data != nil {
			watch.Data(&DataSets{Sets: r.datasets.sets, Training: r.datasets.trainingFrames(), Recipe: r.recipe})
		}
	}
	src, err := r.datasets.source(synth.Train)
	if err != nil {
		return err
	}
	b, err := newTensorboardLog(r.dir, r.trainer.StepNumber(), r.datasets)
	if err != nil {
		return err
	}
	err = errors.Join(r.advance(ctx, src, b, watch), b.close())
	switch {
	case err == nil, errors.Is(err, errPatience):
		return errors.Join(r.save(), r.export(ctx))
	case ctx.Err() != nil:
		return errors.Join(err, r.save())
	}
	return err // the last checkpoint is from before the error
}

// advance runs the epoch that an interruption left out, and the remaining steps.
func (r *Experiment) advance(ctx context.Context, src training.Source, b *tensorboardLog, watch Callbacks) error {
	if r.epochDue() {
		if err := r.epoch(ctx, b, watch); err != nil {
			return err
		}
	}
	if r.patienceEnded() {
		return errPatience
	}
	return r.trainer.Run(ctx, src, func(s training.Step) error { return r.step(ctx, &s, b, watch) })
}

// epochDue reports whether the current step ends an epoch that is not recorded. After a
// resume, it is one with an interrupted validation.
func (r *Experiment) epochDue() bool {
	step, epochs := r.trainer.StepNumber(), r.journal.Epochs
	if step == 0 || len(epochs) > 0 && epochs[len(epochs)-1].Step == step {
		return false
	}
	return step%r.recipe.Epoch == 0 || step == r.recipe.Training.Schedule.Total
}

// patienceEnded reports whether too many epochs were not better than the best one.
func (r *Experiment) patienceEnded() bool {
	return r.recipe.Patience > 0 && r.journal.Worse >= r.recipe.Patience
}

// step records a step and, at its end, an epoch.
func (r *Experiment) step(ctx context.Context, s *training.Step, b *tensorboardLog, watch Callbacks) error {
	j := &r.journal
	j.Sum, j.Steps = j.Sum.Add(s.Losses, 1), j.Steps+1
	if watch.Step != nil {
		watch.Step(s)
	}
	if err := b.step(s); err != nil {
		return err
	}
	if r.epochDue() {
		return r.epoch(ctx, b, watch)
	}
	if time.Since(r.saved) < saveEvery {
		return nil
	}
	return r.save()
}

// epoch validates the weights, saves them if they are the best, and returns
// errPatience if the training must stop.
func (r *Experiment) epoch(ctx context.Context, b *tensorboardLog, watch Callbacks) error {
	j := &r.journal
	e := Epoch{Number: int64(len(j.Epochs)) + 1, Step: r.trainer.StepNumber(), Losses: network.Losses{}.Add(j.Sum, 1/j.Steps)}
	w, meta := r.trainer.Weights()
	if r.recipe.ValFrames > 0 {
		var err error
		if e.Train, err = r.datasets.validate(ctx, w, synth.Train); err != nil {
			return err
		}
		if e.Validation, err = r.datasets.validate(ctx, w, synth.Validation); err != nil {
			return err
		}
	}
	j.Worse++
	if score := e.Validation.score(); len(j.Epochs) == 0 || score > j.Best {
		j.Best, j.Worse, e.Best = score, 0, true
		if err := r.writeModel(BestFile, w, meta, e.Validation.Scaling); err != nil {
			return err
		}
	}
	j.Epochs, j.Sum, j.Steps = append(j.Epochs, e), network.Losses{}, 0
	if watch.Epoch != nil {
		watch.Epoch(&e)
	}
	if err := errors.Join(b.epoch(&e, w), r.writeJSON(EpochsFile, j.Epochs), r.save()); err != nil {
		return err
	}
	if r.patienceEnded() {
		return errPatience
	}
	return nil
}

// save writes a checkpoint.
func (r *Experiment) save() error {
	data, err := json.Marshal(&r.journal)
	if err != nil {
		return fmt.Errorf("journal of the run: %w", err)
	}
	r.trainer.Journal, r.saved = data, time.Now()
	return r.trainer.Save(filepath.Join(r.dir, CheckpointFile))
}

// calibrationShare is the number of calibration frames per validation frame of an
// epoch.
const calibrationShare = 4

// export writes the averaged weights, with calibrated scores, as model file and, for
// driving, as ONNX.
func (r *Experiment) export(ctx context.Context) error {
	w, meta := r.trainer.Weights()
	if r.recipe.Training.Task != training.Driving {
		return r.writeModel(ModelFile, w, meta, nil)
	}
	var scaling *scoring.Scaling
	var err error
	if r.recipe.ValFrames > 0 {
		if scaling, err = r.datasets.calibration(ctx, w); err != nil {
			return err
		}
	}
	if err := r.writeModel(ModelFile, w, meta, scaling); err != nil {
		return err
	}
	if w, _, err = calibrated(w, meta, scaling); err != nil {
		return err
	}
	onnx, err := w.ONNX()
	if err != nil {
		return err
	}
	return fileio.Write(filepath.Join(r.dir, ONNXFile), onnx)
}

// calibrated returns a copy of the weights with scaled scores, or the weights
// themselves if there is no scaling.
func calibrated(w *network.Weights, meta network.Meta, s *scoring.Scaling) (*network.Weights, network.Meta, error) {
	if s == nil {
		return w, meta, nil
	}
	w = w.Clone()
	meta.Temperature, meta.Shift = s.Temperature, s.Shift
	return w, meta, w.Calibrate(s.Temperature, s.Shift)
}

// writeModel writes weights, scaled if s is not nil.
func (r *Experiment) writeModel(name string, w *network.Weights, meta network.Meta, s *scoring.Scaling) error {
	w, meta, err := calibrated(w, meta, s)
	if err != nil {
		return err
	}
	meta.Heads = r.recipe.Training.Task.HeadNames()
	meta.Data = r.recipe.Data.String()
	data, err := w.Encode(meta)
	if err != nil {
		return err
	}
	return fileio.Write(filepath.Join(r.dir, name), data)
}

func (r *Experiment) writeJSON(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return fileio.Write(filepath.Join(r.dir, name), append(data, '\n'))
}
