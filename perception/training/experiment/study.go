package experiment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"roadloop/internal/fileio"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
)

// ArmResult holds the metrics of an arm on held-out frames.
type ArmResult struct {
	Arm    string `json:"arm"`
	Group  string `json:"group"`
	Labels int64  `json:"labels"`
	Seed   uint64 `json:"seed"`
	Frames int    `json:"frames"` // evaluated
	Measures
	// Real holds the metrics on the study's data set, RealLabels the SHA-256 of its labels.
	Real       *Measures `json:"real,omitempty"`
	RealLabels string    `json:"real_labels_sha256,omitempty"`
}

// evalSeed is the seed of the evaluation frames, the same for all arms.
const evalSeed = 1

// Study is a list of arms in a folder.
type Study struct {
	Dir        string
	Arms       []Arm
	EvalFrames int // number of held-out frames for the evaluation
	// Initial holds the initial weights of arms without an initial model; nil means random
	// weights.
	Initial *Initial
	// Real is a data set on which arms are evaluated too; nil means none.
	Real *dataset.Set
	// Watch is called with the index of the arm after every training step; it may be
	// nil.
	Watch func(index int, s *training.Step)
}

// Run trains and evaluates the unfinished arms and returns the results of all. It returns an
// error if the folder of an arm has a run with another recipe.
func (s *Study) Run(ctx context.Context) ([]ArmResult, error) {
	if s.EvalFrames < 1 {
		return nil, fmt.Errorf("study: evaluation on %d frames, want at least one", s.EvalFrames)
	}
	var out []ArmResult
	for i := range s.Arms {
		a := &s.Arms[i]
		if err := s.train(ctx, i); err != nil {
			return out, fmt.Errorf("arm %s: %w", a.Name, err)
		}
		if !a.Evaluated {
			continue
		}
		r, err := s.evaluate(ctx, a)
		if err != nil {
			return out, fmt.Errorf("arm %s: %w", a.Name, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// train trains an arm unless its model exists.
func (s *Study) train(ctx context.Context, i int) error {
	a := &s.Arms[i]
	dir, initial := filepath.Join(s.Dir, a.Name), s.Initial
	if a.From != "" {
		var err error
		if initial, err = ReadInitial(filepath.Join(s.Dir, a.From, ModelFile)); err != nil {
			return fmt.Errorf("initial model: %w", err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ModelFile)); err == nil {
		stored, err := readRecipe(filepath.Join(dir, RecipeFile))
		if err != nil {
			return err
		}
		return stored.checkSame(dir, a.Recipe, initial)
	}
	r, err := Resume(dir)
	if errors.Is(err, os.ErrNotExist) {
		r, err = Start(dir, a.Recipe, initial)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.recipe.checkSame(dir, a.Recipe, initial); err != nil {
		return err
	}
	return r.Train(ctx, Callbacks{Step: func(st *training.Step) {
		if s.Watch != nil {
			s.Watch(i, st)
		}
	}})
}

// evaluate measures an arm's model, or reads the stored result.
func (s *Study) evaluate(ctx context.Context, a *Arm) (ArmResult, error) {
	path := filepath.Join(s.Dir, a.Name, "result.json")
	var r ArmResult
	if data, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(data, &r); err != nil {
			return r, fmt.Errorf("%s: %w", path, err)
		}
		if r.Frames == s.EvalFrames && r.RealLabels == s.realLabels() {
			return r, nil
		}
	}
	r = ArmResult{Arm: a.Name, Group: a.Group, Labels: a.Labels, Seed: a.Recipe.Training.Seed, Frames: s.EvalFrames}
	if err := s.measure(ctx, &r); err != nil {
		return r, err
	}
	data, err := json.MarshalIndent(&r, "", "  ")
	if err != nil {
		return r, err
	}
	return r, fileio.Write(path, append(data, '\n'))
}

// realLabels returns the SHA-256 of the labels of the study's data set, "" for none.
func (s *Study) realLabels() string {
	if s.Real == nil {
		return ""
	}
	return s.Real.Digest()
}

// measure evaluates the model of an arm on held-out frames, and on the study's data set.
func (s *Study) measure(ctx context.Context, r *ArmResult) error {
	path := filepath.Join(s.Dir, r.Arm, ModelFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	w, _, err := network.Read(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	engine, err := inference.NewOneDNN(w)
	if err != nil {
		return err
	}
	defer engine.Close()
	report, err := eval.Evaluate(ctx, engine, synth.Stream{Config: w.Config, Seed: evalSeed, Split: synth.HeldOut}, s.EvalFrames)
	if err != nil {
		return err
	}
	r.Measures = MeasuresOf(report)
	if s.Real == nil {
		return nil
	}
	e := eval.Evaluation{
		Engine:  func() (inference.Engine, error) { return inference.NewOneDNN(w) },
		Frames:  func() (eval.Frames, error) { return s.Real.Reader(w.Config) },
		Count:   s.Real.Len(),
		Workers: 1,
	}
	if report, err = e.Run(ctx); err != nil {
		return fmt.Errorf("evaluating on the data set: %w", err)
	}
	m := MeasuresOf(report)
	r.Real, r.RealLabels = &m, s.realLabels()
	return nil
}
