package experiment

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/policy"
	"roadloop/policy/highway"
	"roadloop/policy/learn"
)

func setup(workers int) Setup {
	return Setup{New: func() (policy.Env, error) { return highway.New(highway.FastV0()) }, Workers: workers}
}

// short is a recipe of a second.
func short(algorithm string) learn.Recipe {
	r := learn.Recipe{Task: "highway-fast-v0", Environments: 4}
	if algorithm == "dqn" {
		c := learn.DefaultDQN(600)
		c.Buffer, c.Start, c.Batch, c.SetHidden, c.Hidden = 300, 64, 16, []int{8}, []int{8}
		r.DQN = &c
	} else {
		c := learn.DefaultPPO(600)
		c.Rollout, c.Batch, c.SetHidden, c.Hidden = 32, 64, []int{8}, []int{8}
		r.PPO = &c
	}
	return r
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A run that is interrupted twice and resumed by other numbers of workers has the files of
// one that is not.
func TestInterruptedRunHasTheSameFiles(t *testing.T) {
	for _, algorithm := range []string{"dqn", "ppo"} {
		t.Run(algorithm, func(t *testing.T) {
			whole, cut := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "cut")
			e, err := Start(whole, short(algorithm), setup(1))
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if err := e.Train(context.Background(), Callbacks{}); err != nil {
				t.Fatal(err)
			}
			for i, stop := range []int64{150, 421, 1 << 40} {
				var e *Experiment
				if i == 0 {
					e, err = Start(cut, short(algorithm), setup(2))
				} else {
					e, err = Resume(cut, setup(1+i%2))
				}
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(context.Background())
				err = e.Train(ctx, Callbacks{Step: func(p *Progress) {
					if p.Steps >= stop {
						cancel()
					}
				}})
				e.Close()
				cancel()
				if stop < 1000 && !errors.Is(err, context.Canceled) || stop > 1000 && err != nil {
					t.Fatalf("stopped at step %d: %v", stop, err)
				}
				// What was written after the checkpoint by a killed process is cut off.
				f, err := os.OpenFile(filepath.Join(cut, EpisodesFile), os.O_APPEND|os.O_WRONLY, 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := f.WriteString("half a li"); stop < 1000 && err != nil {
					t.Fatal(err)
				}
				f.Close()
			}
			for _, name := range []string{PolicyFile, BestFile, ONNXFile, MetricsFile, ValidationFile, RecipeFile} {
				if !bytes.Equal(read(t, whole, name), read(t, cut, name)) {
					t.Errorf("%s differs", name)
				}
			}
			if got, ok := bytes.CutSuffix(read(t, cut, EpisodesFile), []byte("half a li")); !ok || !bytes.Equal(got, read(t, whole, EpisodesFile)) {
				t.Errorf("%s differs", EpisodesFile)
			}
			if n := bytes.Count(read(t, whole, MetricsFile), []byte("\n")); n < 3 {
				t.Errorf("%d rows of metrics", n)
			}
			if _, err := learn.ReadPolicy(filepath.Join(cut, BestFile)); err != nil {
				t.Error(err)
			}
			if list, err := ReadValidations(cut); err != nil || len(list) < 5 {
				t.Errorf("validations %v, error %v", list, err)
			}
		})
	}
}

func TestBadFoldersAreRefused(t *testing.T) {
	dir := t.TempDir()
	e, err := Start(dir, short("dqn"), setup(1))
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if _, err := Start(dir, short("dqn"), setup(1)); err == nil || !strings.Contains(err.Error(), "exists: resume it, or choose another folder") {
		t.Errorf("second start: %v", err)
	}
	path := filepath.Join(dir, CheckpointFile)
	good, recipe := read(t, dir, CheckpointFile), read(t, dir, RecipeFile)
	for _, tt := range []struct {
		name, want string
		data       []byte
	}{
		{CheckpointFile, "damaged or cut short", good[:len(good)-9]},
		{CheckpointFile, "that of another kind of file", []byte("hello")},
		{RecipeFile, "unknown field", []byte(`{"tusk": "highway-fast-v0"}`)},
		{RecipeFile, "that of another recipe", bytes.Replace(recipe, []byte(`"batch": 16`), []byte(`"batch": 32`), 1)},
		{RecipeFile, "another number of environments", bytes.Replace(recipe, []byte(`"environments": 4`), []byte(`"environments": 8`), 1)},
		{RecipeFile, "recipe for the task other", bytes.Replace(recipe, []byte(`highway-fast-v0`), []byte(`other`), 1)},
	} {
		if err := os.WriteFile(filepath.Join(dir, tt.name), tt.data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Resume(dir, setup(1)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
		for name, data := range map[string][]byte{CheckpointFile: good, RecipeFile: recipe} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	e, err = Resume(dir, setup(1))
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(dir, setup(1)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no checkpoint: %v", err)
	}
}

func TestDryRun(t *testing.T) {
	c := learn.DefaultDQN(100000)
	c.SetHidden, c.Hidden = []int{8}, []int{8}
	e, err := DryRun(context.Background(), learn.Recipe{Task: "highway-fast-v0", Environments: 8, DQN: &c}, setup(1))
	if err != nil {
		t.Fatal(err)
	}
	// 5·8+8 of the set, 16·8+8, 8·6+6.
	if e.Parameters != 48+136+54 || e.Steps != 100000 || e.StepsPerSec < 100 || e.Time <= 0 || e.Memory < 1<<20 {
		t.Errorf("%+v", e)
	}
}

// A training that goes on with a curriculum, interrupted or not, ends with the same policy, which
// knows its whole recipe.
func TestContinueWithCurriculum(t *testing.T) {
	for _, algorithm := range []string{"dqn", "ppo"} {
		t.Run(algorithm, func(t *testing.T) {
			first, whole, cut := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "cut")
			train := func(e *Experiment, err error, stop int) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				defer e.Close()
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				n := 0
				err = e.Train(ctx, Callbacks{Step: func(*Progress) {
					if n++; n == stop {
						cancel()
					}
				}})
				if err != nil && stop == 0 {
					t.Fatal(err)
				}
			}
			e, err := Start(first, short(algorithm), setup(1))
			train(e, err, 0)
			curriculum := learn.Curriculum{Share: .5, Seeds: []uint64{policy.TrainingSeed(3)}}
			e, err = Continue(first, whole, 300, curriculum, setup(2))
			train(e, err, 0)
			e, err = Continue(first, cut, 300, curriculum, setup(1))
			train(e, err, 20)
			e, err = Resume(cut, setup(2))
			train(e, err, 0)
			if !bytes.Equal(read(t, whole, PolicyFile), read(t, cut, PolicyFile)) {
				t.Error("the interrupted run has another policy")
			}
			p, err := learn.DecodePolicy(read(t, whole, PolicyFile))
			if err != nil {
				t.Fatal(err)
			}
			if c := p.Recipe.Curriculum; p.Steps < 900 || c == nil || len(c.Seeds) != 1 || c.Seeds[0] != curriculum.Seeds[0] {
				t.Errorf("%d steps with the curriculum %+v", p.Steps, c)
			}
			if _, err := Continue(first, whole, 300, curriculum, setup(1)); err == nil || !strings.Contains(err.Error(), "exists: resume it") {
				t.Errorf("over another run: error %v", err)
			}
			_, err = Continue(first, t.TempDir(), 300, learn.Curriculum{Share: .5, Seeds: []uint64{3}}, setup(1))
			if err == nil || !strings.Contains(err.Error(), "none of training") {
				t.Errorf("a curriculum of episodes of evaluation: error %v", err)
			}
		})
	}
}

// With a tolerance, a policy that terminates more seldom is better than one with a higher
// return; within it, the return decides.
func TestToleranceComesFirst(t *testing.T) {
	safe, fast, faster := Validation{Return: 22, Terminated: .004}, Validation{Return: 26, Terminated: .02}, Validation{Return: 27, Terminated: .03}
	for _, tt := range []struct {
		v, than   *Validation
		tolerance float64
		want      bool
	}{
		{&fast, &safe, 0, true}, {&fast, &safe, .005, false}, {&safe, &fast, .005, true}, {&fast, &safe, .02, true},
		{&faster, &fast, .005, true}, {&safe, &safe, .005, false}, {&faster, &fast, .02, false},
	} {
		if got := better(tt.v, tt.than, tt.tolerance); got != tt.want {
			t.Errorf("%+v over %+v with tolerance %g: %t", *tt.v, *tt.than, tt.tolerance, got)
		}
	}
}

// A recipe says how many episodes a validation has.
func TestValidationEpisodes(t *testing.T) {
	r := short("dqn")
	r.Validations, r.ValidationEpisodes = 1, 3
	e, err := Start(filepath.Join(t.TempDir(), "run"), r, setup(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Train(context.Background(), Callbacks{}); err != nil {
		t.Fatal(err)
	}
	for _, v := range e.Validations() {
		if thirds := 3 * v.Terminated; math.Abs(thirds-math.Round(thirds)) > 1e-9 {
			t.Errorf("%g of 3 episodes terminated", v.Terminated)
		}
		if v.Outcome == nil || v.Outcome.Name != "crash rate" || math.Abs(v.Outcome.Share-v.Terminated) > 1e-9 {
			t.Errorf("outcome %+v, terminated %g", v.Outcome, v.Terminated)
		}
	}
}
