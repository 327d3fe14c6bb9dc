// Package experiment trains a policy from a recipe in a folder, with checkpoints that resume
// to the same bytes.
//
// The folder of a run contains recipe.json; checkpoint; policy.rlp, the policy at the end, and
// policy.onnx; best.rlp, the policy of the best validation; metrics.csv, the metrics of the
// updates; episodes.csv, the episodes of training; validation.json; and TensorBoard's event
// files.
package experiment

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"roadloop/internal/fileio"
	"roadloop/policy"
	"roadloop/policy/evaluate"
	"roadloop/policy/learn"
)

// Names of the files of a run.
const (
	RecipeFile     = "recipe.json"
	CheckpointFile = "checkpoint"
	PolicyFile     = "policy.rlp"
	BestFile       = "best.rlp"
	ONNXFile       = "policy.onnx"
	MetricsFile    = "metrics.csv"
	EpisodesFile   = "episodes.csv"
	ValidationFile = "validation.json"
)

// checkpointLine begins every checkpoint.
const checkpointLine = "roadloop policy training 1\n"

// Bounds of what is read.
const (
	maxCheckpoint = 8 << 30
	maxJSON       = 16 << 20
)

// saveEvery is the time between checkpoints.
const saveEvery = 2 * time.Minute

// Validation repeats the same episodes, with seeds of training that no training draws but by
// chance: evaluation has others.
const (
	validations        = 20 // of a training, if the recipe has no number
	validationEpisodes = 50 // of each, if the recipe has no number
	validationSeed     = 1 << 62
)

// Validation measures the policy so far on episodes of its own.
type Validation struct {
	Steps      int64   `json:"steps"`
	Return     float64 `json:"return"`
	Terminated float64 `json:"terminated"` // share of the episodes
	// Outcome is what the task says about its episodes, such as success; nil if it says nothing.
	Outcome *evaluate.Outcome `json:"outcome,omitempty"`
	Best    bool              `json:"best"` // so far
}

// Progress is the state of a training.
type Progress struct {
	Steps, Total int64
	Episodes     int64
	Return       float64 // mean of the last 100 episodes, or of fewer
	Metrics      []learn.Metric
}

// Callbacks are called during a training; each may be nil.
type Callbacks struct {
	Step       func(*Progress)
	Validation func(*Validation)
}

// Setup is what a training runs on. It does not change the result: the recipe names the
// recorded drives.
type Setup struct {
	New     func() (policy.Env, error)
	Workers int
	Commit  string // of the program
	// Recorded are the recorded drives that the recipe names.
	Recorded []*learn.Dataset
}

// Experiment is a training with its folder.
type Experiment struct {
	dir     string
	setup   Setup
	recipe  learn.Recipe
	envs    *policy.Vector
	learner learn.Learner
	journal journal
	logs    *logs // set by Train
	saved   time.Time
}

// journal is the state of a run in its checkpoints, besides that of the learner.
type journal struct {
	Validations   []Validation
	Next          int64 // steps of the next validation
	Metrics       int64 // bytes of the files
	EpisodesBytes int64
	NextMetrics   int64
	Returns       []float64 // of the present episodes
	Lengths       []int
	Last          []float64 // returns of the last episodes
	Episodes      int64
}

// checkpoint is what the file of that name holds.
type checkpoint struct {
	Journal journal
	Learner []byte
}

// open creates environments and learner.
func open(dir string, r learn.Recipe, s Setup) (*Experiment, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	envs, err := policy.NewVector(r.Environments, s.Workers, policy.SameStep, s.New)
	if err != nil {
		return nil, err
	}
	if task := envs.Spec().Task; task != r.Task {
		envs.Close()
		return nil, fmt.Errorf("recipe for the task %s, the environments are of %s", r.Task, task)
	}
	if c := r.Curriculum; c != nil {
		envs.Prefer(c.Share, c.Seeds)
	}
	l, err := r.New(envs, s.Recorded...)
	if err != nil {
		envs.Close()
		return nil, err
	}
	e := &Experiment{dir: dir, setup: s, recipe: r, envs: envs, learner: l, saved: time.Now()}
	e.journal.Returns, e.journal.Lengths = make([]float64, envs.Len()), make([]int, envs.Len())
	return e, nil
}

// Start starts a run in a folder that must not contain one.
func Start(dir string, r learn.Recipe, s Setup) (*Experiment, error) {
	if err := free(dir); err != nil {
		return nil, err
	}
	e, err := open(dir, r, s)
	if err != nil {
		return nil, err
	}
	if err := e.begin(); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// begin writes the first files of the folder. Once the checkpoint exists, a killed run can
// be resumed.
func (e *Experiment) begin() error {
	if err := os.MkdirAll(e.dir, 0o755); err != nil {
		return fmt.Errorf("folder of the run: %w", err)
	}
	if err := writeJSON(filepath.Join(e.dir, RecipeFile), &e.recipe); err != nil {
		return err
	}
	return e.save()
}

// ErrNoRun is wrapped by the error about a folder without a run.
var ErrNoRun = errors.New("there is no training run")

// ReadRecipe returns the recipe of the run in a folder.
func ReadRecipe(dir string) (learn.Recipe, error) {
	var r learn.Recipe
	path := filepath.Join(dir, RecipeFile)
	data, err := fileio.ReadFile(path, maxJSON)
	if errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("%w in %s", ErrNoRun, dir)
	}
	if err != nil {
		return r, fmt.Errorf("recipe of a run: %w", err)
	}
	if err = fileio.DecodeJSON(data, &r); err == nil {
		err = r.Check()
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Resume continues the run in a folder from its last checkpoint. It ends with the same
// policy as without the interruption.
func Resume(dir string, s Setup) (*Experiment, error) {
	r, err := ReadRecipe(dir)
	if err != nil {
		return nil, err
	}
	c, err := readCheckpoint(dir)
	if err != nil {
		return nil, fmt.Errorf("resuming: %w", err)
	}
	if err := fileio.RemoveTemporary(dir); err != nil {
		return nil, fmt.Errorf("resuming: %w", err)
	}
	e, err := open(dir, r, s)
	if err != nil {
		return nil, fmt.Errorf("resuming %s: %w", dir, err)
	}
	if err := e.load(c); err != nil {
		e.Close()
		return nil, fmt.Errorf("resuming %s: %w", filepath.Join(dir, CheckpointFile), err)
	}
	e.journal = c.Journal
	return e, nil
}

// readCheckpoint reads that of the run in a folder.
func readCheckpoint(dir string) (*checkpoint, error) {
	path := filepath.Join(dir, CheckpointFile)
	data, err := fileio.ReadFile(path, maxCheckpoint)
	if err != nil {
		return nil, err
	}
	body, err := fileio.Unseal(checkpointLine, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var c checkpoint
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&c); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &c, nil
}

// load brings the learner and its environments into the state of a checkpoint.
func (e *Experiment) load(c *checkpoint) error {
	if len(c.Journal.Returns) != e.envs.Len() || len(c.Journal.Lengths) != e.envs.Len() {
		return errors.New("the recipe has another number of environments")
	}
	return e.learner.Load(c.Learner)
}

// Continue starts a run in folder dir that goes on where the run in folder from ended, for a
// number of further steps with a curriculum. Schedules of the recipe, such as that of the
// learning rate, are those of a training of all steps.
func Continue(from, dir string, steps int64, curriculum learn.Curriculum, s Setup) (*Experiment, error) {
	r, err := ReadRecipe(from)
	if err != nil {
		return nil, err
	}
	c, err := readCheckpoint(from)
	if err != nil {
		return nil, fmt.Errorf("continuing: %w", err)
	}
	r = r.WithSteps(r.Steps() + steps)
	r.Curriculum = &curriculum
	if err := free(dir); err != nil {
		return nil, err
	}
	e, err := open(dir, r, s)
	if err != nil {
		return nil, fmt.Errorf("continuing %s: %w", from, err)
	}
	if err := e.load(c); err != nil {
		e.Close()
		return nil, fmt.Errorf("continuing %s: %w", from, err)
	}
	// The episodes in progress go on; files and validations are those of the new run.
	e.journal.Returns, e.journal.Lengths, e.journal.Last = c.Journal.Returns, c.Journal.Lengths, c.Journal.Last
	if err := e.begin(); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// free returns an error if a folder contains a run.
func free(dir string) error {
	path := filepath.Join(dir, CheckpointFile)
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s exists: resume it, or choose another folder", path)
	}
	return nil
}

// Recipe returns the recipe.
func (e *Experiment) Recipe() learn.Recipe { return e.recipe }

// Validations returns those so far.
func (e *Experiment) Validations() []Validation { return e.journal.Validations }

// ReadValidations returns the validations of the run in a folder, nil if there are none.
func ReadValidations(dir string) ([]Validation, error) {
	path := filepath.Join(dir, ValidationFile)
	data, err := fileio.ReadFile(path, maxJSON)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []Validation
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		return nil, fmt.Errorf("validations of a run: %s: %w", path, err)
	}
	return out, nil
}

// Close frees networks and environments.
func (e *Experiment) Close() {
	e.learner.Close()
	e.envs.Close()
}

// Train trains until the end of the recipe and writes the policy. If ctx ends before, it
// saves a checkpoint.
func (e *Experiment) Train(ctx context.Context, watch Callbacks) (err error) {
	if e.logs, err = openLogs(e.dir, e.envs.Spec(), &e.journal, e.learner.Steps()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.logs.close()) }()
	for !e.learner.Done() {
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), e.save())
		}
		if err := e.step(ctx, watch); err != nil {
			return err // the last checkpoint is from before the error
		}
	}
	return errors.Join(e.save(), e.export())
}

// step makes one step and what is due after it.
func (e *Experiment) step(ctx context.Context, watch Callbacks) error {
	if err := e.learner.Step(); err != nil {
		return err
	}
	j, steps := &e.journal, e.learner.Steps()
	if err := e.episodes(); err != nil {
		return err
	}
	p := Progress{Steps: steps, Total: e.recipe.Steps(), Episodes: j.Episodes, Return: average(j.Last)}
	if steps >= j.NextMetrics {
		if p.Metrics = e.learner.Metrics(); p.Metrics != nil {
			j.NextMetrics = steps + max(e.recipe.Steps()/metricRows, 1)
			if err := e.logs.metrics(steps, p.Return, p.Metrics); err != nil {
				return err
			}
		}
	}
	if watch.Step != nil {
		watch.Step(&p)
	}
	if steps >= j.Next || e.learner.Done() {
		if err := e.validate(ctx, watch); err != nil {
			return err
		}
		return e.save()
	}
	if time.Since(e.saved) < saveEvery {
		return nil
	}
	return e.save()
}

// episodes records the rewards of a step and the episodes that ended in it.
func (e *Experiment) episodes() error {
	j, m := &e.journal, len(e.envs.Spec().Measures)
	for i, r := range e.envs.Results {
		j.Returns[i] += r.Reward
		j.Lengths[i]++
		if !r.Done() {
			continue
		}
		j.Episodes++
		if err := e.logs.episode(e.learner.Steps(), i, j.Returns[i], j.Lengths[i], r.Terminated, e.envs.Measures[i*m:(i+1)*m]); err != nil {
			return err
		}
		if j.Last = append(j.Last, j.Returns[i]); len(j.Last) > 100 {
			j.Last = j.Last[1:]
		}
		j.Returns[i], j.Lengths[i] = 0, 0
	}
	return nil
}

// average is the mean, 0 without values.
func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(len(x), 1))
}

// validate measures the policy so far and keeps it if it is the best.
func (e *Experiment) validate(ctx context.Context, watch Callbacks) error {
	j := &e.journal
	n := int64(validations)
	if e.recipe.Validations > 0 {
		n = int64(e.recipe.Validations)
	}
	j.Next = e.learner.Steps() + max(e.recipe.Steps()/n, 1)
	count := validationEpisodes
	if e.recipe.ValidationEpisodes > 0 {
		count = e.recipe.ValidationEpisodes
	}
	seeds := make([]uint64, count)
	for i := range seeds {
		seeds[i] = policy.TrainingSeed(validationSeed + uint64(i))
	}
	p := e.learner.Policy()
	defer p.Close()
	episodes, err := evaluate.Episodes(ctx, e.setup.New, p, seeds, e.setup.Workers, nil)
	if err != nil {
		return err
	}
	v := Validation{Steps: e.learner.Steps(), Best: true}
	for i := range episodes {
		v.Return += episodes[i].Return / float64(count)
		if episodes[i].Terminated {
			v.Terminated += 1 / float64(count)
		}
	}
	if v.Outcome, err = evaluate.OutcomeOf(e.envs.Env(0), episodes); err != nil {
		return err
	}
	for i := range j.Validations {
		v.Best = v.Best && better(&v, &j.Validations[i], e.recipe.Tolerance)
	}
	j.Validations = append(j.Validations, v)
	if v.Best {
		if err := e.write(BestFile); err != nil {
			return err
		}
	}
	if watch.Validation != nil {
		watch.Validation(&v)
	}
	return errors.Join(e.logs.validation(&v), writeJSON(filepath.Join(e.dir, ValidationFile), j.Validations))
}

// better reports whether one validation is better than another one: by the return, or if there
// is a tolerance and only one is within it, by that.
func better(v, than *Validation, tolerance float64) bool {
	if within := v.Terminated <= tolerance; tolerance > 0 && within != (than.Terminated <= tolerance) {
		return within
	}
	return v.Return > than.Return
}

// export writes the policy at the end, also as ONNX.
func (e *Experiment) export() error {
	onnx, err := e.learner.Policy().ONNX()
	if err != nil {
		return err
	}
	return errors.Join(e.write(PolicyFile), fileio.Write(filepath.Join(e.dir, ONNXFile), onnx))
}

// write writes the policy so far.
func (e *Experiment) write(name string) error {
	p := e.learner.Policy()
	p.Commit, p.Recipe = e.setup.Commit, e.recipe
	data, err := p.Encode()
	if err != nil {
		return err
	}
	return fileio.Write(filepath.Join(e.dir, name), data)
}

// save writes a checkpoint.
func (e *Experiment) save() error {
	c := checkpoint{Journal: e.journal}
	if e.logs != nil {
		if err := e.logs.flush(&c.Journal); err != nil {
			return err
		}
	}
	var err error
	if c.Learner, err = e.learner.Save(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(&c); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	e.saved = time.Now()
	return fileio.Write(filepath.Join(e.dir, CheckpointFile), fileio.Seal(checkpointLine, b.Bytes()))
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return fileio.Write(path, append(data, '\n'))
}
