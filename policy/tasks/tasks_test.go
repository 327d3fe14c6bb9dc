package tasks

import (
	"strings"
	"testing"

	"roadloop/policy"
	"roadloop/policy/learn"
)

// Every task has an environment of its name, which its recipes can train in.
func TestTasksAreComplete(t *testing.T) {
	all := All()
	seen := map[string]bool{}
	for i := range all {
		task := &all[i]
		if seen[task.Name] || task.Description == "" {
			t.Errorf("task %q: twice, or without description", task.Name)
		}
		seen[task.Name] = true
		if found, err := all.Find(task.Name); err != nil || found != task {
			t.Errorf("finding %s: %v", task.Name, err)
		}
		for _, algorithm := range append([]string{""}, learn.Algorithms()...) {
			r, err := task.Recipe(algorithm, 0)
			if err != nil {
				t.Fatal(err)
			}
			if r.Steps() != task.Steps && (r.Imitation == nil || r.Steps() != min(task.Steps, imitationSteps)) || r.Task != task.Name {
				t.Errorf("%s: recipe for %d steps of %s", task.Name, r.Steps(), r.Task)
			}
			if err := r.Check(); err != nil {
				t.Errorf("%s, %q: %v", task.Name, algorithm, err)
			}
			if strings.HasPrefix(task.Name, "drive-camera") { // pictures of maps take long
				if algorithm != learn.BC {
					continue
				}
				r.Environments = r.Imitation.Every
			}
			envs, err := policy.NewVector(r.Environments, 1, policy.SameStep, task.New)
			if err != nil {
				t.Fatal(err)
			}
			if envs.Spec().Task != task.Name {
				t.Errorf("environments of %s are of %s", task.Name, envs.Spec().Task)
			}
			l, err := r.New(envs)
			switch discrete := envs.Spec().Action.Kind == policy.Discrete; {
			case algorithm == "dqn" && !discrete:
				if err == nil || !strings.Contains(err.Error(), "is not discrete") {
					t.Errorf("%s, %q: error %v", task.Name, algorithm, err)
				}
			case r.Imitation != nil && strings.HasPrefix(task.Name, "highway"):
				if err == nil || !strings.Contains(err.Error(), "has no expert") {
					t.Errorf("%s, %q: error %v", task.Name, algorithm, err)
				}
			case err != nil:
				t.Errorf("%s, %q: %v", task.Name, algorithm, err)
			default:
				l.Close()
			}
			envs.Close()
		}
		if _, err := task.Recipe("sarsa", 0); err == nil || !strings.Contains(err.Error(), "must be one of dqn, ppo, bc, dagger") {
			t.Errorf("unknown algorithm: %v", err)
		}
	}
	if _, err := all.Find("lowway"); err == nil || !strings.HasPrefix(err.Error(), `unknown task "lowway": must be one of highway-fast-v0, highway-v0`) {
		t.Errorf("unknown task: %v", err)
	}
}

// A long training of the highway looks farther ahead than a short one, and keeps a policy that
// seldom crashes.
func TestHighwayRecipes(t *testing.T) {
	task, err := All().Find("highway-fast-v0")
	if err != nil {
		t.Fatal(err)
	}
	long, err := task.Recipe("", 900_000)
	if err != nil {
		t.Fatal(err)
	}
	short, err := task.Recipe("", 0)
	if err != nil {
		t.Fatal(err)
	}
	if l, s := long.DQN, short.DQN; l.Discount <= s.Discount || l.Ramp == s.Ramp || l.Huber <= s.Huber || long.Tolerance == 0 || short.Tolerance != 0 {
		t.Errorf("long %+v, short %+v", l, s)
	}
	// The loss is linear for no error that a crash makes.
	if l := long.DQN; l.Huber < -l.Terminal {
		t.Errorf("a price of %g is clipped at %g", l.Terminal, l.Huber)
	}
}
