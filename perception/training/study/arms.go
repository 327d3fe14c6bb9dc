// Package study measures what a network needs in order to learn: how many labels
// with and without pretraining, and how few examples of a class that it never saw.
//
// A study is a list of trainings, its arms, each a run in a folder of its own; a
// study that was interrupted goes on where it was. Every arm is judged on the
// held-out split.
package study

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/training"
	"roadloop/perception/training/run"
)

// Arm is one training of a study.
type Arm struct {
	Name   string // of its folder; unique in the study
	From   string // the arm whose model it begins with; "" for seeded weights
	Judged bool   // false for those that others begin with
	// Group and Labels say where the result belongs: a curve, and a place on it. Arms
	// of a group with the same labels differ in their seed and are averaged.
	Group  string
	Labels int64
	Recipe run.Recipe
}

// Size is how large a study is.
type Size struct {
	Labels   []int64 // numbers of labeled frames
	Seeds    int     // trainings of each kind
	Steps    int64   // of every training that is judged
	Pretrain int64   // steps of those that others begin with
}

// DefaultSize is that of the numbers that roadloop publishes.
func DefaultSize() Size {
	return Size{Labels: []int64{20, 200, 2000}, Seeds: 3, Steps: 400, Pretrain: 1000}
}

func (s *Size) check() error {
	if len(s.Labels) == 0 || s.Seeds < 1 || s.Steps < 1 || s.Pretrain < 1 {
		return fmt.Errorf("study: %+v, want labels, seeds and steps above 0", *s)
	}
	for _, n := range s.Labels {
		if n < 1 {
			return fmt.Errorf("study: %d labeled frames", n)
		}
	}
	return nil
}

// recipe is common to all arms. Nothing is judged on the way.
func (s *Size) recipe(seed uint64, steps int64) run.Recipe {
	r := run.DefaultRecipe(steps)
	r.Training.Seed, r.Data.Seed = seed, seed
	r.Epoch, r.Judge = steps, 0
	return r
}

// Labels returns the arms that tell how many labels are needed: from seeded weights,
// and from layers pretrained without labels in each of the ways there are. With the
// second number of labels, the ways of tuning a pretrained network are compared too.
func Labels(s Size) ([]Arm, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var arms []Arm
	for seed := uint64(1); seed <= uint64(s.Seeds); seed++ {
		for _, task := range training.Tasks() {
			pre := Arm{Name: fmt.Sprintf("%s-%d", task, seed), Recipe: s.recipe(seed, s.Pretrain)}
			pre.Recipe.Training.Task = task
			arms = append(arms, pre)
		}
		for _, n := range s.Labels {
			arms = append(arms, s.few("", training.TuneAll, n, seed))
			for _, task := range training.Tasks() {
				arms = append(arms, s.few(string(task), training.TuneAll, n, seed))
			}
		}
		for _, tune := range []training.Tune{training.TuneDecoder, training.TuneNorms, training.TuneLoRA} {
			arms = append(arms, s.few(string(training.Next), tune, s.Labels[min(1, len(s.Labels)-1)], seed))
		}
	}
	return arms, nil
}

// few is an arm that learns from n labeled frames, beginning with what the named
// pretraining gave.
func (s *Size) few(from string, tune training.Tune, n int64, seed uint64) Arm {
	a := Arm{Judged: true, Group: "seeded weights", Labels: n, Recipe: s.recipe(seed, s.Steps)}
	if from != "" {
		a.From, a.Group = fmt.Sprintf("%s-%d", from, seed), "pretrained: "+from
	}
	if tune != training.TuneAll {
		a.Group += ", tuned: " + string(tune)
	}
	a.Recipe.Data.Frames = n
	a.Recipe.Training.Tune = tune
	if tune == training.TuneLoRA {
		a.Recipe.Training.Rank = 4
	}
	a.Name = folder(from, string(tune), n, seed)
	return a
}

// folder names the folder of an arm.
func folder(from, tune string, n int64, seed uint64) string {
	if from == "" {
		from = "seeded"
	}
	if tune != "" {
		from += "-" + tune
	}
	return fmt.Sprintf("%s-%d-frames-%d", from, n, seed)
}

// FewShot returns the arms that tell how few examples teach a class: a network that
// learned all others from frames without it goes on with frames that show it, and is
// compared with one that learns from these frames alone.
func FewShot(s Size, class perception.Class) ([]Arm, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var arms []Arm
	for seed := uint64(1); seed <= uint64(s.Seeds); seed++ {
		base := Arm{Name: fmt.Sprintf("without-%d", seed), Judged: true, Group: "never saw it", Recipe: s.recipe(seed, s.Pretrain)}
		base.Recipe.Data.Without = []string{class.String()}
		arms = append(arms, base)
		for _, n := range s.Labels {
			arms = append(arms, s.shot(class, "", training.TuneAll, n, seed))
			for _, tune := range []training.Tune{training.TuneAll, training.TuneDecoder, training.TuneHeads, training.TuneLoRA} {
				arms = append(arms, s.shot(class, base.Name, tune, n, seed))
			}
		}
	}
	return arms, nil
}

// shot is an arm that learns from n frames that show the class.
func (s *Size) shot(class perception.Class, from string, tune training.Tune, n int64, seed uint64) Arm {
	a := s.few("", tune, n, seed)
	a.From, a.Recipe.Data.Show = from, class.String()
	// Other frames than the ones that the base learned from.
	a.Recipe.Data.Seed += 1000
	if from != "" {
		a.Group = "knows the others"
		if tune != training.TuneAll {
			a.Group += ", tuned: " + string(tune)
		}
		a.Name = folder("others", string(tune), n, seed)
	}
	return a
}
