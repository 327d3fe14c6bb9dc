package experiment

import (
	"fmt"

	"roadloop/perception"
	"roadloop/perception/training"
	"roadloop/perception/training/synth"
)

// Arm is one training of a study.
type Arm struct {
	Name      string // folder name; unique in the study
	From      string // arm with the initial model; "" for random weights
	Evaluated bool   // false for arms that only provide initial models
	// Group and Labels select the curve of the result and the point on it. Arms of a
	// group with the same labels differ in their seed and are averaged.
	Group  string
	Labels int64
	Recipe Recipe
}

// StudySize is the size of a study.
type StudySize struct {
	Labels   []int64 // numbers of labeled frames
	Seeds    int     // trainings per point
	Steps    int64   // of every evaluated training
	Pretrain int64   // steps of the pretraining
}

// DefaultStudySize returns the size of roadloop's published results.
func DefaultStudySize() StudySize {
	return StudySize{Labels: []int64{20, 200, 2000}, Seeds: 3, Steps: 400, Pretrain: 1000}
}

func (s *StudySize) check() error {
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

// recipe returns the common recipe of all arms, without validation and without axes of
// variation, as in the frames that arms are evaluated on.
func (s *StudySize) recipe(seed uint64, steps int64) Recipe {
	r := DefaultRecipe(steps)
	r.Training.Seed, r.Data.Seed = seed, seed
	r.Data.Axes, r.Data.AxisShare = nil, 0
	r.Epoch, r.ValFrames = steps, 0
	return r
}

// LabelArms returns the arms that measure the number of labels needed: from random
// weights, and from layers pretrained with each task without labels. With the second
// number of labels, the values of Tune are compared too.
func LabelArms(s StudySize) ([]Arm, error) {
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
			arms = append(arms, s.labelArm("", training.TuneAll, n, seed))
			for _, task := range training.Tasks() {
				arms = append(arms, s.labelArm(string(task), training.TuneAll, n, seed))
			}
		}
		for _, tune := range []training.Tune{training.TuneDecoder, training.TuneNorms, training.TuneLoRA} {
			arms = append(arms, s.labelArm(string(training.Next), tune, s.Labels[min(1, len(s.Labels)-1)], seed))
		}
	}
	return arms, nil
}

// labelArm returns an arm that trains on n labeled frames, from the named
// pretraining.
func (s *StudySize) labelArm(from string, tune training.Tune, n int64, seed uint64) Arm {
	a := Arm{Evaluated: true, Group: "seeded weights", Labels: n, Recipe: s.recipe(seed, s.Steps)}
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

// folder returns the folder name of an arm.
func folder(from, tune string, n int64, seed uint64) string {
	if from == "" {
		from = "seeded"
	}
	if tune != "" {
		from += "-" + tune
	}
	return fmt.Sprintf("%s-%d-frames-%d", from, n, seed)
}

// FewShotArms returns the arms that measure the number of examples of a class needed: a
// network trained on frames without the class continues with frames that contain it,
// and is compared with one trained on these frames only.
func FewShotArms(s StudySize, class perception.Class) ([]Arm, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var arms []Arm
	for seed := uint64(1); seed <= uint64(s.Seeds); seed++ {
		base := Arm{Name: fmt.Sprintf("without-%d", seed), Evaluated: true, Group: "never saw it", Recipe: s.recipe(seed, s.Pretrain)}
		base.Recipe.Data.ExcludeClasses = []string{class.String()}
		arms = append(arms, base)
		for _, n := range s.Labels {
			arms = append(arms, s.fewShotArm(class, "", training.TuneAll, n, seed))
			for _, tune := range []training.Tune{training.TuneAll, training.TuneDecoder, training.TuneHeads, training.TuneLoRA} {
				arms = append(arms, s.fewShotArm(class, base.Name, tune, n, seed))
			}
		}
	}
	return arms, nil
}

// fewShotArm returns an arm that trains on n frames with the class.
func (s *StudySize) fewShotArm(class perception.Class, from string, tune training.Tune, n int64, seed uint64) Arm {
	a := s.labelArm("", tune, n, seed)
	a.From, a.Recipe.Data.RequireClass = from, class.String()
	// Other frames than those of the base.
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

// AxisArms returns the arms that measure what each axis of domain randomization brings: one
// without axes, one with all, and one for each axis with all others. No frame repeats; the
// number of labels of an arm is that of its training frames. Evaluation frames have no axes.
func AxisArms(s StudySize) ([]Arm, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var arms []Arm
	for seed := uint64(1); seed <= uint64(s.Seeds); seed++ {
		arms = append(arms, s.axisArm("no axes", "none", nil, seed), s.axisArm("all axes", "all", synth.Axes(), seed))
		for _, without := range synth.Axes() {
			var others []synth.Axis
			for _, a := range synth.Axes() {
				if a != without {
					others = append(others, a)
				}
			}
			arms = append(arms, s.axisArm("all but "+string(without), "without-"+string(without), others, seed))
		}
	}
	return arms, nil
}

// axisArm returns an arm that trains on frames with the given axes.
func (s *StudySize) axisArm(group, name string, axes []synth.Axis, seed uint64) Arm {
	a := Arm{Evaluated: true, Group: group, Name: fmt.Sprintf("%s-%d", name, seed), Recipe: s.recipe(seed, s.Steps)}
	a.Recipe.Data.Axes = axes
	a.Labels = s.Steps * int64(a.Recipe.Training.Batch)
	return a
}
